"""What was negotiated before a hearing goes on in it: the last offer's obligations are there as clauses.

They stand as proposed when the session opens, for the mediator and the parties to change, accept or withdraw.
The side that stands by an open offer has accepted them; of an offer that is over, nobody has.
"""

from __future__ import annotations

from datetime import datetime

from app.services import clauses, rooms
from models import Clause, Offer, OfferState, User
from models.rules.agreement import obligation_text, text_hash
from models.rules.hearing import SeatRole
from models.rules.offers import PARTY_SIDES
from models.rules.people import Viewer

_CARRIED = (OfferState.OPEN, OfferState.REFUSED, OfferState.EXPIRED)


async def carry(room: rooms.Room, *, now: datetime) -> int:
    """Enter the last offer's obligations, inside the caller's transaction; answers how many.

    None when the hearing has clauses already, or when the last offer was withdrawn or accepted.
    """
    if await Clause.filter(hearing_id=room.hearing.id).exists():
        return 0
    last = await Offer.filter(case_id=room.hearing.case_id).order_by("-id").first()
    if last is None or last.state not in _CARRIED:
        return 0
    author, role = await User.get(id=last.author_id), PARTY_SIDES[last.side]
    accepted = now if last.state is OfferState.OPEN else None
    speaker = Viewer(author.id, author.role, author.name, author.email or "")
    found = await clauses.of_offer(last.id)
    for number, offered in enumerate(found, start=1):
        clause = clauses.row(clauses.terms(offered, number), speaker, now, hearing_id=room.hearing.id)
        clause.consumer_accepted_at = accepted if role is SeatRole.CONSUMER else None
        clause.company_accepted_at = accepted if role is SeatRole.COMPANY else None
        await clause.save()
        facts = {
            "clause": clause.id,
            "role": role,
            "clause_state": clause.state,
            "words": text_hash(obligation_text(clauses.terms(clause, 1))),
            "offer": last.id,
        }
        await room.record("clause_proposed", now=now, facts=facts)
    return len(found)
