"""Terms in days, counted as Brazilian administrative practice does, with their explanation.

The decree (Decreto 2.181/1997) says "dias" without saying which: the kind is data, and so is every other
choice. By default the first day is excluded, the last is included, and a term that would end on a day
without service goes on to the next business day (the rule of CPC art. 224, which practice follows).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Kind = Literal["calendar", "business"]
"""Calendar days ("dias corridos") or business days ("dias úteis")."""

LIMIT = 4000
"""Days after which a count gives up: a calendar in which almost nothing is open is a mistake, not a term."""


@dataclass(frozen=True)
class Term:
    """A term as data: ``days`` of a ``kind`` for an ``act``, and the source that says so.

    ``excludes_first``: the day of the trigger does not count. ``rolls``: an end without service moves on.
    """

    act: str
    days: int
    kind: Kind
    source: str
    excludes_first: bool = True
    rolls: bool = True


@dataclass(frozen=True)
class Suspension:
    """Days, both included, in which no term runs: an end-of-year recess, a flood, a strike."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True)
class Calendar:
    """When there is service: ``holidays`` maps each closed day to its name.

    ``version`` names the state of the data, so that a date computed before a change can be told apart.
    ``optional`` days ("ponto facultativo") close offices and stop no term; they are told, not counted.
    """

    holidays: Mapping[date, str]
    suspensions: tuple[Suspension, ...] = ()
    optional: Mapping[date, str] = field(default_factory=dict)
    version: str = ""

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday and no holiday."""
        return day.weekday() < 5 and day not in self.holidays

    def suspended(self, day: date) -> Suspension | None:
        """The suspension that ``day`` falls in."""
        return next((s for s in self.suspensions if s.first <= day <= s.last), None)

    def closed(self, day: date) -> str:
        """Why no term can end on ``day``; empty when one can."""
        if suspension := self.suspended(day):
            return suspension.reason
        if self.is_business_day(day):
            return ""
        return self.holidays.get(day) or ("sábado" if day.weekday() == 5 else "domingo")


@dataclass(frozen=True)
class Skipped:
    """A day inside the term (or at its end) that did not count, and why."""

    day: date
    name: str


@dataclass(frozen=True)
class DueDate:
    """Where a term ends, and all that is needed to explain it in one sentence or one picture.

    ``counted`` are the days that counted, in order: the n-th of them is day n of the term.
    """

    term: Term
    start: date
    due: date
    counted: tuple[date, ...]
    skipped: tuple[Skipped, ...]
    suspended: tuple[Suspension, ...] = ()
    version: str = ""


def due_date(term: Term, start: date, calendar: Calendar) -> DueDate:
    """The last day of ``term`` for a trigger (awareness, publication) on ``start``.

    A suspended day counts for no term. ``calendar`` must cover the whole term; ValueError when the term
    does not end within ``LIMIT`` days.
    """
    counted: list[date] = []
    skipped: list[Skipped] = []
    met: dict[Suspension, None] = {}
    day = start if term.excludes_first else start - timedelta(days=1)
    for _ in range(LIMIT):
        over = len(counted) == term.days
        if over and not (term.rolls and calendar.closed(day)):
            return DueDate(term, start, day, tuple(counted), tuple(skipped), tuple(met), calendar.version)
        if over:
            _note(day, calendar, skipped, met)
        day += timedelta(days=1)
        if not over and _counts(day, term, calendar):
            counted.append(day)
        elif not over and (day in calendar.holidays or calendar.suspended(day)):
            _note(day, calendar, skipped, met)
    raise ValueError(f"a term of {term.days} days does not end")


def _counts(day: date, term: Term, calendar: Calendar) -> bool:
    if calendar.suspended(day):
        return False
    return term.kind == "calendar" or calendar.is_business_day(day)


def _note(day: date, calendar: Calendar, skipped: list[Skipped], met: dict[Suspension, None]) -> None:
    """Remember why a day did not count: a suspension once, any other day by itself."""
    if suspension := calendar.suspended(day):
        met[suspension] = None
    else:
        skipped.append(Skipped(day, calendar.closed(day)))


def explain_pending(term: Term) -> str:
    """What is said of a term whose trigger, the company's awareness, has not come yet."""
    amount = "1 dia" if term.days == 1 else f"{term.days} dias"
    kind = {"business": ("útil", "úteis"), "calendar": ("corrido", "corridos")}[term.kind][term.days > 1]
    return f"{amount} {kind} a contar da ciência da empresa. Fonte: {term.source}."


def explain(result: DueDate) -> str:
    """The explanation kept beside each computed date, in Portuguese.

    Example: "10 dias corridos a partir de 24/11/2026 (exclusive); 04/12/2026 (Santa Bárbara) não
    tem expediente; vence em 07/12/2026. Fonte: …"
    """
    term = result.term
    amount = "1 dia" if term.days == 1 else f"{term.days} dias"
    kind = {"business": ("útil", "úteis"), "calendar": ("corrido", "corridos")}[term.kind][term.days > 1]
    first = "exclusive" if term.excludes_first else "inclusive"
    parts = [f"{amount} {kind} a partir de {result.start:%d/%m/%Y} ({first})"]
    parts += [
        f"prazos suspensos de {s.first:%d/%m/%Y} a {s.last:%d/%m/%Y} ({s.reason})" for s in result.suspended
    ]
    parts += [f"{item.day:%d/%m/%Y} ({item.name}) não tem expediente" for item in result.skipped]
    parts.append(f"vence em {result.due:%d/%m/%Y}")
    return "; ".join(parts) + f". Fonte: {term.source}."
