"""Offers as people make and accept them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.services import offers
from app.services.clauses import Proposal
from app.services.invitations import Invite
from app.services.offer_signing import Confirmed
from app.services.offers import Draft
from app.services.signatures import Evidence
from models import Offer
from models.rules.agreement import NO_PENALTY, ClauseKind, Penalty
from models.rules.hearing import SeatRole
from models.rules.people import Viewer
from tests.factories.people import NOW
from tests.services.parties import INVITE, TODAY, Parties

SOON = TODAY + timedelta(days=5)
BROWSER = Evidence("203.0.113.7", "Firefox 140 em Linux")
CODE = Confirmed("email_code", BROWSER)


def refund(
    cents: int = 50_000,
    *,
    count: int = 1,
    due_on: date = SOON,
    text: str = "Por PIX.",
    penalty: Penalty = NO_PENALTY,
) -> Proposal:
    """The company gives money back."""
    return Proposal(ClauseKind.REFUND, SeatRole.COMPANY, text, cents, count, due_on, penalty=penalty)


def deed(
    kind: ClauseKind = ClauseKind.DO, *, due_on: date | None = SOON, text: str = "Buscar o produto."
) -> Proposal:
    """The company does something."""
    return Proposal(kind, SeatRole.COMPANY, text, None, 1, due_on)


async def offered(
    people: Parties,
    who: Viewer,
    *clauses: Proposal,
    seen: int | None = None,
    note: str = "",
    expires_on: date | None = None,
    now: datetime = NOW,
) -> Offer:
    """An offer of ``who``, with a refund unless something else is given."""
    made = await offers.make(
        people.case.id,
        who,
        Draft(clauses or (refund(),), note, expires_on),
        seen=seen,
        evidence=BROWSER,
        now=now,
        today=TODAY,
    )
    return await Offer.get(id=made)


async def accepted(
    people: Parties,
    who: Viewer,
    offer: Offer,
    *,
    now: datetime = NOW,
    confirmed: Confirmed = CODE,
    invite: Invite = INVITE,
    today: date = TODAY,
) -> None:
    """``who`` accepts it, as it was read."""
    await offers.accept(
        people.case.id,
        who,
        offer.id,
        shown_hash=offer.text_hash,
        confirmed=confirmed,
        now=now,
        today=today,
        invite=invite,
    )
