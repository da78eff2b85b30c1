"""A person's line is lost and comes back, as the others of the hearing are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.services import seats
from realtime.lines import Lines
from tests.factories.hearings import make_table
from tests.factories.people import NOW
from tests.realtime.rooms import SECOND, Process, media_row, web_process

pytestmark = pytest.mark.usefixtures("database")

AWAY: dict[str, Any] = {**SECOND, "publish": "reconnecting"}


@pytest.fixture
async def web(database: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A web process."""
    async with web_process(tmp_path) as process:
        yield process


def told(said: list[Any]) -> list[bool]:
    """What was told, without what it is about."""
    return [one["lost"] for one in said]


async def test_the_others_are_told_at_once_and_again_until_the_media_is_back(web: Process) -> None:
    table = await make_table()
    mediator, consumer = [await web.browser(viewer) for viewer in (table.mediator, table.consumer)]
    for browser in (mediator, consumer):
        await browser.ask("enter", {"hearing": table.id})
    await seats.admit(table.id, table.mediator, None, now=NOW)
    await web.hearings.conductor.arrange(table.id)
    seat, process = str((await table.seat(table.consumer)).id), await media_row()
    room = f"hearing-{table.id}"

    async def second(figures: dict[str, Any]) -> None:
        await web.media.say(process, "figures", {"room": room, "seats": {seat: figures}})

    await second({**SECOND, "publish": "connecting", "subscribe": None})
    await second(SECOND)
    await second(SECOND)
    gone = {"room": room, "seat": seat, "connection": "publish", "generation": 1, "state": "reconnecting"}
    await web.media.say(process, "connection", gone)
    await second(AWAY)
    await second({**AWAY, "publish": "connected", "subscribe": "connecting"})
    await second(SECOND)

    await mediator.until(lambda: len(mediator.heard("line")) == 5)
    assert told(mediator.heard("line")) == [False, True, True, True, False]
    assert {one["seat"] for one in mediator.heard("line")} == {seat}

    await consumer.client.disconnect()
    await mediator.until(lambda: len(mediator.heard("line")) == 6)
    assert told(mediator.heard("line"))[-1]


async def test_who_leaves_by_the_button_is_not_reconnecting(web: Process) -> None:
    table = await make_table()
    mediator, consumer = [await web.browser(viewer) for viewer in (table.mediator, table.consumer)]
    for browser in (mediator, consumer):
        await browser.ask("enter", {"hearing": table.id})
    await web.hearings.conductor.arrange(table.id)
    seat = str((await table.seat(table.consumer)).id)
    figures = {"room": f"hearing-{table.id}", "seats": {seat: SECOND}}
    await web.media.say(await media_row(), "figures", figures)

    await consumer.ask("leave")
    await consumer.client.disconnect()
    await mediator.ask("heartbeat")

    assert told(mediator.heard("line")) == [False]


async def test_another_process_goes_on_where_the_first_left_off() -> None:
    said: list[bool] = []

    async def tell(hearing: int, name: str, payload: dict[str, Any]) -> None:
        said.append(payload["lost"])

    first, second = Lines(tell), Lines(tell)
    await first.figures(1, 7, SECOND)
    await first.socket_gone(1, 7)
    await first.socket_gone(1, 7)
    await second.figures(1, 7, {**SECOND, "subscribe": None})
    await second.figures(1, 7, SECOND)
    assert said == [False, True, False]
