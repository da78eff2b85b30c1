"""The thread of a case over HTTP: what the page shows, what a refusal keeps, and reading marked by script."""

from __future__ import annotations

from models import ThreadBookmark
from models.rules.case_machine import State
from tests.services.parties import make_parties
from tests.web.browser import ORIGIN, Browser, SignIn


async def test_a_message_is_written_shown_and_marked_as_read(enter: SignIn) -> None:
    people = await make_parties(State.ANSWERED)
    page = f"/casos/{people.case.id}"
    consumer, company = await enter(people.consumer), await enter(people.agent)

    answer = await consumer.fill(page, {"message": "Quando vem o técnico?"}, f"{page}/mensagens")
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    shown = await (await company.get(page)).get_data(as_text=True)
    assert "Quando vem o técnico?" in shown
    assert "1 mensagem nova" in shown
    assert "Ainda não lida" in await (await consumer.get(page)).get_data(as_text=True)

    (mark,) = await ThreadBookmark.all()
    assert await _mark(company, page, mark.statement_id) == 200
    assert "mensagem nova" not in await (await company.get(page)).get_data(as_text=True)
    assert "Lida por: Empresa" in await (await consumer.get(page)).get_data(as_text=True)
    assert await _mark(company, page, "1") == 422


async def _mark(browser: Browser, page: str, last: object) -> int:
    headers = {"Origin": ORIGIN, "X-CSRF-Token": browser.token, "Accept": "application/json"}
    answer = await browser.raw("POST", f"{page}/mensagens/lidas", json={"last": last}, headers=headers)
    return answer.status_code


async def test_a_refused_message_keeps_what_was_typed(enter: SignIn) -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    consumer = await enter(people.consumer)
    page = f"/casos/{people.case.id}"
    answer = await consumer.fill(
        page, {"message": "Escrevi cedo demais, mas com cuidado."}, f"{page}/mensagens"
    )
    assert answer.status_code == 409
    assert "Escrevi cedo demais, mas com cuidado." in await answer.get_data(as_text=True)
