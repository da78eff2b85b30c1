"""Figures lead to steps of the ladder, and a person's choice ends that; pointers stay among those inside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.services import seat_modes, seats
from app.services.history import Happening
from app.wake import Wake
from models.rules.hearing import SeatMode
from models.rules.ladder import FALL_SECONDS
from models.rules.people import Side
from realtime.ladder import Ladders, reading
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW
from tests.realtime.rooms import SECOND, FixedClock, Process, web_process

pytestmark = pytest.mark.usefixtures("database")

LOST: dict[str, Any] = {**SECOND, "up": {**SECOND["up"], "loss": 0.5}}


@pytest.fixture
async def web(database: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A web process's sockets."""
    async with web_process(tmp_path) as process:
        yield process


async def mode(table: Table) -> SeatMode:
    """The consumer's."""
    return (await table.seat(table.consumer)).mode


async def test_a_bad_line_leads_down_and_a_choice_holds(database: str) -> None:
    table = await (await make_table()).in_session()
    seat = (await table.seat(table.consumer)).id
    ladders = Ladders(FixedClock(), Wake())
    for _ in range(FALL_SECONDS):
        await ladders.heard(seat, LOST)
    assert await mode(table) is SeatMode.LOW_VIDEO

    await seat_modes.choose(table.id, table.consumer, SeatMode.VIDEO, now=NOW)
    facts = {"seat": seat, "mode": "video", "chosen": True}
    ladders.relayed(
        Happening(
            1,
            table.case.id,
            1,
            "seat_mode_changed",
            frozenset(Side),
            facts,
            NOW,
            table.consumer.user_id,
            None,
        )
    )
    for _ in range(5 * FALL_SECONDS):
        await ladders.heard(seat, LOST)
    assert await mode(table) is SeatMode.VIDEO


async def test_a_line_that_is_away_says_nothing_about_the_step(database: str) -> None:
    away = {**LOST, "publish": "reconnecting", "subscribe": "gone"}
    assert reading(away) is None
    held_back = {**SECOND["down"], "layers": {"9/video": None}, "targets": {"9/video": None}}
    found = reading({**SECOND, "down": {**held_back, "estimate_kbps": 90.4}})
    assert found is not None
    assert (found.held_back, found.estimate_kbps, found.loss) == (True, 90, 0.0)
    coming = {**held_back, "targets": {"9/video": "q"}}
    arriving = reading({**SECOND, "down": coming})
    assert arriving is not None
    assert not arriving.held_back


async def test_a_pointer_reaches_those_inside_at_a_bounded_pace(web: Process) -> None:
    table = await make_table()
    mediator, agent, consumer = [
        await web.browser(viewer) for viewer in (table.mediator, table.agent, table.consumer)
    ]
    for browser in (mediator, agent, consumer):
        await browser.ask("enter", {"hearing": table.id})
    seat = await table.seat(table.agent)
    await seats.admit(table.id, table.mediator, seat.id, now=NOW)
    await web.hearings.conductor.arrange(table.id)

    place = {"x": 0.25, "y": 0.5, "shown": True}
    assert await agent.ask("point", place) == {}
    assert await agent.ask("point", {**place, "x": 0.3}) == {}
    web.clock.at += timedelta(seconds=1)
    assert await agent.ask("point", {**place, "x": 0.4}) == {}
    for wrong in ({}, {**place, "x": 1.5}, {**place, "y": "0"}, {**place, "y": True}):
        assert (await agent.ask("point", wrong))["error"] == "bad_request"
    assert (await consumer.ask("point", place))["error"] == "not_admitted"

    await mediator.until(lambda: len(mediator.heard("pointer")) == 2)
    assert [told["x"] for told in mediator.heard("pointer")] == [0.25, 0.4]
    assert {told["seat"] for told in mediator.heard("pointer")} == {str(seat.id)}
    assert consumer.heard("pointer") == agent.heard("pointer") == []
