"""Reminders of a hearing: 7 days, 24 hours and 30 minutes before, in the job queue.

They commit with the hearing, survive a restart, move and fall with it, and go out once: a job's key is the
hearing and the moment, a letter's the hearing, the moment and the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.db import transaction
from app.services import letters, queue, seat_links
from app.services.invitations import Invite, advice
from app.services.letters import Text
from app.services.scheduling_words import moment
from models import Hearing, Seat
from models.rules.hearing import INVITED, HearingState, SeatRole
from models.rules.news import News

REMINDER_JOB = "hearing_reminder"
BEFORE = {"7d": timedelta(days=7), "24h": timedelta(hours=24), "30min": timedelta(minutes=30)}
KINDS = {"7d": "hearing_in_a_week", "24h": "hearing_in_a_day", "30min": "hearing_in_half_an_hour"}
_REMINDED = (SeatRole.CONSUMER, SeatRole.COMPANY, *INVITED)


async def plan(hearing: Hearing, *, now: datetime) -> None:
    """Plan a hearing's reminders anew, inside the caller's transaction."""
    moments = {label: hearing.starts_at - before for label, before in BEFORE.items()}
    payload = {"hearing": hearing.id, "starts_at": hearing.starts_at.timestamp()}
    await queue.remind(REMINDER_JOB, _about(hearing), moments, payload, now=now)


async def drop(hearing: Hearing) -> None:
    """Nobody is reminded of a hearing that will not be."""
    await queue.forget(REMINDER_JOB, _about(hearing))


async def remind(payload: Mapping[str, Any], *, now: datetime, invite: Invite) -> int:
    """Write the letters of one reminder, in one transaction; answers to how many people.

    None when the hearing was moved, cancelled or begun meanwhile, or when the next reminder is due as well:
    after a night in which nothing ran, one letter says it all.
    """
    hearing = await Hearing.get_or_none(id=payload["hearing"]).select_related("case")
    label = str(payload["moment"])
    if hearing is None or hearing.state is not HearingState.NOT_STARTED:
        return 0
    stands = hearing.starts_at.timestamp() == payload["starts_at"] and now < hearing.starts_at
    nearer = [before for before in BEFORE.values() if before < BEFORE[label]]
    if not stands or any(hearing.starts_at - before <= now for before in nearer):
        return 0
    told = 0
    async with transaction():
        for seat in await _reminded(hearing):
            key = f"reminder:{hearing.id}:{hearing.invitation}:{label}"
            token = await seat_links.issue(hearing, seat.user_id)
            if seat.email:  # a guest knows the hearing, not the case
                values = {"when": moment(hearing.starts_at, invite.zone)}
                text = await letters.standard("guest_reminded", values, path=f"/audiencias/entrada/{token}")
                await letters.write_to(seat.email, seat.user.name, f"{key}:guest:{seat.id}", text, now=now)
            else:
                text = await _text(hearing, label, invite, token)
                await letters.write([seat.user], key, text, now=now)
            told += 1
    return told


async def _reminded(hearing: Hearing) -> list[Seat]:
    """The parties and guests; of a block, its company once, by the first hearing."""
    seats = await Seat.filter(hearing_id=hearing.id, role__in=_REMINDED).order_by("id").select_related("user")
    if hearing.block_id is None:
        return seats
    first = await (
        Hearing.filter(block_id=hearing.block_id, state=HearingState.NOT_STARTED)
        .order_by("starts_at")
        .first()
    )
    return [seat for seat in seats if seat.role is not SeatRole.COMPANY or first == hearing]


async def _text(hearing: Hearing, label: str, invite: Invite, token: str) -> Text:
    values = {
        "protocol": hearing.case.protocol or "",
        "when": moment(hearing.starts_at, invite.zone),
        **advice(invite, hearing.id, linked=bool(token)),
    }
    return await letters.standard(
        KINDS[label],
        values,
        path=f"/audiencias/entrada/{token}" if token else f"/audiencias/{hearing.id}",
        page=f"/audiencias/{hearing.id}",
        case=hearing.case_id,
        news=News.REMINDER,
    )


def _about(hearing: Hearing) -> str:
    return f"hearing:{hearing.id}"
