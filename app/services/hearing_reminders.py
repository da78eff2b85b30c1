"""Reminders of a hearing: 7 days, 24 hours and 30 minutes before, in the job queue.

They commit with the hearing, survive a restart, move and fall with it, and go out once: a job's key is the
hearing and the moment, a letter's the hearing, the moment and the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.db import transaction
from app.i18n import gettext as _
from app.services import letters, queue, seat_links
from app.services.invitations import Invite, instructions
from app.services.letters import Text
from app.services.scheduling_words import moment
from models import Hearing, Seat
from models.rules.hearing import INVITED, HearingState, SeatRole
from models.rules.news import News

REMINDER_JOB = "hearing_reminder"
BEFORE = {"7d": timedelta(days=7), "24h": timedelta(hours=24), "30min": timedelta(minutes=30)}
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
            text = _text(hearing, label, invite)
            if token := await seat_links.issue(hearing, seat.user_id):
                text = replace(text, button=_("Abrir a audiência"), path=f"/audiencias/entrada/{token}")
            key = f"reminder:{hearing.id}:{hearing.invitation}:{label}"
            if seat.email:  # a guest knows the hearing, not the case
                when = moment(hearing.starts_at, invite.zone)
                subject = _("Lembrete: audiência por vídeo em %(when)s") % {"when": when}
                own = replace(text, subject=subject, paragraphs=text.paragraphs[:1], case=0)
                await letters.write_to(seat.email, seat.user.name, f"{key}:guest:{seat.id}", own, now=now)
            else:
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


def _text(hearing: Hearing, label: str, invite: Invite) -> Text:
    when = moment(hearing.starts_at, invite.zone)
    opening = {
        "7d": _("Falta uma semana para a audiência de conciliação: %(when)s."),
        "24h": _("Falta um dia para a audiência de conciliação: %(when)s."),
        "30min": _("A audiência começa em meia hora, às %(when)s. A sala de espera já está aberta."),
    }[label] % {"when": when}
    advice = _("Quem não puder vir pede outro dia antes, com o motivo, na página da reclamação ou ao Procon.")
    return Text(
        subject=_("Lembrete: audiência em %(when)s, reclamação %(protocol)s")
        % {"when": when, "protocol": hearing.case.protocol},
        paragraphs=(opening, *instructions(invite, hearing.id), *((advice,) if label != "30min" else ())),
        button=_("Testar o aparelho"),
        path=f"/audiencias/{hearing.id}/teste",
        page=f"/audiencias/{hearing.id}",
        case=hearing.case_id,
        news=News.REMINDER,
    )


def _about(hearing: Hearing) -> str:
    return f"hearing:{hearing.id}"
