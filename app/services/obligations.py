"""What an agreement obliges the sides to, by date: booked when a hearing closes or an offer is accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.i18n import gettext as _
from app.services import clauses
from models import Case, Clause, Obligation, ObligationProof
from models.rules.agreement import KIND_TEXT, obligation_text
from models.rules.fulfilment import CREDITOR, ObligationState, Word, can_say
from models.rules.hearing import SeatRole
from models.rules.people import Side


@dataclass(frozen=True)
class Due:
    """One obligation of a case as its page shows it; the amount in centavos.

    ``proofs`` are the documents by which its debtor shows that it was fulfilled.
    """

    id: int
    debtor: SeatRole
    text: str
    amount_cents: int | None
    due_on: date | None
    state: ObligationState
    reply_until: date | None
    decided_at: datetime | None
    note: str
    proofs: tuple[UUID, ...]

    @property
    def creditor(self) -> Side:
        """Who says whether it was fulfilled."""
        return CREDITOR[self.debtor]

    def may_say(self, said: str, today: date) -> bool:
        """Whether its creditor can say so of it today ("kept", "broken")."""
        return can_say(self.state, Word(said), self.due_on, today)


async def book(agreed: Iterable[Clause], case: Case, today: date) -> date | None:
    """Enter every obligation of an agreement's frozen clauses, inside the caller's transaction.

    Answers the first date of all, None when none has one; ``today`` is the day of the agreement.
    """
    rows = [row for clause in agreed for row in _rows(case, clause, today)]
    await Obligation.bulk_create(rows)
    return min((row.due_on for row in rows if row.due_on), default=None)


def explained(day: date | None) -> str:
    """How the day of an agreement was counted: it was not, people agreed on it."""
    return _("Data combinada no acordo: %(day)s.") % {"day": f"{day:%d/%m/%Y}"} if day else ""


def _rows(case: Case, clause: Clause, today: date) -> list[Obligation]:
    """A row for each payment of a clause in instalments, one for any other."""
    terms = clauses.terms(clause, 1)
    known = {"case_id": case.id, "clause_id": clause.id, "debtor": clause.debtor, "agreed_on": today}
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
    return await _by_date(await Obligation.filter(case_id=case_id).order_by("id"))


async def of_hearing(hearing_id: int) -> tuple[Due, ...]:
    """The same of one hearing's agreement."""
    return await _by_date(await Obligation.filter(clause__hearing_id=hearing_id).order_by("id"))


async def _by_date(found: Sequence[Obligation]) -> tuple[Due, ...]:
    shown: dict[int, list[UUID]] = defaultdict(list)
    if found:
        proofs = ObligationProof.filter(obligation_id__in=[one.id for one in found]).order_by("id")
        for proof in await proofs:
            shown[proof.obligation_id].append(proof.document_id)
    dues = [
        Due(
            id=one.id,
            debtor=one.debtor,
            text=one.text,
            amount_cents=one.amount_cents,
            due_on=one.due_on,
            state=one.state,
            reply_until=one.reply_until,
            decided_at=one.decided_at,
            note=one.note,
            proofs=tuple(shown[one.id]),
        )
        for one in found
    ]
    return tuple(sorted(dues, key=lambda due: due.due_on or date.max))
