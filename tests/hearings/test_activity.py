"""Speech from audio levels."""

from hearings.activity import ABSENT_S, HOLD_S, Ear, Voice, choose_speaker


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


def test_the_speaker_changes_reluctantly() -> None:
    assert choose_speaker(None, {}) is None
    assert choose_speaker(None, {"a": 40, "b": 30}) == "b"
    assert choose_speaker("a", {"a": 40, "b": 36}) == "a"
    assert choose_speaker("a", {"a": 40, "b": 34}) == "b"
    assert choose_speaker("a", {"b": 45}) == "b"
    assert choose_speaker("a", {}) == "a"
