"""The hold of a hearing whose party dropped: by itself, until the party is back or the mediator goes on."""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import rooms
from models import Hearing, Seat, Signature
from models.rules import holding
from models.rules.errors import Invalid, Refused
from models.rules.hearing import NOT_HELD, SeatRole
from models.rules.holding import Presence
from models.rules.people import Viewer

MOST_CHARACTERS = 300


async def away(hearing: Hearing) -> tuple[SeatRole, ...]:
    """The parties for whom the hearing waits now; empty when it does not hold itself.

    Nor does one whose text says that it was not held: the mediator signs that without who is away.
    """
    if not hearing.holds or hearing.outcome in NOT_HELD:
        return ()
    seats = [
        Presence(seat.role, seat.admitted, seat.connected)
        for seat in await Seat.filter(hearing_id=hearing.id)
    ]
    signed = await Signature.filter(hearing_id=hearing.id).values_list("role", flat=True)
    return holding.away(hearing.state, seats, [SeatRole(str(role)) for role in signed])


async def check(hearing: Hearing) -> None:
    """Refused("party_away") while the hearing holds itself."""
    if await away(hearing):
        raise Refused("party_away")


async def release(hearing_id: int, viewer: Viewer, reason: str, *, now: datetime) -> None:
    """The mediator goes on without who is away; the reason is part of the record."""
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": "required"})
    if len(reason) > MOST_CHARACTERS:
        raise Invalid({"reason": "too_long"})
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        if room.hearing.holds:
            absent = await away(room.hearing)
            room.hearing.holds = False
            await room.hearing.save(update_fields=["holds"])
            await room.record("hold_released", now=now, facts={"reason": reason, "away": list(absent)})


async def restore(hearing_id: int, viewer: Viewer, *, now: datetime) -> None:
    """From now on the hearing holds itself again."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        if not room.hearing.holds:
            room.hearing.holds = True
            await room.hearing.save(update_fields=["holds"])
            await room.record("hold_restored", now=now)
