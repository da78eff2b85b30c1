"""The record of how each person was connected to a hearing, minute by minute: written while it goes on.

The web process that has a seat's socket writes its minutes. It writes whole minutes each time, not
additions, so that writing one twice changes nothing; what another process (or this one before a restart)
had measured of the same minute is read first and counted in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from models import SeatQuality
from models.rules.connection_quality import Stretch, together

_FIGURES = tuple(field.name for field in fields(Stretch))


@dataclass(frozen=True)
class Minute:
    """What was measured of a seat in the minute that began at ``at``."""

    hearing: int
    seat: int
    at: datetime
    measured: Stretch


async def write(minutes: Sequence[Minute]) -> None:
    """Put minutes in their rows, over what the rows say so far. A minute has at most sixty seconds."""
    rows = [
        SeatQuality(hearing_id=one.hearing, seat_id=one.seat, minute=one.at, **_bounded(one.measured))
        for one in minutes
    ]
    if rows:
        await SeatQuality.bulk_create(rows, on_conflict=["seat_id", "minute"], update_fields=_FIGURES)


async def written(seat: int, at: datetime) -> Stretch | None:
    """What the row of a minute says."""
    row = await SeatQuality.get_or_none(seat_id=seat, minute=at)
    return None if row is None else _stretch(row)


async def of_hearing(hearing_id: int) -> Mapping[int, Sequence[tuple[datetime, Stretch]]]:
    """By seat: its minutes in their order."""
    found: dict[int, list[tuple[datetime, Stretch]]] = {}
    for row in await SeatQuality.filter(hearing_id=hearing_id).order_by("minute"):
        found.setdefault(row.seat_id, []).append((row.minute, _stretch(row)))
    return found


def summary(minutes: Sequence[tuple[datetime, Stretch]]) -> Stretch:
    """A seat's whole hearing."""
    return together(stretch for _, stretch in minutes)


async def forget(before: datetime) -> int:
    """Delete the minutes that began earlier, a hearing at a time, the oldest first. How many there were.

    Rows are numbered in the order of time, so the first one tells whether there is anything to delete.
    """
    forgotten = 0
    while (oldest := await SeatQuality.all().order_by("id").first()) and oldest.minute < before:
        forgotten += await SeatQuality.filter(hearing_id=oldest.hearing_id, minute__lt=before).delete()
    return forgotten


def _stretch(row: SeatQuality) -> Stretch:
    return Stretch(**{name: getattr(row, name) for name in _FIGURES})


def _bounded(stretch: Stretch) -> dict[str, float | int | None]:
    values = asdict(stretch)
    for name in ("connected_s", "heard_s", "seen_s"):
        values[name] = min(60, values[name])
    return values
