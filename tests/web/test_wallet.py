"""The wallet over HTTP: uploaded, kept while the form is wrong, sent, read, checked; a power that ended."""

from __future__ import annotations

from datetime import timedelta

from models import Paper, Representation
from models.rules.case_machine import State
from models.rules.representation import PaperState
from tests.factories.people import NOW
from tests.services.parties import TODAY, make_parties
from tests.web.browser import Browser, SignIn

PDF = b"%PDF-1.7 " + bytes(range(256)) * 4


async def _upload(browser: Browser, company: int) -> str:
    headers = {
        "Origin": "http://localhost",
        "X-CSRF-Token": browser.token,
        "Accept": "application/json",
        "X-File-Name": "Procura%C3%A7%C3%A3o.pdf",
    }
    path = f"/empresas/{company}/carteira/arquivo"
    answer = await browser.raw("POST", path, data=PDF, headers=headers)
    assert answer.status_code == 201
    return str((await answer.get_json())["url"])


async def test_a_paper_goes_from_the_company_to_the_check_and_back(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED, may_settle=False)
    agent, staff = await enter(people.agent), await enter(people.attendant)
    path = f"/empresas/{people.company.id}/carteira"
    await agent.get(path)
    await _upload(agent, people.company.id)
    url = await _upload(agent, people.company.id)
    assert await Paper.all().count() == 1, "another file takes the place of the first"
    wrong = await agent.post(path, {"kind": "mandate", "holder": "outra", "holder_name": "Bia Nunes"})
    html = await wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert 'value="Bia Nunes"' in html
    assert "Procuração.pdf" in html
    right = {"kind": "mandate", "holder": str(people.agent.user_id), "may_settle": "1"}
    assert (await agent.post(path, right)).status_code == 303

    assert await (await staff.raw("GET", url)).get_data() == PDF
    (paper,) = await Paper.all()
    check = f"/representacoes/{paper.id}"
    refused = await staff.fill(check, {"verdict": "", "reason": "Falta a assinatura."})
    assert refused.status_code == 422
    assert "Falta a assinatura." in await refused.get_data(as_text=True)
    assert (await staff.post(check, {"verdict": "accept", "may_settle": "1"})).status_code == 303
    late = await staff.post(check, {"verdict": "refuse", "reason": "Falta a assinatura."})
    assert late.status_code == 409
    await paper.refresh_from_db()
    assert paper.state is PaperState.ACCEPTED
    assert "conferido" in await (await agent.get(path)).get_data(as_text=True)


async def test_who_has_no_power_left_is_told_so_and_may_renew_it(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED)
    agent = await enter(people.agent)
    await Representation.filter(user_id=people.agent.user_id).update(
        valid_until=TODAY - timedelta(days=2), ended_at=NOW - timedelta(days=1)
    )
    panel = await (await agent.get("/painel")).get_data(as_text=True)
    assert "terminou" in panel
    words = {"answer": "O reembolso sai em cinco dias úteis."}
    for answer in (
        await agent.get(f"/casos/{people.case.id}"),
        await agent.post(f"/casos/{people.case.id}/resposta", words),
    ):
        assert answer.status_code == 403
        assert "Sua representação desta empresa terminou." in await answer.get_data(as_text=True)
    assert words["answer"] in await answer.get_data(as_text=True), "nothing typed is lost"
    assert (await agent.get(f"/empresas/{people.company.id}/carteira")).status_code == 200
    await _upload(agent, people.company.id)
