"""The board of what is late: every open case whose last day has passed, by term and by person in charge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.services import case_lists
from app.services.case_lists import ListedCase
from app.services.duties import Reckoner
from models.rules.duties import Duty, Standing, Until, deadline, duty
from models.rules.people import Role

SOON_DAYS = 3
"""What ends within so many days is shown beside what is late."""
SHOWN = 100
"""Lines of each list that the page shows; the counts and the letters know them all."""


@dataclass(frozen=True)
class LateCase:
    """A line: the case, its sentence, its term, and by how many days it is late (0: it ends soon)."""

    case: ListedCase
    sentence: str
    term: str
    until: date
    late: int


@dataclass(frozen=True)
class Board:
    """What is late, the latest first, what ends soon, and how many are late by term and by person.

    ``late_count`` and ``soon_count`` are how many lines there are, of which the board has the first.
    """

    late: tuple[LateCase, ...]
    soon: tuple[LateCase, ...]
    late_count: int
    soon_count: int
    by_term: tuple[tuple[str, int], ...]
    by_person: tuple[tuple[str, int], ...]
    worst: int


@dataclass(frozen=True)
class _Found:
    """A case whose last day is near or past, its sentence not made yet: that costs more than to find it."""

    case: ListedCase
    standing: Standing
    term: str
    until: date
    late: int


async def board(reckoner: Reckoner, *, person: str = "", term: str = "", most: int | None = None) -> Board:
    """The board as of the reckoner's day; ``person`` and ``term`` narrow the lines, not the counts.

    At most ``most`` lines of each list, all of them without it.
    """
    found = [one for case in await case_lists.open_cases() if (one := _found(case, reckoner)) is not None]
    overdue = [one for one in found if one.late]
    late = sorted(_narrowed(overdue, person, term), key=lambda one: (-one.late, one.case.id))
    near = [one for one in found if not one.late]
    soon = sorted(_narrowed(near, person, term), key=lambda one: (one.until, one.case.id))
    return Board(
        late=tuple(_line(one, reckoner) for one in late[:most]),
        soon=tuple(_line(one, reckoner) for one in soon[:most]),
        late_count=len(late),
        soon_count=len(soon),
        by_term=tuple(Counter(one.term for one in overdue).most_common()),
        by_person=tuple(Counter(one.case.handler for one in overdue).most_common()),
        worst=max((one.late for one in overdue), default=0),
    )


def _narrowed(found: Sequence[_Found], person: str, term: str) -> list[_Found]:
    return [
        one
        for one in found
        if (not person or (one.case.handler or "-") == person) and (not term or one.term == term)
    ]


def _found(case: ListedCase, reckoner: Reckoner) -> _Found | None:
    standing = reckoner.standing(case, hearing_at=case.hearing_at, offer=None)
    wanted = duty(standing, Role.AUDITOR)
    until = deadline(wanted, standing, reckoner.terms, reckoner.calendar)
    if until is None or (until - reckoner.today).days > SOON_DAYS:
        return None
    return _Found(case, standing, _term(wanted, case), until, max(0, (reckoner.today - until).days))


def _line(found: _Found, reckoner: Reckoner) -> LateCase:
    told = reckoner.told(found.standing, Role.AUDITOR)
    return LateCase(found.case, told.sentence, found.term, found.until, found.late)


def _term(wanted: Duty, case: ListedCase) -> str:
    if wanted.until is Until.SERVICE:
        return wanted.act
    return "hearing" if wanted.until is Until.HEARING else case.term_act or "agreement"
