"""Times of frames: lips and voice together, true to the wall, never backwards."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.recording.clock import TRUST_S, SenderClock, TrackClock

NTP = 3_900_000_000
"""Seconds of NTP at the sender's beginning; its clock has nothing to do with ours."""


def ntp(seconds: float) -> int:
    return int((NTP + seconds) * 2**32)


class Sender:
    """A browser: clocks of its tracks run at their own pace and begin anywhere; the network delays."""

    def __init__(self, seed: int = 1, delay: float = 0.03, jitter: float = 0.04) -> None:
        self.chance = random.Random(seed)
        self.delay, self.jitter = delay, jitter

    def arrival(self, sent: float) -> float:
        return sent + self.delay + self.chance.random() ** 3 * self.jitter


def run(
    sound_ppm: float = 0.0,
    picture_ppm: float = 0.0,
    seconds: float = 60.0,
    picture_delay: float = 0.0,
    reports: bool = True,
) -> dict[str, list[tuple[float, float]]]:
    """Per track (when made, when placed). `picture_delay` is what a camera's packets take longer."""
    sender, clock = Sender(), SenderClock()
    tracks = {"sound": TrackClock(48000, clock), "picture": TrackClock(90000, clock)}
    rates = {"sound": 48000 * (1 + sound_ppm / 1e6), "picture": 90000 * (1 + picture_ppm / 1e6)}
    steps = {"sound": 0.02, "picture": 0.05}
    first = {"sound": 0xFFFFF000, "picture": 0xFFFE0000}
    events = sorted((n * steps[name], name) for name in tracks for n in range(round(seconds / steps[name])))
    reported = {"sound": 2.5, "picture": 1.0}
    placed: dict[str, list[tuple[float, float]]] = {"sound": [], "picture": []}
    for made, name in events:
        timestamp = (first[name] + round(made * rates[name])) & 0xFFFFFFFF
        late = picture_delay if name == "picture" else 0.0
        if reports and made >= reported[name]:
            reported[name] += 5.0
            tracks[name].report(ntp(made), timestamp)
        placed[name].append((made, tracks[name].place(timestamp, sender.arrival(made + late))))
    return placed


def offsets(placed: list[tuple[float, float]], after: float) -> list[float]:
    return [at - made for made, at in placed if made > after]


def test_the_wall_is_met_and_time_never_runs_backwards() -> None:
    placed = run()
    for track in placed.values():
        times = [at for _, at in track]
        assert times == sorted(times)
        assert all(0.025 < offset < 0.06 for offset in offsets(track, 10))


def test_voice_and_lips_come_together_though_the_camera_takes_longer() -> None:
    placed = run(picture_delay=0.12)
    early = offsets([p for p in placed["picture"] if p[0] < 0.9], -1)
    assert min(early) > 0.13, "before the first report there is only the arrival"
    sound, picture = (offsets(placed[name], 10) for name in ("sound", "picture"))
    assert abs(sum(sound) / len(sound) - sum(picture) / len(picture)) < 0.01
    times = [at for _, at in placed["picture"]]
    assert all(after > before for before, after in itertools.pairwise(times))


@pytest.mark.parametrize(("sound", "picture"), [(300.0, -300.0), (-300.0, 300.0), (0.0, 500.0)])
def test_clocks_of_sound_and_picture_that_run_apart_stay_together(sound: float, picture: float) -> None:
    placed = run(sound_ppm=sound, picture_ppm=picture, seconds=600)
    apart = [abs(offset - 0.03) for track in placed.values() for offset in offsets(track, 20)]
    assert max(apart) < 0.02, "600 s at 300 ppm would be 0.18 s"


def test_without_reports_arrival_follows_a_drifting_clock() -> None:
    placed = run(sound_ppm=300, seconds=600, reports=False)
    assert max(abs(offset - 0.03) for offset in offsets(placed["sound"], 20)) < 0.03


def test_a_correction_is_worked_off_little_by_little() -> None:
    track = TrackClock(48000, SenderClock())
    before = [track.place(n * 960, 100.3 + n / 50) for n in range(50)]  # all of them late by 0.3 s
    after = [track.place(n * 960, 100.0 + n / 50) for n in range(50, 400)]
    times = before + after
    steps = [b - a for a, b in itertools.pairwise(times)]
    assert min(steps) >= 0.02 * 0.9 - 1e-9
    assert times[-1] == pytest.approx(100.0 + 399 / 50, abs=1e-6)


def test_a_report_that_cannot_be_is_not_believed() -> None:
    clock = SenderClock()
    sound, picture = TrackClock(48000, clock), TrackClock(90000, clock)
    for n in range(500):
        now = 50 + n / 50
        if n == 100:
            sound.report(ntp(n / 50), n * 960)
            picture.report(ntp(86400.0 + n / 50), n * 1800)
        if n == 200:
            picture.report(2**64 - 1, 0x7FFFFFFF)
        assert abs(sound.place(n * 960, now) - now) < 0.001
        assert abs(picture.place(n * 1800, now) - now) <= TRUST_S


def test_a_silence_of_minutes_and_a_wrap_change_nothing() -> None:
    track = TrackClock(90000, SenderClock())
    start = 2**32 - 90000
    for second in (0.0, 0.5, 1.5, 300.0, 2000.0):
        timestamp = (start + round(second * 90000)) & 0xFFFFFFFF
        assert track.place(timestamp, 7 + second) == pytest.approx(7 + second)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.booleans(), st.integers(0, 2**64 - 1)), max_size=60))
def test_nothing_a_sender_says_places_a_frame_far_from_its_arrival(said) -> None:
    track = TrackClock(90000, SenderClock())
    for step, (timestamp, reports, stamp) in enumerate(said):
        if reports:
            track.report(stamp, timestamp)
        now = 1000 + step / 20
        assert abs(track.place(timestamp, now) - now) <= 2 * TRUST_S
