"""Whose turn it is: raised hands, the word that the mediator gives, and the picture shown large to all.

The word is shown, and the others are asked to be silent; nobody's microphone is touched by it. Hands stand in
the order in which they were raised.
"""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import casefile, rooms
from models import Hearing, Seat
from models.rules.errors import NotFound, Refused
from models.rules.hearing import SeatRole
from models.rules.people import Viewer


async def hand(hearing_id: int, viewer: Viewer, *, raised: bool, now: datetime) -> None:
    """Raise or lower one's own hand; Refused("not_yours") to who gives the word."""
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        if room.seat.role is SeatRole.MEDIATOR:
            raise Refused("not_yours")
        await _hand(room.file, room.seat, raised, now)


async def lower(hearing_id: int, viewer: Viewer, seat_id: int, *, now: datetime) -> None:
    """The mediator takes a hand as answered."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        await _hand(room.file, await _inside(room, seat_id), False, now)


async def give(hearing_id: int, viewer: Viewer, seat_id: int | None, *, now: datetime) -> None:
    """Give somebody the word, which lowers their hand; with None it is everybody's again."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        hearing = room.hearing
        if seat_id is not None:
            await _hand(room.file, await _inside(room, seat_id), False, now)
        if hearing.floor == seat_id:
            return
        hearing.floor = seat_id
        await hearing.save(update_fields=["floor"])
        if seat_id is None:
            await room.record("floor_returned", now=now)
        else:
            await room.record("floor_given", now=now, facts={"seat": seat_id})


async def spotlight(hearing_id: int, viewer: Viewer, seat_id: int | None, *, now: datetime) -> None:
    """Show somebody large to everybody; with None all pictures are alike again."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        hearing = room.hearing
        if seat_id is not None:
            await _inside(room, seat_id)
        if hearing.spotlight == seat_id:
            return
        hearing.spotlight = seat_id
        await hearing.save(update_fields=["spotlight"])
        if seat_id is None:
            await room.record("spotlight_ended", now=now)
        else:
            await room.record("spotlight_given", now=now, facts={"seat": seat_id})


async def drop(file: casefile.Opened, seat: Seat, *, now: datetime) -> None:
    """Somebody goes out of the room: no hand, no word, no spotlight stays with an empty place.

    Inside the transaction of the act.
    """
    await _hand(file, seat, False, now)
    hearing = await Hearing.get(id=seat.hearing_id)
    facts = {"hearing": hearing.id}
    if hearing.floor == seat.id:
        await Hearing.filter(id=hearing.id).update(floor=None)
        await casefile.record(file, "floor_returned", now=now, facts=facts)
    if hearing.spotlight == seat.id:
        await Hearing.filter(id=hearing.id).update(spotlight=None)
        await casefile.record(file, "spotlight_ended", now=now, facts=facts)


async def _inside(room: rooms.Room, seat_id: int) -> Seat:
    seat = await Seat.get_or_none(id=seat_id, hearing_id=room.hearing.id)
    if seat is None:
        raise NotFound
    if not seat.admitted:
        raise Refused("person_away")
    return seat


async def _hand(file: casefile.Opened, seat: Seat, raised: bool, now: datetime) -> None:
    if raised == (seat.hand_raised_at is not None):
        return
    seat.hand_raised_at = now if raised else None
    await seat.save(update_fields=["hand_raised_at"])
    facts = {"hearing": seat.hearing_id, "seat": seat.id, "role": seat.role}
    await casefile.record(file, "hand_raised" if raised else "hand_lowered", now=now, facts=facts)
