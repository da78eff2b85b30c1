"""Calculations to the cent, against fractions worked out in another way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.calculation import (
    Charge,
    FixedInterest,
    Rules,
    SeriesInterest,
    commercial_days,
    factor,
    instalments,
    months,
    restitution,
)

DAYS = st.dates(date(2020, 1, 1), date(2029, 12, 31))
CENTS = st.integers(1, 10**9)
PERCENTS = st.decimals(Decimal("-2"), Decimal("5"), places=2, allow_nan=False)
FIRST, LAST = date(2020, 1, 1), date(2030, 1, 1)
SERIES = st.lists(PERCENTS, min_size=120, max_size=120).map(
    lambda values: dict(zip(months(FIRST, LAST), values, strict=True))
)


def _half_up(amount: Fraction) -> int:
    return int((amount + Fraction(1, 2)).__floor__())


def test_an_undue_charge_by_hand() -> None:
    # 100,00 paid on 10/01/2026, doubled; 1 % and 2 % until March: 200 × 1,0302 = 206,04; 1 % a month from
    # 10/02 to 25/03, 45 days: 1,5 % of 206,04 = 3,0906
    series = {date(2026, 1, 1): Decimal(1), date(2026, 2, 1): Decimal(2)}
    rules = Rules(date(2026, 3, 25), True, series, FixedInterest(Decimal(1), date(2026, 2, 10)))
    result = restitution([Charge(date(2026, 1, 10), 10_000)], rules)
    (line,) = result.lines
    assert (line.base_cents, line.corrected_cents, line.interest_cents) == (20_000, 20_604, 309)
    assert (result.total_cents, result.missing) == (20_913, ())


@given(
    st.lists(st.tuples(DAYS, CENTS), min_size=1, max_size=5), DAYS, SERIES, PERCENTS.filter(lambda p: p >= 0)
)
def test_the_same_as_fractions(
    paid: list[tuple[date, int]], until: date, series: dict[date, Decimal], percent: Decimal
) -> None:
    since = date(2022, 6, 15)
    charges = [Charge(day, cents) for day, cents in paid]
    result = restitution(charges, Rules(until, True, series, FixedInterest(percent, since)))
    total = 0
    for charge in charges:
        grown = Fraction(2 * charge.cents)
        for month, rate in series.items():
            after = (month.year, month.month) >= (charge.paid_on.year, charge.paid_on.month)
            if after and (month.year, month.month) < (until.year, until.month):
                grown *= 1 + Fraction(rate) / 100
        corrected = _half_up(grown)
        days = max(commercial_days(max(since, charge.paid_on), until), 0)
        total += corrected + _half_up(corrected * Fraction(percent) / 100 * Fraction(days, 30))
    assert result.total_cents == total
    assert result.total_cents == result.corrected_cents + result.interest_cents
    assert result.base_cents == 2 * result.paid_cents


@given(DAYS, DAYS, DAYS, SERIES)
def test_factors_of_two_spans_make_that_of_both(
    a: date, b: date, c: date, series: dict[date, Decimal]
) -> None:
    start, middle, end = sorted((a, b, c))
    first, second, whole = (
        factor(series, *span)[0] for span in ((start, middle), (middle, end), (start, end))
    )
    assert abs(first * second - whole) < Decimal("1e-20") * whole


def test_a_month_without_its_index_is_told_and_no_series_corrects_nothing() -> None:
    charge = Charge(date(2026, 1, 31), 5_000)
    known = {date(2026, 1, 1): Decimal(1)}
    result = restitution([charge], Rules(date(2026, 4, 1), False, known))
    assert (result.total_cents, result.missing) == (5_050, (date(2026, 2, 1), date(2026, 3, 1)))
    assert restitution([charge], Rules(date(2026, 4, 1), False, {})).missing == ()
    legal = SeriesInterest({date(2026, 2, 1): Decimal("0.5")}, date(2026, 2, 1))
    result = restitution([charge], Rules(date(2026, 4, 1), False, {}, legal))
    assert (result.interest_cents, result.missing) == (25, (date(2026, 3, 1),))


def test_nothing_grows_backwards() -> None:
    series = {date(2026, 1, 1): Decimal(1)}
    interest = FixedInterest(Decimal(1), date(2026, 3, 1))
    result = restitution([Charge(date(2026, 5, 1), 100)], Rules(date(2026, 2, 1), False, series, interest))
    assert (result.total_cents, result.interest_cents) == (100, 0)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 28),
        (date(2026, 1, 1), date(2027, 1, 1), 360),
        (date(2026, 3, 30), date(2026, 3, 31), 0),
    ],
)
def test_commercial_days(start: date, end: date, days: int) -> None:
    assert commercial_days(start, end) == days


@given(CENTS, st.integers(1, 120), st.decimals(Decimal(0), Decimal(12), places=2, allow_nan=False))
def test_instalments_pay_the_debt_and_no_more(amount: int, count: int, percent: Decimal) -> None:
    found = instalments(amount, count, percent)
    assert [one.number for one in found] == list(range(1, count + 1))
    assert sum(one.principal_cents for one in found) == amount
    assert found[-1].balance_cents == 0
    balance = amount
    for one in found:
        assert one.interest_cents == _half_up(balance * Fraction(percent) / 100)
        balance -= one.principal_cents
        assert one.balance_cents == balance
    if not percent:
        assert max(one.cents for one in found) - min(one.cents for one in found) <= 1


def test_price_by_hand() -> None:
    # R$ 1.000,00 in 3 at 2 %: 346,75 a month
    found = instalments(100_000, 3, Decimal(2))
    assert [one.cents for one in found] == [34_675, 34_675, 34_677]
    assert found[0].interest_cents == 2_000
