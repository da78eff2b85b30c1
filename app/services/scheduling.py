"""Setting, moving and cancelling a hearing: the acts, their events, letters and reminders.

A time is checked, claimed and given its seats in ``app.services.booking``, in the transaction of the act.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.db import transaction
from app.services import (
    casefile,
    chat,
    consultations,
    diary,
    follow_up,
    hearing_reminders,
    invitations,
)
from app.services.booking import Booking, check_booking, check_mediator, place, settle
from app.services.casefile import Opened
from app.services.diary import Hours
from app.services.invitations import Invite
from app.services.scheduling_words import cause_label
from models import CaseEvent, Hearing, HearingBlock, RescheduleRequest, Seat, User
from models.rules.case_machine import Action, State
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import OVER, HearingState, SeatRole
from models.rules.people import Role, Viewer
from models.rules.rescheduling import PENDING, Cause, RequestState, check_cause

REASON_MAX = 2000


@dataclass(frozen=True)
class Why:
    """Why a hearing is moved or cancelled: a typed cause, and what the parties are told beside it."""

    cause: Cause
    detail: str = ""

    def told(self) -> str:
        """The reason in one line."""
        words = cause_label(self.cause)
        if self.cause is Cause.OTHER:
            return self.detail
        return f"{words}. {self.detail}" if self.detail else f"{words}."


async def schedule(
    case_id: int, viewer: Viewer, booking: Booking, *, now: datetime, hours: Hours, invite: Invite
) -> int:
    """Set a hearing, with seats, event, invitations and reminders; answers its id.

    Refused("no_rescheduling") when the last one was not held in a way that is not set again.
    Invalid names what is wrong with the day, the time or the mediator, and who is taken then.
    """
    check_booking(viewer, booking, now, hours)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.SCHEDULE_HEARING)
        await follow_up.check_rescheduling(case_id, viewer)
        hearing = await place(file.case, booking, now=now, hours=hours)
        await recorded(file, hearing, booking, to, now=now, invite=invite)
    return int(hearing.id)


async def recorded(
    file: Opened, hearing: Hearing, booking: Booking, to: State, *, now: datetime, invite: Invite
) -> None:
    """The event, invitations and reminders of a hearing just made, inside the caller's transaction."""
    again = await follow_up.set_again(file.case)
    facts = {
        "hearing": hearing.id,
        "starts_at": booking.starts_at.isoformat(),
        "minutes": booking.minutes,
        "short_notice": booking.short_notice,
        "out_of_hours": booking.out_of_hours,
        "before": file.case.state,
        **({"after": again.facts()} if again else {}),
    }
    await casefile.record(file, "hearing_scheduled", now=now, to=to, facts=facts)
    why = again.told() if again else ""
    await invitations.invited(file.case, hearing, why, now=now, invite=invite)
    await hearing_reminders.plan(hearing, now=now)


async def move(
    hearing_id: int,
    viewer: Viewer,
    booking: Booking,
    why: Why,
    *,
    now: datetime,
    hours: Hours,
    invite: Invite,
) -> int:
    """Give a hearing that has not begun another time, room or mediator; answers the case's id.

    Refused("reschedule_used") when a party's justified absence has moved it as often as the rule allows.
    """
    _check_why(why)
    check_booking(viewer, booking, now, hours)
    known = await _known(hearing_id)
    async with transaction():
        file = await casefile.opened(known.case_id, viewer)
        file.step(Action.RESCHEDULE_HEARING)
        hearing = await _not_begun(hearing_id, viewer)
        check_cause(why.cause, await follow_up.changes(file.case.id), hours.policy.party_reschedules)
        await moved(file, hearing, booking, why, now=now, hours=hours, invite=invite)
    return int(known.case_id)


async def moved(
    file: Opened,
    hearing: Hearing,
    booking: Booking,
    why: Why,
    *,
    now: datetime,
    hours: Hours,
    invite: Invite,
) -> None:
    """Give a hearing another time inside the caller's transaction; a party's request for it is granted."""
    before = replace(booking, starts_at=hearing.starts_at, mediator_id=hearing.mediator_id)
    mediator = await diary.lock(booking.mediator_id, file.case.company_id)
    await check_mediator(mediator, booking, hours, now)
    await diary.withdraw(file.case.id)
    await diary.release(hearing=hearing.id)
    hearing.starts_at, hearing.minutes = booking.starts_at.astimezone(UTC), booking.minutes
    hearing.mediator_id = booking.mediator_id
    hearing.invitation += 1
    await settle(file.case, hearing, now=now, hours=hours)
    await hearing.save(update_fields=["starts_at", "minutes", "mediator_id", "invitation"])
    await _answered(hearing, RequestState.GRANTED, now)
    await _record_move(file, hearing, booking, before, why, now=now)
    await _tell_move(file, hearing, before, why, now=now, invite=invite)
    await hearing_reminders.plan(hearing, now=now)


async def _answered(hearing: Hearing, state: RequestState, now: datetime) -> None:
    """What the parties had asked for this hearing is settled by what happened to it."""
    pending = RescheduleRequest.filter(hearing_id=hearing.id, state__in=PENDING)
    await pending.update(state=state, decided_at=now)


async def _record_move(
    file: Opened, hearing: Hearing, booking: Booking, before: Booking, why: Why, *, now: datetime
) -> None:
    await casefile.record(
        file,
        "hearing_moved",
        now=now,
        facts={
            "hearing": hearing.id,
            "starts_at": booking.starts_at.isoformat(),
            "minutes": booking.minutes,
            "from": before.starts_at.astimezone(booking.starts_at.tzinfo).isoformat(),
            "cause": why.cause,
            "reason": why.told(),
            "short_notice": booking.short_notice,
            "out_of_hours": booking.out_of_hours,
        },
    )


async def _tell_move(
    file: Opened, hearing: Hearing, before: Booking, why: Why, *, now: datetime, invite: Invite
) -> None:
    """Letters to everybody with a seat; the mediator's seat goes to the new one, the old one is told so."""
    if before.mediator_id != hearing.mediator_id:
        await Seat.filter(hearing_id=hearing.id, user_id=before.mediator_id).delete()
        await Seat.create(
            hearing_id=hearing.id, user_id=hearing.mediator_id, role=SeatRole.MEDIATOR, may_sign=True
        )
        old = await User.get(id=before.mediator_id)
        await invitations.unseated(file.case, hearing, old, now=now, invite=invite)
    await invitations.moved(file.case, hearing, before.starts_at, why.told(), now=now, invite=invite)
    await _block_changed(hearing, why.told(), now=now, invite=invite)


async def cancel(
    hearing_id: int,
    viewer: Viewer,
    reason: str,
    *,
    now: datetime,
    invite: Invite,
    cause: Cause = Cause.OTHER,
) -> int:
    """Cancel a hearing that has not begun, with the reason told to all; answers the case's id.

    The case goes back to where it was when the hearing was set.
    """
    why = Why(cause, reason.strip())
    _check_why(why)
    known = await _known(hearing_id)
    async with transaction():
        file = await casefile.opened(known.case_id, viewer)
        to = file.step(Action.CANCEL_HEARING)
        hearing = await Hearing.get(id=hearing_id)
        if hearing.state is not HearingState.NOT_STARTED:
            raise Refused("hearing_not_now")
        before = await _state_before(hearing)
        await _cancel(file, hearing, why, now=now, invite=invite, to=before or to)
    return int(known.case_id)


async def drop_hearings(file: Opened, reason: str, *, now: datetime, invite: Invite) -> None:
    """Cancel a case's hearings that have not begun, inside the caller's transaction.

    The caller moves the case. Refused("hearing_running") when one is being held now.
    """
    await diary.withdraw(file.case.id)
    for hearing in await Hearing.filter(case_id=file.case.id, state__not_in=list(OVER)):
        if hearing.state is not HearingState.NOT_STARTED:
            raise Refused("hearing_running")
        await _cancel(file, hearing, Why(Cause.OTHER, reason), now=now, invite=invite, to=None)


def _check_why(why: Why) -> None:
    if len(why.detail) > REASON_MAX:
        raise Invalid({"reason": "too_long"})
    if why.cause is Cause.OTHER and not why.detail:
        raise Invalid({"reason": "reason_required"})


async def _known(hearing_id: int) -> Hearing:
    known = await Hearing.get_or_none(id=hearing_id)
    if known is None:
        raise NotFound
    return known


async def _not_begun(hearing_id: int, viewer: Viewer) -> Hearing:
    """The hearing, if it may still be moved by this person: a mediator moves their own."""
    hearing = await Hearing.get(id=hearing_id)
    if hearing.state is not HearingState.NOT_STARTED:
        raise Refused("hearing_not_now")
    if viewer.role is Role.MEDIATOR and hearing.mediator_id != viewer.user_id:
        raise Refused("not_yours")
    return hearing


async def _state_before(hearing: Hearing) -> State | None:
    """Where the case was when the hearing was set, from the record."""
    events = await CaseEvent.filter(case_id=hearing.case_id, name="hearing_scheduled").order_by("-seq")
    for event in events:
        if event.facts.get("hearing") == hearing.id and "before" in event.facts:
            return State(event.facts["before"])
    return None


async def _cancel(
    file: Opened, hearing: Hearing, why: Why, *, now: datetime, invite: Invite, to: State | None
) -> None:
    changed = await Hearing.filter(id=hearing.id, state=HearingState.NOT_STARTED).update(
        state=HearingState.CANCELLED, invitation=hearing.invitation + 1, closed_at=now
    )
    if not changed:
        raise Conflict("hearing_not_now")
    hearing.invitation += 1
    await diary.withdraw(file.case.id)
    await diary.release(hearing=hearing.id)
    await _answered(hearing, RequestState.LAPSED, now)
    await hearing_reminders.drop(hearing)
    await consultations.finish(file, hearing.id, now=now)
    await chat.forget(hearing.id)
    await casefile.record(
        file,
        "hearing_cancelled",
        now=now,
        to=to,
        facts={"hearing": hearing.id, "cause": why.cause, "reason": why.told()},
    )
    await invitations.cancelled(file.case, hearing, why.told(), now=now, invite=invite)
    await _block_changed(hearing, why.told(), now=now, invite=invite)


async def _block_changed(hearing: Hearing, why: str, *, now: datetime, invite: Invite) -> None:
    """One of a block's hearings changed: its company and mediator get the block's entry anew."""
    if hearing.block_id is None:
        return
    block = await HearingBlock.filter(id=hearing.block_id).select_for_update().get()
    block.invitation += 1
    await block.save(update_fields=["invitation"])
    await invitations.block_told(block, now=now, invite=invite, why=why)
