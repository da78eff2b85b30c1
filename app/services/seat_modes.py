"""How each person takes part: the step of the ladder, set by the line or chosen by the person."""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import casefile, rooms
from models import Seat
from models.rules.hearing import SeatMode
from models.rules.people import Viewer


async def choose(hearing_id: int, viewer: Viewer, mode: SeatMode | None, *, now: datetime) -> None:
    """Take part in this way from now on, whatever the line bears; None leaves it to the line again."""
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        seat = room.seat
        await _set(room.file, seat, mode or seat.mode, chosen=mode is not None, now=now)


async def adapt(seat_id: int, mode: SeatMode, *, now: datetime) -> bool:
    """What the line bears; False, and nothing done, while the person has chosen or is not in the room."""
    found = await Seat.get_or_none(id=seat_id).prefetch_related("hearing")
    if found is None:
        return False
    async with transaction():
        file = await casefile.opened(found.hearing.case_id, None)
        seat = await Seat.get(id=seat_id)
        if seat.mode_chosen or not (seat.connected and seat.admitted):
            return False
        await _set(file, seat, mode, chosen=False, now=now)
    return True


async def standing(seat_id: int) -> SeatMode | None:
    """The step from which the ladder goes on; None while the person's own choice holds."""
    seat = await Seat.get_or_none(id=seat_id)
    return None if seat is None or seat.mode_chosen else seat.mode


async def _set(file: casefile.Opened, seat: Seat, mode: SeatMode, *, chosen: bool, now: datetime) -> None:
    if (seat.mode, seat.mode_chosen) == (mode, chosen):
        return
    seat.mode, seat.mode_chosen = mode, chosen
    await seat.save(update_fields=["mode", "mode_chosen"])
    facts = {"hearing": seat.hearing_id, "seat": seat.id, "mode": mode, "chosen": chosen}
    await casefile.record(file, "seat_mode_changed", now=now, facts=facts)
