"""What a recogniser of speech is to the captions, and how the configured one is loaded.

A model is named as ``engine:place``, for example ``vosk:/srv/models/vosk-model-small-pt-0.3``. Loading takes
seconds and hundreds of megabytes, so it is done in the listening process alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

RATE = 16_000
"""Samples per second of what a recogniser is given."""
ENGINES = ("vosk", "fake")


class ModelUnusable(Exception):
    """The configured model cannot be loaded; the message says why, for the log."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words made out so far; ``final``: they will not change any more, the next ones begin anew."""

    text: str
    final: bool


class Recogniser(Protocol):
    """One person's speech, in the order it was said."""

    def hear(self, samples: bytes) -> Heard | None:
        """Take mono 16-bit samples at RATE; the words when they are other than before."""

    def finish(self) -> Heard | None:
        """The person paused: the words so far are final; None when there were none."""


class Model(Protocol):
    """A loaded model, shared by the recognisers of a room."""

    def recogniser(self) -> Recogniser:
        """One for another person."""


def engine_of(name: str) -> tuple[str, str]:
    """Engine and place of a model's name; ValueError when it is none."""
    engine, colon, place = name.partition(":")
    if not colon or engine not in ENGINES:
        raise ValueError(name)
    return engine, place


def load(name: str) -> Model:
    """The model of this name; ModelUnusable when it is not there or its engine is not installed."""
    engine, place = engine_of(name)
    if engine == "fake":
        from hearings.captions.fake import FakeModel

        return FakeModel()
    from hearings.captions.vosk_model import VoskModel

    return VoskModel(place)
