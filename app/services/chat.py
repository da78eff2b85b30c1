"""The hearing's chat: to all, to who conducts it, or within a private room.

What is said to all is kept in the hearing's record. Of the others the record keeps time and people: their
words are read by those they are for, and erased with the private room or with the hearing's end.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from app.db import transaction
from app.services import rooms
from models import HearingMessage
from models.rules.errors import Invalid, Refused
from models.rules.hearing import Audience
from models.rules.people import Viewer

MOST_CHARACTERS = 1000


async def say(
    hearing_id: int, viewer: Viewer, text: str, audience: Audience = Audience.ALL, *, now: datetime
) -> None:
    """Add a line; only who is in the room may speak, and privately only who is in a private room.

    Raises Refused("not_in_private") when the private room is over: the words then go to nobody.
    """
    text = text.strip()
    if not text:
        raise Invalid({"text": "required"})
    if len(text) > MOST_CHARACTERS:
        raise Invalid({"text": "too_long"})
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        place: dict[str, Any] = {}
        if audience is Audience.PRIVATE:
            if room.seat.consultation_id is None:
                raise Refused("not_in_private")
            place = {"consultation": room.seat.consultation_id}
        message = await HearingMessage.create(
            hearing_id=hearing_id,
            author_id=viewer.user_id,
            text=text,
            at=now,
            audience=audience,
            consultation_id=place.get("consultation"),
        )
        facts = {"message": message.id, "audience": audience, **place}
        if audience is Audience.ALL:
            facts["sha256"] = hashlib.sha256(text.encode()).hexdigest()  # binds the words; others are erased
        await room.record("message_said", now=now, facts=facts)


async def forget(hearing_id: int) -> None:
    """Erase what was said to the mediator alone, when the hearing is over."""
    await HearingMessage.filter(hearing_id=hearing_id, audience=Audience.MEDIATOR).update(text="")
