"""The ladder: how much of a hearing a person's line can bear, video → low video → sound → text.

Down after a few bad seconds, up after many good ones, and after each fall the next climb waits twice as long:
a line that goes up and down does not take its person up and down with it. What a line would bear is not known
from below (an estimate grows only with what is sent), so a climb is a try.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.rules.hearing import SeatMode

LADDER = tuple(SeatMode)
"""The steps, the best first."""

FALL_SECONDS = 6
CLIMB_SECONDS = 15
MOST_CLIMB_SECONDS = 240
CALM_SECONDS = 300
"""So long on one step, and falls from before no longer make the next climb wait."""


@dataclass(frozen=True)
class Reading:
    """One second of a seat: the worse fraction lost of both ways, milliseconds, kbit/s towards it.

    ``held_back``: a picture that its page shows is not sent, because there is no room for it.
    """

    loss: float
    rtt_ms: float | None
    estimate_kbps: int | None
    held_back: bool


@dataclass(frozen=True)
class Bounds:
    """From which value on a step is too much for a line; ``kbps`` below which nothing of it gets through."""

    loss: float
    rtt_ms: float
    kbps: int


BOUNDS = {
    SeatMode.VIDEO: Bounds(0.10, 1000, 250),
    SeatMode.LOW_VIDEO: Bounds(0.15, 1500, 120),
    SeatMode.AUDIO: Bounds(0.30, 2500, 24),
}
"""Opus with its FEC is understood up to about a third lost; pictures are not from a tenth on."""

EASY = Bounds(0.03, 600, 0)
"""At or below these a second counts for a climb."""


@dataclass(frozen=True)
class Standing:
    """Where a seat stands on the ladder, and the seconds that speak for another step."""

    mode: SeatMode = SeatMode.VIDEO
    bad: int = 0
    good: int = 0
    stayed: int = 0
    patience: int = CLIMB_SECONDS


def step(now: Standing, reading: Reading) -> Standing:
    """The standing after one more second."""
    strained, easy = _strained(now.mode, reading), _easy(reading)
    after = replace(
        now,
        # A good second does not undo a bad one at once: half of the seconds bad is a bad line too.
        bad=now.bad + 1 if strained else max(0, now.bad - 1),
        good=now.good + 1 if easy else 0,
        stayed=now.stayed + 1,
    )
    if after.stayed >= CALM_SECONDS:
        after = replace(after, patience=CLIMB_SECONDS)
    at = LADDER.index(now.mode)
    if after.bad >= FALL_SECONDS:
        return Standing(LADDER[at + 1], patience=min(MOST_CLIMB_SECONDS, after.patience * 2))
    if after.good >= after.patience and at > 0:
        return Standing(LADDER[at - 1], patience=after.patience)
    return after


def _strained(mode: SeatMode, reading: Reading) -> bool:
    bounds = BOUNDS.get(mode)
    if bounds is None:
        return False
    starved = reading.estimate_kbps is not None and reading.estimate_kbps < bounds.kbps
    return (
        reading.loss >= bounds.loss
        or (reading.rtt_ms or 0.0) >= bounds.rtt_ms
        # Without pictures to send an estimate says little: of video it counts with a picture held back.
        or (starved and (reading.held_back or mode is SeatMode.AUDIO))
    )


def _easy(reading: Reading) -> bool:
    return reading.loss <= EASY.loss and (reading.rtt_ms or 0.0) <= EASY.rtt_ms
