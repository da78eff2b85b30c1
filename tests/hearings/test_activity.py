"""Speech from audio levels."""

import pytest

from hearings.activity import (
    ABSENT_S,
    FAINT_LOOKS,
    HOLD_S,
    Ear,
    SeatActivity,
    Voice,
    choose_speaker,
)
from hearings.observation import Observation
from hearings.participant import Participant
from hearings.permission import Standing

LOOK_S = 0.5


def listen(levels: list[int], *, muted: bool = False) -> Voice:
    """What an ear says after observations of these levels."""
    ear = Ear()
    voice = Voice.SILENT
    for step, level in enumerate(levels):
        voice = ear.voice(level, step * LOOK_S, step * LOOK_S, muted=muted)
    return voice


def test_speech_is_held_over_pauses_and_ends() -> None:
    ear = Ear()
    assert ear.voice(30, 0.0, 0.0) is Voice.SPEAKING
    assert ear.voice(90, HOLD_S / 2, HOLD_S / 2) is Voice.SPEAKING
    assert ear.voice(90, HOLD_S * 2, HOLD_S * 2) is Voice.SILENT


def test_nothing_arriving_is_not_silence() -> None:
    ear = Ear()
    assert ear.voice(127, float("-inf"), 0.0) is Voice.ABSENT
    assert ear.voice(100, 0.0, ABSENT_S - 0.1) is Voice.SILENT
    assert ear.voice(127, 0.0, ABSENT_S + 0.1) is Voice.ABSENT


def test_who_is_silenced_is_told_apart_from_who_is_silent() -> None:
    assert listen([30], muted=True) is Voice.MUTED
    assert listen([90], muted=True) is Voice.SILENT
    assert listen([30] + [90] * 4, muted=True) is Voice.SILENT


@pytest.mark.parametrize(
    ("levels", "voice"),
    [
        ([55, 70, 58, 72, 54, 68], Voice.FAINT),
        ([55, 70, 58, 72, 54], Voice.SILENT),  # not long enough to tell
        ([58, 57, 58, 59, 58, 57], Voice.SILENT),  # a fan
        ([80, 85, 78, 92, 81, 77], Voice.SILENT),  # an empty room
        ([127] * 6, Voice.SILENT),  # a microphone that is off
        ([55, 70, 45, 72, 54, 68], Voice.SILENT),  # loud enough a moment ago
        ([55, 70, 58, 72, 54, 40], Voice.SPEAKING),
        ([55, 70, 90, 72, 90, 68], Voice.SILENT),  # a noise now and then
    ],
)
def test_a_voice_too_low_is_told_from_noise(levels: list[int], voice: Voice) -> None:
    assert listen(levels) is voice


def test_a_voice_too_low_is_not_told_of_who_is_silenced_or_gone() -> None:
    assert listen([55, 70, 58, 72, 54, 68], muted=True) is Voice.SILENT
    ear = Ear()
    for step in range(FAINT_LOOKS - 1):
        ear.voice((55, 70)[step % 2], step * LOOK_S, step * LOOK_S)
    assert ear.voice(127, 2.0, 9.0) is Voice.ABSENT
    assert ear.voice(70, 9.5, 9.5) is Voice.SILENT, "it begins anew"


def test_the_speaker_changes_reluctantly() -> None:
    assert choose_speaker(None, {}) is None
    assert choose_speaker(None, {"a": 40, "b": 30}) == "b"
    assert choose_speaker("a", {"a": 40, "b": 36}) == "a"
    assert choose_speaker("a", {"a": 40, "b": 34}) == "b"
    assert choose_speaker("a", {"b": 45}) == "b"
    assert choose_speaker("a", {}) == "a"


def test_only_what_changed_is_told_and_who_left_is_forgotten() -> None:
    observation = Observation()
    seats = {name: Participant(Standing(name, True, False), "link") for name in "ab"}
    observation.look(seats, 0.0)
    nothing = SeatActivity(Voice.ABSENT, 0, False, False).payload()
    assert observation.news() == {"seats": {"a": nothing, "b": nothing}, "speaker": None}
    observation.look(seats, 0.5)
    assert observation.news() is None
    observation.forget_told()
    assert observation.news() is not None
    observation.speaker = "b"
    observation.look({"a": seats["a"]}, 1.0)
    assert observation.news() == {"seats": {"a": nothing}, "speaker": None}
