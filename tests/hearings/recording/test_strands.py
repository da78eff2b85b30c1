"""One seat's pictures and sound, read forward over files, gaps and cuts."""

from __future__ import annotations

import array
import itertools
from pathlib import Path

from hearings.recording.reader import Recorded
from hearings.recording.strands import CAMERA_HELD_MS, PER_MS, Pictures, Voice
from tests.hearings.recording.making import KEY, LOOKS, STARTS, Maker, make_recording
from tests.hearings.recording.seeing import colour_of


def samples(sound: bytes) -> array.array[int]:
    return array.array("h", sound)


def loud(sound: bytes) -> bool:
    return max(map(abs, samples(sound)), default=0) > 1000


def crossings(sound: bytes) -> int:
    wave = samples(sound)
    return sum(1 for before, now in itertools.pairwise(wave) if before < 0 <= now)


def test_pictures_follow_the_time_and_end_with_their_file(tmp_path: Path) -> None:
    make_recording(tmp_path / "r")
    recorded = Recorded.open(tmp_path / "r", KEY)
    camera = Pictures(recorded, "s1", "video")
    assert camera.at(STARTS - 100) is None
    first = camera.at(STARTS + 20)
    assert first is not None
    assert camera.at(STARTS + 21) is first
    seen = camera.at(STARTS + 3900)
    assert seen is not None
    assert seen is not first
    assert all(abs(a - b) < 12 for a, b in zip(colour_of(seen), LOOKS["s1"].colour, strict=True))
    assert camera.at(STARTS + 5000) is None
    assert camera.at(STARTS + 7000) is not None
    assert camera.at(STARTS + 20_000) is None

    screen = Pictures(recorded, "s2", "screen")
    assert screen.at(STARTS + 7000) is None
    assert screen.at(STARTS + 9000) is not None


def test_a_camera_that_sends_nothing_is_off_after_a_while(tmp_path: Path) -> None:
    maker = Maker(tmp_path)
    maker.segment("s1", STARTS, 1)
    maker.row(STARTS + 10_000, "stopped")
    maker.close()
    (one,) = Recorded.open(tmp_path, KEY).segments
    longer = type(one)(one.path, one.seat, one.media, one.starts_ms, STARTS + 60_000, one.complete)
    recorded = Recorded(tmp_path, KEY, (longer,), ())
    camera = Pictures(recorded, "s1", "video")
    assert camera.at(STARTS + 900) is not None
    assert camera.at(STARTS + CAMERA_HELD_MS) is not None
    assert camera.at(STARTS + 1000 + CAMERA_HELD_MS + 100) is None


def test_sound_has_silence_where_nothing_was_sent(tmp_path: Path) -> None:
    make_recording(tmp_path / "r")
    voice = Voice(Recorded.open(tmp_path / "r", KEY), "s2")
    heard = {at: voice.read(STARTS + at, 50 * PER_MS) for at in range(-100, 10_100, 50)}
    assert all(len(sound) == 50 * PER_MS * 2 for sound in heard.values())
    assert {at for at, sound in heard.items() if loud(sound)} <= {
        *range(0, 1100, 50),
        *range(2000, 3100, 50),
        *range(6000, 10_100, 50),
    }
    assert sum(loud(sound) for sound in heard.values()) > 100
    tone = crossings(b"".join(heard[at] for at in range(6500, 7500, 50)))
    assert abs(tone - LOOKS["s2"].tone) < 10


def test_reading_may_begin_in_the_middle_and_jump(tmp_path: Path) -> None:
    make_recording(tmp_path / "r")
    voice = Voice(Recorded.open(tmp_path / "r", KEY), "s1")
    assert loud(voice.read(STARTS + 3000, 100 * PER_MS))
    assert loud(voice.read(STARTS + 7000, 100 * PER_MS))
    assert not loud(voice.read(STARTS + 60_000, 100 * PER_MS))


def test_a_cut_file_is_read_up_to_the_cut(tmp_path: Path) -> None:
    maker = Maker(tmp_path)
    maker.segment("s3", STARTS, 4, cut=0.5)
    maker.close()
    recorded = Recorded.open(tmp_path, KEY)
    (segment,) = recorded.segments
    last = segment.ends_ms - 300
    assert Pictures(recorded, "s3", "video").at(last) is not None
    assert loud(Voice(recorded, "s3").read(last - 100, 100 * PER_MS))
    assert not loud(Voice(recorded, "s3").read(STARTS + 3900, 100 * PER_MS))
