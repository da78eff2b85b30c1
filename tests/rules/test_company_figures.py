"""The figures of a company: what counts as late, in term, agreed, and in which month."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.company_figures import CaseFacts, figures

TODAY = date(2026, 11, 30)


def _case(
    received: int = 20, answered: int | None = None, due: int | None = None, **facts: object
) -> CaseFacts:
    """A case received ``received`` days ago; other days are counted from today, the future positive."""
    return CaseFacts(
        received_on=TODAY - timedelta(days=received),
        answered_on=None if answered is None else TODAY - timedelta(days=answered),
        due_on=None if due is None else TODAY + timedelta(days=due),
        answer_due=facts.get("answer_due"),  # type: ignore[arg-type]
        closed=bool(facts.get("closed")),
        agreed_on=facts.get("agreed_on"),  # type: ignore[arg-type]
        kept=facts.get("kept"),  # type: ignore[arg-type]
    )


def test_terms_are_late_near_or_running() -> None:
    found = figures([_case(due=day) for day in (-1, 0, 3, 4)] + [_case(), _case(due=-9, closed=True)], TODAY)
    assert (found.late, found.near, found.running, found.open, found.received) == (1, 2, 1, 5, 6)


def test_times_and_shares_count_silence_as_silence() -> None:
    cases = [
        _case(20, 18, answer_due=TODAY - timedelta(days=10)),
        _case(20, 10, answer_due=TODAY - timedelta(days=10)),
        _case(20, 9, answer_due=TODAY - timedelta(days=10)),
        _case(20),
    ]
    found = figures(cases, TODAY)
    assert (found.answered, found.answered_in_term) == (3, 2)
    assert (found.mean_days, found.median_days) == ((2 + 10 + 11) / 3, 10.0)
    assert (found.share_answered, found.share_in_term) == (3 / 4, 2 / 3)
    nothing = figures([], TODAY)
    assert (nothing.mean_days, nothing.share_answered, nothing.share_in_term) == (None, None, None)


def test_agreements_are_kept_broken_or_running() -> None:
    day = TODAY - timedelta(days=2)
    cases = [_case(agreed_on=day, kept=kept) for kept in (True, False, None)] + [_case()]
    found = figures(cases, TODAY)
    assert (found.agreed, found.kept, found.broken) == (3, 1, 1)


def test_the_months_are_the_last_twelve() -> None:
    found = figures([_case(0), _case(31, 0), _case(400)], TODAY)
    assert [month.first for month in found.months][::11] == [date(2025, 12, 1), date(2026, 11, 1)]
    assert [(month.received, month.answered) for month in found.months[-2:]] == [(1, 0), (1, 1)]


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.none() | st.integers(0, 400), st.none() | st.integers(-50, 50))
    )
)
def test_parts_never_exceed_the_whole(given_cases: list[tuple[int, int | None, int | None]]) -> None:
    cases = [_case(r, None if a is None else min(a, r), d) for r, a, d in given_cases]
    found = figures(cases, TODAY)
    assert found.late + found.near + found.running == sum(d is not None for *_, d in given_cases)
    assert found.answered_in_term <= found.answered <= found.received == len(cases)
    assert sum(month.received for month in found.months) <= found.received
    assert found.median_days is None or 0 <= found.median_days <= 500
