"""A real Chromium recorded by a real media process: its picture is seen again and its beep heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hearings.recording.reader import Recorded, Segment
from tests.hearings.browsers import BrowserRoom, chromium, page_server
from tests.hearings.process import media_link, media_process
from tests.hearings.recording.making import KEY
from tests.hearings.recording.playing import Played, played
from tests.hearings.recording.seeing import loudness_of
from tests.hearings.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


class RecordedRoom:
    """Pages in a room that is recorded."""

    def __init__(self, room: BrowserRoom, folder: Path) -> None:
        self.room, self.folder = room, folder
        self.told: list[dict[str, Any]] = []
        room.link.on_event(self._event)

    async def call(self, name: str, **fields: Any) -> None:
        await self.room.link.call(name, room="sala", **fields)

    async def state(self, state: str, within: float = 15) -> None:
        await until(lambda: self.told and self.told[-1]["state"] == state, within)

    async def seconds(self, count: int) -> None:
        await until(lambda: self.told[-1]["seconds"] >= count, count + 15)

    async def _event(self, name: str, payload: dict[str, Any]) -> None:
        if name == "recording":
            self.told.append(payload)


@pytest.fixture
async def recorded(tmp_path: Path) -> AsyncIterator[RecordedRoom]:
    with page_server() as address:
        async with media_process() as ready, media_link(ready["door"]) as link, chromium() as browser:
            await link.call("open", room="sala")
            seated = BrowserRoom(browser, link, address)
            yield RecordedRoom(seated, tmp_path / "r")
            seated.pages.clear()


async def test_people_in_browsers_are_recorded(recorded: RecordedRoom) -> None:
    await recorded.room.sit("a")
    await recorded.call("record", recording="r1", folder=str(recorded.folder), key=KEY.hex())
    await recorded.state("recording")
    page = await recorded.room.sit("b")
    await recorded.seconds(6)
    await page.evaluate("() => window.media.shareScreen()")
    await recorded.seconds(10)
    await recorded.call("record_pause", paused=True)
    await recorded.state("paused")
    await asyncio.sleep(1.5)
    await recorded.call("record_pause", paused=False)
    await recorded.state("recording")
    await recorded.seconds(14)
    await recorded.call("record_stop")
    await recorded.state("stopped")
    assert recorded.told[-1]["reason"] == ""

    found = Recorded.open(recorded.folder, KEY)
    assert all(segment.complete for segment in found.segments)
    paused, resumed = (row.at_ms for row in found.timeline if row.event in ("paused", "resumed"))
    parts = [
        (segment, medium, part)
        for segment in found.segments
        for medium, part in played(found, segment).items()
    ]
    for seat in "ab":
        for before in (True, False):
            mine = [p for p in parts if p[0].seat == seat and (p[0].starts_ms < paused) is before]
            expected = {"a": ["audio", "video"], "b": ["audio", "screen", "video"]}[seat]
            assert sorted(medium for _, medium, _ in mine) == expected
    for segment, medium, part in parts:
        assert segment.ends_ms < paused + 200 or segment.starts_ms > resumed - 200
        if medium == "audio":
            _assert_heard(part, segment)
        else:
            _assert_seen(part, segment, medium)


def _assert_seen(stream: Played, segment: Segment, medium: str) -> None:
    """The fake camera's picture, which moves: hardly a frame is like another."""
    length = (segment.ends_ms - segment.starts_ms) / 1000
    print(f"{segment.path.name}: {len(stream.frames)} pictures and {length:.1f} s")
    assert len(stream.frames) >= 2
    if medium == "screen":
        return
    assert len(stream.frames) > 5 * (length - 1), "20 a second, where the machine has time for them"
    assert abs(stream.times[-1] - length) < 1
    assert all(frame.width * 3 == frame.height * 4 for frame in stream.frames)
    luma = [bytes(frame.reformat(320, 240, "gray").planes[0]) for frame in stream.frames]
    assert max(luma[-1]) - min(luma[-1]) > 60, "a picture and not a surface"
    assert len(set(luma)) > 0.9 * len(luma)


def _assert_heard(stream: Played, segment: Segment) -> None:
    """The fake microphone beeps, and is silent in between."""
    loud = [loudness_of(frame) for frame in stream.frames]
    beeps = [
        now
        for before, now, level in zip([0, *loud], loud, stream.times, strict=False)
        if now > 0.05 >= before
    ]
    length = (segment.ends_ms - segment.starts_ms) / 1000
    print(f"{segment.path.name}: {len(beeps)} beeps, loudest {max(loud):.2f}")
    assert max(loud) > 0.05
    assert len(beeps) >= length / 2
