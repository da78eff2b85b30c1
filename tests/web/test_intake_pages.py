"""The pages from registration to sent complaint, as a citizen and an attendant walk them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from quart import Response

from app.factory import Application
from app.services import taxonomy
from models import Case, DocumentKind, Problem, User
from models.rules.case_machine import State
from models.rules.people import Role
from tests.conftest import START
from tests.factories.cases import make_case
from tests.factories.people import make_user
from tests.services.test_registrations import make_upload
from tests.web.browser import Browser
from tests.web.test_documents import signed_in, upload

CONFLICT = "A loja não devolve o valor pago por um fogão que nunca chegou."
FACTS = "Comprei um fogão em 1º de outubro, paguei à vista e ele nunca foi entregue."


async def text_of(response: Response) -> str:
    return await response.get_data(as_text=True)


async def put(browser: Browser, path: str, body: Any) -> Response:
    headers = {"Origin": "http://localhost", "X-CSRF-Token": browser.token, "Accept": "application/json"}
    return await browser.raw("PUT", path, json=body, headers=headers)


async def citizen(application: Application, state: State, **values: Any) -> tuple[Browser, Case, User]:
    user = await make_user(name="Maria de Souza", cpf="52998224725")
    case = await make_case(state, user, submitted_at=START, **values)
    return await signed_in(application, user), case, user


async def attendant(application: Application) -> tuple[Browser, User]:
    user = await make_user(Role.ATTENDANT, cpf=None, name="Ana Atendente")
    return await signed_in(application, user), user


async def test_a_citizen_fills_in_and_sends_the_registration(application: Application) -> None:
    user = await make_user()
    browser = await signed_in(application, user)
    begun = await browser.post("/casos/novo")
    assert begun.status_code == 303
    path = begun.headers["Location"]
    case = await Case.get(consumer_id=user.id)
    assert path == f"/casos/{case.id}/cadastro"

    page = await text_of(await browser.get(path))
    assert user.street in page
    assert f'data-autosave="/casos/{case.id}/rascunho/registration"' in page

    refused = await browser.post(path, {"conflict": "Comprei & não recebi"})
    assert refused.status_code == 422
    page = await text_of(refused)
    assert "Envie o comprovante de residência." in page
    assert "Escreva de 30 a 2000 caracteres." in page
    assert "Comprei &amp; não recebi" in page

    for kind in ("residence", "identity"):
        assert (await upload(browser, case, kind=kind)).status_code == 201
    assert "Conta de luz nº 1.pdf" in await text_of(await browser.get(path))
    sent = await browser.post(path, {"conflict": CONFLICT})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/casos/{case.id}")
    await case.refresh_from_db()
    assert case.state is State.SUBMITTED
    assert (await browser.get(path)).headers["Location"] == f"/casos/{case.id}", "sent is sent"


async def test_typing_is_saved_and_another_browser_is_not_overwritten(application: Application) -> None:
    browser, case, user = await citizen(application, State.DRAFT)
    other = await signed_in(application, user)
    path = f"/casos/{case.id}/rascunho/registration"

    first = await put(browser, path, {"revision": 0, "values": {"conflict": "Comprei"}})
    assert (first.status_code, (await first.get_json())["revision"]) == (200, 1)
    assert "Comprei</textarea>" in await text_of(await other.get(f"/casos/{case.id}/cadastro"))

    stale = await put(other, path, {"revision": 0, "values": {"conflict": "Aluguei"}})
    assert stale.status_code == 409
    body = await stale.get_json()
    assert (body["revision"], body["values"]) == (1, {"conflict": "Comprei"})
    for nonsense in ([], {"revision": "1", "values": {}}, {"revision": 1, "values": []}, {"revision": True}):
        assert (await put(browser, path, nonsense)).status_code == 400
    assert (
        await put(browser, f"/casos/{case.id}/rascunho/nada", {"revision": 0, "values": {}})
    ).status_code == 404


async def test_a_registration_that_was_not_sent_can_be_thrown_away(application: Application) -> None:
    browser, case, _ = await citizen(application, State.DRAFT)
    assert (await browser.post(f"/casos/{case.id}/descartar")).status_code == 303
    assert not await Case.exists(id=case.id)


async def test_who_lives_elsewhere_says_where_the_purchase_was_and_the_triage_reads_it(
    application: Application,
) -> None:
    user = await make_user(cep="88900000", city="Araranguá")
    case = await make_case(State.DRAFT, user)
    browser = await signed_in(application, user)
    path = f"/casos/{case.id}/cadastro"
    page = await text_of(await browser.get(path))
    assert "A compra, o contrato ou o serviço foi em Criciúma?" in page
    for kind in ("residence", "identity"):
        await upload(browser, case, kind=kind)
    unsaid = await browser.post(path, {"conflict": CONFLICT})
    assert unsaid.status_code == 422
    assert 'href="#campo-relation_here"' in await text_of(unsaid)
    assert (await browser.post(path, {"conflict": CONFLICT, "relation_here": "sim"})).status_code == 303

    staff, _ = await attendant(application)
    page = await text_of(await staff.get(f"/casos/{case.id}/triagem"))
    assert "Vínculo: lugar da compra" in page
    assert "acordo municipal" in page, "the rule's source"


async def test_a_request_without_an_answer_is_archived_from_the_desk_after_its_term(
    application: Application,
) -> None:
    browser, case, _ = await citizen(application, State.WAITING_CONSUMER, triage_note="Falta a conta.")
    staff, _ = await attendant(application)
    desk, archive = f"/casos/{case.id}/triagem", f"/casos/{case.id}/triagem/arquivar"
    await Case.filter(id=case.id).update(due_on=START.date(), due_explanation="10 dias corridos…")
    page = await text_of(await staff.get(desk))
    assert "10 dias corridos…" in page
    assert archive not in page
    early = await staff.post(archive)
    assert early.status_code == 409
    assert "ainda corre: até 23/11/2026" in await text_of(early)

    await Case.filter(id=case.id).update(due_on=START.date() - timedelta(days=3))
    assert archive in await text_of(await staff.get(desk))
    assert (await staff.post(archive)).status_code == 303
    page = await text_of(await browser.get(f"/casos/{case.id}"))
    assert "Nada se perdeu" in page
    assert (
        await browser.post(f"/casos/{case.id}/complemento", {"text": "Segue a conta."})
    ).status_code == 303
    await case.refresh_from_db()
    assert case.state is State.IN_TRIAGE


async def test_an_attendant_takes_asks_and_accepts(application: Application) -> None:
    consumer, case, user = await citizen(application, State.SUBMITTED, outside_territory=True)
    await make_upload(case, user, DocumentKind.RESIDENCE, attached_at=START, filename="luz.pdf", pages=2)
    browser, handler = await attendant(application)

    queue = await text_of(await browser.get("/triagem"))
    assert "Maria de Souza" in queue
    assert "Fora do território" in queue
    desk = f"/casos/{case.id}/triagem"
    page = await text_of(await browser.get(desk))
    assert "529.982.247-25" in page
    assert "luz.pdf" in page
    assert "triagem/aceitar" not in page

    assert (await browser.post(f"{desk}/assumir")).headers["Location"] == desk
    bad = await browser.post(f"{desk}/pedir", {"ask_reason": "curto"})
    assert bad.status_code == 422
    page = await text_of(bad)
    assert 'href="#campo-ask_reason"' in page
    assert "Escolha uma das opções." in page

    asked = await browser.post(
        f"{desk}/pedir", {"missing": "residence", "ask_reason": "O comprovante está ilegível."}
    )
    assert asked.status_code == 303
    assert "Maria de Souza" in await text_of(await browser.get("/triagem?filtro=aguardando"))

    page = await text_of(await consumer.get(f"/casos/{case.id}/complemento"))
    assert "O comprovante está ilegível." in page
    empty = await consumer.post(f"/casos/{case.id}/complemento", {"text": ""})
    assert (empty.status_code, "Envie um arquivo ou escreva" in await text_of(empty)) == (422, True)
    assert (await consumer.post(f"/casos/{case.id}/complemento", {"text": "Segue."})).status_code == 303

    assert "Complementado" in await text_of(await browser.get("/triagem?filtro=meus"))
    assert "Segue." in await text_of(await browser.get(desk))
    missing = await browser.post(f"{desk}/aceitar", {"checked": "residence"})
    assert (missing.status_code, "Confirme cada item" in await text_of(missing)) == (422, True)
    await accept(browser, desk, ["residence", "identity", "consumer_relation", "territory"])
    await case.refresh_from_db()
    assert (case.state, case.handler_id) == (State.ACCEPTED, handler.id)


async def accept(browser: Browser, desk: str, checks: list[str]) -> None:
    body = "&".join(f"checked={name}" for name in checks) + f"&csrf_token={browser.token}"
    headers = {"Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.raw("POST", f"{desk}/aceitar", data=body, headers=headers)
    assert answer.status_code == 303


async def test_an_attendant_refuses_with_a_reason(application: Application) -> None:
    consumer, case, _ = await citizen(application, State.IN_TRIAGE)
    browser, _ = await attendant(application)
    path = f"/casos/{case.id}/triagem/recusar"
    await browser.get(f"/casos/{case.id}/triagem")

    assert (await browser.post(path, {"refuse_reason": "x"})).status_code == 422
    reason = {"cause": "not_consumer", "refuse_reason": "É uma relação de trabalho."}
    assert (await browser.post(path, reason)).status_code == 303
    assert "É uma relação de trabalho." in await text_of(await consumer.get(f"/casos/{case.id}"))
    assert (await browser.post(path, reason)).status_code == 409


async def test_a_citizen_writes_and_sends_the_complaint(application: Application) -> None:
    await taxonomy.load(START.date())
    browser, case, user = await citizen(application, State.ACCEPTED)
    problem = await Problem.get(code="PR0202")
    path = f"/casos/{case.id}/reclamacao"
    values = {
        "company_name": "Lojas do Sul",
        "problem": str(problem.id),
        "facts": FACTS,
        "occurred_on": "2026-10-01",
        "amount": "1.234,56",
        "wish": "refund",
    }
    await browser.get(path)
    saved = await put(browser, f"/casos/{case.id}/rascunho/complaint", {"revision": 0, "values": values})
    assert saved.status_code == 200
    page = await text_of(await (await signed_in(application, user)).get(path))
    assert FACTS in page
    assert f'<option value="{problem.id}" selected>' in page

    bad = await browser.post(path, {**values, "facts": "curto", "amount": "12.50"})
    assert bad.status_code == 422
    page = await text_of(bad)
    assert "Escreva o valor como 1.234,56." in page
    assert "Conte o que aconteceu em 50 a 8.000 caracteres." in page
    assert 'value="12.50"' in page

    assert (await upload(browser, case, kind="exhibit")).status_code == 201
    assert (await browser.post(path, values)).headers["Location"] == f"/casos/{case.id}"
    page = await text_of(await browser.get(f"/casos/{case.id}"))
    assert "2026.000001-9" in page
    assert "R$\u00a01.234,56" in page
    assert "está sendo preparado" in page


async def test_each_page_is_for_its_people(application: Application) -> None:
    browser, case, _ = await citizen(application, State.SUBMITTED)
    staff, _ = await attendant(application)
    auditor = await signed_in(application, await make_user(Role.AUDITOR, cpf=None))
    stranger = await signed_in(application, await make_user())
    draft = await make_case(State.DRAFT, await make_user())

    assert (await browser.get("/triagem")).status_code == 403
    assert (await browser.get(f"/casos/{case.id}/triagem")).status_code == 403
    assert (await staff.get(f"/casos/{case.id}/cadastro")).status_code == 403
    assert (await staff.get(f"/casos/{draft.id}/triagem")).status_code == 404
    assert (await stranger.get(f"/casos/{draft.id}/cadastro")).status_code == 404
    assert (await stranger.post(f"/casos/{draft.id}/descartar")).status_code == 404
    assert (await auditor.get(f"/casos/{case.id}/triagem")).status_code == 200
    assert (await auditor.post(f"/casos/{case.id}/triagem/assumir")).status_code == 403


async def test_a_refused_citizen_asks_for_a_review_and_loses_nothing_typed(application: Application) -> None:
    browser, case, _ = await citizen(application, State.REFUSED, triage_note="Não é consumo.")
    page = await text_of(await browser.get(f"/casos/{case.id}"))
    assert "Discorda? Peça a revisão" in page

    short = await browser.post(f"/casos/{case.id}/revisao", {"review_text": "É sim & pronto"})
    assert short.status_code == 422
    page = await text_of(short)
    assert "É sim &amp; pronto" in page
    assert "Escreva de 20 a 2000 caracteres." in page

    sent = await browser.post(f"/casos/{case.id}/revisao", {"review_text": FACTS})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/casos/{case.id}")
    page = await text_of(await browser.get(f"/casos/{case.id}"))
    assert "Seu cadastro está com o Procon" in page

    await Case.filter(id=case.id).update(state=State.REFUSED)
    page = await text_of(await browser.get(f"/casos/{case.id}"))
    assert "Esta é a decisão da revisão." in page
    assert "/revisao" not in page
