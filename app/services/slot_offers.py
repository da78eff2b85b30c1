"""Slots that a consumer is offered, and the one that they take.

Offered slots are not held unless staff asks for it: popular hours are offered to several people, and the
first who takes one has it (ADR 0057). Who comes too late is told what is free, and gets further ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from app.db import transaction
from app.services import casefile, diary, follow_up, letters, scheduling
from app.services.booking import Booking, place
from app.services.casefile import Opened
from app.services.diary import Hours
from app.services.invitations import Invite
from app.services.scheduling import Why
from app.services.scheduling_words import line, listed
from models import Case, Hearing, OfferedSlot, OfferedState, RescheduleRequest, User
from models.rules.case_machine import AWAITS_HEARING, Action, State
from models.rules.errors import Conflict, DomainError, Invalid, Refused
from models.rules.hearing import HearingState
from models.rules.people import Viewer
from models.rules.rescheduling import JUSTIFIED_BY, RequestState
from models.rules.slots import Slot, spread

LATEST_CHOICE = timedelta(hours=2)
"""A slot that begins sooner is not offered any more."""


@dataclass(frozen=True)
class Offered:
    """A slot as the page of the case shows it."""

    id: int
    starts_at: datetime
    minutes: int
    mediator: str
    expires_at: datetime
    held: bool


async def offered(case_id: int, *, now: datetime) -> list[Offered]:
    """The slots among which the consumer of a case may choose now."""
    found = await (
        OfferedSlot.filter(case_id=case_id, state=OfferedState.OPEN, expires_at__gt=now, starts_at__gt=now)
        .order_by("starts_at", "id")
        .values("id", "starts_at", "minutes", "expires_at", "held", mediator="mediator__name")
    )
    return [Offered(**row) for row in found]


async def offer(
    case_id: int, viewer: Viewer | None, *, hold: bool, now: datetime, hours: Hours, invite: Invite
) -> int:
    """Offer slots to the consumer of a case, in the place of those offered before; answers how many.

    ``viewer`` None is the rule of the profile. Refused("no_free_slots") when there is none, and
    Refused("no_rescheduling") after a hearing that is not set again by itself.
    """
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.OFFER_SLOTS)
        if viewer is not None:
            await follow_up.check_rescheduling(case_id, viewer)
        return await put(file, hold=hold, now=now, hours=hours, invite=invite)


async def put(
    file: Opened, *, hold: bool, until: datetime | None = None, now: datetime, hours: Hours, invite: Invite
) -> int:
    """The same inside the caller's transaction; ``until``: no later may be chosen."""
    await diary.withdraw(file.case.id)
    slots = await _chosen(file.case, now=now, hours=hours, invite=invite)
    if not slots:
        raise Refused("no_free_slots")
    expires = _expiry(now, slots, hours, invite)
    expires = min(expires, until) if until else expires
    for slot in slots:
        await _create(file, slot, expires, hold=hold, now=now)
    facts = {"slots": len(slots), "until": expires.isoformat()}
    await casefile.record(file, "slots_offered", now=now, facts=facts)
    await _tell(file, slots, expires, now=now, invite=invite)
    return len(slots)


async def pick(
    case_id: int, viewer: Viewer, offer_id: int, *, now: datetime, hours: Hours, invite: Invite
) -> int:
    """The consumer takes an offered slot: the hearing is set, or moved when a party's request was granted.

    Answers the hearing's id.

    Conflict("slot_gone") when somebody else has it by now: its ``free`` names those that are left, which the
    page offers then. The database decides who was first.
    """
    try:
        async with transaction():
            file = await casefile.opened(case_id, viewer)
            to = file.step(Action.PICK_SLOT)
            slot = await OfferedSlot.get_or_none(id=offer_id, case_id=case_id)
            if slot is None or slot.state is not OfferedState.OPEN or slot.expires_at <= now:
                raise Conflict("slot_gone")
            booking = Booking(slot.starts_at.astimezone(invite.zone), slot.minutes, slot.mediator_id)
            if booking.starts_at.date() < diary.earliest(now.astimezone(invite.zone).date(), hours):
                raise Conflict("slot_gone")  # the calendar changed: the company would be told too late
            await diary.release(offers=[offer_id])
            await OfferedSlot.filter(id=offer_id).update(state=OfferedState.TAKEN)
            granted = await _granted(case_id)
            if granted is None and file.case.state not in AWAITS_HEARING:
                raise Refused("not_now", state=file.case.state)
            if granted is not None:
                hearing = granted.hearing
                why = Why(JUSTIFIED_BY[granted.side])
                await scheduling.moved(file, hearing, booking, why, now=now, hours=hours, invite=invite)
            else:
                hearing = await place(file.case, booking, now=now, hours=hours)
                await scheduling.recorded(file, hearing, booking, to, now=now, invite=invite)
    except (Conflict, Invalid) as error:
        if not _is_late(error):
            raise
    else:
        return int(hearing.id)
    left = await _refill(case_id, offer_id, now=now, hours=hours, invite=invite)
    if not left:
        raise Conflict("slots_all_gone")
    raise Conflict("slot_gone", free=listed(left, invite.zone))


async def _granted(case_id: int) -> RescheduleRequest | None:
    """The party's request for another day that these slots answer; its hearing has not begun."""
    wanted = RescheduleRequest.filter(hearing__case_id=case_id, state=RequestState.OFFERED)
    return await wanted.filter(hearing__state=HearingState.NOT_STARTED).select_related("hearing").first()


def _is_late(error: DomainError) -> bool:
    return error.code == "slot_gone" or (isinstance(error, Invalid) and "time" in error.fields)


async def _refill(case_id: int, lost: int, *, now: datetime, hours: Hours, invite: Invite) -> list[datetime]:
    """What is still free for who came too late: their other slots that nobody took, and further ones."""
    async with transaction():
        file = await casefile.opened(case_id, None)
        mine = OfferedSlot.filter(case_id=case_id, state=OfferedState.OPEN)
        await mine.filter(id=lost).update(state=OfferedState.GONE)
        if file.case.state not in AWAITS_HEARING and await _granted(case_id) is None:
            return []
        found = await _free(file.case, now=now, hours=hours, invite=invite)
        free = {(slot.starts_at.astimezone(UTC), slot.mediator) for slot in found}
        kept = []
        for row in await mine.order_by("starts_at"):
            if (row.starts_at, row.mediator_id) in free:
                kept.append(row.starts_at)
            else:
                await diary.release(offers=[row.id])
                await OfferedSlot.filter(id=row.id).update(state=OfferedState.GONE)
        more = [slot for slot in spread(found, hours.policy.offers + len(kept)) if slot.starts_at not in kept]
        fresh = more[: max(hours.policy.offers - len(kept), 0)]
        for slot in fresh:
            await _create(file, slot, _expiry(now, fresh, hours, invite), hold=False, now=now)
    return sorted([*kept, *(slot.starts_at for slot in fresh)])


async def offer_by_rule(*, now: datetime, hours: Hours, invite: Invite) -> int:
    """Offer slots in the cases for which the profile says so and nobody has yet; answers in how many."""
    states = [state for state in hours.policy.offer_by_itself if state in AWAITS_HEARING]
    if not states:
        return 0
    waiting = await (
        Case.filter(state__in=states, hearings__id__isnull=True, offered_slots__id__isnull=True)
        .order_by("changed_at", "id")
        .limit(20)
        .values_list("id", flat=True)
    )
    done = 0
    for number in waiting:
        try:
            await offer(int(str(number)), None, hold=False, now=now, hours=hours, invite=invite)
        except Refused:
            continue
        done += 1
    return done


async def offer_again(hearing_id: int, *, now: datetime, hours: Hours, invite: Invite) -> bool:
    """Offer slots in the place of a hearing that was not held, where the profile says so; whether it did.

    Nothing when its case has gone on meanwhile, or when there is no free slot: then staff sets the hearing.
    """
    last = await Hearing.get(id=hearing_id)
    if State.HEARING_NOT_HELD not in hours.policy.offer_by_itself:
        return False
    case = await Case.get(id=last.case_id)
    newest = await Hearing.filter(case_id=case.id).order_by("-id").first()
    if case.state is not State.HEARING_NOT_HELD or newest != last or await offered(case.id, now=now):
        return False
    try:
        await offer(case.id, None, hold=False, now=now, hours=hours, invite=invite)
    except Refused:
        return False
    return True


async def expire(*, now: datetime) -> int:
    """End the offers that nobody took in time, and say so in their cases; answers in how many."""
    late = OfferedSlot.filter(state=OfferedState.OPEN, expires_at__lte=now)
    numbers = {int(str(number)) for number in await late.limit(500).values_list("case_id", flat=True)}
    for number in sorted(numbers):
        async with transaction():
            file = await casefile.opened(number, None)
            ended = await diary.withdraw(number, to=OfferedState.EXPIRED)
            if ended:
                await casefile.record(file, "slots_expired", now=now, facts={"slots": ended})
                await _ask_again(number, now)
    return len(numbers)


async def _ask_again(case_id: int, now: datetime) -> None:
    """A granted request of which the slots expired waits for staff again; its mediator is told."""
    granted = await _granted(case_id)
    if granted is None:
        return
    await RescheduleRequest.filter(id=granted.id).update(state=RequestState.OPEN)
    protocol = (await Case.get(id=case_id)).protocol or ""
    text = await letters.standard(
        "slots_unchosen", {"protocol": protocol}, path=f"/casos/{case_id}#outro-dia", case=case_id
    )
    mediator = await User.get(id=granted.hearing.mediator_id)
    await letters.write([mediator], f"request:{granted.id}:expired:{now:%Y%m%d%H%M}", text, now=now)


async def _chosen(case: Case, *, now: datetime, hours: Hours, invite: Invite) -> list[Slot]:
    return spread(await _free(case, now=now, hours=hours, invite=invite), hours.policy.offers)


async def _free(case: Case, *, now: datetime, hours: Hours, invite: Invite) -> list[Slot]:
    """What can be offered: also who takes it on the last day leaves the company its notice term."""
    last = now.astimezone(invite.zone).date() + timedelta(days=hours.policy.offer_days)
    first = diary.earliest(last, hours)
    party = await diary.party_of(case, last)
    return await diary.free(hours, invite.zone, party, now=now, first=first, but_case=case.id)


def _expiry(now: datetime, slots: list[Slot], hours: Hours, invite: Invite) -> datetime:
    """The end of the last day on which to choose; never so late that the first slot has begun."""
    day = now.astimezone(invite.zone).date() + timedelta(days=hours.policy.offer_days)
    end = datetime.combine(day, time(23, 59), invite.zone).astimezone(UTC)
    return min(end, slots[-1].starts_at.astimezone(UTC) - LATEST_CHOICE)


async def _create(file: Opened, slot: Slot, expires: datetime, *, hold: bool, now: datetime) -> None:
    row = await OfferedSlot.create(
        case_id=file.case.id,
        mediator_id=slot.mediator,
        starts_at=slot.starts_at.astimezone(UTC),
        minutes=slot.minutes,
        room=slot.room,
        held=hold,
        state=OfferedState.OPEN,
        offered_by_id=file.viewer.user_id if file.viewer else None,
        offered_at=now,
        expires_at=min(expires, slot.starts_at.astimezone(UTC) - LATEST_CHOICE),
    )
    if hold:
        await diary.hold(row, now=now)


async def _tell(file: Opened, slots: list[Slot], expires: datetime, *, now: datetime, invite: Invite) -> None:
    values = {
        "protocol": file.case.protocol or "",
        "until": f"{expires.astimezone(invite.zone):%d/%m, %Hh%M}",
        "list": "\n\n".join(line(slot.starts_at, invite.zone) for slot in slots),
    }
    text = await letters.standard(
        "slots_offered", values, path=f"/casos/{file.case.id}#horarios", case=file.case.id
    )
    consumer = await User.get(id=file.case.consumer_id)
    await letters.write([consumer], f"case:{file.case.id}:slots:{file.case.version}", text, now=now)
