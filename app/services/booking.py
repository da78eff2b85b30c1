"""A hearing at a time: checked against the agency's hours, the notice term and the diary, claimed, seated.

Whatever the form or the calendar showed, the time is checked and claimed here, in the transaction of the act
(``app.services.diary``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tortoise.expressions import Q

from app.services import diary
from app.services.diary import MEDIATORS, Hours, earliest
from models import Case, Hearing, Representation, Seat, User
from models.rules.errors import Conflict, Invalid
from models.rules.hearing import HearingState, SeatRole
from models.rules.people import Role, Viewer
from models.rules.slots import Span, clashes, free_room, works

MINUTES = (20, 180)
TYPING_TIME = timedelta(minutes=10)
"""A hearing "now" may have been typed some minutes ago."""


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
class _SeatPlan:
    """A place to be made."""

    user_id: int
    role: SeatRole
    may_sign: bool


async def _seats_for(case: Case, mediator_id: int, on: date, agent_id: int | None = None) -> list[_SeatPlan]:
    """Who has a place: the consumer, each person who speaks for the company on that day, the mediator.

    A company's person signs only with power to settle; where one ``agent_id`` is named, only that one comes.
    """
    plans = [_SeatPlan(case.consumer_id, SeatRole.CONSUMER, may_sign=True)]
    speakers = Representation.filter(Q(valid_until=None) | Q(valid_until__gte=on)).filter(
        company_id=case.company_id, user__disabled_at=None
    )
    if agent_id is not None:
        speakers = speakers.filter(user_id=agent_id)
    plans += [
        _SeatPlan(row["user_id"], SeatRole.COMPANY, may_sign=bool(row["may_settle"]))
        for row in await speakers.order_by("id").values("user_id", "may_settle")
    ]
    return [*plans, _SeatPlan(mediator_id, SeatRole.MEDIATOR, may_sign=True)]


async def place(case: Case, booking: Booking, *, now: datetime, hours: Hours) -> Hearing:
    """Make a hearing with its room, claims and seats, inside the caller's transaction; no event yet."""
    mediator = await diary.lock(booking.mediator_id, case.company_id)
    await check_mediator(mediator, booking, hours, now)
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
    await settle(case, hearing, now=now, hours=hours)
    for plan in await _seats_for(case, booking.mediator_id, booking.starts_at.date(), booking.agent_id):
        await Seat.create(hearing_id=hearing.id, user_id=plan.user_id, role=plan.role, may_sign=plan.may_sign)
    return hearing


def check_booking(viewer: Viewer, booking: Booking, now: datetime, hours: Hours) -> None:
    """Invalid names what is wrong with its day, its time, its length or who conducts it."""
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


async def check_mediator(mediator: User | None, booking: Booking, hours: Hours, now: datetime) -> None:
    """The account conducts hearings, works then (not for a special session), and is not away."""
    if mediator is None or mediator.role not in MEDIATORS or mediator.disabled_at is not None:
        raise Invalid({"mediator": "choice_invalid"})
    bench = (await diary.benches(hours, mediator.id))[0]
    if any(away.meets(booking.span) for away in bench.away):
        raise Invalid({"time": "mediator_away"})
    if not booking.out_of_hours and not works(bench, booking.span):
        raise Invalid({"time": "mediator_off"})


async def settle(case: Case, hearing: Hearing, *, now: datetime, hours: Hours) -> None:
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
