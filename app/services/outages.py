"""When the Procon's own video service did not work for a hearing: in the record, as the parties' excuse."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.db import transaction
from app.services import casefile
from models import CaseEvent, Hearing
from models.rules.hearing import OVER

Change = Literal["media_lost", "media_restored"]
_CHANGES = ("media_lost", "media_restored")


async def note(hearing_id: int, change: Change, *, now: datetime) -> bool:
    """Record that the service was lost or works again; False when the record says so already."""
    known = await Hearing.get_or_none(id=hearing_id)
    if known is None or await _last(known) == change:
        return False
    async with transaction():
        file = await casefile.opened(known.case_id, None)
        hearing = await Hearing.get(id=hearing_id)
        if hearing.state in OVER or await _last(hearing) == change:
            return False
        await casefile.record(file, change, now=now, facts={"hearing": hearing_id})
    return True


async def _last(hearing: Hearing) -> str:
    """The last change; a service that was never lost works."""
    events = CaseEvent.filter(case_id=hearing.case_id, name__in=_CHANGES).order_by("-seq")
    names = [
        row["name"]
        for row in await events.values("name", "facts")
        if row["facts"].get("hearing") == hearing.id
    ]
    return names[0] if names else "media_restored"
