"""A recording opened again: who is in it, when, and what is seen and heard."""

from pathlib import Path

import av
import pytest

from hearings.recording.reader import Damaged, Recorded
from tests.hearings.recording.making import KEY, LOOKS, STARTS, make_recording
from tests.hearings.recording.seeing import colour_of, tone_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "r"
    make_recording(path)
    return path


def test_segments_and_rows_are_what_was_written(folder: Path) -> None:
    recorded = Recorded.open(folder, KEY)
    told = [(s.seat, s.starts_ms - STARTS, s.media, s.complete) for s in recorded.segments]
    assert told == [
        ("s1", 0, ("audio", "video"), True),
        ("s2", 40, ("audio", "video"), True),
        ("s3", 1000, ("audio", "video"), True),
        ("s1", 6000, ("audio", "video"), True),
        ("s2", 6010, ("audio", "video"), True),
        ("s3", 6020, ("audio", "video"), False),
        ("s2", 8010, ("audio", "video", "screen"), True),
    ]
    cut = recorded.segments[5]
    assert STARTS + 6020 + 1500 < cut.ends_ms < STARTS + 6020 + 3500
    assert recorded.segments[0].ends_ms == STARTS + 4000
    events = [row.event for row in recorded.timeline if row.event not in ("segment", "ended")]
    assert events == ["begun", "speaker", "speaker", "paused", "resumed", "speaker", "stopped"]


@pytest.mark.parametrize("number", range(7))
def test_everybody_is_seen_and_heard(folder: Path, number: int) -> None:
    recorded = Recorded.open(folder, KEY)
    segment = recorded.segments[number]
    look = LOOKS[segment.seat]
    with recorded.read(segment) as file, av.open(file, format="matroska") as container:
        titles = [stream.metadata["title"] for stream in container.streams]
        assert tuple(titles) == segment.media
        ends = {stream.index: 0.0 for stream in container.streams}
        for packet in container.demux():
            for frame in packet.decode():
                ends[packet.stream.index] = frame.time
                if isinstance(frame, av.AudioFrame):
                    # The first packets after nothing fade in.
                    assert frame.time < 0.1 or abs(tone_of(frame) - look.tone) < 60
                elif packet.stream.metadata["title"] == "video":
                    seen = colour_of(frame)
                    assert all(abs(a - b) < 12 for a, b in zip(seen, look.colour, strict=True))
    seconds = (segment.ends_ms - segment.starts_ms) / 1000
    apart = 0.06 if segment.complete else 0.6
    assert all(abs(end - seconds) < apart for end in ends.values())


def test_another_key_opens_nothing(folder: Path) -> None:
    with pytest.raises(Damaged):
        Recorded.open(folder, bytes(32))
