"""Terms in days, counted as Brazilian administrative practice does, with their explanation.

The decree (Decreto 2.181/1997) says "dias" without saying which: the kind is data. By default the
first day is excluded, the last is included, and a term that would end on a day without service is
rolled to the next business day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True)
class Term:
    """A term as data: ``days`` of a ``kind`` for an ``act``, and the source that says so."""

    act: str
    days: int
    kind: Literal["calendar", "business"]
    source: str


@dataclass(frozen=True)
class Skipped:
    """A day inside the term (or at its end) that did not count, and why."""

    day: date
    name: str


@dataclass(frozen=True)
class DueDate:
    """Where a term ends, and all that is needed to explain it in one sentence."""

    term: Term
    start: date
    due: date
    skipped: tuple[Skipped, ...]


def is_business_day(day: date, holidays: Mapping[date, str]) -> bool:
    """Monday to Friday and no holiday."""
    return day.weekday() < 5 and day not in holidays


def _why(day: date, holidays: Mapping[date, str]) -> str:
    return holidays.get(day) or ("sábado" if day.weekday() == 5 else "domingo")


def due_date(term: Term, start: date, holidays: Mapping[date, str]) -> DueDate:
    """The last day of ``term`` for an awareness on ``start``.

    ``holidays`` maps each day without service to its name and must cover the whole term.
    """
    skipped: list[Skipped] = []
    day = start
    left = term.days
    while left:
        day += timedelta(days=1)
        if term.kind == "calendar" or is_business_day(day, holidays):
            left -= 1
        elif day in holidays:
            skipped.append(Skipped(day, holidays[day]))
    while not is_business_day(day, holidays):
        skipped.append(Skipped(day, _why(day, holidays)))
        day += timedelta(days=1)
    return DueDate(term, start, day, tuple(skipped))


def explain(result: DueDate) -> str:
    """The explanation kept beside each computed date, in Portuguese.

    Example: "10 dias corridos a partir de 24/11/2026 (exclusive); 04/12/2026 (Santa Bárbara) não
    tem expediente; vence em 07/12/2026."
    """
    kind = "úteis" if result.term.kind == "business" else "corridos"
    parts = [f"{result.term.days} dias {kind} a partir de {result.start:%d/%m/%Y} (exclusive)"]
    parts += [f"{item.day:%d/%m/%Y} ({item.name}) não tem expediente" for item in result.skipped]
    parts.append(f"vence em {result.due:%d/%m/%Y}")
    return "; ".join(parts) + f". Fonte: {result.term.source}."
