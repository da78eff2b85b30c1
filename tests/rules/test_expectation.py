"""When a hearing may be expected: the line of the day, and how long the hearings of the day really took."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.rules.expectation import ENDING, Expectation, Sitting, expected

NINE = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PLANNED = timedelta(minutes=40)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def sitting(number: int, at: float, opened: float | None = None, closed: float | None = None) -> Sitting:
    """A hearing of the day; all times in minutes after nine."""
    return Sitting(
        number,
        NINE + minutes(at),
        PLANNED,
        None if opened is None else NINE + minutes(opened),
        None if closed is None else NINE + minutes(closed),
        closed is not None,
    )


def told(day: list[Sitting], number: int, at: float) -> Expectation | None:
    return expected(day, number, NINE + minutes(at))


def test_the_first_of_the_day_begins_when_it_was_planned() -> None:
    day = [sitting(1, 0), sitting(2, 40)]
    assert told(day, 1, -12) == Expectation(1, 12)
    assert told(day, 1, 3) == Expectation(1, 0), "late, and nobody is before: at any moment"


def test_who_is_second_waits_for_the_first() -> None:
    day = [sitting(1, 0, opened=10), sitting(2, 40)]
    assert told(day, 2, 30) == Expectation(2, 20), "opened ten minutes late, 40 planned"


def test_what_the_day_showed_replaces_the_plan() -> None:
    day = [sitting(1, 0, 0, 60), sitting(2, 40, 60, 120), sitting(3, 80, opened=120), sitting(4, 120)]
    assert told(day, 4, 130) == Expectation(2, 50), "hearings take an hour today"
    assert told([replace(day[0], opened_at=None), *day[1:]], 4, 130) == Expectation(2, 50)


def test_the_median_does_not_follow_one_hearing_that_took_all_morning() -> None:
    day = [sitting(1, 0, 0, 10), sitting(2, 20, 10, 20), sitting(3, 40, 20, 200), sitting(4, 60, 200)]
    assert told([*day, sitting(5, 80)], 5, 205) == Expectation(2, 5)


def test_one_that_takes_longer_than_usual_ends_soon_always_anew() -> None:
    day = [sitting(1, 0, opened=0), sitting(2, 40)]
    soon = Expectation(2, round(ENDING / minutes(1)))
    assert told(day, 2, 90) == told(day, 2, 120) == soon


def test_a_hearing_that_nobody_came_to_is_not_waited_for() -> None:
    day = [sitting(1, 0), sitting(2, 40)]
    assert told(day, 2, 39) == Expectation(2, 40)
    assert told(day, 2, 41) == Expectation(1, 0)


def test_cancelled_hearings_are_not_in_the_line() -> None:
    day = [replace(sitting(1, 0), over=True), sitting(2, 40)]
    assert told(day, 2, 30) == Expectation(1, 10)


def test_a_later_hearing_that_was_opened_first_is_waited_for() -> None:
    assert told([sitting(1, 0), sitting(2, 40, opened=5)], 1, 10) == Expectation(2, 35)


def test_nothing_is_told_once_it_has_begun_or_is_over_or_unknown() -> None:
    day = [sitting(1, 0, opened=2), sitting(2, 40, 2, 30)]
    assert told(day, 1, 5) is told(day, 2, 35) is told(day, 9, 5) is None


@st.composite
def days(draw: st.DrawFn) -> list[Sitting]:
    made = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        at = draw(st.integers(0, 300))
        opened = draw(st.none() | st.integers(0, 300))
        took = draw(st.none() | st.integers(0, 120))
        closed = None if opened is None or took is None else opened + took
        made.append(sitting(number, at, opened, closed))
    return made


@given(days(), st.integers(0, 400))
def test_a_line_has_places_and_nobody_later_is_before_somebody_earlier(day: list[Sitting], at: int) -> None:
    line = sorted(day, key=lambda one: (one.starts_at, one.id))
    now = NINE + minutes(at)
    found = [(one, expected(day, one.id, now)) for one in line]
    waits = [(one, wait) for one, wait in found if wait is not None]
    for (one, wait), (_, later) in pairwise(waits):
        assert 1 <= wait.position <= len(day)
        assert later.position >= wait.position
        assert later.minutes >= wait.minutes
        assert now + minutes(wait.minutes) >= one.starts_at
