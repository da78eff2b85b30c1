"""Terms across weekends, holidays, suspensions and years, against a definition that counts day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.terms import Calendar, Suspension, Term, due_date, explain

CALENDAR = Calendar(
    {
        date(2026, 11, 20): "Consciência Negra",
        date(2026, 12, 4): "Santa Bárbara, padroeira",
        date(2026, 12, 25): "Natal",
        date(2027, 1, 1): "Confraternização Universal",
        date(2027, 1, 6): "Epifania",
    }
)
RECESS = Suspension(date(2026, 12, 20), date(2027, 1, 20), "recesso")


def calendar(days: int, **rules: bool) -> Term:
    return Term("act", days, "calendar", "fonte", **rules)


def business(days: int, **rules: bool) -> Term:
    return Term("act", days, "business", "fonte", **rules)


@pytest.mark.parametrize(
    ("term", "start", "due"),
    [
        (calendar(10), date(2026, 11, 23), date(2026, 12, 3)),
        (calendar(11), date(2026, 11, 23), date(2026, 12, 7)),  # 4 Dec is a municipal holiday, a Friday
        (calendar(5), date(2026, 11, 23), date(2026, 11, 30)),  # ends on a Saturday
        (calendar(5, rolls=False), date(2026, 11, 23), date(2026, 11, 28)),
        (calendar(5, excludes_first=False), date(2026, 11, 23), date(2026, 11, 27)),
        (calendar(20), date(2026, 12, 5), date(2026, 12, 28)),  # ends on Christmas, a Friday
        (calendar(1), date(2026, 12, 31), date(2027, 1, 4)),  # across the year
        (business(1), date(2026, 11, 27), date(2026, 11, 30)),
        (business(1, excludes_first=False), date(2026, 11, 27), date(2026, 11, 27)),
        (business(5), date(2026, 11, 30), date(2026, 12, 8)),  # skips 4 Dec and a weekend
        (business(3), date(2026, 12, 30), date(2027, 1, 5)),
    ],
)
def test_known_terms(term: Term, start: date, due: date) -> None:
    assert due_date(term, start, CALENDAR).due == due


@pytest.mark.parametrize(
    ("term", "start", "due"),
    [
        (calendar(10), date(2026, 12, 15), date(2027, 1, 26)),  # four days before the recess, six after it
        (calendar(5), date(2026, 12, 15), date(2027, 1, 21)),  # the fifth day is the first one after it
        (calendar(3), date(2026, 12, 28), date(2027, 1, 25)),  # starts inside; ends on a Saturday, rolls
        (business(3), date(2026, 12, 28), date(2027, 1, 25)),
    ],
)
def test_no_term_runs_while_terms_are_suspended(term: Term, start: date, due: date) -> None:
    assert due_date(term, start, Calendar(CALENDAR.holidays, (RECESS,))).due == due


def test_an_optional_day_off_stops_nothing() -> None:
    carnival = {date(2027, 2, 9): "Carnaval"}
    known = Calendar({}, optional=carnival)
    assert due_date(calendar(1), date(2027, 2, 8), known).due == date(2027, 2, 9)


def test_a_calendar_that_never_opens_is_refused_and_not_searched_for_ever() -> None:
    with pytest.raises(ValueError, match="does not end"):
        due_date(calendar(1), date(2026, 1, 1), Calendar({}, (Suspension(date.min, date.max, "erro"),)))


def test_the_explanation_names_what_was_skipped() -> None:
    sentence = explain(due_date(calendar(11), date(2026, 11, 23), CALENDAR))
    assert sentence == (
        "11 dias corridos a partir de 23/11/2026 (exclusive); "
        "04/12/2026 (Santa Bárbara, padroeira) não tem expediente; "
        "05/12/2026 (sábado) não tem expediente; 06/12/2026 (domingo) não tem expediente; "
        "vence em 07/12/2026. Fonte: fonte."
    )


def test_the_explanation_tells_a_suspension_once() -> None:
    sentence = explain(
        due_date(calendar(5), date(2026, 12, 15), Calendar(CALENDAR.holidays, (RECESS,), version="3"))
    )
    assert sentence == (
        "5 dias corridos a partir de 15/12/2026 (exclusive); "
        "prazos suspensos de 20/12/2026 a 20/01/2027 (recesso); vence em 21/01/2027. Fonte: fonte."
    )


def test_one_day_is_said_in_the_singular() -> None:
    assert explain(due_date(business(1), date(2026, 11, 27), CALENDAR)).startswith("1 dia útil a partir")


def slow_due(term: Term, start: date, known: Calendar) -> date:
    """The definition, said the other way round: the first day on which enough days have been counted."""
    days = [start + timedelta(days=n) for n in range(int(term.excludes_first), 1200)]

    def open_day(day: date) -> bool:
        return day.weekday() < 5 and day not in known.holidays

    def runs(day: date) -> bool:
        return all(not s.first <= day <= s.last for s in known.suspensions)

    for index, day in enumerate(days):
        counted = [d for d in days[: index + 1] if runs(d) and (term.kind == "calendar" or open_day(d))]
        may_end = not term.rolls or (open_day(day) and runs(day))
        if len(counted) >= term.days and may_end:
            return day
    raise AssertionError


SUSPENSIONS = st.builds(
    lambda first, length: Suspension(first, first + timedelta(days=length), "suspensão"),
    st.dates(date(2026, 1, 1), date(2028, 6, 30)),
    st.integers(0, 60),
)


@given(
    term=st.builds(
        Term,
        st.just("act"),
        st.integers(1, 60),
        st.sampled_from(["calendar", "business"]),
        st.just("fonte"),
        st.booleans(),
        st.booleans(),
    ),
    start=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    closed=st.sets(st.dates(date(2026, 1, 1), date(2028, 6, 30)), max_size=60),
    suspensions=st.lists(SUSPENSIONS, max_size=3),
)
def test_agrees_with_the_slow_definition(
    term: Term, start: date, closed: set[date], suspensions: list[Suspension]
) -> None:
    known = Calendar(dict.fromkeys(closed, "feriado"), tuple(suspensions))
    result = due_date(term, start, known)
    assert result.due == slow_due(term, start, known)
    assert not term.rolls or not known.closed(result.due)
    assert all(start <= item.day < result.due for item in result.skipped)
    assert set(result.suspended) <= set(suspensions)
    assert len(result.counted) == term.days
    assert result.counted[-1] <= result.due
