"""What an agreement obliges the sides to, with its dates: booked when the hearing closes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.services import clauses
from models import Case, Clause, Hearing, Obligation
from models.rules.agreement import KIND_TEXT, obligation_text
from models.rules.hearing import SeatRole


@dataclass(frozen=True)
class Due:
    """One obligation of a case as its page shows it; the amount in centavos."""

    debtor: SeatRole
    text: str
    amount_cents: int | None
    due_on: date | None


async def book(hearing: Hearing, case: Case) -> date | None:
    """Enter every obligation of a hearing's frozen clauses, inside the caller's transaction.

    Answers the first date of all, None when none has one.
    """
    rows = [row for clause in await clauses.live(hearing.id) for row in _rows(case, clause)]
    await Obligation.bulk_create(rows)
    return min((row.due_on for row in rows if row.due_on), default=None)


def _rows(case: Case, clause: Clause) -> list[Obligation]:
    """A row for each payment of a clause in instalments, one for any other."""
    terms = clauses.terms(clause, 1)
    known = {"case_id": case.id, "clause_id": clause.id, "debtor": clause.debtor}
    if not terms.payments:
        return [
            Obligation(
                **known,
                number=1,
                text=obligation_text(terms),
                amount_cents=clause.amount_cents,
                due_on=clause.due_on,
            )
        ]
    many = len(terms.payments)
    return [
        Obligation(
            **known,
            number=one.number,
            text=f"Parcela {one.number} de {many}: {KIND_TEXT[clause.kind]}.",
            amount_cents=one.amount_cents,
            due_on=one.due_on,
        )
        for one in terms.payments
    ]


async def of_case(case_id: int) -> tuple[Due, ...]:
    """The obligations of a case by their dates, those without one last."""
    return _by_date(await Obligation.filter(case_id=case_id).order_by("id"))


async def of_hearing(hearing_id: int) -> tuple[Due, ...]:
    """The same of one hearing's agreement."""
    return _by_date(await Obligation.filter(clause__hearing_id=hearing_id).order_by("id"))


def _by_date(found: Iterable[Obligation]) -> tuple[Due, ...]:
    dues = [Due(one.debtor, one.text, one.amount_cents, one.due_on) for one in found]
    return tuple(sorted(dues, key=lambda due: due.due_on or date.max))
