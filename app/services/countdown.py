"""The countdown to the opening: begun and cancelled by the mediator, ended by whichever process sees it end.

It is in the database, so a reload, a lost line or a restarted server changes nothing about it. Opening is
the mediator's act all the same: they asked for it, and the record names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.db import transaction
from app.services import rooms
from app.services.conduct import House, check_opening, open_session
from models import CaseEvent, Hearing, User
from models.rules.countdown import LENGTH, left
from models.rules.errors import DomainError
from models.rules.hearing import Conduct, HearingState, conduct
from models.rules.people import Viewer

log = structlog.get_logger(__name__)

BEGUN = "countdown_started"


async def begin(hearing_id: int, viewer: Viewer, house: House, *, now: datetime) -> None:
    """Begin to count; a count that runs is left alone. Refused as opening would be."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        check_opening(room.hearing, house, now=now)
        if room.hearing.counting_from is not None:
            return
        room.hearing.counting_from = now
        await room.hearing.save(update_fields=["counting_from"])
        await room.record(BEGUN, now=now, facts={"seconds": int(LENGTH.total_seconds())})


async def cancel(hearing_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Stop counting; Refused("hearing_not_now") once the hearing is open."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        conduct(room.hearing.state, Conduct.OPEN)
        if room.hearing.counting_from is None:
            return
        room.hearing.counting_from = None
        await room.hearing.save(update_fields=["counting_from"])
        await room.record("countdown_cancelled", now=now)


@dataclass(frozen=True)
class Finished:
    """How many hearings were opened now, and how long until the next one is; None when nobody counts."""

    opened: int
    following: timedelta | None


async def finish(house: House, *, now: datetime) -> Finished:
    """Open the hearings whose countdown is over."""
    opened, following = 0, []
    for hearing in await _counting():
        rest = left(hearing.state, hearing.counting_from, now)
        if rest:
            following.append(rest)
        else:
            opened += await _open(hearing, house, now=now)
    return Finished(opened, min(following, default=None))


async def _counting() -> list[Hearing]:
    return await Hearing.filter(state=HearingState.NOT_STARTED, counting_from__isnull=False).order_by("id")


async def _open(hearing: Hearing, house: House, *, now: datetime) -> bool:
    """Open one, unless another process did or it was cancelled; what cannot be opened stops counting."""
    viewer = await _who_began(hearing)
    try:
        async with transaction():
            room = await rooms.conducted(hearing.id, viewer)
            due = left(room.hearing.state, room.hearing.counting_from, now) == timedelta()
            if due:
                await open_session(room, house, now=now)
    except DomainError as error:
        log.warning("countdown_without_opening", hearing=hearing.id, code=error.code)
        await Hearing.filter(id=hearing.id).update(counting_from=None)
        return False
    return due


async def _who_began(hearing: Hearing) -> Viewer:
    begun = await CaseEvent.filter(case_id=hearing.case_id, name=BEGUN).order_by("-seq").first()
    person = await User.get(id=hearing.mediator_id if begun is None else begun.actor_id)
    return Viewer(person.id, person.role, person.name, person.email or "")
