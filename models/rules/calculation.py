"""What is owed, to the cent: undue charges doubled, corrected and with interest; instalments.

CDC, art. 42, sole paragraph: who is charged unduly is due the double of what was paid in excess, with
correction and legal interest, unless the error is justifiable. Which index and interest apply is for who
calculates to choose, with its source. Money is whole centavos, rounded half up
once per figure; factors are exact until then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

Monthly = Mapping[date, Decimal]
"""A series: the per cent of each month, by the month's first day."""

HUNDRED = Decimal(100)
PRECISION = 40
COMMERCIAL_MONTH = 30
"""Days of a month where interest is counted by the day."""


@dataclass(frozen=True)
class Charge:
    """An amount that was paid without being owed."""

    paid_on: date
    cents: int


@dataclass(frozen=True)
class FixedInterest:
    """Simple interest of ``percent`` a month from ``since``, by the day, a month having 30."""

    percent: Decimal
    since: date


@dataclass(frozen=True)
class SeriesInterest:
    """Simple interest by a series (such as the legal rate of Lei 14.905/2024), the months' rates added up."""

    series: Monthly
    since: date


@dataclass(frozen=True)
class Rules:
    """How a calculation is made; ``correction`` empty for none, ``interest`` None for none."""

    until: date
    doubled: bool
    correction: Monthly
    interest: FixedInterest | SeriesInterest | None = None


@dataclass(frozen=True)
class Line:
    """One charge and what became of it; ``missing`` are months whose index is not known, counted as zero."""

    charge: Charge
    base_cents: int
    factor: Decimal
    corrected_cents: int
    interest_cents: int
    missing: tuple[date, ...]

    @property
    def total_cents(self) -> int:
        """What is owed for this charge."""
        return self.corrected_cents + self.interest_cents


@dataclass(frozen=True)
class Result:
    """A whole calculation."""

    lines: tuple[Line, ...]

    @property
    def paid_cents(self) -> int:
        """What was paid without being owed."""
        return sum(line.charge.cents for line in self.lines)

    @property
    def base_cents(self) -> int:
        """The same, doubled where it is."""
        return sum(line.base_cents for line in self.lines)

    @property
    def corrected_cents(self) -> int:
        """After correction."""
        return sum(line.corrected_cents for line in self.lines)

    @property
    def interest_cents(self) -> int:
        """The interest."""
        return sum(line.interest_cents for line in self.lines)

    @property
    def total_cents(self) -> int:
        """What is owed."""
        return sum(line.total_cents for line in self.lines)

    @property
    def missing(self) -> tuple[date, ...]:
        """Every month whose index was not known."""
        return tuple(sorted({month for line in self.lines for month in line.missing}))


def restitution(charges: Sequence[Charge], rules: Rules) -> Result:
    """What is owed for ``charges`` on the day ``rules.until``."""
    return Result(tuple(_line(charge, rules) for charge in charges))


def _line(charge: Charge, rules: Rules) -> Line:
    base = charge.cents * (2 if rules.doubled else 1)
    with localcontext() as context:
        context.prec = PRECISION
        found, missing = factor(rules.correction, charge.paid_on, rules.until)
        corrected = cents(base * found)
        percent, unknown = _interest(rules.interest, charge.paid_on, rules.until)
        interest = cents(corrected * percent / HUNDRED)
    return Line(charge, base, found, corrected, interest, tuple(sorted({*missing, *unknown})))


def factor(series: Monthly, start: date, end: date) -> tuple[Decimal, tuple[date, ...]]:
    """By how much an amount of ``start`` grows until ``end``, and the months whose index is not known.

    The months from that of ``start`` to the one before that of ``end`` count, whole, as in the tables of the
    courts. An empty series corrects nothing.
    """
    grown, missing = Decimal(1), []
    for month in months(start, end) if series else ():
        if month in series:
            grown *= 1 + series[month] / HUNDRED
        else:
            missing.append(month)
    return grown, tuple(missing)


def _interest(
    interest: FixedInterest | SeriesInterest | None, paid_on: date, until: date
) -> tuple[Decimal, tuple[date, ...]]:
    """The per cent of simple interest on a charge, and the months whose rate is not known."""
    if interest is None:
        return Decimal(0), ()
    start = max(interest.since, paid_on)
    if isinstance(interest, FixedInterest):
        days = max(commercial_days(start, until), 0)
        return interest.percent * days / COMMERCIAL_MONTH, ()
    span = list(months(start, until))
    known = [interest.series[month] for month in span if month in interest.series]
    return sum(known, Decimal(0)), tuple(month for month in span if month not in interest.series)


def months(start: date, end: date) -> Iterator[date]:
    """The first days of the months from that of ``start`` to the one before that of ``end``."""
    year, month = start.year, start.month
    while (year, month) < (end.year, end.month):
        yield date(year, month, 1)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def commercial_days(start: date, end: date) -> int:
    """Days between two dates in years of twelve months of 30 days; the 31st counts as the 30th."""

    def count(day: date) -> int:
        return (day.year * 12 + day.month) * COMMERCIAL_MONTH + min(day.day, COMMERCIAL_MONTH)

    return count(end) - count(start)


def cents(amount: Decimal) -> int:
    """Whole centavos, half up."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True)
class Instalment:
    """One instalment: its interest, what it takes off the debt, and what is left."""

    number: int
    interest_cents: int
    principal_cents: int
    balance_cents: int

    @property
    def cents(self) -> int:
        """What is paid."""
        return self.interest_cents + self.principal_cents


def instalments(amount_cents: int, count: int, monthly_percent: Decimal) -> tuple[Instalment, ...]:
    """``count`` equal monthly instalments of a debt (Tabela Price), or without interest when the rate is 0.

    The last one takes what rounding left, so that the debt ends at zero; without interest the first ones take
    the centavos that do not divide.
    """
    with localcontext() as context:
        context.prec = PRECISION
        rate = monthly_percent / HUNDRED
        payment = _payment(amount_cents, count, rate)
        found, balance = [], amount_cents
        for number in range(1, count + 1):
            interest = cents(balance * rate)
            share = payment - interest if rate else amount_cents // count + (number <= amount_cents % count)
            principal = balance if number == count else min(share, balance)
            balance -= principal
            found.append(Instalment(number, interest, principal, balance))
    return tuple(found)


def _payment(amount_cents: int, count: int, rate: Decimal) -> int:
    if not rate:
        return amount_cents // count
    return cents(amount_cents * rate / (1 - (1 + rate) ** -count))
