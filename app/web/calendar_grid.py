"""A week or a day of hearings as a table: a row for each start, a column for each day or mediator.

A cell says whether a hearing could begin in it, so that the page can show where one may be moved; the server
decides again when it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.i18n import gettext as _
from app.services.agenda import AgendaEntry
from app.services.diary import Hours
from app.services.scheduling_words import weekday_label
from models.rules.slots import CLAIM_MINUTES, Bench, Span, works


@dataclass(frozen=True)
class Placed:
    """A hearing in the cell in which it begins: offset and length in pieces of five minutes."""

    entry: AgendaEntry
    offset: int
    length: int
    movable: bool


@dataclass(frozen=True)
class CellView:
    """Where a row meets a column. ``tone``: free, off, away, closed or past; ``why`` says it."""

    key: str
    tone: str
    why: str
    said: str
    early: bool
    placed: tuple[Placed, ...]


@dataclass(frozen=True)
class Column:
    """A day of one mediator."""

    day: date
    bench: Bench
    label: str
    note: str
    entries: tuple[AgendaEntry, ...]


@dataclass(frozen=True)
class Grid:
    """The table; each row has its time and a cell for each column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[time, tuple[CellView, ...]], ...]
    step: int


def grid(
    columns: Sequence[Column], hours: Hours, *, now: datetime, earliest: date, movable: frozenset[int]
) -> Grid:
    """The table of these columns; ``now`` is on the agency's clock, ``movable`` are hearings by id."""
    step = hours.policy.step_minutes
    first, last = _reach(columns, hours, now)
    rows = [
        (
            time(minute // 60, minute % 60),
            tuple(_cell(column, minute, hours, now, earliest, movable) for column in columns),
        )
        for minute in range(first, last, step)
    ]
    return Grid(tuple(columns), tuple(rows), step)


def _reach(columns: Sequence[Column], hours: Hours, now: datetime) -> tuple[int, int]:
    """The first and the last minute that are shown, on full hours: the shifts, and what lies outside."""
    starts, ends = [], []
    for column in columns:
        starts += [shift.opens for shift in column.bench.shifts]
        ends += [shift.closes for shift in column.bench.shifts]
        for entry in column.entries:
            begins = _minute(entry.starts_at.astimezone(now.tzinfo))
            starts.append(begins)
            ends.append(begins + entry.minutes)
    opens = min([hours.opens.hour * 60, *starts]) // 60 * 60
    closes = -(-max([hours.closes.hour * 60, *ends]) // 60) * 60
    return opens, min(closes, 24 * 60)


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _cell(
    column: Column, minute: int, hours: Hours, now: datetime, earliest: date, movable: frozenset[int]
) -> CellView:
    start = datetime.combine(column.day, time(minute // 60, minute % 60), now.tzinfo)
    tone, why = _tone(column, start, hours, now)
    said = f"{weekday_label(column.day.weekday())}, {start:%d/%m, %H:%M}"
    step = hours.policy.step_minutes
    placed = tuple(
        Placed(
            entry,
            (begins - minute) // CLAIM_MINUTES,
            max(-(-entry.minutes // CLAIM_MINUTES), 4),
            entry.id in movable,
        )
        for entry in column.entries
        if minute <= (begins := _minute(entry.starts_at.astimezone(now.tzinfo))) < minute + step
    )
    early = column.day < earliest
    return CellView(f"{start:%Y-%m-%dT%H:%M}~{column.bench.mediator}", tone, why, said, early, placed)


def _tone(column: Column, start: datetime, hours: Hours, now: datetime) -> tuple[str, str]:
    span = Span(start, start + timedelta(minutes=hours.minutes))
    if start < now:
        return "past", _("já passou")
    if closed := hours.calendar.closed(column.day):
        return "closed", closed
    if any(away.meets(span) for away in column.bench.away):
        return "away", _("ausente")
    if not works(column.bench, span):
        return "off", _("fora do expediente")
    return "free", _("livre")
