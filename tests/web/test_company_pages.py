"""A company's figures, its spreadsheet, answers in bulk, and the merge of entries, over HTTP."""

from __future__ import annotations

from app.services import companies
from app.web.company_figures import table
from models import Company, Power, User
from models.rules.case_machine import State
from tests.factories.people import make_agent, make_company, viewer_of
from tests.services.parties import make_parties
from tests.services.test_companies import ADDRESS, WRITTEN
from tests.web.browser import SignIn


async def test_a_company_sees_its_figures_and_takes_its_cases_along(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED)
    await User.filter(id=people.consumer.user_id).update(name="=1+1")
    company = await enter(people.agent)
    page = await (await company.get("/empresa")).get_data(as_text=True)
    assert "em aberto ao todo" in page
    assert "month-received" in page

    sheet = await company.get("/empresa/casos.csv")
    assert sheet.content_type.startswith("text/csv")
    assert "attachment" in sheet.headers["Content-Disposition"]
    head, line, _end = (await sheet.get_data(as_text=True)).split("\r\n")
    assert head.startswith("\ufeffProtocolo;Situação;Consumidor")
    assert line.split(";")[:3] == [people.case.protocol, "CIP enviada à empresa", "'=1+1"]
    staff = await enter(people.coordinator)
    assert (await staff.get(f"/empresas/{people.company.id}/indicadores")).status_code == 200
    assert (await staff.get(f"/empresas/{people.company.id}/casos.csv")).status_code == 200
    assert table([]).count("\r\n") == 1


async def test_answers_in_bulk_keep_what_was_typed_and_tell_what_became_of_each(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED)
    company = await enter(people.agent)
    case = str(people.case.id)
    refused = await company.fill("/empresa/respostas", {"cases": case, "answer": "curta"})
    assert refused.status_code == 422
    page = await refused.get_data(as_text=True)
    assert "curta" in page
    assert f'value="{case}" checked' in page

    answered = await company.post(
        "/empresa/respostas", {"cases": case, "answer": "O reembolso sai em 5 dias."}
    )
    page = await answered.get_data(as_text=True)
    assert "1 de 1 respondidas" in page
    assert "Nada espera resposta" in page


async def test_a_merge_is_looked_at_before_it_is_done(enter: SignIn) -> None:
    people = await make_parties(State.ANSWERED)
    twin = await make_company(cnpj="11222333000181", legal_name="Loja Velha Ltda.")
    staff = await enter(people.coordinator)
    path = f"/empresas/{people.company.id}/unificar"
    page = await (await staff.get(f"{path}?repetido=11.222.333/0001-81")).get_data(as_text=True)
    assert "Loja Velha Ltda." in page
    assert "não têm a mesma raiz" in page
    assert "Nenhuma empresa cadastrada" in await (
        await staff.get(f"{path}?repetido=11444777000161")
    ).get_data(as_text=True)
    stale = await staff.post(path, {"goes": str(twin.id), "cases": "3", "cnpj": twin.cnpj})
    assert stale.status_code == 409
    done = await staff.post(path, {"goes": str(twin.id), "cases": "0", "cnpj": twin.cnpj})
    assert done.status_code == 303
    assert (await Company.get(id=twin.id)).merged_into_id == people.company.id


async def test_the_owner_says_where_the_company_is_and_a_wrong_address_is_kept_to_be_mended(
    enter: SignIn,
) -> None:
    people = await make_parties(State.NOTIFIED)
    firm = people.company.id
    owner = viewer_of(await make_agent(people.company, power=Power.OWNER), people.company)
    boss, agent, staff = await enter(owner), await enter(people.agent), await enter(people.attendant)
    wallet, path = f"/empresas/{firm}/carteira", f"/empresas/{firm}/endereco"
    assert path in await (await boss.get(wallet)).get_data(as_text=True)
    assert path not in await (await agent.get(wallet)).get_data(as_text=True)
    assert (await agent.get(path)).status_code == 403

    await boss.get(path)
    wrong = await boss.post(path, ADDRESS | {"cep": "88801", "district": ""})
    html = await wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert 'value="Rua Henrique Lage"' in html
    assert 'value="88801"' in html
    assert "Informe um CEP com 8 números" in html
    assert (await boss.post(path, ADDRESS)).status_code == 303
    for who, page in ((boss, wallet), (agent, wallet), (staff, f"/empresas/{firm}")):
        assert WRITTEN in await (await who.get(page)).get_data(as_text=True)
    company = {"cnpj": "", "legal_name": "Empresa Ltda.", "street": "Rua Só"}
    refused = await staff.post(f"/empresas/{firm}", company)
    assert refused.status_code == 422
    assert 'value="Rua Só"' in await refused.get_data(as_text=True)
    assert str((await companies.file(firm)).address) == WRITTEN
