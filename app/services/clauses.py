"""The clauses of the agreement: proposed by any of the three, accepted by each party, or withdrawn.

A party that proposes has thereby accepted. A company's word is that of a person with power to settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.db import transaction
from app.services import rooms
from models import Clause, User
from models.rules.agreement import WITH_AMOUNT, ClauseKind, ClauseState
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.hearing import INVITED, SeatRole
from models.rules.people import Viewer

MOST_CLAUSES = 40
MOST_CHARACTERS = 2000
MOST_INSTALMENTS = 60
MOST_CENTAVOS = 10**12
OPEN = (ClauseState.PROPOSED, ClauseState.ACCEPTED)


@dataclass(frozen=True)
class Proposal:
    """What a clause is to say; amounts in centavos, ``debtor`` the party that owes."""

    kind: ClauseKind
    debtor: SeatRole
    text: str
    amount_cents: int | None
    instalments: int
    due_on: date | None


def check(proposal: Proposal, today: date) -> None:
    """Raise Invalid with the fields of a clause that cannot stand."""
    wrong = _wrong_payment(proposal)
    if proposal.debtor is SeatRole.MEDIATOR:
        wrong["debtor"] = "choice_invalid"
    if len(proposal.text) > MOST_CHARACTERS:
        wrong["text"] = "too_long"
    elif proposal.kind not in WITH_AMOUNT and not proposal.text.strip():
        wrong["text"] = "required"
    if proposal.due_on is None:
        if proposal.kind in WITH_AMOUNT:
            wrong["due_on"] = "required"
    elif proposal.due_on < today:
        wrong["due_on"] = "date_past"
    if wrong:
        raise Invalid(wrong)


def _wrong_payment(proposal: Proposal) -> dict[str, str]:
    """What is wrong with amount and instalments; every instalment is at least one centavo."""
    cents, count = proposal.amount_cents, proposal.instalments
    if cents is None:
        wrong = {"amount": "required"} if proposal.kind in WITH_AMOUNT else {}
        return wrong | ({"instalments": "instalments_without_amount"} if count != 1 else {})
    if not 0 < cents <= MOST_CENTAVOS:
        return {"amount": "amount_invalid"}
    return {} if 1 <= count <= min(MOST_INSTALMENTS, cents) else {"instalments": "instalments_invalid"}


async def propose(hearing_id: int, viewer: Viewer, proposal: Proposal, *, today: date, now: datetime) -> int:
    """Add a clause and give its id; ``today`` is the date at the agency."""
    check(proposal, today)
    async with transaction():
        room = await _negotiating(hearing_id, viewer)
        last = await Clause.filter(hearing_id=hearing_id).order_by("-number").first()
        number = last.number + 1 if last else 1
        if number > MOST_CLAUSES:
            raise Refused("too_many_clauses")
        role = room.seat.role
        clause = await Clause.create(
            hearing_id=hearing_id,
            number=number,
            kind=proposal.kind,
            debtor=proposal.debtor,
            text=proposal.text.strip(),
            amount_cents=proposal.amount_cents,
            instalments=proposal.instalments,
            due_on=proposal.due_on,
            state=ClauseState.PROPOSED,
            author_id=viewer.user_id,
            consumer_accepted_at=now if role is SeatRole.CONSUMER else None,
            company_accepted_at=now if role is SeatRole.COMPANY else None,
            at=now,
        )
        await _tell(room, "clause_proposed", clause, now=now)
    return clause.id


async def accept(hearing_id: int, viewer: Viewer, clause_id: int, *, now: datetime) -> None:
    """Accept a clause for one's party; with both it stands. Accepting twice changes nothing."""
    async with transaction():
        room = await _negotiating(hearing_id, viewer)
        clause = await _clause(hearing_id, clause_id)
        if clause.state not in OPEN:
            raise Refused("clause_not_open")
        if room.seat.role is SeatRole.CONSUMER:
            column = "consumer_accepted_at"
        elif room.seat.role is SeatRole.COMPANY:
            column = "company_accepted_at"
        else:
            raise Refused("not_yours")
        if getattr(clause, column) is not None:
            return
        setattr(clause, column, now)
        if clause.consumer_accepted_at and clause.company_accepted_at:
            clause.state = ClauseState.ACCEPTED
        await clause.save()
        await _tell(room, "clause_accepted", clause, now=now)


async def withdraw(hearing_id: int, viewer: Viewer, clause_id: int, *, now: datetime) -> None:
    """Take a clause back: the side that proposed it while it is open, the mediator until it is frozen."""
    async with transaction():
        room = await _negotiating(hearing_id, viewer, settling=False)
        clause = await _clause(hearing_id, clause_id)
        if clause.state not in OPEN:
            raise Refused("clause_not_open")
        if room.seat.role is not SeatRole.MEDIATOR and (
            clause.state is ClauseState.ACCEPTED or await _proposed_by(clause) is not room.seat.role
        ):
            raise Refused("not_yours")
        clause.state = ClauseState.WITHDRAWN
        await clause.save(update_fields=["state"])
        await _tell(room, "clause_withdrawn", clause, now=now)


async def _proposed_by(clause: Clause) -> SeatRole:
    return rooms.side_role((await User.get(id=clause.author_id)).role)


async def _negotiating(hearing_id: int, viewer: Viewer, *, settling: bool = True) -> rooms.Room:
    room = await rooms.taking_part(hearing_id, viewer)
    if room.seat.role in INVITED:
        raise Refused("not_yours")
    if room.hearing.opened_at is None:
        raise Refused("hearing_not_opened")
    if room.hearing.frozen_at is not None:
        raise Refused("text_frozen")
    if settling and not room.seat.may_sign:
        raise Refused("no_power_to_settle")
    return room


async def _clause(hearing_id: int, clause_id: int) -> Clause:
    clause = await Clause.get_or_none(id=clause_id, hearing_id=hearing_id)
    if clause is None:
        raise NotFound
    return clause


async def _tell(room: rooms.Room, name: str, clause: Clause, *, now: datetime) -> None:
    facts = {"clause": clause.id, "role": room.seat.role, "clause_state": clause.state}
    await room.record(name, now=now, facts=facts)
