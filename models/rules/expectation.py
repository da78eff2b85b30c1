"""When a hearing may be expected to begin, from how long the hearings of the day really took.

The plan of the day says when each hearing should begin; the day itself says how long one takes. What is told
is a place in the line and minutes, never a promise: each look counts anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

ENDING = timedelta(minutes=2)
"""A hearing that took longer than usual is taken to end in this time, always anew."""


@dataclass(frozen=True)
class Sitting:
    """A hearing of a mediator's day; ``over`` says that it was closed or cancelled. Times are aware."""

    id: int
    starts_at: datetime
    planned: timedelta
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    over: bool = False


@dataclass(frozen=True)
class Expectation:
    """``position`` 1 is the next to be held; ``minutes`` until it may begin, 0 for at any moment."""

    position: int
    minutes: int


def expected(day: Sequence[Sitting], hearing_id: int, now: datetime) -> Expectation | None:
    """What to tell who waits for a hearing; None when it has begun, is over, or is not of this day.

    Hearings planned before it are held first, each as long as the median of those that were held today (as
    planned while there is none). One that was never opened within its time is not waited for.
    """
    line = sorted(day, key=lambda sitting: (sitting.starts_at, sitting.id))
    mine = next((sitting for sitting in line if sitting.id == hearing_id), None)
    if mine is None or mine.over or mine.opened_at is not None:
        return None
    usual = _usual(line)
    before = [s for s in line[: line.index(mine)] if _is_ahead(s, now)]
    before += [s for s in line[line.index(mine) + 1 :] if _runs(s)]
    free_at = now
    for sitting in sorted(before, key=lambda s: not _runs(s)):
        free_at = _ends(sitting, free_at, usual or sitting.planned, now)
    wait = max(mine.starts_at, free_at) - now
    return Expectation(len(before) + 1, ceil(wait / timedelta(minutes=1)))


def _usual(day: Sequence[Sitting]) -> timedelta | None:
    """The median of what the hearings of the day took, those that were opened and closed."""
    took = [s.closed_at - s.opened_at for s in day if s.opened_at is not None and s.closed_at is not None]
    return median(took) if took else None  # type: ignore[type-var]  # durations can be added and halved


def _runs(sitting: Sitting) -> bool:
    return sitting.opened_at is not None and not sitting.over


def _is_ahead(sitting: Sitting, now: datetime) -> bool:
    if sitting.over:
        return False
    return _runs(sitting) or sitting.starts_at + sitting.planned > now


def _ends(sitting: Sitting, free_at: datetime, length: timedelta, now: datetime) -> datetime:
    """When the mediator is free again after a hearing that begins when they are free."""
    if sitting.opened_at is not None:
        return max(free_at, sitting.opened_at + length, now + ENDING)
    return max(free_at, sitting.starts_at) + length
