"""The private rooms of a hearing as one person sees them: the one they are in, and calls to and from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import Consultation, ConsultationMember, Seat
from models.rules.consultation import LIVING, RING, CallAnswer, ConsultationState, may_call
from models.rules.hearing import SeatRole


class Part(StrEnum):
    """What a person has to do with a private room."""

    INSIDE = "inside"
    CALLED = "called"
    CALLING = "calling"


@dataclass(frozen=True)
class PrivateSeen:
    """A private room that concerns the person who looks.

    ``caller`` opened it; ``names`` are the others in it or being called into it; ``seconds`` is how long a
    call goes on ringing. ``ends``: this person may end it for all.
    """

    id: int
    part: Part
    caller: str
    names: tuple[str, ...]
    seconds: int
    ends: bool


async def seen(seats: Sequence[Seat], mine: Seat | None, *, now: datetime) -> PrivateSeen | None:
    """What concerns the person on seat ``mine``: a call to answer, the room they are in, or their own call.

    ``seats`` are all of the hearing, with their users.
    """
    if mine is None or not mine.admitted:
        return None
    members = await (
        ConsultationMember.filter(
            consultation__hearing_id=mine.hearing_id, consultation__state__in=list(LIVING)
        )
        .order_by("id")
        .prefetch_related("consultation")
    )
    for member in members:
        part = _part(member.consultation, members, mine)
        if part is not None:
            return _seen(member.consultation, part, members, seats, mine, now)
    return None


def _part(consultation: Consultation, members: Sequence[ConsultationMember], mine: Seat) -> Part | None:
    if mine.consultation_id == consultation.id:
        return Part.INSIDE
    if any(one.answer is CallAnswer.RINGING and one.seat_id == mine.id for one in _of(consultation, members)):
        return Part.CALLED
    rings = consultation.state is ConsultationState.RINGING
    return Part.CALLING if rings and consultation.opened_by_id == mine.user_id else None


def _of(consultation: Consultation, members: Sequence[ConsultationMember]) -> list[ConsultationMember]:
    return [member for member in members if member.consultation_id == consultation.id]


def _seen(
    consultation: Consultation,
    part: Part,
    members: Sequence[ConsultationMember],
    seats: Sequence[Seat],
    mine: Seat,
    now: datetime,
) -> PrivateSeen:
    ringing = {one.seat_id: one.at for one in _of(consultation, members) if one.answer is CallAnswer.RINGING}
    there = ringing.keys() | {seat.id for seat in seats if seat.consultation_id == consultation.id}
    by_user = {seat.user_id: seat.user.name for seat in seats}
    waits = [at for seat, at in ringing.items() if part is not Part.CALLED or seat == mine.id]
    left = max((at + RING - now for at in waits), default=None)
    return PrivateSeen(
        id=consultation.id,
        part=part,
        caller=by_user.get(consultation.opened_by_id, ""),
        names=tuple(seat.user.name for seat in seats if seat.id in there and seat.id != mine.id),
        seconds=0 if left is None else max(0, round(left.total_seconds())),
        ends=mine.role is SeatRole.MEDIATOR,
    )


async def callable_seats(seats: Sequence[Seat], mine: Seat | None) -> frozenset[int]:
    """Whom this person may call into a private room now, for the buttons; ``consultations.call`` decides."""
    if mine is None or not (mine.admitted and mine.connected):
        return frozenset()
    calls = await ConsultationMember.filter(
        consultation__hearing_id=mine.hearing_id,
        consultation__state__in=list(LIVING),
        answer=CallAnswer.RINGING,
    )
    ringing = {member.seat_id for member in calls}
    if mine.id in ringing:
        return frozenset()
    inside = [
        seat.role
        for seat in seats
        if mine.consultation_id is not None and seat.consultation_id == mine.consultation_id
    ]
    return frozenset(
        seat.id
        for seat in seats
        if seat.id != mine.id
        and seat.admitted
        and seat.connected
        and seat.consultation_id is None
        and seat.id not in ringing
        and may_call(mine.role, seat.role, inside)
    )
