"""What is due of an agreement that was not kept, for who claims it in court: each line with its ground.

The principal is corrected by an index and bears simple interest where the agency's data have them
(``models.rules.calculation``); fines are those that were agreed (Código Civil, arts. 389, 395, 408 to 416).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from models.rules.agreement import Penalty
from models.rules.calculation import Charge, Result, Rules, restitution
from models.rules.fulfilment import ObligationState


@dataclass(frozen=True)
class Owed:
    """An obligation of the debtor: of which clause, what, how much, by when, and how it stands."""

    clause: int
    text: str
    amount_cents: int | None
    due_on: date | None
    state: ObligationState
    penalty: Penalty


@dataclass(frozen=True)
class Due:
    """A payment that is due: since when, and whether only because another one was not made."""

    clause: int
    text: str
    cents: int
    since: date
    accelerated: bool


@dataclass(frozen=True)
class Fine:
    """An agreed fine of a clause, in centavos; ``percent`` of ``of_cents``, or fixed when there is none."""

    clause: int
    cents: int
    percent: int | None = None
    of_cents: int = 0


@dataclass(frozen=True)
class Claim:
    """All that is due: payments with their calculation, fines, and what is owed but no money."""

    payments: tuple[Due, ...]
    calculation: Result
    fines: tuple[Fine, ...]
    deeds: tuple[str, ...]

    @property
    def total_cents(self) -> int:
        """Principal with correction and interest, and the fines."""
        return self.calculation.total_cents + sum(fine.cents for fine in self.fines)


def claim(owed: Sequence[Owed], broken_on: date, rules: Rules) -> Claim:
    """What can be claimed of an agreement, broken on ``broken_on``, as of ``rules.until``.

    Only clauses of which something is broken count; where one accelerates, its payments to come fall due on
    the day of the breach (Código Civil, art. 1425).
    """
    payments: list[Due] = []
    fines: list[Fine] = []
    deeds: list[str] = []
    for clause, rows in groupby(sorted(owed, key=lambda one: one.clause), key=lambda one: one.clause):
        found = list(rows)
        if not any(one.state is ObligationState.BROKEN for one in found):
            continue
        own = tuple(_due(found, broken_on))
        payments += own
        fines += _fines(clause, found[0].penalty, sum(one.cents for one in own))
        deeds += [
            one.text for one in found if one.state is ObligationState.BROKEN and one.amount_cents is None
        ]
    charges = [Charge(one.since, one.cents) for one in payments]
    return Claim(tuple(payments), restitution(charges, rules), tuple(fines), tuple(deeds))


def _due(found: Iterable[Owed], broken_on: date) -> Iterable[Due]:
    for one in found:
        if one.amount_cents is None:
            continue
        if one.state is ObligationState.BROKEN:
            yield Due(one.clause, one.text, one.amount_cents, one.due_on or broken_on, accelerated=False)
        elif one.state is ObligationState.PENDING and one.penalty.accelerates:
            since = min(one.due_on or broken_on, broken_on)
            yield Due(one.clause, one.text, one.amount_cents, since, accelerated=True)


def _fines(clause: int, penalty: Penalty, unpaid: int) -> Iterable[Fine]:
    """A percentage is of what was not paid, half up; a fixed fine is owed once for the clause."""
    if penalty.fine_percent is not None and unpaid:
        yield Fine(clause, (unpaid * penalty.fine_percent + 50) // 100, penalty.fine_percent, unpaid)
    if penalty.fine_cents is not None:
        yield Fine(clause, penalty.fine_cents)
