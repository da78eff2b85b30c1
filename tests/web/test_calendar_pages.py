"""The calendar's pages over HTTP: picking, moving, working hours, blocks, and what strangers may read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast

import pytest
from quart import Response

from app.factory import Application
from app.services import sessions
from models import Absence, Case, Hearing, HearingBlock, OfferedSlot, OfferedState, User, WorkingHours
from models.rules.case_machine import State
from models.rules.people import Role, Viewer
from tests.conftest import START
from tests.factories.cases import make_case
from tests.factories.people import make_user
from tests.services.parties import ZONE, Parties, make_parties
from tests.web.browser import ORIGIN, Browser

Enter = Callable[[Viewer], Awaitable[Browser]]


@pytest.fixture
def enter(application: Application) -> Enter:
    """Opens a browser in which a person is signed in."""

    async def open_for(viewer: Viewer) -> Browser:
        browser = Browser(application.quart)
        token = await sessions.start(viewer.user_id, now=START, address="", device="")
        browser.keep(sessions.cookie_name(secure=False), token)
        await browser.get("/privacidade")
        return browser

    return open_for


async def _text(response: Response) -> str:
    return cast(str, await response.get_data(as_text=True))


async def _book(browser: Browser, people: Parties, day: str, hour: str) -> Hearing:
    typed = {"date": day, "time": hour, "minutes": "40"}
    answer = await browser.post(f"/casos/{people.case.id}/audiencia", typed)
    assert answer.status_code == 303, await _text(answer)
    return await Hearing.get(case_id=people.case.id)


async def test_staff_offers_the_consumer_picks_and_a_latecomer_is_told_what_is_free(enter: Enter) -> None:
    one, other = await make_parties(State.ANSWERED), await make_parties(State.ANSWERED)
    await User.filter(role=Role.MEDIATOR).exclude(id=one.mediator.user_id).update(disabled_at=START)
    for people in (one, other):
        browser = await enter(people.attendant)
        assert (await browser.post(f"/casos/{people.case.id}/horarios", {})).status_code == 303
        assert "O consumidor escolhe entre estes" in await _text(
            await browser.get(f"/casos/{people.case.id}")
        )
    first, same = [
        await OfferedSlot.filter(case_id=people.case.id).order_by("starts_at").first()
        for people in (one, other)
    ]
    assert first is not None
    assert same is not None
    assert first.starts_at == same.starts_at

    quick, late = await enter(one.consumer), await enter(other.consumer)
    assert 'name="slot"' in await _text(await quick.get(f"/casos/{one.case.id}"))
    assert (await quick.post(f"/casos/{one.case.id}/horario", {"slot": str(first.id)})).status_code == 303
    answer = await late.post(f"/casos/{other.case.id}/horario", {"slot": str(same.id)})
    assert answer.status_code == 409
    page = await _text(answer)
    assert "Outra pessoa ficou com este horário. Ainda livres:" in page
    left = await OfferedSlot.filter(case_id=other.case.id, state=OfferedState.OPEN)
    assert len(left) == 6
    assert all(f'value="{slot.id}"' in page for slot in left)
    assert f'value="{same.id}"' not in page
    assert (await late.post(f"/casos/{other.case.id}/horario", {"slot": "x"})).status_code == 409


async def test_a_hearing_is_moved_by_the_form_and_by_the_calendar(enter: Enter) -> None:
    people = await make_parties(State.ANSWERED)
    browser = await enter(people.mediator)
    hearing = await _book(browser, people, "2026-12-14", "14:00")
    for view in ("semana", "dia"):
        page = await _text(await browser.get(f"/agenda?ver={view}&dia=2026-12-14"))
        assert f'data-hearing="{hearing.id}"' in page
        assert f'data-slot="2026-12-14T14:00~{people.mediator.user_id}"' in page
    path = f"/audiencias/{hearing.id}/remarcar"
    assert "Horários livres" in await _text(await browser.get(path))
    wrong = await browser.post(
        path, {"slot": "", "date": "2026-12-12", "time": "10:00", "minutes": "40", "cause": "agency"}
    )
    assert wrong.status_code == 422
    page = await _text(wrong)
    assert "Neste dia não há expediente" in page
    assert 'value="2026-12-12"' in page, "what was typed is kept"
    slot = f"2026-12-15T09:20~{people.mediator.user_id}"
    asked = {"slot": slot, "minutes": "40", "cause": "other", "reason": ""}
    refused = await browser.raw(
        "POST",
        path,
        headers={"Accept": "application/json", "X-CSRF-Token": browser.token, "Origin": ORIGIN},
        form=asked,
    )
    assert refused.status_code == 422
    assert (await refused.get_json())["fields"] == {"reason": "Escreva o motivo."}
    done = await browser.post(path, asked | {"cause": "agency", "back": "/agenda"})
    assert (done.status_code, done.headers["Location"]) == (303, "/agenda")
    assert (await Hearing.get(id=hearing.id)).starts_at == datetime(2026, 12, 15, 9, 20, tzinfo=ZONE)
    story = await _text(await (await enter(people.consumer)).get(f"/casos/{people.case.id}"))
    assert "De 14/12, 14h00 para 15/12/2026, 09h20. Organização da pauta do Procon." in story


async def test_working_hours_and_absences_are_edited_and_keep_what_was_typed(enter: Enter) -> None:
    people = await make_parties(State.ANSWERED)
    browser = await enter(people.mediator)
    hearing = await _book(browser, people, "2026-12-14", "14:00")
    wrong = await browser.post("/agenda/expediente", {"opens-0-0": "10:00", "closes-0-0": "09:00"})
    assert wrong.status_code == 422
    assert 'value="10:00"' in await _text(wrong)
    done = await browser.post("/agenda/expediente", {"opens-0-0": "08:00", "closes-0-0": "12:00"})
    assert done.status_code == 303
    assert [(row.weekday, row.opens, row.closes) for row in await WorkingHours.all()] == [(0, 480, 720)]
    assert (await browser.post("/agenda/ausencias", {"first": "", "kind": "leave"})).status_code == 422
    away = {"first": "2026-12-14", "last": "2026-12-16", "kind": "leave", "note": "Consulta"}
    assert (await browser.post("/agenda/ausencias", away)).status_code == 303
    page = await _text(await browser.get("/agenda/expediente"))
    assert f"/audiencias/{hearing.id}/remarcar" in page, "the hearing in it is named"
    assert "cal-away" in await _text(await browser.get("/agenda?dia=2026-12-14"))
    absence = await Absence.get()
    revoke = f"/agenda/ausencias/{absence.id}/revogar"
    stranger = await enter((await make_parties(State.ANSWERED)).mediator)
    assert (await stranger.post(revoke, {})).status_code == 404
    assert (await browser.post(revoke, {})).status_code == 303


async def test_a_block_is_proposed_booked_and_seen_as_one_by_its_company(enter: Enter) -> None:
    people = await make_parties(State.ANSWERED)
    second = await make_case(
        State.UNANSWERED,
        await make_user(name="Segunda Pessoa"),
        protocol="2026.770001-0",
        company=people.company,
        notified_at=START,
    )
    browser = await enter(people.mediator)
    assert people.company.legal_name in await _text(await browser.get("/agenda/blocos"))
    path = f"/agenda/blocos/{people.company.id}"
    chosen = {"agent": str(people.agent.user_id), "first": "2026-12-14"}
    page = await _text(await browser.post(path, chosen | {"cases": str(second.id)}))
    assert "Escolha de 2 a 8 casos" in page
    both = [("cases", str(people.case.id)), ("cases", str(second.id)), *chosen.items()]
    page = await _text(await browser.post(path, both))  # type: ignore[arg-type]
    start = f"2026-12-14T08:00~{people.mediator.user_id}"
    assert f'value="{start}"' in page
    done = await browser.post(path, [*both, ("start", start)])  # type: ignore[arg-type]
    block = await HearingBlock.get()
    assert done.headers["Location"] == f"/audiencias/blocos/{block.id}"
    agent = await enter(people.agent)
    assert "Segunda Pessoa" in await _text(await agent.get(f"/audiencias/blocos/{block.id}"))
    assert f"/audiencias/blocos/{block.id}" in await _text(await agent.get("/painel"))
    assert await Case.filter(state=State.HEARING_SCHEDULED).count() == 2


async def test_the_board_tells_strangers_numbers_alone(enter: Enter, application: Application) -> None:
    people = await make_parties(State.ANSWERED)
    staff = await enter(people.mediator)
    now = START.astimezone(ZONE)
    typed = {"date": f"{now:%Y-%m-%d}", "time": "16:00", "minutes": "40", "short_notice": "1"}
    assert (await staff.post(f"/casos/{people.case.id}/audiencia", typed)).status_code == 303
    protocol = people.case.protocol or ""
    masked = f"2026.***{protocol[8:]}"
    for browser in (Browser(application.quart), await enter(people.consumer)):
        page = await _text(await browser.get("/pauta"))
        assert masked in page
        main = page[page.index("<main") :]
        for secret in (protocol, people.company.legal_name, people.mediator.name):
            assert secret not in main, secret
    assert protocol in await _text(await staff.get("/pauta"))
    assert protocol not in await _text(await staff.get("/pauta?tela=1"))
