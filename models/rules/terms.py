"""Terms in days, counted as Brazilian administrative practice does, with their explanation.

The decree (Decreto 2.181/1997) says "dias" without saying which: the kind is data, and so is every other
choice. By default the first day is excluded, the last is included, and a term that would end on a day
without service goes on to the next business day (the rule of CPC art. 224, which practice follows).
The sentence is in ``models.rules.term_words``.
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

    ``trigger`` is the name of the case's event that usually begins it (``models.rules.term_words.TRIGGERS``).
    ``excludes_first``: the day of the trigger does not count. ``rolls``: an end without service moves on.
    """

    act: str
    days: int
    kind: Kind
    source: str
    excludes_first: bool = True
    rolls: bool = True
    trigger: str = ""


@dataclass(frozen=True)
class Trigger:
    """The event that began a term, by its name, and how it is known ("AR recebido"); empty for unknown."""

    event: str = ""
    how: str = ""


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

    ``counted`` are the days that counted, in order: the n-th of them is day n of the term. ``holidays`` are
    those of them that are holidays, which count in calendar days.
    """

    term: Term
    start: date
    due: date
    counted: tuple[date, ...]
    skipped: tuple[Skipped, ...]
    suspended: tuple[Suspension, ...] = ()
    holidays: tuple[Skipped, ...] = ()
    version: str = ""
    trigger: Trigger = Trigger()

    @property
    def last(self) -> date:
        """The n-th day: the due day, unless it has no service and the term goes on."""
        return self.counted[-1]


def due_date(term: Term, start: date, calendar: Calendar, trigger: Trigger | None = None) -> DueDate:
    """The last day of ``term`` for a trigger on ``start``; without one, the term's own.

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
            return DueDate(
                term=term,
                start=start,
                due=day,
                counted=tuple(counted),
                skipped=tuple(skipped),
                suspended=tuple(met),
                holidays=tuple(Skipped(d, calendar.holidays[d]) for d in counted if d in calendar.holidays),
                version=calendar.version,
                trigger=trigger or Trigger(term.trigger),
            )
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
