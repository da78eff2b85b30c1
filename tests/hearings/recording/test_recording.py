"""A recording and its writer, a real process: what it tells when all goes well and when it does not."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import resource
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hearings.forwarding.tap import Tap
from hearings.recording import channel, recording, space
from hearings.recording.reader import Recorded
from hearings.recording.recording import Order, Recording, RecordingState
from hearings.taps import Recorder
from tests.hearings.recording.making import KEY, LOOKS, pictures, sound
from tests.hearings.recording.packets import audio, video
from tests.hearings.recording.playing import played
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(60)

LOOK = LOOKS["s1"]
SECRET = "nobody else may read this"
ALARM_S = 5.0
"""How soon a failure must be told."""


class Room:
    """One seat that speaks and is seen, in real time and endlessly."""

    def __init__(self) -> None:
        self.taps: dict[str, Tap] = {}
        self.recorder: Recorder | None = None
        self.began = time.monotonic()
        self.fed = 0

    def record(self, recorder: Recorder) -> None:
        self.stop_recording()
        self.recorder = recorder
        self.taps = {m: recorder.begin("s1", m, c) for m, c in (("audio", "opus"), ("video", "vp8"))}

    def stop_recording(self) -> None:
        if self.recorder is not None:
            for medium in self.taps:
                self.recorder.end("s1", medium)
        self.recorder, self.taps = None, {}

    async def send(self) -> None:
        """A second of sound and pictures each second, a keyframe at its beginning."""
        voice, camera = list(audio(sound(LOOK.tone, 1))), list(video(pictures(LOOK.colour, 1)))
        packets = sorted(
            [("audio", p, len(voice), 48000) for p in voice]
            + [("video", p, len(camera), 90000) for p in camera],
            key=lambda each: each[1].at,
        )
        for second in range(10**6):
            for medium, packet, count, rate in packets:
                now = time.monotonic()
                due = self.began + second + packet.at
                if due > now:
                    await asyncio.sleep(due - now)
                if medium in self.taps:
                    self.fed += 1
                    # As the engine's packet path calls it.
                    self.taps[medium]._on_packet(
                        packet.number + second * count,
                        (packet.timestamp + second * rate) & 0xFFFFFFFF,
                        packet.marker,
                        packet.payload,
                        due,
                    )


class Case:
    """A recording of such a room, ticking; `told` is every event with when it came."""

    def __init__(self, folder: Path, paused: bool = False) -> None:
        self.folder = folder
        self.room = Room()
        self.told: list[tuple[float, dict[str, Any]]] = []
        self.recording = Recording(
            Order("r1", folder, KEY.hex(), paused),
            self.room,
            lambda payload: self.told.append((time.monotonic(), payload)),
        )

    async def tick(self) -> None:
        while True:
            self.recording.tick(time.monotonic())
            await asyncio.sleep(0.02)

    def states(self) -> list[tuple[str, str]]:
        """What was told after it started, without repetition."""
        told = [(payload["state"], payload["reason"]) for _, payload in self.told]
        told = [each for each in told if each[0] != "starting"]
        return [each for index, each in enumerate(told) if index == 0 or told[index - 1] != each]

    async def reaches(self, state: RecordingState, within: float = 15.0) -> None:
        await until(lambda: self.recording.state is state, within)

    async def records(self, seconds: float) -> None:
        await until(lambda: self.recording.payload()["seconds"] >= seconds, seconds + 15)

    async def stop(self) -> Recorded:
        self.recording.stop(time.monotonic())
        await until(lambda: self.recording.finished, 15)
        return Recorded.open(self.folder, KEY)


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[Case]:
    made = Case(tmp_path / "recording")
    tasks = [asyncio.create_task(made.tick()), asyncio.create_task(made.room.send())]
    try:
        yield made
        await made.stop()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not made.recording.finished:
            with contextlib.suppress(ProcessLookupError):
                os.kill(made.recording.writer, signal.SIGKILL)
            made.recording.tick(time.monotonic())


async def test_it_records_pauses_goes_on_and_stops(case: Case) -> None:
    assert case.recording.payload()["state"] == "starting"
    await case.reaches(RecordingState.RECORDING)
    case.recording.speaker("s1")
    await case.records(2)
    case.recording.pause(True, time.monotonic())
    assert case.recording.state is RecordingState.PAUSED
    assert case.room.taps == {}, "not one packet is copied"
    fed = case.room.fed
    await asyncio.sleep(1.2)
    assert case.room.fed == fed
    case.recording.pause(False, time.monotonic())
    await case.records(4)
    found = await case.stop()

    states = [state for state, _ in case.states()]
    assert states == ["recording", "paused", "recording", "stopped"]
    last = case.told[-1][1]
    files = sum(path.stat().st_size for path in case.folder.iterdir())
    assert last == {"recording": "r1", "state": "stopped", "reason": "", "seconds": 4, "bytes": files}
    first, second = found.segments
    assert first.complete
    assert second.complete
    assert second.starts_ms - first.ends_ms > 1000
    events = [row.event for row in found.timeline if row.event not in ("segment", "ended")]
    assert events == ["begun", "speaker", "paused", "resumed", "stopped"]
    for segment in found.segments:
        streams = played(found, segment)
        length = (segment.ends_ms - segment.starts_ms) / 1000
        assert abs(len(streams["video"].frames) / 20 - length) < 1.05, "the camera began with a keyframe"
        assert abs(len(streams["audio"].frames) / 50 - length) < 0.1
    told = [when for when, _ in case.told]
    assert max(b - a for a, b in itertools.pairwise(told)) < 3, "told each second"


async def test_a_killed_writer_raises_the_alarm_and_another_goes_on(case: Case) -> None:
    await case.records(3)
    killed, at = case.recording.writer, time.monotonic()
    os.kill(killed, signal.SIGKILL)
    await case.reaches(RecordingState.FAILED, ALARM_S)
    assert case.states()[-1] == ("failed", "writer_died")
    print(f"told {(time.monotonic() - at) * 1000:.0f} ms after the kill")
    await case.reaches(RecordingState.RECORDING)
    print(f"recording again {(time.monotonic() - at) * 1000:.0f} ms after the kill")
    assert case.recording.writer != killed
    await case.records(6)
    found = await case.stop()
    before, after = found.segments
    assert not before.complete
    assert after.complete
    streams = played(found, before)
    assert streams["audio"].times[-1] > 1.5, "of three seconds, at most the last one is lost"
    assert len(played(found, after)["video"].frames) > 20
    assert not psutil.pid_exists(killed)


async def test_a_full_disk_raises_the_alarm_and_a_freed_one_ends_it(case: Case) -> None:
    await case.records(2)
    size = max(path.stat().st_size for path in case.folder.iterdir())
    limit = (size + 20_000, size + 20_000)
    resource.prlimit(case.recording.writer, resource.RLIMIT_FSIZE, limit)
    await case.reaches(RecordingState.FAILED, 15)
    assert case.states()[-1] == ("failed", "disk_full")
    await case.reaches(RecordingState.RECORDING)
    await case.records(5)
    found = await case.stop()
    assert [segment.complete for segment in found.segments] == [False, True]
    assert len(played(found, found.segments[0])["video"].frames) > 10


async def test_a_writer_that_stands_still_raises_the_alarm_and_may_come_back(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    await case.records(1)
    os.kill(case.recording.writer, signal.SIGSTOP)
    at = time.monotonic()
    await case.reaches(RecordingState.FAILED, ALARM_S)
    assert case.states()[-1] == ("failed", "writer_silent")
    print(f"told {time.monotonic() - at:.1f} s after it stood still")
    os.kill(case.recording.writer, signal.SIGCONT)
    await case.reaches(RecordingState.RECORDING)
    await asyncio.sleep(1)
    found = await case.stop()
    (segment,) = found.segments
    assert segment.complete
    assert max(played(found, segment)["audio"].times) > 4, "what was held came in the end"


async def test_a_writer_that_never_comes_back_is_replaced(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "GIVE_UP_S", 4.0)
    await case.records(1)
    still = case.recording.writer
    os.kill(still, signal.SIGSTOP)
    await case.reaches(RecordingState.FAILED, ALARM_S)
    await case.reaches(RecordingState.RECORDING)
    assert case.recording.writer != still
    await until(lambda: not psutil.pid_exists(still), 5)
    found = await case.stop()
    assert [segment.complete for segment in found.segments] == [False, True]


async def test_what_a_slow_writer_cannot_take_is_dropped_and_told(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    await case.records(1)
    monkeypatch.setattr(channel, "LIMIT", 4000)
    writer = case.recording.writer
    os.kill(writer, signal.SIGSTOP)
    # What the kernel holds for the writer is filled first: a frame too large for any camera.
    case.room.taps["video"]._on_packet(10**9, 0, False, bytes(1 << 20), time.monotonic())
    await case.reaches(RecordingState.FAILED, ALARM_S)
    assert case.states()[-1] == ("failed", "overflow")
    held = case.recording._child.sender
    await until(lambda: held.dropped > 20, 5)
    assert len(held._held) < 2 << 20, "what is held is bounded"
    os.kill(writer, signal.SIGCONT)
    await case.reaches(RecordingState.RECORDING)
    assert case.recording.writer == writer


async def test_it_tells_when_the_disk_runs_low(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    await case.reaches(RecordingState.RECORDING)
    assert case.states()[-1] == ("recording", "")
    monkeypatch.setattr(space, "LOW_S", 10**12)
    await until(lambda: case.states()[-1] == ("recording", "disk_low"), 5)


async def test_a_folder_that_cannot_be_written_is_a_failure_and_stop_ends_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    failing = Case(tmp_path / "file" / "recording")
    ticking = asyncio.create_task(failing.tick())
    try:
        await failing.reaches(RecordingState.FAILED, ALARM_S)
        assert failing.states()[-1] == ("failed", "disk_failed")
        failing.recording.stop(time.monotonic())
        await until(lambda: failing.recording.finished, 15)
        assert failing.states()[-1] == ("stopped", "cut")
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)


async def test_the_writer_outlives_nobody(tmp_path: Path) -> None:
    """The media process dies: the writer ends its files and itself."""
    ours = Case(tmp_path / "r")
    sending, ticking = asyncio.create_task(ours.room.send()), asyncio.create_task(ours.tick())
    await ours.records(2)
    for task in (sending, ticking):
        task.cancel()
    await asyncio.gather(sending, ticking, return_exceptions=True)
    child = ours.recording._child
    child._sock.close()
    await until(lambda: child.reaped, 10)
    found = Recorded.open(ours.folder, KEY)
    assert [segment.complete for segment in found.segments] == [True]
    assert "stopped" not in {row.event for row in found.timeline}


async def test_neither_key_nor_secret_is_on_its_command_line_or_in_its_environment(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROCON_MEDIA_SECRET", SECRET)
    await case.reaches(RecordingState.RECORDING)
    os.kill(case.recording.writer, signal.SIGKILL)
    await case.reaches(RecordingState.FAILED)
    await case.reaches(RecordingState.RECORDING)
    process = psutil.Process(case.recording.writer)
    assert KEY.hex() not in " ".join(process.cmdline())
    assert not any(SECRET in value or KEY.hex() in value for value in process.environ().values())
