"""The record of how each person was connected to a hearing, in spans of ten seconds, written meanwhile.

The web process that has a seat's socket writes its spans. It writes whole spans each time, not
additions, so that writing one twice changes nothing; what another process (or this one before a restart)
had measured of the same span is read first and counted in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from models import SeatQuality
from models.rules.connection_quality import Heard, Stretch, together

SPAN_SECONDS = 10
_FIGURES = tuple(field.name for field in fields(Stretch))


def span_of(at: datetime) -> datetime:
    """When the span began in which a moment lies."""
    return at.replace(second=at.second - at.second % SPAN_SECONDS, microsecond=0)


@dataclass(frozen=True)
class Span:
    """What was measured of a seat in the ``seconds`` from ``at``; rows from before may be of a minute."""

    hearing: int
    seat: int
    at: datetime
    measured: Stretch
    seconds: int = SPAN_SECONDS


async def write(spans: Sequence[Span]) -> None:
    """Put spans in their rows, over what the rows say so far."""
    rows = [
        SeatQuality(
            hearing_id=one.hearing,
            seat_id=one.seat,
            begins=one.at,
            seconds=one.seconds,
            **_columns(one),
        )
        for one in spans
    ]
    if rows:
        await SeatQuality.bulk_create(rows, on_conflict=["seat_id", "begins"], update_fields=_FIGURES)


async def written(seat: int, at: datetime) -> Stretch | None:
    """What the row of a span says."""
    row = await SeatQuality.get_or_none(seat_id=seat, begins=at)
    return None if row is None else _stretch(row)


async def of_hearing(hearing_id: int) -> Mapping[int, Sequence[Span]]:
    """By seat: its spans in their order."""
    found: dict[int, list[Span]] = {}
    for row in await SeatQuality.filter(hearing_id=hearing_id).order_by("begins"):
        span = Span(hearing_id, row.seat_id, row.begins, _stretch(row), row.seconds)
        found.setdefault(row.seat_id, []).append(span)
    return found


def summary(spans: Sequence[Span]) -> Stretch:
    """A seat's whole hearing."""
    return together(span.measured for span in spans)


async def forget(before: datetime) -> int:
    """Delete the spans that began earlier, a hearing at a time, the oldest first. How many there were.

    Rows are numbered in the order of time, so the first one tells whether there is anything to delete.
    """
    forgotten = 0
    while (oldest := await SeatQuality.all().order_by("id").first()) and oldest.begins < before:
        forgotten += await SeatQuality.filter(hearing_id=oldest.hearing_id, begins__lt=before).delete()
    return forgotten


def _stretch(row: SeatQuality) -> Stretch:
    values = {name: getattr(row, name) for name in _FIGURES}
    hears = {int(seat): Heard(*figures) for seat, figures in (row.hears or {}).items()}
    return Stretch(**{**values, "hears": hears})


def _columns(span: Span) -> dict[str, Any]:
    """A span has at most its seconds, however many processes measured it."""
    values = {name: getattr(span.measured, name) for name in _FIGURES}
    for name in ("connected_s", "heard_s", "seen_s", "pictured_s"):
        values[name] = min(span.seconds, values[name])
    hears = {
        str(seat): [min(span.seconds, heard.seconds), min(span.seconds, heard.of), heard.sent, heard.arrived]
        for seat, heard in span.measured.hears.items()
    }
    return {**values, "hears": hears}
