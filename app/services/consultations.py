"""Private rooms: calling somebody into one, answering, leaving, and their end.

A room exists from the first call on and opens when the first of those who were called comes; who calls stays
in the hearing until then. Its events tell times and people to everybody in the case, never a word of what is
said there: its chat is erased with it.
"""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import casefile, rooms
from models import Consultation, ConsultationMember, HearingMessage, Seat
from models.rules.consultation import (
    LIVING,
    RING,
    CallAnswer,
    ConsultationState,
    after_answers,
    goes_on,
    may_call,
)
from models.rules.errors import NotFound, Refused
from models.rules.hearing import SeatRole
from models.rules.people import Viewer


async def call(hearing_id: int, viewer: Viewer, seat_id: int, *, now: datetime) -> None:
    """Call somebody of the hearing into a private room: the caller's own, or a new one.

    Raises Refused: "call_not_allowed" by ``models.rules.consultation.may_call``, "person_away" when they are
    not in the hearing, "person_busy" when they are in a private room or a call rings already, and
    "call_waiting" when the caller has one to answer.
    """
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        called = await Seat.get_or_none(id=seat_id, hearing_id=hearing_id)
        if called is None:
            raise NotFound
        consultation = await _own(room)
        inside = await _roles(consultation)
        if called.id == room.seat.id or not may_call(room.seat.role, called.role, inside):
            raise Refused("call_not_allowed")
        if not (called.admitted and called.connected):
            raise Refused("person_away")
        if await _engaged(called):
            raise Refused("person_busy")
        if consultation is None:
            if await _engaged(room.seat):
                raise Refused("call_waiting")
            consultation = await _new(room, viewer, now)
        await ConsultationMember.update_or_create(
            {"answer": CallAnswer.RINGING, "at": now}, consultation_id=consultation.id, seat_id=called.id
        )
        await _tell(room.file, consultation, "consultation_called", called, now)


async def _own(room: rooms.Room) -> Consultation | None:
    """The room in which the caller is, or for which they call already."""
    if room.seat.consultation_id is not None:
        return await Consultation.get(id=room.seat.consultation_id)
    return await Consultation.get_or_none(
        hearing_id=room.hearing.id, opened_by_id=room.seat.user_id, state=ConsultationState.RINGING
    )


async def _roles(consultation: Consultation | None) -> list[SeatRole]:
    """What those are who are in a room or are being called into it."""
    if consultation is None:
        return []
    inside = await Seat.filter(consultation_id=consultation.id)
    ringing = await _calls(consultation, CallAnswer.RINGING)
    opener = await Seat.filter(hearing_id=consultation.hearing_id, user_id=consultation.opened_by_id)
    waits = opener if consultation.state is ConsultationState.RINGING else []
    return [seat.role for seat in (*inside, *waits)] + [member.seat.role for member in ringing]


async def _engaged(seat: Seat) -> bool:
    """Whether somebody is in a private room, calls from outside one, or is being called."""
    if seat.consultation_id is not None:
        return True
    calls = ConsultationMember.filter(seat_id=seat.id, consultation__state__in=list(LIVING))
    if await calls.filter(answer=CallAnswer.RINGING).exists():
        return True
    return await calls.filter(
        answer=CallAnswer.ACCEPTED, consultation__state=ConsultationState.RINGING
    ).exists()


async def _new(room: rooms.Room, viewer: Viewer, now: datetime) -> Consultation:
    consultation = await Consultation.create(
        hearing_id=room.hearing.id,
        state=ConsultationState.RINGING,
        opened_by_id=viewer.user_id,
        invited_at=now,
    )
    await ConsultationMember.create(
        consultation=consultation, seat=room.seat, answer=CallAnswer.ACCEPTED, at=now
    )
    return consultation


async def accept(hearing_id: int, viewer: Viewer, consultation_id: int, *, now: datetime) -> None:
    """Come into the room; Refused("call_over") when the call rings no more."""
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        member = await _ringing(room, consultation_id)
        consultation = member.consultation
        member.answer, member.at = CallAnswer.ACCEPTED, now
        await member.save(update_fields=["answer", "at"])
        if consultation.state is ConsultationState.RINGING:
            consultation.state, consultation.began_at = ConsultationState.OPEN, now
            await consultation.save(update_fields=["state", "began_at"])
            opener = await Seat.get(hearing_id=hearing_id, user_id=consultation.opened_by_id)
            await _enter(room.file, consultation, opener, now)
        await _enter(room.file, consultation, room.seat, now)


async def _enter(file: casefile.Opened, consultation: Consultation, seat: Seat, now: datetime) -> None:
    seat.consultation_id = consultation.id
    await seat.save(update_fields=["consultation_id"])
    await _tell(file, consultation, "consultation_joined", seat, now)


async def decline(hearing_id: int, viewer: Viewer, consultation_id: int, *, now: datetime) -> None:
    """Stay in the hearing; Refused("call_over") when the call rings no more."""
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        member = await _ringing(room, consultation_id)
        await _unanswered(room.file, member, CallAnswer.DECLINED, now)


async def _ringing(room: rooms.Room, consultation_id: int) -> ConsultationMember:
    """The call that rings for who acts."""
    known = await Consultation.get_or_none(id=consultation_id, hearing_id=room.hearing.id)
    if known is None:
        raise NotFound
    member = await ConsultationMember.get_or_none(
        consultation_id=consultation_id, seat_id=room.seat.id, answer=CallAnswer.RINGING
    ).prefetch_related("consultation", "seat")
    if member is None or known.state not in LIVING:
        raise Refused("call_over")
    return member


async def leave(hearing_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Go back to the hearing; who is in no private room is there already."""
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        await depart(room.file, room.seat, now=now)


async def end(hearing_id: int, viewer: Viewer, consultation_id: int, *, now: datetime) -> None:
    """End a room for all in it: who conducts the hearing may, and who called while it still rings."""
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        consultation = await Consultation.get_or_none(id=consultation_id, hearing_id=hearing_id)
        if consultation is None:
            raise NotFound
        calls = consultation.opened_by_id == viewer.user_id and consultation.began_at is None
        if room.seat.role is not SeatRole.MEDIATOR and not calls:
            raise Refused("not_yours")
        if consultation.state in LIVING:
            await _finish(room.file, consultation, now)


async def depart(file: casefile.Opened, seat: Seat, *, now: datetime) -> None:
    """Take somebody out of every private room and call, in the transaction of the act that does it."""
    for member in await ConsultationMember.filter(
        seat_id=seat.id, answer=CallAnswer.RINGING, consultation__state__in=list(LIVING)
    ).prefetch_related("consultation", "seat"):
        await _unanswered(file, member, CallAnswer.EXPIRED, now)
    calling = await Consultation.filter(
        hearing_id=seat.hearing_id, opened_by_id=seat.user_id, state=ConsultationState.RINGING
    )
    for consultation in calling:
        await _finish(file, consultation, now)
    if seat.consultation_id is None:
        return
    consultation = await Consultation.get(id=seat.consultation_id)
    seat.consultation_id = None
    await seat.save(update_fields=["consultation_id"])
    await _tell(file, consultation, "consultation_left", seat, now)
    if not goes_on(await Seat.filter(consultation_id=consultation.id).count()):
        await _finish(file, consultation, now)


async def finish(file: casefile.Opened, hearing_id: int, *, now: datetime) -> None:
    """End all private rooms of a hearing that is over, in the transaction of its end."""
    for consultation in await Consultation.filter(hearing_id=hearing_id, state__in=list(LIVING)):
        await _finish(file, consultation, now)


async def sweep(*, now: datetime) -> int:
    """Give up the calls that rang long enough; how many there were."""
    old = await ConsultationMember.filter(
        answer=CallAnswer.RINGING, at__lte=now - RING, consultation__state__in=list(LIVING)
    ).values("id", case="consultation__hearing__case_id")
    return sum([await _expire(row["id"], row["case"], now) for row in old])


async def _expire(member_id: int, case_id: int, now: datetime) -> bool:
    async with transaction():
        file = await casefile.opened(case_id, None)
        member = await ConsultationMember.get(id=member_id).prefetch_related("consultation", "seat")
        if member.answer is not CallAnswer.RINGING:
            return False
        await _unanswered(file, member, CallAnswer.EXPIRED, now)
    return True


async def _unanswered(
    file: casefile.Opened, member: ConsultationMember, answer: CallAnswer, now: datetime
) -> None:
    """Nobody comes of this call; the room whose last call that was is over before it opened."""
    member.answer, member.at = answer, now
    await member.save(update_fields=["answer", "at"])
    consultation = member.consultation
    name = "consultation_declined" if answer is CallAnswer.DECLINED else "consultation_expired"
    await _tell(file, consultation, name, member.seat, now)
    if consultation.state is not ConsultationState.RINGING:
        return
    called = await ConsultationMember.filter(consultation_id=consultation.id).exclude(
        seat__user_id=consultation.opened_by_id
    )
    consultation.state = after_answers(one.answer for one in called)
    if consultation.state not in LIVING:
        consultation.ended_at = now
    await consultation.save(update_fields=["state", "ended_at"])


async def _calls(consultation: Consultation, answer: CallAnswer) -> list[ConsultationMember]:
    return await ConsultationMember.filter(consultation_id=consultation.id, answer=answer).prefetch_related(
        "consultation", "seat"
    )


async def _finish(file: casefile.Opened, consultation: Consultation, now: datetime) -> None:
    """End a room: everybody is back in the hearing, calls stop, and what was written there is gone."""
    for member in await _calls(consultation, CallAnswer.RINGING):
        await _unanswered(file, member, CallAnswer.EXPIRED, now)
    began = consultation.began_at is not None
    if not began:
        await Consultation.filter(id=consultation.id).update(state=ConsultationState.EXPIRED, ended_at=now)
        return
    await Consultation.filter(id=consultation.id).update(state=ConsultationState.ENDED, ended_at=now)
    await Seat.filter(consultation_id=consultation.id).update(consultation_id=None)
    await HearingMessage.filter(consultation_id=consultation.id).update(text="")
    facts = {"hearing": consultation.hearing_id, "consultation": consultation.id}
    await casefile.record(file, "consultation_ended", now=now, facts=facts)


async def _tell(
    file: casefile.Opened, consultation: Consultation, name: str, seat: Seat, now: datetime
) -> None:
    facts = {
        "hearing": consultation.hearing_id,
        "consultation": consultation.id,
        "seat": seat.id,
        "role": seat.role,
    }
    await casefile.record(file, name, now=now, facts=facts)
