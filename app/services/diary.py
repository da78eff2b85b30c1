"""The timetable: who works when, what is taken, what is free, and the claim that makes a time one's own.

What is taken is read from the hearings and the held offers themselves. The claims (``SlotClaim``) decide
between two who read at the same moment: their unique pair lets one of them write (ADR 0057).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from app.db import transaction
from models import (
    Absence,
    Case,
    Company,
    Hearing,
    OfferedSlot,
    OfferedState,
    Representation,
    SlotClaim,
    User,
    WorkingHours,
)
from models.rules.errors import Conflict
from models.rules.hearing import OVER
from models.rules.people import Role
from models.rules.rescheduling import SchedulingPolicy
from models.rules.slots import Bench, Party, Shift, Slot, SlotRules, Span, Taken, free_slots, grains
from models.rules.terms import Calendar, Term, due_date

LONGEST = timedelta(hours=3)
"""The longest hearing: one that began earlier cannot reach into a span."""
SEARCH_DAYS = 45
MEDIATORS = (Role.MEDIATOR, Role.COORDINATOR)


@dataclass(frozen=True)
class Hours:
    """When hearings are held: from ``opens`` to ``closes`` on business days, after the notice term.

    ``holds``: a hearing holds itself when a party drops. ``minutes`` is the usual length of a hearing.
    """

    opens: time
    closes: time
    notice: Term
    calendar: Calendar
    holds: bool = True
    minutes: int = 40
    policy: SchedulingPolicy = field(default_factory=SchedulingPolicy)

    def slot_rules(self, zone: ZoneInfo) -> SlotRules:
        """The same for the search of slots."""
        return SlotRules(zone, self.calendar, self.minutes, self.policy.step_minutes, len(self.policy.rooms))

    def shifts(self) -> tuple[Shift, ...]:
        """The agency's own week, which holds for a mediator who has set none."""
        opens, closes = (at.hour * 60 + at.minute for at in (self.opens, self.closes))
        return tuple(Shift(weekday, opens, closes) for weekday in range(5))


def earliest(today: date, hours: Hours) -> date:
    """The first day on which a hearing keeps the notice term."""
    return due_date(hours.notice, today, hours.calendar).due


async def mediators() -> list[tuple[int, str]]:
    """The accounts that may conduct a hearing, id and name; those of mediators first."""
    found = await (
        User.filter(role__in=MEDIATORS, disabled_at=None).order_by("name", "id").values("id", "name", "role")
    )
    found.sort(key=lambda row: row["role"] != Role.MEDIATOR)
    return [(int(row["id"]), str(row["name"])) for row in found]


async def benches(hours: Hours, only: int | None = None) -> list[Bench]:
    """When each mediator works and is away; of all mediators, or of one account."""
    people = User.filter(disabled_at=None, role__in=MEDIATORS if only else (Role.MEDIATOR,))
    numbers = (
        await (people.filter(id=only) if only else people).order_by("name", "id").values_list("id", flat=True)
    )
    shifts: dict[int, list[Shift]] = {}
    for row in await WorkingHours.filter(mediator_id__in=numbers).order_by("weekday", "opens"):
        shifts.setdefault(row.mediator_id, []).append(Shift(row.weekday, row.opens, row.closes))
    away: dict[int, list[Span]] = {}
    for absence in await Absence.filter(mediator_id__in=numbers, revoked_at=None):
        away.setdefault(absence.mediator_id, []).append(Span(absence.starts_at, absence.ends_at))
    return [
        Bench(number, tuple(shifts.get(number, hours.shifts())), tuple(away.get(number, ())))
        for number in (int(str(one)) for one in numbers)
    ]


async def taken(
    within: Span, *, now: datetime, but_hearing: int | None = None, but_case: int | None = None
) -> list[Taken]:
    """What stands or is held in a span of time, without one hearing and without one case's own offers."""
    starts, ends = (moment.astimezone(UTC) for moment in (within.starts, within.ends))
    hearings = await (
        Hearing.filter(starts_at__lt=ends, starts_at__gt=starts - LONGEST, state__not_in=OVER)
        .exclude(id=but_hearing or 0)
        .values(
            *("starts_at", "minutes", "mediator_id", "room", "agent_id"),
            consumer="case__consumer_id",
            company="case__company_id",
        )
    )
    offers = await (
        OfferedSlot.filter(starts_at__lt=ends, starts_at__gt=starts - LONGEST)
        .filter(state=OfferedState.OPEN, held=True, expires_at__gt=now)
        .exclude(case_id=but_case or 0)
        .values("starts_at", "minutes", "mediator_id", "room")
    )
    return [_taken(row) for row in (*hearings, *offers)]


def _taken(row: dict[str, Any]) -> Taken:
    span = Span(row["starts_at"], row["starts_at"] + timedelta(minutes=row["minutes"]))
    party = Party(row["consumer"], row["company"], row["agent_id"]) if "consumer" in row else None
    return Taken(span, row["mediator_id"], row["room"], party)


async def free(
    hours: Hours,
    zone: ZoneInfo,
    party: Party,
    *,
    now: datetime,
    first: date | None = None,
    days: int = SEARCH_DAYS,
    mediator: int | None = None,
    but_hearing: int | None = None,
    but_case: int | None = None,
) -> list[Slot]:
    """Every free slot for a party, from ``first`` (the end of the notice term) on for ``days``."""
    today = now.astimezone(zone).date()
    first = first or earliest(today, hours)
    last = first + timedelta(days=days - 1)
    within = Span(
        datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
    )
    busy = await taken(within, now=now, but_hearing=but_hearing, but_case=but_case)
    people = await benches(hours, mediator)
    return list(free_slots(hours.slot_rules(zone), people, party, busy, first, last, not_before=now))


async def party_of(case: Case, on: date, agent: int | None = None) -> Party:
    """Who must be in a case's hearing on a day, and how many people its company could send then."""
    people = await (
        Representation.filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .filter(company_id=case.company_id, user__disabled_at=None)
        .count()
    )
    return Party(case.consumer_id, case.company_id, agent, max(people, 1))


async def lock(mediator_id: int, company_id: int | None) -> User | None:
    """The mediator's and the company's rows, always in this order, so that what is read here stays true."""
    mediator = await User.filter(id=mediator_id).select_for_update().get_or_none()
    if company_id is not None:
        await Company.filter(id=company_id).select_for_update().get_or_none()
    return mediator


async def claim(hearing: Hearing, party: Party, *, now: datetime) -> None:
    """Make a hearing's time its own, inside the caller's transaction.

    Conflict("slot_taken") when somebody else was quicker; then nothing of the caller's transaction may stay.
    """
    people = {party.consumer, hearing.mediator_id, *([party.agent] if party.agent else [])}
    resources = [*(f"person:{number}" for number in sorted(people)), f"room:{hearing.room}"]
    span = Span(hearing.starts_at, hearing.starts_at + timedelta(minutes=hearing.minutes))
    await _claim(resources, span, now, hearing_id=hearing.id)


async def hold(offer: OfferedSlot, *, now: datetime) -> None:
    """The same for a slot that is held for somebody."""
    span = Span(offer.starts_at, offer.starts_at + timedelta(minutes=offer.minutes))
    await _claim([f"person:{offer.mediator_id}", f"room:{offer.room}"], span, now, offered_id=offer.id)


async def release(*, hearing: int | None = None, offers: Iterable[int] = ()) -> None:
    """Give back what a hearing or offers had claimed, inside the caller's transaction."""
    if hearing is not None:
        await SlotClaim.filter(hearing_id=hearing).delete()
    if numbers := list(offers):
        await SlotClaim.filter(offered_id__in=numbers).delete()


async def withdraw(case_id: int, *, but: int = 0, to: OfferedState = OfferedState.WITHDRAWN) -> int:
    """End a case's open offers, all ``but`` one, inside the caller's transaction; answers how many."""
    numbers = await (
        OfferedSlot.filter(case_id=case_id, state=OfferedState.OPEN)
        .exclude(id=but)
        .values_list("id", flat=True)
    )
    await release(offers=[int(str(number)) for number in numbers])
    return await OfferedSlot.filter(id__in=list(numbers)).update(state=to) if numbers else 0


async def _claim(resources: Sequence[str], span: Span, now: datetime, **owner: int) -> None:
    moments = grains(span)
    await _sweep(resources, moments, now)
    claims = [SlotClaim(resource=one, at=at, **owner) for one in sorted(resources) for at in moments]
    try:
        async with transaction():
            await SlotClaim.bulk_create(claims)
    except IntegrityError:
        raise Conflict("slot_taken") from None


async def _sweep(resources: Sequence[str], moments: Sequence[datetime], now: datetime) -> None:
    """Drop claims that nobody needs any more: of hearings that ended early, of offers that lapsed."""
    lapsed = ~Q(offered__state=OfferedState.OPEN) | Q(offered__expires_at__lte=now)
    idle = (Q(hearing_id__isnull=False) & Q(hearing__state__in=list(OVER))) | (
        Q(offered_id__isnull=False) & lapsed
    )
    stale = await (
        SlotClaim.filter(resource__in=list(resources), at__in=list(moments))
        .filter(idle)
        .values_list("id", flat=True)
    )
    if stale:
        await SlotClaim.filter(id__in=list(stale)).delete()
