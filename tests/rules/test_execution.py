"""What is due of an agreement that was not kept: which payments, since when, and the agreed fines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.rules.agreement import NO_PENALTY, Penalty
from models.rules.calculation import FixedInterest, Rules
from models.rules.execution import Owed, claim
from models.rules.fulfilment import ObligationState

BROKEN, PENDING, KEPT = ObligationState.BROKEN, ObligationState.PENDING, ObligationState.KEPT
JAN, FEB, MAR = date(2027, 1, 10), date(2027, 2, 10), date(2027, 3, 10)
PLAIN = Rules(FEB, doubled=False, correction={})


def test_instalments_that_remain_fall_due_when_the_clause_says_so() -> None:
    strict = Penalty(fine_percent=10, accelerates=True)
    rows = [
        Owed(1, "1 de 3", 10_000, JAN, KEPT, strict),
        Owed(1, "2 de 3", 10_000, FEB, BROKEN, strict),
        Owed(1, "3 de 3", 10_000, MAR, PENDING, strict),
        Owed(2, "outra", 5_000, MAR, PENDING, strict),
    ]
    found = claim(rows, date(2027, 2, 12), PLAIN)
    assert [(one.text, one.since, one.accelerated) for one in found.payments] == [
        ("2 de 3", FEB, False),
        ("3 de 3", date(2027, 2, 12), True),
    ]
    assert [(fine.cents, fine.percent, fine.of_cents) for fine in found.fines] == [(2_000, 10, 20_000)]
    assert found.total_cents == 22_000
    patient = [Owed(r.clause, r.text, r.amount_cents, r.due_on, r.state, NO_PENALTY) for r in rows]
    assert claim(patient, date(2027, 2, 12), PLAIN).total_cents == 10_000


def test_correction_and_interest_run_from_the_day_it_was_due() -> None:
    rules = Rules(
        MAR,
        doubled=False,
        correction={date(2027, 1, 1): Decimal("1"), date(2027, 2, 1): Decimal("0.5")},
        interest=FixedInterest(Decimal(1), date.min),
    )
    found = claim([Owed(1, "tudo", 100_000, JAN, BROKEN, Penalty(fine_cents=5_000))], FEB, rules)
    (line,) = found.calculation.lines
    assert (line.corrected_cents, line.interest_cents) == (101_505, 2_030)
    assert found.total_cents == 101_505 + 2_030 + 5_000


def test_a_deed_is_claimed_as_what_it_is() -> None:
    found = claim([Owed(1, "Buscar o produto.", None, JAN, BROKEN, Penalty(fine_cents=700))], FEB, PLAIN)
    assert (found.payments, found.deeds, found.total_cents) == ((), ("Buscar o produto.",), 700)


@given(
    st.lists(
        st.builds(
            Owed,
            st.integers(1, 3),
            st.just("x"),
            st.one_of(st.none(), st.integers(1, 10**7)),
            st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31))),
            st.sampled_from(ObligationState),
            st.builds(Penalty, st.one_of(st.none(), st.integers(1, 100)), st.none(), st.booleans()),
        ),
        max_size=8,
    )
)
def test_nothing_is_claimed_that_was_kept_and_nothing_broken_is_forgotten(rows: list[Owed]) -> None:
    found = claim(rows, FEB, PLAIN)
    money = [one for one in rows if one.amount_cents is not None]
    assert sum(one.cents for one in found.payments if not one.accelerated) == sum(
        one.amount_cents or 0 for one in money if one.state is BROKEN
    )
    assert len(found.deeds) == sum(one.state is BROKEN and one.amount_cents is None for one in rows)
    assert found.calculation.paid_cents == sum(one.cents for one in found.payments)
    assert sum(fine.cents for fine in found.fines) <= found.calculation.paid_cents
