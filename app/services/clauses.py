"""The clauses of the agreement: proposed by any of the three, changed, accepted by each party, or withdrawn.

A party that proposes or changes a clause has thereby accepted it. A change makes a new version, which both
accept anew; what was accepted before stays in the record. A company's word is that of a person with power
to settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.db import transaction
from app.services import casefile, rooms
from models import Clause, Hearing, Seat, User
from models.rules.agreement import (
    GONE,
    NO_PENALTY,
    WITH_AMOUNT,
    ClauseKind,
    ClauseState,
    ClauseTerms,
    Penalty,
    obligation_text,
    text_hash,
    wrong_penalty,
)
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import INVITED, SeatRole
from models.rules.people import Viewer
from models.rules.room_acts import Asks, refusal

MOST_CLAUSES = 40
MOST_VERSIONS = 200
MOST_CHARACTERS = 2000
MOST_PLACE = 200
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
    place: str = ""
    penalty: Penalty = NO_PENALTY

    def terms(self, number: int) -> ClauseTerms:
        """The same as a clause of an agreement."""
        return ClauseTerms(
            number=number,
            kind=self.kind,
            debtor=self.debtor,
            text=self.text,
            amount_cents=self.amount_cents,
            instalments=self.instalments,
            due_on=self.due_on,
            place=self.place,
            penalty=self.penalty,
        )


def terms(clause: Clause, number: int) -> ClauseTerms:
    """A stored clause as the rules know it, with the number that it has in the text."""
    return ClauseTerms(
        number=number,
        kind=clause.kind,
        debtor=clause.debtor,
        text=clause.text,
        amount_cents=clause.amount_cents,
        instalments=clause.instalments,
        due_on=clause.due_on,
        place=clause.place,
        penalty=Penalty(clause.fine_percent, clause.fine_cents, clause.accelerates),
    )


async def live(hearing_id: int) -> list[Clause]:
    """The clauses that stand, in their order."""
    found = await Clause.filter(hearing_id=hearing_id).exclude(state__in=list(GONE))
    return sorted(found, key=lambda clause: clause.rank)


async def of_offer(offer_id: int) -> list[Clause]:
    """The obligations of an offer, in their order."""
    return await Clause.filter(offer_id=offer_id).order_by("number")


def row(
    terms: ClauseTerms,
    viewer: Viewer,
    now: datetime,
    *,
    offer_id: int | None = None,
    hearing_id: int | None = None,
) -> Clause:
    """A first version that is not stored yet, of an offer or of a hearing's agreement."""
    return Clause(
        offer_id=offer_id,
        hearing_id=hearing_id,
        number=terms.number,
        kind=terms.kind,
        debtor=terms.debtor,
        text=terms.text.strip(),
        amount_cents=terms.amount_cents,
        instalments=terms.instalments,
        due_on=terms.due_on,
        place=terms.place.strip(),
        fine_percent=terms.penalty.fine_percent,
        fine_cents=terms.penalty.fine_cents,
        accelerates=terms.penalty.accelerates,
        state=ClauseState.PROPOSED,
        author_id=viewer.user_id,
        at=now,
    )


def check(proposal: Proposal, today: date) -> None:
    """Raise Invalid with the fields of a clause that cannot stand."""
    wrong = _wrong_payment(proposal)
    if proposal.debtor not in (SeatRole.CONSUMER, SeatRole.COMPANY):
        wrong["debtor"] = "choice_invalid"
    if len(proposal.text) > MOST_CHARACTERS:
        wrong["text"] = "too_long"
    elif proposal.kind not in WITH_AMOUNT and not proposal.text.strip():
        wrong["text"] = "required"
    if len(proposal.place) > MOST_PLACE:
        wrong["place"] = "too_long"
    if proposal.due_on is None:
        if proposal.kind in WITH_AMOUNT:
            wrong["due_on"] = "required"
    elif proposal.due_on < today:
        wrong["due_on"] = "date_past"
    wrong = wrong_penalty(proposal.terms(1)) | wrong
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


async def preview(hearing_id: int, viewer: Viewer, proposal: Proposal, *, today: date) -> ClauseTerms:
    """The clause as it would read, checked and not kept; for who is in the room."""
    hearing = await Hearing.get_or_none(id=hearing_id)
    if hearing is None:
        raise NotFound
    _, side = await casefile.view(hearing.case_id, viewer)
    role = rooms.role_in(hearing, side, viewer)
    admitted = await Seat.exists(hearing_id=hearing_id, user_id=viewer.user_id, admitted=True)
    if code := refusal(hearing.state, role, Asks.INSIDE, admitted=admitted):
        raise Refused(code)
    check(proposal, today)
    return proposal.terms(1 + len(await live(hearing_id)))


async def propose(hearing_id: int, viewer: Viewer, proposal: Proposal, *, today: date, now: datetime) -> int:
    """Add a clause and give its id; ``today`` is the date at the agency."""
    check(proposal, today)
    async with transaction():
        room = await _negotiating(hearing_id, viewer)
        if len(await live(hearing_id)) >= MOST_CLAUSES:
            raise Refused("too_many_clauses")
        clause = await _write(room, viewer, proposal, now=now)
        await _tell(room, "clause_proposed", clause, now=now)
    return clause.id


async def revise(
    hearing_id: int, viewer: Viewer, clause_id: int, proposal: Proposal, *, today: date, now: datetime
) -> int:
    """Put another version in the place of a clause and give its id.

    The version that was read must be the newest: otherwise Conflict("clause_changed"), with ``text`` as the
    clause reads now, or Conflict("clause_gone") when it was withdrawn meanwhile.
    """
    check(proposal, today)
    async with transaction():
        room = await _negotiating(hearing_id, viewer)
        before = await _clause(hearing_id, clause_id)
        if before.state not in OPEN:
            await _say_what_changed(before)
        before.state = ClauseState.REPLACED
        await before.save(update_fields=["state"])
        clause = await _write(room, viewer, proposal, before=before, now=now)
        await _tell(room, "clause_revised", clause, now=now, version=clause.version)
    return clause.id


async def _say_what_changed(before: Clause) -> None:
    same = await Clause.filter(hearing_id=before.hearing_id).exclude(state__in=list(GONE))
    standing = [clause for clause in same if clause.rank == before.rank]
    if not standing:
        raise Conflict("clause_gone")
    raise Conflict("clause_changed", text=obligation_text(terms(standing[0], 1)))


async def _write(
    room: rooms.Room, viewer: Viewer, proposal: Proposal, *, now: datetime, before: Clause | None = None
) -> Clause:
    """A new row: a first version, or the next one of ``before``."""
    last = await Clause.filter(hearing_id=room.hearing.id).order_by("-number").first()
    number = last.number + 1 if last else 1
    if number > MOST_VERSIONS:
        raise Refused("too_many_clauses")
    role = room.seat.role
    clause = row(proposal.terms(number), viewer, now, hearing_id=room.hearing.id)
    if before is not None:
        clause.version, clause.origin = before.version + 1, before.rank
    clause.consumer_accepted_at = now if role is SeatRole.CONSUMER else None
    clause.company_accepted_at = now if role is SeatRole.COMPANY else None
    await clause.save()
    return clause


async def accept(hearing_id: int, viewer: Viewer, clause_id: int, *, now: datetime) -> None:
    """Accept a version of a clause for one's party; with both it stands. Twice changes nothing."""
    async with transaction():
        room = await _negotiating(hearing_id, viewer)
        clause = await _clause(hearing_id, clause_id)
        if clause.state is ClauseState.REPLACED:
            await _say_what_changed(clause)
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


async def _tell(room: rooms.Room, name: str, clause: Clause, *, now: datetime, **more: Any) -> None:
    """The event binds what was done to the very words: ``words`` is their SHA-256."""
    facts = {
        "clause": clause.id,
        "role": room.seat.role,
        "clause_state": clause.state,
        "words": text_hash(obligation_text(terms(clause, 1))),
        **more,
    }
    await room.record(name, now=now, facts=facts)
