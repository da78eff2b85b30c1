"""The load of bench.hearings counts right: against a real engine, and on logs whose truth is known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench.hearings.load import Job, Outcome, run
from bench.load.matching import tally
from bench.load.media import Media, encode
from bench.load.publisher import Sent
from bench.load.receiver import Got
from bench.load.rooms import Person
from tests.hearings.process import SECRET, media_process


@pytest.fixture(scope="module")
def media() -> Media:
    return encode(2)


async def _run(loss: float) -> Outcome:
    async with media_process("--address", "127.0.0.1") as engine:
        job = Job(
            kind="engine",
            address=engine["door"],
            secret=SECRET,
            pid=engine["pid"],
            host="127.0.0.1",
            rooms=1,
            per_room=3,
            loss=loss,
            warm=1.0,
            seconds=2.0,
        )
        return await run(job)


async def test_every_packet_of_a_room_is_found_at_both_others() -> None:
    outcome = await _run(loss=0.0)
    assert outcome.unmatched == 0
    assert outcome.delivered == 1.0
    # Two receivers for each packet; those on their way at the window's edges are the difference.
    assert abs(outcome.counts.packets_out - 2 * outcome.counts.packets_in) < 60
    assert outcome.p50 is not None
    assert 0 < outcome.p50 <= cast(float, outcome.p99)
    assert outcome.cpu_seconds > 0


async def test_what_is_lost_on_the_way_is_asked_for_and_repaired_in_both_directions() -> None:
    outcome = await _run(loss=0.05)
    assert outcome.counts.resent_up > 0
    assert outcome.counts.resent_down > 0
    # Without repair a tenth would be missing.
    assert 0.93 < outcome.delivered <= 1.0


def test_the_media_begins_with_a_keyframe_and_fits_its_packets(media: Media) -> None:
    assert media.frames[0].keyframe
    assert len(media.frames) == 60
    assert len(media.audio) == 100
    assert media.next_keyframe(1) == 0
    payloads = [payload for frame in media.frames for payload in frame.payloads(0x7FFF)]
    assert max(map(len, payloads)) <= 1154
    assert payloads[0][:4] == b"\x90\x80\xff\xff"


def _person(room: int, sent: list[Sent], got: list[Got]) -> Person:
    """A person of whom only the logs of the video are there."""
    quiet = SimpleNamespace(log=[])
    publisher = SimpleNamespace(tracks={"audio": quiet, "video": SimpleNamespace(log=sent)})
    stream = SimpleNamespace(kind="video", log=got)
    receiver = SimpleNamespace(streams={1: stream} if got else {})
    return Person(room, 0, cast(Any, publisher), cast(Any, receiver))


STEPS = [3001, 2990, 3050, 2960, 3010, 3033, 2950, 3007, 3001, 2999]


def _frames() -> list[Sent]:
    """Ten frames of two packets, a millisecond apart, near the wrap of timestamps."""
    at, frames = 0xFFFFFFFF - 9000, []
    for number, step in enumerate(STEPS):
        at = (at + step) & 0xFFFFFFFF
        frames.append(Sent(at, 1_000_000 * number, 2))
    return frames


def _forwarded(frames: list[Sent], delay: int) -> list[Got]:
    """The frames' packets under other numbers and timestamps, each `delay` nanoseconds later."""
    return [
        Got(500 + 2 * index + part, (sent.timestamp + 77) & 0xFFFFFFFF, part == 1, sent.at + delay)
        for index, sent in enumerate(frames)
        for part in (0, 1)
    ]


def test_missing_packets_are_missed_and_latency_is_measured_at_a_frames_last_packet() -> None:
    sender = _person(0, _frames(), [])
    got = _forwarded(_frames(), delay=250_000)
    del got[6:9]  # the fourth frame, and the first packet of the fifth
    receiver = _person(0, [], got)
    found = tally([sender, receiver], 0, 10_000_000)
    assert (found.expected, found.arrived, found.unmatched) == (20, 17, 0)
    assert found.latency(0.5) == 0.25
    assert len(found.latencies) == 9


def test_only_what_was_sent_within_the_window_counts() -> None:
    sender, receiver = _person(0, _frames(), []), _person(0, [], _forwarded(_frames(), delay=0))
    found = tally([sender, receiver], 2_000_000, 5_000_000)
    assert (found.expected, found.arrived) == (6, 6)


def test_a_stream_that_nobody_sent_is_told() -> None:
    strangers = [Sent(sent.timestamp * 3 & 0xFFFFFFFF, sent.at, 2) for sent in _frames()]
    sender, receiver = _person(0, _frames(), []), _person(0, [], _forwarded(strangers, delay=0))
    found = tally([sender, receiver], 0, 10_000_000)
    assert (found.arrived, found.unmatched) == (0, 1)
    assert found.latency(0.5) is None


def test_a_server_that_encodes_anew_is_judged_by_frames() -> None:
    sender = _person(0, _frames(), [])
    got = [g for g in _forwarded(_frames(), delay=0) if g.marker][:8]
    found = tally([sender, _person(0, [], got)], 0, 10_000_000, transcodes=True)
    assert (found.expected, found.arrived) == (20, 16)
