"""Terms across weekends, holidays and years, against a definition that counts day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.terms import Term, due_date, explain, is_business_day

HOLIDAYS = {
    date(2026, 11, 20): "Consciência Negra",
    date(2026, 12, 4): "Santa Bárbara, padroeira",
    date(2026, 12, 25): "Natal",
    date(2027, 1, 1): "Confraternização Universal",
    date(2027, 1, 6): "Epifania",
}


def calendar(days: int) -> Term:
    return Term("act", days, "calendar", "fonte")


def business(days: int) -> Term:
    return Term("act", days, "business", "fonte")


@pytest.mark.parametrize(
    ("term", "start", "due"),
    [
        (calendar(10), date(2026, 11, 23), date(2026, 12, 3)),
        (calendar(11), date(2026, 11, 23), date(2026, 12, 7)),  # 4 Dec is a municipal holiday, a Friday
        (calendar(5), date(2026, 11, 23), date(2026, 11, 30)),  # ends on a Saturday
        (calendar(20), date(2026, 12, 5), date(2026, 12, 28)),  # ends on Christmas, a Friday
        (calendar(1), date(2026, 12, 31), date(2027, 1, 4)),  # across the year
        (business(1), date(2026, 11, 27), date(2026, 11, 30)),
        (business(5), date(2026, 11, 30), date(2026, 12, 8)),  # skips 4 Dec and a weekend
        (business(3), date(2026, 12, 30), date(2027, 1, 5)),
    ],
)
def test_known_terms(term: Term, start: date, due: date) -> None:
    assert due_date(term, start, HOLIDAYS).due == due


def test_the_explanation_names_what_was_skipped() -> None:
    sentence = explain(due_date(calendar(11), date(2026, 11, 23), HOLIDAYS))
    assert sentence == (
        "11 dias corridos a partir de 23/11/2026 (exclusive); "
        "04/12/2026 (Santa Bárbara, padroeira) não tem expediente; "
        "05/12/2026 (sábado) não tem expediente; 06/12/2026 (domingo) não tem expediente; "
        "vence em 07/12/2026. Fonte: fonte."
    )


def slow_due(term: Term, start: date, holidays: dict[date, str]) -> date:
    """The definition, said the other way round: the first day on which enough days have been counted."""
    days = [start + timedelta(days=n) for n in range(1, 400)]
    for index, day in enumerate(days):
        before = days[: index + 1]
        counted = [d for d in before if term.kind == "calendar" or is_business_day(d, holidays)]
        if len(counted) >= term.days and is_business_day(day, holidays):
            return day
    raise AssertionError


@given(
    days=st.integers(1, 60),
    kind=st.sampled_from(["calendar", "business"]),
    start=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    closed=st.sets(st.dates(date(2026, 1, 1), date(2028, 6, 30)), max_size=60),
)
def test_agrees_with_the_slow_definition(days: int, kind: str, start: date, closed: set[date]) -> None:
    holidays = dict.fromkeys(closed, "feriado")
    term = Term("act", days, kind, "fonte")  # type: ignore[arg-type]
    result = due_date(term, start, holidays)
    assert result.due == slow_due(term, start, holidays)
    assert is_business_day(result.due, holidays)
    assert all(start < item.day < result.due for item in result.skipped)
