"""A company's hearings in one block: one after another, with one mediator and one person for the company.

Proposed from what is free, booked in one transaction or not at all, and shown to the company as one thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.functions import Count

from app.db import transaction
from app.services import casefile, diary, invitations, scheduling
from app.services.booking import Booking, place
from app.services.diary import Hours
from app.services.invitations import Invite
from models import Case, Company, Hearing, HearingBlock, Representation
from models.rules.case_machine import AWAITS_HEARING, Action
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.hearing import HearingState
from models.rules.people import Role, Viewer
from models.rules.slots import Party, Slot, run

LARGEST = 8
"""Hearings in one block: a morning and an afternoon of one mediator."""


@dataclass(frozen=True)
class Waiting:
    """A case of the company that waits for its hearing."""

    id: int
    protocol: str
    consumer: str
    changed_at: datetime


@dataclass(frozen=True)
class Desk:
    """All that the form of a block needs: the cases that wait, and who may speak for the company."""

    company_id: int
    company: str
    cases: tuple[Waiting, ...]
    agents: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Plan:
    """A block as staff asks for it."""

    company_id: int
    agent_id: int
    mediator_id: int
    case_ids: tuple[int, ...]
    starts_at: datetime


@dataclass(frozen=True)
class BlockLine:
    """One hearing of a block."""

    id: int
    case_id: int
    protocol: str
    consumer: str
    starts_at: datetime
    minutes: int
    state: HearingState


@dataclass(frozen=True)
class BlockView:
    """A block as its company and staff see it."""

    id: int
    company: str
    agent: str
    mediator: str
    lines: tuple[BlockLine, ...]


async def companies() -> list[tuple[int, str, int]]:
    """The companies with at least two cases that wait for a hearing: id, name, how many cases."""
    found = await (
        Case.filter(state__in=list(AWAITS_HEARING), company_id__isnull=False)
        .annotate(count=Count("id"))
        .group_by("company_id")
        .values("company_id", "count")
    )
    counts = {row["company_id"]: row["count"] for row in found if row["count"] > 1}
    firms = await Company.filter(id__in=list(counts)).order_by("legal_name")
    return [(firm.id, firm.trade_name or firm.legal_name, counts[firm.id]) for firm in firms]


async def desk(company_id: int, today: date) -> Desk:
    """What a block of this company can be made of; NotFound without such a company."""
    company = await Company.get_or_none(id=company_id)
    if company is None:
        raise NotFound
    cases = await (
        Case.filter(company_id=company_id, state__in=list(AWAITS_HEARING))
        .order_by("changed_at", "id")
        .limit(50)
        .values("id", "protocol", "changed_at", consumer="consumer__name")
    )
    people = await Representation.filter(company_id=company_id, user__disabled_at=None).select_related("user")
    agents = tuple(
        (one.user_id, one.user.name) for one in people if one.valid_until is None or one.valid_until >= today
    )
    return Desk(
        company_id,
        company.trade_name or company.legal_name,
        tuple(Waiting(row["id"], row["protocol"] or "", row["consumer"], row["changed_at"]) for row in cases),
        agents,
    )


async def propose(
    company_id: int,
    agent_id: int,
    count: int,
    *,
    mediator_id: int | None,
    first: date | None,
    now: datetime,
    hours: Hours,
    invite: Invite,
) -> list[Slot]:
    """The first run of ``count`` free slots for the company's person; empty when there is none."""
    people = await Representation.filter(company_id=company_id, user__disabled_at=None).count()
    found = await diary.free(
        hours, invite.zone, Party(0, company_id, agent_id, people), now=now, first=first, mediator=mediator_id
    )
    return run(found, min(max(count, 1), LARGEST), hours.minutes)


async def book(viewer: Viewer, plan: Plan, *, now: datetime, hours: Hours, invite: Invite) -> int:
    """Book all hearings of a block, in the order of its cases; answers the block's id.

    Invalid says what stands in the way of which case (``protocol``); then none of them is booked.
    """
    _check(viewer, plan)
    known = await desk(plan.company_id, plan.starts_at.date())
    if plan.agent_id not in {number for number, _name in known.agents}:
        raise Invalid({"agent": "choice_invalid"})
    if plan.starts_at.date() < diary.earliest(now.astimezone(invite.zone).date(), hours):
        raise Invalid({"start": "notice_missing"})
    async with transaction():
        files = {number: await casefile.opened(number, viewer) for number in sorted(plan.case_ids)}
        if any(file.case.company_id != plan.company_id for file in files.values()):
            raise Invalid({"cases": "choice_invalid"})
        block = await HearingBlock.create(
            company_id=plan.company_id,
            mediator_id=plan.mediator_id,
            agent_id=plan.agent_id,
            booked_by_id=viewer.user_id,
            booked_at=now,
        )
        made = []
        for number, case_id in enumerate(plan.case_ids):  # all claims before the first event (ADR 0057)
            file = files[case_id]
            to = file.step(Action.SCHEDULE_HEARING)
            booking = Booking(
                plan.starts_at + timedelta(minutes=hours.minutes * number),
                hours.minutes,
                plan.mediator_id,
                agent_id=plan.agent_id,
                block_id=block.id,
            )
            try:
                hearing = await place(file.case, booking, now=now, hours=hours)
            except Invalid as error:
                code = next(iter(error.fields.values()))
                raise Invalid({"start": code}, protocol=file.case.protocol) from None
            made.append((file, hearing, booking, to))
        for file, hearing, booking, to in made:
            await scheduling.recorded(file, hearing, booking, to, now=now, invite=invite)
        await invitations.block_told(block, now=now, invite=invite)
    return int(block.id)


async def view(block_id: int, viewer: Viewer) -> BlockView:
    """A block for staff or for its own company; anybody else's is NotFound."""
    block = await HearingBlock.get_or_none(id=block_id).select_related("company", "agent", "mediator")
    if block is None or not (viewer.is_staff or _is_theirs(block, viewer)):
        raise NotFound
    lines = await (
        Hearing.filter(block_id=block.id)
        .order_by("starts_at")
        .values(
            *("id", "case_id", "starts_at", "minutes", "state"),
            protocol="case__protocol",
            consumer="case__consumer__name",
        )
    )
    return BlockView(
        block.id,
        block.company.trade_name or block.company.legal_name,
        block.agent.name,
        block.mediator.name,
        tuple(BlockLine(**{**row, "state": HearingState(row["state"])}) for row in lines),
    )


async def upcoming(viewer: Viewer, now: datetime) -> list[BlockView]:
    """The blocks of a company's person that are still to be held, soonest first."""
    numbers = await (
        Hearing.filter(block__company_id__in=list(viewer.company_ids), state=HearingState.NOT_STARTED)
        .filter(starts_at__gte=now - timedelta(hours=12))
        .order_by("starts_at")
        .values_list("block_id", flat=True)
    )
    return [await view(int(str(number)), viewer) for number in list(dict.fromkeys(numbers))[:5]]


def _is_theirs(block: HearingBlock, viewer: Viewer) -> bool:
    return viewer.role is Role.COMPANY and block.company_id in viewer.company_ids


def _check(viewer: Viewer, plan: Plan) -> None:
    if viewer.role is Role.MEDIATOR and plan.mediator_id != viewer.user_id:
        raise Refused("not_yours")
    if not 2 <= len(plan.case_ids) <= LARGEST or len(set(plan.case_ids)) != len(plan.case_ids):
        raise Invalid({"cases": "block_size"}, most=LARGEST)
