"""A term as a picture: the months it runs through, each day drawn as what it is in the count."""

from __future__ import annotations

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.terms import Calendar, DueDate


@dataclass(frozen=True)
class Square:
    """One day: ``number`` is its number in the term (0: none), ``tone`` how it is drawn, ``why`` its name.

    Tones: start, counted, skipped, suspended, due, outside.
    """

    day: date
    number: int
    tone: str
    why: str


@dataclass(frozen=True)
class Month:
    """A month, its weeks from Sunday; None stands for a day of another month."""

    first: date
    weeks: tuple[tuple[Square | None, ...], ...]


def picture(result: DueDate, calendar: Calendar) -> tuple[Month, ...]:
    """The months from the term's first day to its last."""
    numbers = {day: number for number, day in enumerate(result.counted, 1)}
    months = []
    first = result.start.replace(day=1)
    while first <= result.due:
        months.append(_month(first, result, numbers, calendar))
        first = (first + timedelta(days=31)).replace(day=1)
    return tuple(months)


def _month(first: date, result: DueDate, numbers: dict[date, int], calendar: Calendar) -> Month:
    weeks = Weeks(firstweekday=6).monthdatescalendar(first.year, first.month)
    return Month(
        first,
        tuple(
            tuple(
                _square(day, result, numbers, calendar) if day.month == first.month else None for day in week
            )
            for week in weeks
        ),
    )


def _square(day: date, result: DueDate, numbers: dict[date, int], calendar: Calendar) -> Square:
    why = calendar.closed(day) or calendar.optional.get(day, "")
    return Square(day, numbers.get(day, 0), _tone(day, result, numbers, calendar), why)


def _tone(day: date, result: DueDate, numbers: dict[date, int], calendar: Calendar) -> str:
    if day == result.due:
        return "due"
    if day == result.start:
        return "start"
    if not result.start < day < result.due:
        return "outside"
    if day in numbers:
        return "counted"
    return "suspended" if calendar.suspended(day) else "skipped"
