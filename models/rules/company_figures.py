"""How a company answers, as figures: what is open by its term, how soon it answers, what was agreed and kept.

Nothing is rounded in the company's favour: silence counts as not answered, never as solved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median

SOON_DAYS = 3
"""A term that ends within so many days is shown as near."""
MONTHS = 12


@dataclass(frozen=True)
class CaseFacts:
    """What is known of one case of a company; days are those of the agency's zone.

    ``due_on`` is the last day of a term that runs for the company, None when none runs.
    """

    received_on: date
    answered_on: date | None
    due_on: date | None
    answer_due: date | None
    closed: bool
    agreed_on: date | None
    kept: bool | None


@dataclass(frozen=True)
class Month:
    """What came and went in one month; ``first`` is its first day."""

    first: date
    received: int
    answered: int
    agreed: int


@dataclass(frozen=True)
class CompanyFigures:
    """The figures of a company. Shares are fractions, None where nothing is there to share; times in days."""

    received: int
    open: int
    late: int
    near: int
    running: int
    answered: int
    answered_in_term: int
    mean_days: float | None
    median_days: float | None
    agreed: int
    kept: int
    broken: int
    months: tuple[Month, ...]

    @property
    def share_answered(self) -> float | None:
        """Of all cases received, the part that has an answer."""
        return self.answered / self.received if self.received else None

    @property
    def share_in_term(self) -> float | None:
        """Of all answers, the part that came within the term."""
        return self.answered_in_term / self.answered if self.answered else None


def figures(cases: Sequence[CaseFacts], today: date) -> CompanyFigures:
    """The figures of ``cases`` on ``today``; the months are the last twelve, the running one included."""
    due = [case.due_on for case in cases if case.due_on is not None and not case.closed]
    days = [(case.answered_on - case.received_on).days for case in cases if case.answered_on is not None]
    return CompanyFigures(
        received=len(cases),
        open=sum(not case.closed for case in cases),
        late=sum(day < today for day in due),
        near=sum(0 <= (day - today).days <= SOON_DAYS for day in due),
        running=sum((day - today).days > SOON_DAYS for day in due),
        answered=len(days),
        answered_in_term=sum(_in_term(case) for case in cases),
        mean_days=mean(days) if days else None,
        median_days=float(median(days)) if days else None,
        agreed=sum(case.agreed_on is not None for case in cases),
        kept=sum(case.kept is True for case in cases),
        broken=sum(case.kept is False for case in cases),
        months=tuple(_month(first, cases) for first in _last_months(today)),
    )


def _in_term(case: CaseFacts) -> bool:
    if case.answered_on is None:
        return False
    return case.answer_due is None or case.answered_on <= case.answer_due


def _last_months(today: date) -> Iterable[date]:
    for back in range(MONTHS - 1, -1, -1):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield date(year, month + 1, 1)


def _month(first: date, cases: Sequence[CaseFacts]) -> Month:
    def within(day: date | None) -> bool:
        return day is not None and (day.year, day.month) == (first.year, first.month)

    return Month(
        first,
        received=sum(within(case.received_on) for case in cases),
        answered=sum(within(case.answered_on) for case in cases),
        agreed=sum(within(case.agreed_on) for case in cases),
    )
