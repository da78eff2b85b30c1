"""Speech from audio levels."""

import pytest

from hearings.activity import (
    ABSENT_S,
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
PACKETS = 25
"""In a look: Opus sends one each 20 ms."""


def sound(*levels: int) -> bytes:
    """The levels of a look's packets, each for its part of them."""
    return bytes(levels[place * len(levels) // PACKETS] for place in range(PACKETS))


def listen(looks: list[bytes], *, muted: bool = False) -> Voice:
    """What an ear says after these observations."""
    ear = Ear()
    voice = Voice.SILENT
    for step, levels in enumerate(looks):
        voice = ear.voice(levels, step * LOOK_S, step * LOOK_S, muted=muted)
    return voice


LOUD, QUIET, MURMUR = sound(30), sound(90), sound(55, 70, 58, 72, 54)


def test_speech_is_held_over_pauses_and_ends() -> None:
    ear = Ear()
    assert ear.voice(LOUD, 0.0, 0.0) is Voice.SPEAKING
    assert ear.level == 30
    assert ear.voice(QUIET, HOLD_S / 2, HOLD_S / 2) is Voice.SPEAKING
    assert ear.voice(QUIET, HOLD_S * 2, HOLD_S * 2) is Voice.SILENT


def test_nothing_arriving_is_not_silence() -> None:
    ear = Ear()
    assert ear.voice(b"", float("-inf"), 0.0) is Voice.ABSENT
    assert ear.voice(bytes([100]), 0.0, ABSENT_S - 0.1) is Voice.SILENT
    assert ear.voice(b"", 0.0, ABSENT_S + 0.1) is Voice.ABSENT
    assert ear.level == 127


def test_who_is_silenced_is_told_apart_from_who_is_silent() -> None:
    assert listen([LOUD], muted=True) is Voice.MUTED
    assert listen([QUIET], muted=True) is Voice.SILENT
    assert listen([LOUD] + [QUIET] * 4, muted=True) is Voice.SILENT


@pytest.mark.parametrize(
    ("looks", "voice"),
    [
        ([MURMUR, MURMUR], Voice.FAINT),
        ([QUIET, MURMUR], Voice.FAINT),
        ([QUIET, sound(90, 90, 55, 70, 54)], Voice.SILENT),  # begun just now: told with the next look
        ([QUIET, sound(90, 90, 55, 70, 54), MURMUR], Voice.FAINT),
        ([MURMUR, MURMUR, QUIET], Voice.FAINT),  # a pause
        ([MURMUR, MURMUR, QUIET, QUIET, QUIET, QUIET], Voice.SILENT),
        ([b"", bytes([55, 70, 58])], Voice.SILENT),  # hardly anything is sent
        ([sound(58, 57, 58, 59, 58, 57)] * 3, Voice.SILENT),  # a fan
        ([sound(80, 85, 78, 92, 81, 77)] * 3, Voice.SILENT),  # an empty room
        ([sound(127)] * 3, Voice.SILENT),  # a microphone that is off
        ([LOUD, MURMUR], Voice.SPEAKING),  # the end of a sentence
        ([MURMUR, MURMUR, LOUD], Voice.SPEAKING),
        ([QUIET, sound(90, 90, 55, 90)], Voice.SILENT),  # a knock
    ],
)
def test_a_voice_too_low_is_told_from_noise(looks: list[bytes], voice: Voice) -> None:
    assert listen(looks) is voice


def test_a_voice_too_low_is_told_within_a_second_whenever_it_begins() -> None:
    """Packet by packet against the looks: the last of them that a second holds has told."""
    spoken = [55, 58, 54, 56, 57, 72, 74] * 20
    for begin in range(PACKETS):
        packets = bytes([90] * (begin + PACKETS) + spoken)
        looks = [packets[at : at + PACKETS] for at in range(0, 150, PACKETS)]
        until = 1 + (begin + 50) // PACKETS
        assert listen(looks[:until]) is Voice.FAINT, begin


def test_a_voice_too_low_is_not_told_of_who_is_silenced_or_gone() -> None:
    assert listen([MURMUR, MURMUR], muted=True) is Voice.SILENT
    ear = Ear()
    ear.voice(MURMUR, 0.0, 0.0)
    assert ear.voice(b"", 0.0, 9.0) is Voice.ABSENT
    assert ear.voice(sound(90, 55, 70), 9.5, 9.5) is Voice.SILENT, "it begins anew"


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
