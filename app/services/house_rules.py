"""The answer to the house rules, kept with the version of their text and in the record."""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import rooms
from app.services.rooms import Room
from models.rules import house_rules
from models.rules.errors import Refused
from models.rules.hearing import SeatRole
from models.rules.house_rules import RulesAnswer
from models.rules.people import Viewer


async def demand(room: Room, version: str, accepts: str, *, now: datetime) -> None:
    """Let nobody but the mediator enter who has not accepted this version, inside the caller's transaction.

    ``accepts`` is the version that the person accepts by entering, empty for none;
    Refused("rules_not_accepted") when neither that nor what was accepted before is ``version``.
    """
    seat = room.seat
    if seat.role is SeatRole.MEDIATOR:
        return
    if house_rules.answer(seat.rules_version, version) is RulesAnswer.ACCEPTED:
        return
    if accepts != version:
        raise Refused("rules_not_accepted")
    await _keep(room, version, "house_rules_accepted", version, now)


async def refuse(hearing_id: int, viewer: Viewer, version: str, *, now: datetime) -> None:
    """Say that one does not accept the rules; the mediator sees it, and one may change one's mind.

    Who has been let in has accepted them: Refused("already_inside").
    """
    async with transaction():
        room = await rooms.entered(hearing_id, viewer)
        if room.seat.admitted or room.seat.connected:
            raise Refused("already_inside")
        if house_rules.answer(room.seat.rules_version, version) is not RulesAnswer.REFUSED:
            await _keep(room, house_rules.refusal(version), "house_rules_refused", version, now)


async def _keep(room: Room, word: str, name: str, version: str, now: datetime) -> None:
    room.seat.rules_version = word
    await room.seat.save(update_fields=["rules_version"])
    await room.record(name, now=now, facts={"seat": room.seat.id, "role": room.seat.role, "version": version})
