"""What the media process is told of a hearing's recording, and what becomes of what it says of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.adapters.segments import SegmentFolders
from app.services import conduct, recordings, seats
from app.services.recordings import Studio
from models import CaseEvent, Recording
from models.rules.hearing import Conduct
from models.rules.recording import Answer, Take
from tests.factories.hearings import HOUSE, Table, colleague, make_table
from tests.factories.people import NOW
from tests.factories.recordings import POLICY, all_agree
from tests.realtime.rooms import Browser, Process, media_row, web_process

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def web(database: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A web process."""
    async with web_process(tmp_path) as process:
        yield process


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """The same folders as the process's, on a disk that is never full."""
    return Studio(replace(POLICY, free_bytes=0), SegmentFolders(tmp_path, bytes(32)))


class Hearing:
    """A hearing in session through one web process, with everybody in it."""

    def __init__(self, web: Process, table: Table, studio: Studio) -> None:
        self.web, self.table, self.studio = web, table, studio
        self.browsers: dict[str, Browser] = {}

    async def open(self) -> Hearing:
        """Everybody sits, agrees and is let in."""
        for who in ("mediator", "consumer", "agent"):
            browser = await self.web.browser(getattr(self.table, who))
            await browser.ask("enter", {"hearing": self.table.id})
            self.browsers[who] = browser
        await all_agree(self.table)
        await seats.admit(self.table.id, self.table.mediator, None, now=NOW)
        await conduct.take(self.table.id, self.table.mediator, Conduct.OPEN, HOUSE, now=NOW)
        self.web.wake.ring()
        return self

    async def act(self, what: Take) -> None:
        """The mediator does something with the recording."""
        await recordings.act(self.table.id, self.table.mediator, what, self.studio, now=NOW)
        self.web.wake.ring()

    def orders(self) -> list[tuple[str, Any]]:
        """What was said of the recording, each thing once."""
        found: list[tuple[str, Any]] = []
        for name, fields in self.web.media.calls:
            if name.startswith("record"):
                said = (name, fields.get("recording", fields.get("paused")))
                if not found or found[-1] != said:
                    found.append(said)
        return found

    async def until(self, *wanted: tuple[str, Any]) -> None:
        """Wait until the last things said are these."""
        await self.browsers["mediator"].until(lambda: self.orders()[-len(wanted) :] == list(wanted))

    async def say(self, state: str, reason: str = "", process: int | None = None) -> None:
        """The media process speaks."""
        recording = await Recording.get()
        payload = {
            "room": f"hearing-{self.table.id}",
            "recording": str(recording.id),
            "state": state,
            "reason": reason,
            "seconds": 7,
            "bytes": 99,
        }
        await self.web.media.say(process or await media_row(), "recording", payload)


@pytest.fixture
async def hearing(web: Process, studio: Studio) -> Hearing:
    return await Hearing(web, await make_table(), studio).open()


async def causes() -> list[str]:
    rows = await CaseEvent.filter(name__in=["recording_failed", "recording_recovered"]).order_by("id")
    return [row.facts.get("cause", "") for row in rows]


async def test_the_media_process_is_told_what_the_row_says(hearing: Hearing, studio: Studio) -> None:
    await hearing.act(Take.START)
    recording = await Recording.get()
    name = str(recording.id)
    await hearing.until(("record", name), ("record_pause", False))
    assert "record_stop" not in [called for called, _ in hearing.web.media.calls]
    fields = next(fields for called, fields in hearing.web.media.calls if called == "record")
    assert fields == {
        "room": f"hearing-{hearing.table.id}",
        "recording": name,
        "folder": str(studio.segments.path(recording.folder)),
        "key": studio.segments.unwrap(recording.id, recording.key).hex(),
        "paused": False,
    }
    await hearing.act(Take.PAUSE)
    await hearing.until(("record", name), ("record_pause", True))
    await hearing.act(Take.RESUME)
    await hearing.until(("record", name), ("record_pause", False))
    await hearing.act(Take.STOP)
    await hearing.until(("record_pause", False), ("record_stop", None))


async def test_a_break_and_a_guest_who_has_not_agreed_pause_it(hearing: Hearing) -> None:
    await hearing.act(Take.START)
    table = hearing.table
    await conduct.take(table.id, table.mediator, Conduct.PAUSE, HOUSE, now=NOW)
    hearing.web.wake.ring()
    await hearing.until(("record_pause", True))
    await conduct.take(table.id, table.mediator, Conduct.RESUME, HOUSE, now=NOW)
    await hearing.act(Take.RESUME)
    await hearing.until(("record_pause", False))

    _, late = await colleague(table, may_settle=False)
    browser = await hearing.web.browser(late)
    await browser.ask("enter", {"hearing": table.id})
    await seats.admit(table.id, table.mediator, None, now=NOW)
    hearing.web.wake.ring()
    await hearing.until(("record_pause", True))
    await recordings.answer(table.id, late, Answer.AGREED, asked="2026-11", shown="2026-11", now=NOW)
    await hearing.act(Take.RESUME)
    await hearing.until(("record_pause", False))


async def test_another_media_process_goes_on_with_it(hearing: Hearing) -> None:
    await hearing.act(Take.START)
    await hearing.act(Take.PAUSE)
    await hearing.until(("record_pause", True))
    first, second = await media_row(), await media_row("another")
    hearing.web.media.lives(second)
    await hearing.web.media.review()
    said = hearing.web.media.called(second)
    assert said.index("open") < said.index("record") < said.index("record_pause")
    again = [
        f for (n, f), at in zip(hearing.web.media.calls, hearing.web.media.at, strict=True) if at == second
    ]
    record = next(fields for fields in again if "folder" in fields)
    assert record["paused"] is True
    await hearing.say("failed", "writer_died", process=first)
    assert await causes() == []


async def test_a_failure_is_an_event_of_the_case_and_so_is_its_end(hearing: Hearing) -> None:
    await hearing.act(Take.START)
    await hearing.until(("record_pause", False))
    for state, reason in (
        ("starting", ""),
        ("recording", ""),
        ("failed", "writer_died"),
        ("failed", "writer_died"),
        ("recording", ""),
        ("recording", "disk_low"),
        ("failed", ""),
    ):
        await hearing.say(state, reason)
    assert await causes() == ["writer_died", "", "unknown"]
    mediator, consumer = hearing.browsers["mediator"], hearing.browsers["consumer"]
    await mediator.until(lambda: len(mediator.heard("recording")) == 7)
    assert mediator.heard("recording")[2] == {"state": "failed", "reason": "writer_died", "seconds": 7}
    assert consumer.heard("recording") == []


async def test_a_media_process_that_refuses_is_a_failure_too(hearing: Hearing) -> None:
    hearing.web.media.refuse["record"] = "no_space"
    await hearing.act(Take.START)
    await hearing.until(("record", str((await Recording.get()).id)))
    assert await _until_failed() == ["no_space"]
    del hearing.web.media.refuse["record"]
    await conduct.take(hearing.table.id, hearing.table.mediator, Conduct.PAUSE, HOUSE, now=NOW)
    hearing.web.wake.ring()
    await hearing.until(("record_pause", True))
    assert await causes() == ["no_space"]
    await hearing.say("paused")
    assert await causes() == ["no_space", ""]


async def _until_failed() -> list[str]:
    async with asyncio.timeout(10):
        while True:
            if found := await causes():
                return found
            await asyncio.sleep(0.01)


async def test_one_that_the_media_process_still_has_from_before_gives_way(hearing: Hearing) -> None:
    media = hearing.web.media
    media.refuse["record"] = "already_recording"
    await hearing.act(Take.START)
    name = str((await Recording.get()).id)
    await hearing.until(("record", name), ("record_stop", None), ("record", name))
    assert await _until_failed() == ["already_recording"]
