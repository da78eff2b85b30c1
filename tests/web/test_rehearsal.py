"""The rehearsal's page at each step of the script, and its acts: the hearing's own templates and forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.factory import Application
from app.services import sessions
from app.services.rehearsals import Rehearsals, Run
from models.rules.people import Role, Viewer
from models.rules.rehearsal import Rehearsal, Result, Signal, Step
from tests.conftest import START
from tests.factories.people import make_user, viewer_of
from tests.web.browser import Browser

ROOM = "/audiencias/ensaio"
At = Callable[[Step], Run]


@pytest.fixture
async def ana(application: Application) -> Viewer:
    """A consumer who has no case at all."""
    return viewer_of(await make_user())


@pytest.fixture
async def browser(application: Application, ana: Viewer) -> Browser:
    """Her browser, signed in, on the room's page."""
    browser = Browser(application.quart)
    token = await sessions.start(ana.user_id, now=START, address="", device="")
    browser.keep(sessions.cookie_name(secure=False), token)
    await browser.get(ROOM)
    return browser


@pytest.fixture
def at(application: Application, ana: Viewer) -> At:
    """Puts her rehearsal at a step, with her page in the room."""

    def put(step: Step) -> Run:
        run = application.parts.rehearsals.begin(ana, now=START)
        run.state = Rehearsal(START, step)
        run.log = [(START, one) for one in list(Step)[: list(Step).index(step) + 1]]
        run.away_since, run.generation = None, 1
        return run

    return put


async def truth(browser: Browser) -> dict[str, Any]:
    found = await (await browser.get(f"{ROOM}/estado")).get_json()
    assert isinstance(found, dict)
    return found


async def test_before_the_beginning_there_is_a_door_and_no_test_of_a_hearing(browser: Browser) -> None:
    page = await (await browser.get(ROOM)).get_data(as_text=True)
    assert "data-enter" in page
    assert "/audiencias/0" not in page
    known = await truth(browser)
    assert known["controls"] == ["enter"]
    assert [person["name"] for person in known["people"] if not person["mine"]] == []


@pytest.mark.parametrize("step", Step)
async def test_the_page_of_each_step_is_drawn_with_its_line(browser: Browser, at: At, step: Step) -> None:
    run = at(step)
    response = await browser.get(ROOM)
    page = await response.get_data(as_text=True)
    assert response.status_code == 200
    acts = re.findall(r'<form[^>]* action="([^"]+)"', page)
    assert all(act.startswith((ROOM, "/sair")) for act in acts), acts
    known = await truth(browser)
    assert known["me"]["admitted"] is run.inside
    assert known["state"] == {Step.OVER: "closed", Step.WAITING: "not_started"}.get(step, "in_session")
    if step is Step.PRIVATE:
        apart = {person["name"]: person["apart"] for person in known["people"]}
        assert apart["Empresa de ensaio"]
        assert not apart["Conciliador de ensaio"]
        assert known["private"]["part"] == "inside"
    elif step is Step.CALL:
        assert known["private"]["part"] == "called"
        assert "data-private-accept" in page
    elif step is Step.DOCUMENT:
        assert "Nota fiscal de ensaio" in page
    elif step is Step.HAND:
        assert "hand" in known["controls"]


async def test_a_company_rehearses_against_a_consumer(application: Application) -> None:
    paulo = viewer_of(await make_user(Role.COMPANY))
    browser = Browser(application.quart)
    token = await sessions.start(paulo.user_id, now=START, address="", device="")
    browser.keep(sessions.cookie_name(secure=False), token)
    application.parts.rehearsals.begin(paulo, now=START)
    names = [person["name"] for person in (await truth(browser))["people"]]
    assert names == [paulo.name, "Conciliador de ensaio", "Consumidora de ensaio"]


async def test_the_acts_are_those_of_a_hearing(browser: Browser, at: At) -> None:
    run = at(Step.HAND)
    assert (await browser.post(f"{ROOM}/mao/levantar", Accept="application/json")).status_code == 204
    assert run.state.results == {Step.HAND: Result.DONE}
    assert (await truth(browser))["people"][0]["hand"] == 1
    await browser.post(f"{ROOM}/mao/baixar")
    assert not run.hand
    await browser.post(f"{ROOM}/conversa", {"text": "Bom dia a todos."})
    assert "Bom dia a todos." in await (await browser.get(ROOM)).get_data(as_text=True)
    assert (await browser.post(f"{ROOM}/conversa", {"text": " "})).status_code == 422
    await browser.post(f"{ROOM}/participacao", {"mode": "audio"})
    assert (await truth(browser))["people"][0]["mode"] == "audio"
    assert (await browser.post(f"{ROOM}/participacao", {"mode": "x"})).status_code == 422


async def test_the_private_room_is_entered_and_left(browser: Browser, at: At) -> None:
    run = at(Step.CALL)
    await browser.post(f"{ROOM}/reservada/atender")
    assert run.private
    refused = await browser.post(f"{ROOM}/reservada/recusar", Accept="application/json")
    assert (refused.status_code, (await refused.get_json())["error"]) == (409, "call_over")
    await browser.post(f"{ROOM}/reservada/sair")
    assert run.state.step is Step.FAREWELL
    run = at(Step.CALL)
    await browser.post(f"{ROOM}/reservada/recusar")
    assert run.state.results == {Step.CALL: Result.DECLINED}


async def test_what_did_not_work_is_said_at_the_end_and_forgotten(
    application: Application, browser: Browser, ana: Viewer, at: At
) -> None:
    known = application.parts.rehearsals
    run = at(Step.VOICE)
    assert (await browser.post(f"{ROOM}/de-novo")).status_code == 303
    assert known.of(ana) is run, "one that runs is not forgotten"
    known.tick(run, now=START + timedelta(seconds=40))
    known.end(run, now=START + timedelta(seconds=50))
    page = await (await browser.get(ROOM)).get_data(as_text=True)
    assert "O servidor não ouviu a sua voz." in page
    assert "Não deu certo:" in page
    assert (await browser.post(f"{ROOM}/mao/levantar")).status_code == 409
    await browser.post(f"{ROOM}/de-novo")
    assert known.of(ana) is None


async def test_rehearsals_are_bounded_and_old_results_go() -> None:
    known = Rehearsals(most=1)
    ana, bia = (Viewer(number, Role.CONSUMER, str(number), "") for number in (1, 2))
    run = known.begin(ana, now=START)
    assert known.begin(ana, now=START) is run
    for house, code in ((known, "rehearsals_full"), (Rehearsals(most=0), "rehearsals_off")):
        with pytest.raises(Exception, match=code):
            house.begin(bia, now=START)
    run.away_since = START
    known.tick(run, now=START + timedelta(seconds=21))
    assert run.state.over, "who left the page has left"
    known.begin(bia, now=START + timedelta(seconds=30))
    assert known.of(ana) is run
    known.hear(ana, Signal.VOICE, now=START)
    known.begin(bia, now=START + timedelta(minutes=20))
    assert known.of(ana) is None
