"""A private room from the act of a person to what the media process and the browsers are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.services import consultations, seats
from hearings.negotiation import MEDIA
from hearings.permission import Standing, may_flow, may_record
from models import Consultation
from models.rules.consultation import RING, ConsultationState
from tests.factories.hearings import Table, colleague, make_table
from tests.factories.people import NOW
from tests.realtime.rooms import SECOND, Browser, Process, media_row, web_process

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def web(database: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A web process."""
    async with web_process(tmp_path) as process:
        yield process


async def everybody(web: Process) -> tuple[Table, dict[str, Browser], dict[str, int]]:
    """A hearing with everybody let in: its table, their browsers, their seats."""
    table = await make_table()
    browsers, places = {}, {}
    for who in ("mediator", "consumer", "agent"):
        browsers[who] = await web.browser(getattr(table, who))
        places[who] = (await browsers[who].ask("enter", {"hearing": table.id}))["seat"]
    await seats.admit(table.id, table.mediator, None, now=NOW)
    web.wake.ring()
    await told(web, places, {"mediator": "", "consumer": "", "agent": ""})
    return table, browsers, places


def standings(web: Process, places: dict[str, int]) -> dict[str, Standing]:
    """What the door was last told of each, as the media process would keep it."""
    found = {}
    for who, seat in places.items():
        said = [fields for name, fields in web.media.calls if name == "join" and fields["seat"] == str(seat)]
        last: dict[str, Any] = {name: value for name, value in said[-1].items() if name != "room"}
        found[who] = Standing(**last)
    return found


async def told(web: Process, places: dict[str, int], circles: dict[str, str]) -> None:
    """Wait until the door has been told that everybody is let in, and in these circles."""
    async with asyncio.timeout(5):
        while True:
            found = standings(web, places)
            if all(one.admitted and one.circle == circles[who] for who, one in found.items()):
                return
            await asyncio.sleep(0.01)


def passes(web: Process, places: dict[str, int]) -> set[tuple[str, str]]:
    """Who receives whom, by the media process's own rule."""
    found = standings(web, places)
    return {
        (sender, receiver)
        for sender in found
        for receiver in found
        for media in MEDIA
        if may_flow(found[receiver], found[sender], media)
    }


async def test_the_media_of_a_private_room_reaches_its_members_alone_and_no_recording(web: Process) -> None:
    table, browsers, places = await everybody(web)
    assert len(passes(web, places)) == 6
    await consultations.call(table.id, table.mediator, places["consumer"], now=NOW)
    (room,) = await Consultation.all()
    await consultations.accept(table.id, table.consumer, room.id, now=NOW)
    web.wake.ring()

    private = f"private-{room.id}"
    await told(web, places, {"mediator": private, "consumer": private, "agent": ""})
    assert passes(web, places) == {("mediator", "consumer"), ("consumer", "mediator")}
    found = standings(web, places)
    recorded = {who for who, one in found.items() for media in MEDIA if may_record(one, media)}
    assert recorded == {"agent"}

    said = {"voice": "speaking", "level": 9, "video": True, "screen": False}
    everyone = {str(seat): said for seat in places.values()}
    activity = {"room": f"hearing-{table.id}", "seats": everyone, "speaker": str(places["consumer"])}
    await web.media.say(await media_row(), "activity", activity)
    await browsers["agent"].until(lambda: browsers["agent"].heard("activity"))
    assert browsers["agent"].heard("activity") == [{"seats": {str(places["agent"]): said}, "speaker": None}]
    (inside,) = browsers["consumer"].heard("activity")
    assert inside["seats"].keys() == {str(places["mediator"]), str(places["consumer"])}
    assert inside["speaker"] == str(places["consumer"])

    await consultations.leave(table.id, table.mediator, now=NOW)
    web.wake.ring()
    await told(web, places, {"mediator": "", "consumer": "", "agent": ""})
    assert len(passes(web, places)) == 6


async def test_the_mediator_does_not_learn_who_speaks_in_a_room_of_a_side(web: Process) -> None:
    table, browsers, places = await everybody(web)
    _, lawyer = await colleague(table, may_settle=False)
    places["lawyer"] = (await (await web.browser(lawyer)).ask("enter", {"hearing": table.id}))["seat"]
    await seats.admit(table.id, table.mediator, None, now=NOW)
    await consultations.call(table.id, table.agent, places["lawyer"], now=NOW)
    (room,) = await Consultation.all()
    await consultations.accept(table.id, lawyer, room.id, now=NOW)
    web.wake.ring()
    private = f"private-{room.id}"
    await told(web, places, {"mediator": "", "consumer": "", "agent": private, "lawyer": private})
    await web.hearings.conductor.arrange(table.id)

    figures = {str(seat): SECOND for seat in places.values()}
    await web.media.say(await media_row(), "figures", {"room": f"hearing-{table.id}", "seats": figures})

    await browsers["mediator"].until(lambda: browsers["mediator"].heard("figures"))
    seen = browsers["mediator"].heard("figures")[-1]["seats"]
    assert {who for who, seat in places.items() if "voice" in seen[str(seat)]} == {"mediator", "consumer"}


async def test_a_call_that_nobody_answers_ends_by_the_round_of_the_process(web: Process) -> None:
    table, browsers, places = await everybody(web)
    await consultations.call(table.id, table.mediator, places["consumer"], now=NOW)
    web.clock.at = NOW + RING + timedelta(seconds=1)

    round_ = asyncio.create_task(web.hearings.sweep())
    try:
        async with asyncio.timeout(5):
            while (await Consultation.get()).state is not ConsultationState.EXPIRED:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        round_.cancel()
        await asyncio.gather(round_, return_exceptions=True)
    assert browsers["consumer"].client.connected
