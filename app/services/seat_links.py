"""Personal links to a hearing: good for one use and one seat, sent in the invitation's letter.

A link proves the same as a code sent by e-mail: that who opens it reads that person's mail. It is for the
parties and for guests, who have no other way in; accounts of the agency always sign in. The table keeps the
SHA-256 of 256 random bits.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models import Hearing, Seat, SeatLink
from models.rules.errors import NotFound, Refused
from models.rules.hearing import INVITED, OVER, SeatRole

AFTER_START = timedelta(days=1)
"""So long after the planned start a link still opens the hearing: it may begin late, or go on."""
LINKED = frozenset({SeatRole.CONSUMER, SeatRole.COMPANY, *INVITED})


class LinkState(StrEnum):
    """What a link is good for now."""

    GOOD = "good"
    USED = "used"
    OVER = "over"


@dataclass(frozen=True)
class Link:
    """A link that somebody holds: whose seat in which hearing; ``guest``: they have no account to sign in."""

    id: int
    hearing_id: int
    user_id: int
    name: str
    starts_at: datetime
    state: LinkState
    guest: bool


async def issue(hearing: Hearing, user_id: int) -> str:
    """A new link to a party's or guest's seat, inside the caller's transaction: its token, kept nowhere.

    Empty for who is of the agency or has no seat.
    """
    seat = await Seat.get_or_none(hearing_id=hearing.id, user_id=user_id)
    if seat is None or seat.role not in LINKED:
        return ""
    token = secrets.token_urlsafe(32)
    await SeatLink.create(
        seat_id=seat.id, token_hash=_hash(token), expires_at=hearing.starts_at + AFTER_START
    )
    return token


async def find(token: str, *, now: datetime) -> Link:
    """What a token opens; NotFound for one that never was."""
    link = (
        await SeatLink.filter(token_hash=_hash(token)).prefetch_related("seat__hearing", "seat__user").first()
    )
    if link is None or link.seat.user.disabled_at is not None:
        raise NotFound
    hearing = link.seat.hearing
    state = LinkState.GOOD
    if link.used_at is not None:
        state = LinkState.USED
    elif now >= link.expires_at or hearing.state in OVER:
        state = LinkState.OVER
    user, guest = link.seat.user, link.seat.role in INVITED
    return Link(link.id, hearing.id, user.id, user.name, hearing.starts_at, state, guest)


async def use(token: str, *, now: datetime) -> Link:
    """Use a link up; Refused("link_over") when it was used before, even a moment ago, or came too late."""
    link = await find(token, now=now)
    if link.state is not LinkState.GOOD:
        raise Refused("link_over")
    if not await SeatLink.filter(id=link.id, used_at=None).update(used_at=now):
        raise Refused("link_over")
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
