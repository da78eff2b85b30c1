"""Voices mixed: the quiet are raised, many do not clip, silence stays silence."""

from __future__ import annotations

import array
import math

from hearings.recording.mixer import Mixer
from hearings.recording.strands import RATE
from tests.hearings.recording.seeing import wave_of

STEP = RATE // 20


def tone(hertz: int, loudness: float, seconds: int) -> list[bytes]:
    """A tone in twentieths of a second."""
    turn = 2 * math.pi * hertz / RATE
    wave = array.array("h", (int(32767 * loudness * math.sin(turn * n)) for n in range(seconds * RATE)))
    return [wave[at : at + STEP].tobytes() for at in range(0, len(wave), STEP)]


def mixed(*voices: list[bytes]) -> list[float]:
    """The whole mix, -1 to 1."""
    names = [str(number) for number in range(len(voices))]
    mixer = Mixer(names)
    frames = []
    for pieces in zip(*voices, strict=True):
        frames += list(mixer.mix(dict(zip(names, pieces, strict=True))))
    frames += list(mixer.end())
    return [sample for frame in frames for sample in wave_of(frame)]


def loudness(wave: list[float]) -> float:
    return math.sqrt(sum(sample * sample for sample in wave) / len(wave))


def test_a_quiet_voice_is_raised() -> None:
    quiet = tone(300, 0.03, 4)
    heard = mixed(quiet)
    assert len(heard) == 4 * RATE
    assert loudness(heard[RATE : 3 * RATE]) > 4 * 0.03 / math.sqrt(2)


def test_many_loud_voices_do_not_clip() -> None:
    heard = mixed(*(tone(300 + 70 * number, 0.9, 2) for number in range(6)))
    assert max(map(abs, heard)) <= 0.95
    assert loudness(heard[RATE:]) > 0.2


def test_silence_and_noise_that_nobody_hears_stay_so() -> None:
    assert max(map(abs, mixed(tone(300, 0, 2)))) == 0
    assert max(map(abs, mixed(tone(300, 0.0005, 2)))) < 0.005
