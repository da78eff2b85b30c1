"""From packets to files: what is written plays, at the right time, whatever the line did."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import av
import pytest

from hearings.recording import timeline
from hearings.recording.channel import Close, Mark, Open, Report
from hearings.recording.ordering import HOLD_S
from hearings.recording.reader import Recorded
from tests.hearings.recording.making import KEY, LOOKS, STARTS, pictures, sound
from tests.hearings.recording.packets import audio, h264_payloads, video
from tests.hearings.recording.playing import play, played, sent, session
from tests.hearings.recording.seeing import colour_of, loudness_of, tone_of
from tests.hearings.recording.test_frames import h264_frames

LOOK = LOOKS["s1"]
SOUND, PICTURE, SCREEN = 1, 2, 3
FRAME_S = 0.05


def opened(seat: str = "s1", first: int = 0, codec: str = "vp8", at: float = 0.0):
    """Voice and camera of a seat under the numbers `first` + 1 and + 2."""
    return [
        (at, 0, Open(first + SOUND, seat, "audio", "opus")),
        (at, 0, Open(first + PICTURE, seat, "video", codec)),
    ]


def both(seconds: int, at: float = 0.0, first: int = 0, look=LOOK, number: int = 1):
    """Voice and camera for so long."""
    return [
        *sent(first + SOUND, audio(sound(look.tone, seconds), number, 2**32 - 48000, at)),
        *sent(first + PICTURE, video(pictures(look.colour, seconds), number, 2**32 - 90000, at)),
    ]


def recorded(folder: Path) -> Recorded:
    return Recorded.open(folder, KEY)


def test_three_people_are_recorded_each_in_a_file_of_their_own(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    steps = []
    for place, (seat, look) in enumerate(LOOKS.items()):
        first, at = place * 10, place * 0.7
        steps += opened(seat, first, at=at) + both(4, at + 0.01, first, look)
    play(recorder, steps, 8)
    recorder.stop(8)
    found = recorded(tmp_path)
    assert [(s.seat, s.media, s.complete) for s in found.segments] == [
        (seat, ("audio", "video"), True) for seat in LOOKS
    ]
    for place, segment in enumerate(found.segments):
        look = LOOKS[segment.seat]
        assert abs(segment.starts_ms - STARTS - place * 700 - 10) <= 1
        assert abs(segment.ends_ms - segment.starts_ms - 4000) <= 1000 * FRAME_S
        streams = played(found, segment)
        assert len(streams["video"].frames) == 80
        assert streams["video"].times == pytest.approx([n * FRAME_S for n in range(80)], abs=0.002)
        assert abs(streams["audio"].times[-1] - 3.98) < 0.02
        seen = colour_of(streams["video"].frames[-1])
        assert all(abs(a - b) < 12 for a, b in zip(seen, look.colour, strict=True))
        assert abs(tone_of(streams["audio"].frames[100]) - look.tone) < 60


def test_lips_and_voice_come_together_by_the_sender_reports(tmp_path: Path) -> None:
    """The camera's packets take 200 ms longer than the voice's; both began at the same moment."""
    recorder = session(tmp_path)
    late = [(at + 0.2, flow, p._replace(at=p.at + 0.2)) for at, flow, p in both(20) if flow == PICTURE]
    ntp = 3_900_000_000 << 32
    reports = [
        (0.5, 0, Report(SOUND, ntp + (1 << 31), 2**32 - 48000 + 24000)),
        (0.7, 0, Report(PICTURE, ntp + (1 << 31), 2**32 - 90000 + 45000)),
    ]
    steps = opened() + [s for s in both(20) if s[1] == SOUND] + late + reports
    play(recorder, steps, 23)
    recorder.stop(23)
    found = recorded(tmp_path)
    (segment,) = found.segments
    streams = played(found, segment)
    # Frame 20 * n and packet 50 * n were made together.
    at_the_start = streams["video"].times[1] - streams["audio"].times[2]
    assert at_the_start > 0.15, "before the reports there is only the arrival"
    apart = [streams["video"].times[20 * n] - streams["audio"].times[50 * n] for n in range(6, 20)]
    assert max(abs(each) for each in apart) < 0.005
    for stream in streams.values():
        assert all(a < b for a, b in itertools.pairwise(stream.times))


def test_on_a_bad_line_whole_frames_stay_and_the_time_is_kept(tmp_path: Path) -> None:
    chance = random.Random(7)
    recorder = session(tmp_path)
    kept = []
    for at, flow, step in both(10):
        if chance.random() < 0.02:
            continue
        late = chance.random() * 0.3 if chance.random() < 0.1 else 0.0
        kept.append((at + late, flow, step._replace(at=step.at + late)))
    play(recorder, opened() + kept, 14)
    recorder.stop(14)
    found = recorded(tmp_path)
    streams = played(found, found.segments[0])
    assert 100 < len(streams["video"].frames) < 200
    assert 450 < len(streams["audio"].frames) < 500
    # What came is where it was made: on the raster of 50 and 20 ms.
    for stream, step in ((streams["video"], 0.05), (streams["audio"], 0.02)):
        assert max(abs(t / step - round(t / step)) * step for t in stream.times) < 0.004
    for frame in streams["video"].frames:
        assert all(abs(a - b) < 12 for a, b in zip(colour_of(frame), LOOK.colour, strict=True))


def test_silence_that_is_not_sent_is_a_gap(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    steps = [s for s in both(8) if s[1] == PICTURE or not 2 <= s[0] < 5]
    renumbered = itertools.count(1)
    steps = [
        (at, flow, step._replace(number=next(renumbered)) if flow == SOUND else step)
        for at, flow, step in steps
    ]
    play(recorder, opened() + steps, 10)
    recorder.stop(10)
    found = recorded(tmp_path)
    times = played(found, found.segments[0])["audio"].times
    gaps = [(a, b) for a, b in itertools.pairwise(times) if b - a > 0.1]
    assert gaps == [(pytest.approx(1.98, abs=0.002), pytest.approx(5.0, abs=0.002))]


def test_the_size_of_the_picture_may_change_within_a_file(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    large = pictures(LOOK.colour, 2, 640, 480)
    small = pictures(LOOK.colour, 2, 320, 240)
    first = list(video(large))
    second = list(video(small, first[-1].number + 1, 180000, 2.0))
    play(recorder, opened() + sent(PICTURE, first + second), 6)
    recorder.stop(6)
    found = recorded(tmp_path)
    (segment,) = found.segments
    assert segment.media == ("video",), "a voice that never came is no stream"
    frames = played(found, segment)["video"].frames
    assert [(frame.width, frame.height) for frame in frames] == [(640, 480)] * 40 + [(320, 240)] * 40


def test_a_screen_shown_later_has_a_file_of_its_own_and_costs_the_camera_nothing(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    screen = [(3.0, 0, Open(SCREEN, "s1", "screen", "vp8"))]
    screen += sent(SCREEN, video(pictures(LOOK.colour, 2, 480, 270), at=3.1))
    screen += [(5.5, 0, Close(SCREEN))]
    play(recorder, opened() + both(7) + screen, 8)
    recorder.stop(8)
    found = recorded(tmp_path)
    assert [segment.media for segment in found.segments] == [("audio", "video"), ("screen",)]
    assert len(played(found, found.segments[0])["video"].frames) == 140
    later = found.segments[1]
    assert abs(later.starts_ms - STARTS - 3100) <= 1
    assert len(played(found, later)["screen"].frames) == 40


def test_a_new_connection_and_a_pause_begin_new_files(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    steps = opened() + both(2)
    steps += [(2.5, 0, Close(SOUND)), (2.5, 0, Close(PICTURE))]
    steps += opened(first=10, at=2.6) + both(2, 2.7, 10)
    steps += [(5, 0, Close(11)), (5, 0, Close(12)), (5, 0, Mark(5, timeline.PAUSED))]
    steps += [(6, 0, Mark(6, timeline.RESUMED)), *opened(first=20, at=6), *both(2, 6.1, 20)]
    play(recorder, steps, 9)
    recorder.stop(9)
    found = recorded(tmp_path)
    assert [segment.starts_ms - STARTS for segment in found.segments] == [0, 2700, 6100]
    assert [segment.ends_ms - STARTS for segment in found.segments] == pytest.approx(
        [2000, 4700, 8100], abs=50
    )
    marks = [(row.event, row.at_ms - STARTS) for row in found.timeline if row.event in ("paused", "resumed")]
    assert marks == [("paused", 5000), ("resumed", 6000)]


def test_a_seat_muted_for_a_while_goes_on_in_its_file(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    steps = [s for s in both(6) if s[1] == PICTURE or s[0] < 2]
    steps += [(2.0, 0, Close(SOUND)), (4.0, 0, Open(9, "s1", "audio", "opus"))]
    steps += sent(9, audio(sound(LOOK.tone, 2), 500, 77, 4.1))
    play(recorder, opened() + steps, 7)
    recorder.stop(7)
    found = recorded(tmp_path)
    (segment,) = found.segments
    times = played(found, segment)["audio"].times
    gaps = [(a, b) for a, b in itertools.pairwise(times) if b - a > 0.1]
    assert gaps == [(pytest.approx(1.98, abs=0.002), pytest.approx(4.1, abs=0.002))]


def test_h264_plays_too(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    packets = list(video(h264_frames(2), payloads=h264_payloads))
    play(recorder, opened(codec="h264") + sent(PICTURE, packets), 4)
    recorder.stop(4)
    found = recorded(tmp_path)
    frames = played(found, found.segments[0])["video"].frames
    assert len(frames) == 40
    assert (frames[0].width, frames[0].height) == (642, 478)
    assert all(abs(a - b) < 12 for a, b in zip(colour_of(frames[-1]), LOOK.colour, strict=True))


def test_everything_but_the_last_second_is_on_the_disk_at_any_time(tmp_path: Path) -> None:
    """As after a SIGKILL: nothing is closed."""
    recorder = session(tmp_path)
    play(recorder, opened() + both(10), 9.9)
    found = recorded(tmp_path)
    (segment,) = found.segments
    assert not segment.complete
    streams = played(found, segment)
    assert streams["audio"].times[-1] > 9.0
    assert streams["video"].times[-1] > 9.0
    assert abs(segment.ends_ms - segment.starts_ms - 10_000) < 1000


def test_a_file_cut_anywhere_plays_up_to_the_cut(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    play(recorder, opened() + both(6), 7)
    recorder.stop(7)
    (segment,) = recorded(tmp_path).segments
    whole = segment.path.read_bytes()
    chance = random.Random(3)
    before = (0, 0.0)
    cuts = sorted(chance.sample(range(len(whole)), 40))
    for cut in cuts:
        segment.path.write_bytes(whole[:cut])
        found = recorded(tmp_path)
        if not found.segments:
            assert cut < 2000
            continue
        streams = played(found, found.segments[0])
        seen, heard = len(streams["video"].frames), max(streams["audio"].times, default=0.0)
        assert seen >= before[0]
        assert heard >= before[1]
        before = seen, heard
        share = cut / len(whole)
        assert seen / 120 > share - 0.2
    assert before[0] > 90


def test_the_next_process_goes_on_beside_what_the_last_one_left(tmp_path: Path) -> None:
    first = session(tmp_path)
    play(first, opened() + both(3), 3)  # and dies
    second = session(tmp_path, 4.0)
    play(second, opened(at=4.0) + both(3, 4.1), 8)
    second.stop(8)
    found = recorded(tmp_path)
    assert [s.complete for s in found.segments] == [False, True]
    assert [row.event for row in found.timeline if row.event == "begun"] == ["begun"] * 2
    assert len({segment.path for segment in found.segments}) == 2


def test_packets_that_never_come_are_not_waited_for_longer_than_said(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    steps = [s for s in both(6) if not (s[1] == SOUND and s[2].number == 100)]
    play(recorder, opened() + steps, 2 + HOLD_S + 1.0)
    found = recorded(tmp_path)
    times = played(found, found.segments[0])["audio"].times
    assert times[-1] > 4.0
    assert all(loudness_of(frame) > 0.1 for frame in played(found, found.segments[0])["audio"].frames[20:])


def test_nothing_but_what_was_opened_is_taken(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    play(recorder, [*both(1), (0.5, 0, Close(7)), (0.6, 0, Report(7, 1, 1))], 3)
    recorder.stop(3)
    assert recorded(tmp_path).segments == ()


def test_av_finds_the_streams_without_reading_far(tmp_path: Path) -> None:
    recorder = session(tmp_path)
    play(recorder, opened() + both(2), 3)
    recorder.stop(3)
    found = recorded(tmp_path)
    with found.read(found.segments[0]) as file, av.open(file) as container:
        voice, camera = container.streams
        assert (voice.codec_context.name, voice.codec_context.sample_rate) == ("opus", 48000)
        assert (camera.codec_context.name, camera.codec_context.width) == ("vp8", 320)
        assert container.metadata["title"] == "s1"
