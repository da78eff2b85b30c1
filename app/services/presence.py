"""Who was in a hearing, by measurement: the rule of ``models.rules.presence`` over what is recorded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from app.services import seat_quality
from models import CaseEvent, Hearing, Seat
from models.rules.errors import Refused
from models.rules.hearing import SeatRole
from models.rules.presence import Presence, check_absence, presence
from models.rules.presence_record import Observed, Plan

TELLING = (
    *("hearing_opened", "hearing_suspended", "hearing_resumed", "hearing_closed"),
    *("media_lost", "media_restored", "device_checked"),
    *("seat_entered", "seat_left", "participant_admitted", "participant_returned"),
    *("consultation_joined", "consultation_left", "consultation_ended"),
)
"""The events that tell of presence."""


async def of_hearing(hearing: Hearing, *, tolerance_minutes: int, now: datetime) -> Presence:
    """The finding for a hearing, until its end or until now."""
    seats = await Seat.filter(hearing_id=hearing.id).values("id", "role")
    events = await (
        CaseEvent.filter(case_id=hearing.case_id, name__in=TELLING)
        .order_by("seq")
        .values("seq", "at", "name", "facts")
    )
    plan = Plan(
        hearing=hearing.id,
        starts_at=hearing.starts_at,
        tolerance=timedelta(minutes=tolerance_minutes),
        until=hearing.closed_at or now,
    )
    measured = await seat_quality.of_hearing(hearing.id)
    return presence(
        plan,
        {row["id"]: SeatRole(row["role"]) for row in seats},
        [Observed(**row) for row in events],
        {seat: [(span.at, span.measured) for span in spans] for seat, spans in measured.items()},
    )


async def check(
    hearing: Hearing, absent: Collection[SeatRole], *, tolerance_minutes: int, now: datetime
) -> None:
    """Whether parties may be called absent: Refused as ``check_absence`` says, or "party_present"."""
    if not absent:
        return
    if await Seat.exists(hearing_id=hearing.id, connected=True, role__in=list(absent)):
        raise Refused("party_present")
    check_absence(await of_hearing(hearing, tolerance_minutes=tolerance_minutes, now=now), absent)
