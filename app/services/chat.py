"""The hearing's chat, kept in its record."""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import rooms
from models import HearingMessage
from models.rules.errors import Invalid
from models.rules.people import Viewer

MOST_CHARACTERS = 1000


async def say(hearing_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """Add a line; only who is in the room may speak."""
    text = text.strip()
    if not text:
        raise Invalid({"text": "required"})
    if len(text) > MOST_CHARACTERS:
        raise Invalid({"text": "too_long"})
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        message = await HearingMessage.create(
            hearing_id=hearing_id, author_id=viewer.user_id, text=text, at=now
        )
        await room.record("message_said", now=now, facts={"message": message.id})
