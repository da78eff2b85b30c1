"""Setting, moving and cancelling a hearing, with the seats of those who have a place in it.

Whatever the form or the calendar showed, the time is checked and claimed here, in the transaction of the act
(``app.services.diary``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from tortoise.expressions import Q

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
from app.services.casefile import Opened
from app.services.diary import MEDIATORS, Hours, earliest
from app.services.invitations import Invite
from app.services.scheduling_words import cause_label
from models import Case, CaseEvent, Hearing, HearingBlock, Representation, Seat, User
from models.rules.case_machine import Action, State
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import OVER, HearingState, SeatRole
from models.rules.people import Role, Viewer
from models.rules.rescheduling import Cause, check_cause
from models.rules.slots import Span, clashes, free_room, works

__all__ = ["Booking", "Hours", "Invite", "Why", "cancel", "move", "place", "recorded", "schedule"]

MINUTES = (20, 180)
TYPING_TIME = timedelta(minutes=10)
"""A hearing "now" may have been typed some minutes ago."""
REASON_MAX = 2000


@dataclass(frozen=True)
class Booking:
    """A hearing as a mediator sets it; ``starts_at`` is aware, in the agency's zone.

    ``short_notice``: the parties agree to less than the notice term. ``out_of_hours``: a special session
    outside working hours or business days. Both are recorded in the event. ``agent_id`` names the company's
    person where there is only one, as in a block.
    """

    starts_at: datetime
    minutes: int
    mediator_id: int
    short_notice: bool = False
    out_of_hours: bool = False
    agent_id: int | None = None
    block_id: int | None = None

    @property
    def span(self) -> Span:
        """The time that it takes."""
        return Span(self.starts_at, self.starts_at + timedelta(minutes=self.minutes))


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


@dataclass(frozen=True)
class SeatPlan:
    """A place to be made."""

    user_id: int
    role: SeatRole
    may_sign: bool


async def seats_for(case: Case, mediator_id: int, on: date, agent_id: int | None = None) -> list[SeatPlan]:
    """Who has a place: the consumer, each person who speaks for the company on that day, the mediator.

    A company's person signs only with power to settle; where one ``agent_id`` is named, only that one comes.
    """
    plans = [SeatPlan(case.consumer_id, SeatRole.CONSUMER, may_sign=True)]
    speakers = Representation.filter(Q(valid_until=None) | Q(valid_until__gte=on)).filter(
        company_id=case.company_id, user__disabled_at=None
    )
    if agent_id is not None:
        speakers = speakers.filter(user_id=agent_id)
    plans += [
        SeatPlan(row["user_id"], SeatRole.COMPANY, may_sign=bool(row["may_settle"]))
        for row in await speakers.order_by("id").values("user_id", "may_settle")
    ]
    return [*plans, SeatPlan(mediator_id, SeatRole.MEDIATOR, may_sign=True)]


async def schedule(
    case_id: int, viewer: Viewer, booking: Booking, *, now: datetime, hours: Hours, invite: Invite
) -> int:
    """Set a hearing, with seats, event, invitations and reminders; answers its id.

    Refused("no_rescheduling") when the last one was not held in a way that is not set again.
    Invalid names what is wrong with the day, the time or the mediator, and who is taken then.
    """
    _check_booking(viewer, booking, now, hours)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.SCHEDULE_HEARING)
        await follow_up.check_rescheduling(case_id, viewer)
        hearing = await place(file.case, booking, now=now, hours=hours)
        await recorded(file, hearing, booking, to, now=now, invite=invite)
    return int(hearing.id)


async def place(case: Case, booking: Booking, *, now: datetime, hours: Hours) -> Hearing:
    """Make a hearing with its room, claims and seats, inside the caller's transaction; no event yet."""
    mediator = await diary.lock(booking.mediator_id, case.company_id)
    await _check_mediator(mediator, booking, hours, now)
    await diary.withdraw(case.id)
    hearing = await Hearing.create(
        case_id=case.id,
        mediator_id=booking.mediator_id,
        starts_at=booking.starts_at.astimezone(UTC),  # SQLite compares times as text: they are all in UTC
        minutes=booking.minutes,
        state=HearingState.NOT_STARTED,
        holds=hours.holds,
        agent_id=booking.agent_id,
        block_id=booking.block_id,
    )
    await _settle(case, hearing, now=now, hours=hours)
    for plan in await seats_for(case, booking.mediator_id, booking.starts_at.date(), booking.agent_id):
        await Seat.create(hearing_id=hearing.id, user_id=plan.user_id, role=plan.role, may_sign=plan.may_sign)
    return hearing


async def recorded(
    file: Opened, hearing: Hearing, booking: Booking, to: State, *, now: datetime, invite: Invite
) -> None:
    """The event, invitations and reminders of a hearing just made, inside the caller's transaction."""
    before = file.case.state
    await casefile.record(
        file,
        "hearing_scheduled",
        now=now,
        to=to,
        facts={
            "hearing": hearing.id,
            "starts_at": booking.starts_at.isoformat(),
            "minutes": booking.minutes,
            "short_notice": booking.short_notice,
            "out_of_hours": booking.out_of_hours,
            "before": before,
        },
        due_on=None,
    )
    await invitations.invited(file.case, hearing, now=now, invite=invite)
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
    _check_booking(viewer, booking, now, hours)
    known = await _known(hearing_id)
    async with transaction():
        file = await casefile.opened(known.case_id, viewer)
        file.step(Action.RESCHEDULE_HEARING)
        hearing = await _not_begun(hearing_id, viewer)
        check_cause(why.cause, await _causes(file.case.id), hours.policy.party_reschedules)
        before = replace(booking, starts_at=hearing.starts_at, mediator_id=hearing.mediator_id)
        mediator = await diary.lock(booking.mediator_id, file.case.company_id)
        await _check_mediator(mediator, booking, hours, now)
        await diary.release(hearing=hearing.id)
        hearing.starts_at, hearing.minutes = booking.starts_at.astimezone(UTC), booking.minutes
        hearing.mediator_id = booking.mediator_id
        hearing.invitation += 1
        await _settle(file.case, hearing, now=now, hours=hours)
        await hearing.save(update_fields=["starts_at", "minutes", "mediator_id", "invitation"])
        await _record_move(file, hearing, booking, before, why, now=now)
        await _tell_move(file, hearing, before, why, now=now, invite=invite)
        await hearing_reminders.plan(hearing, now=now)
    return int(known.case_id)


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


def _check_booking(viewer: Viewer, booking: Booking, now: datetime, hours: Hours) -> None:
    wrong: dict[str, str] = {}
    if not MINUTES[0] <= booking.minutes <= MINUTES[1]:
        wrong["minutes"] = "minutes_invalid"
    if viewer.role is Role.MEDIATOR and booking.mediator_id != viewer.user_id:
        wrong["mediator"] = "choice_invalid"
    if booking.starts_at < now - TYPING_TIME:
        wrong["time" if booking.starts_at.date() == _local(now, booking).date() else "date"] = "time_past"
    elif not booking.out_of_hours:
        wrong |= _outside(booking, hours)
    if (
        not wrong
        and not booking.short_notice
        and booking.starts_at.date() < earliest(_local(now, booking).date(), hours)
    ):
        wrong["short_notice"] = "notice_short"
    if wrong:
        raise Invalid(wrong)


def _local(now: datetime, booking: Booking) -> datetime:
    return now.astimezone(booking.starts_at.tzinfo)


def _outside(booking: Booking, hours: Hours) -> dict[str, str]:
    day = booking.starts_at.date()
    ends = booking.span.ends
    wrong = {}
    if hours.calendar.closed(day):
        wrong["date"] = "not_business_day"
    if booking.starts_at.time() < hours.opens or ends.date() > day or ends.time() > hours.closes:
        wrong["time"] = "outside_hours"
    return wrong


async def _check_mediator(mediator: User | None, booking: Booking, hours: Hours, now: datetime) -> None:
    """The account conducts hearings, works then (not for a special session), and is not away."""
    if mediator is None or mediator.role not in MEDIATORS or mediator.disabled_at is not None:
        raise Invalid({"mediator": "choice_invalid"})
    bench = (await diary.benches(hours, mediator.id))[0]
    if any(away.meets(booking.span) for away in bench.away):
        raise Invalid({"time": "mediator_away"})
    if not booking.out_of_hours and not works(bench, booking.span):
        raise Invalid({"time": "mediator_off"})


async def _settle(case: Case, hearing: Hearing, *, now: datetime, hours: Hours) -> None:
    """Give a hearing a room and claim its time; Invalid says who is taken.

    Rooms are nobody's row to lock: when somebody takes the same one at this moment, the next is tried.
    """
    party = await diary.party_of(case, hearing.starts_at.date(), hearing.agent_id)
    span = Span(hearing.starts_at, hearing.starts_at + timedelta(minutes=hearing.minutes))
    rooms = len(hours.policy.rooms)
    for _try in range(rooms + 1):
        busy = await diary.taken(span, now=now, but_hearing=hearing.id, but_case=case.id)
        if found := clashes(span, hearing.mediator_id, party, busy, rooms):
            raise Invalid({"time": found[0].value})
        hearing.room = free_room(span, busy, rooms) or 0
        try:
            await diary.claim(hearing, party, now=now)
        except Conflict:
            continue
        await hearing.save(update_fields=["room"])
        return
    raise Invalid({"time": "slot_taken"})


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


async def _causes(case_id: int) -> list[Cause]:
    """Why this case's hearings were moved or cancelled so far."""
    events = CaseEvent.filter(case_id=case_id, name__in=["hearing_moved", "hearing_cancelled"])
    return [Cause(row["facts"]["cause"]) for row in await events.values("facts") if "cause" in row["facts"]]


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
    await diary.release(hearing=hearing.id)
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
