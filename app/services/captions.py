"""Live captions of a hearing: turned on by who conducts it, seen by everybody, kept nowhere (ADR 0051)."""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import rooms
from models.rules.errors import Refused
from models.rules.people import Viewer


async def turn(hearing_id: int, viewer: Viewer, *, on: bool, offered: bool, now: datetime) -> None:
    """Turn the captions on or off; twice changes nothing.

    ``offered``: this installation has a recogniser; without one Refused("captions_off").
    """
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        if on and not offered:
            raise Refused("captions_off")
        if room.hearing.captions is on:
            return
        room.hearing.captions = on
        await room.hearing.save(update_fields=["captions"])
        await room.record("captions_started" if on else "captions_stopped", now=now)
