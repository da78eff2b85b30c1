"""The week of a mediator and the days on which they are away, as their page edits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from app.db import transaction
from app.services.diary import MEDIATORS, Hours
from models import Absence, AbsenceKind, Hearing, User, WorkingHours
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.hearing import HearingState
from models.rules.people import Role, Viewer
from models.rules.slots import CLAIM_MINUTES, Shift

LONGEST_ABSENCE = timedelta(days=366)


@dataclass(frozen=True)
class Away:
    """An absence; ``hearings`` are those that stand in it and must be moved."""

    id: int
    starts_at: datetime
    ends_at: datetime
    kind: AbsenceKind
    note: str
    added_by: str
    hearings: tuple[tuple[int, datetime], ...]


@dataclass(frozen=True)
class Week:
    """Whose week it is, its shifts, whether they are the agency's, and the absences to come."""

    mediator_id: int
    name: str
    shifts: tuple[Shift, ...]
    usual: bool
    away: tuple[Away, ...]


async def week(viewer: Viewer, mediator_id: int, *, now: datetime, hours: Hours) -> Week:
    """A mediator's week: their own, or for a coordinator anybody's; else NotFound."""
    person = await _person(viewer, mediator_id)
    rows = await WorkingHours.filter(mediator_id=mediator_id).order_by("weekday", "opens")
    shifts = tuple(Shift(row.weekday, row.opens, row.closes) for row in rows)
    absences = await (
        Absence.filter(mediator_id=mediator_id, revoked_at=None, ends_at__gt=now)
        .order_by("starts_at")
        .select_related("added_by")
    )
    return Week(
        mediator_id,
        person.name,
        shifts or hours.shifts(),
        not rows,
        tuple([await _away(one) for one in absences]),
    )


async def _away(absence: Absence) -> Away:
    standing = await (
        Hearing.filter(mediator_id=absence.mediator_id, state=HearingState.NOT_STARTED)
        .filter(starts_at__lt=absence.ends_at, starts_at__gte=absence.starts_at - timedelta(hours=3))
        .order_by("starts_at")
    )
    meeting = [
        (one.id, one.starts_at)
        for one in standing
        if one.starts_at + timedelta(minutes=one.minutes) > absence.starts_at
    ]
    return Away(
        absence.id,
        absence.starts_at,
        absence.ends_at,
        absence.kind,
        absence.note,
        absence.added_by.name,
        tuple(meeting),
    )


async def set_week(viewer: Viewer, mediator_id: int, shifts: Sequence[Shift]) -> None:
    """Set the shifts of a week in the place of those before; none means the agency's hours.

    Invalid names the weekday's field, ``day-0`` for Monday, when shifts overlap or end before they begin.
    """
    await _person(viewer, mediator_id)
    wrong: dict[str, str] = {}
    for weekday in range(7):
        mine = sorted((one for one in shifts if one.weekday == weekday), key=lambda one: one.opens)
        aligned = all(one.opens % CLAIM_MINUTES == one.closes % CLAIM_MINUTES == 0 for one in mine)
        forward = all(0 <= one.opens < one.closes <= 24 * 60 for one in mine)
        apart = all(one.closes <= other.opens for one, other in pairwise(mine))
        if not (aligned and forward and apart):
            wrong[f"day-{weekday}"] = "shift_invalid"
    if wrong:
        raise Invalid(wrong)
    async with transaction():
        await User.filter(id=mediator_id).select_for_update().get()
        await WorkingHours.filter(mediator_id=mediator_id).delete()
        for one in shifts:
            await WorkingHours.create(
                mediator_id=mediator_id, weekday=one.weekday, opens=one.opens, closes=one.closes
            )


async def add_absence(
    viewer: Viewer,
    mediator_id: int,
    starts: datetime,
    ends: datetime,
    kind: AbsenceKind,
    note: str,
    *,
    now: datetime,
) -> int:
    """Note that a mediator is away; hearings that stand then stay until somebody moves them."""
    await _person(viewer, mediator_id)
    if not timedelta(0) < ends - starts <= LONGEST_ABSENCE:
        raise Invalid({"last": "period_invalid"})
    if ends <= now:
        raise Invalid({"first": "time_past"})
    async with transaction():
        await User.filter(id=mediator_id).select_for_update().get()
        row = await Absence.create(
            mediator_id=mediator_id,
            starts_at=starts.astimezone(UTC),
            ends_at=ends.astimezone(UTC),
            kind=kind,
            note=note[:160],
            added_by_id=viewer.user_id,
            added_at=now,
        )
    return int(row.id)


async def revoke_absence(viewer: Viewer, absence_id: int, *, now: datetime) -> int:
    """Take an absence back; answers whose it was."""
    absence = await Absence.get_or_none(id=absence_id)
    if absence is None:
        raise NotFound
    await _person(viewer, absence.mediator_id)
    if not await Absence.filter(id=absence_id, revoked_at=None).update(revoked_at=now):
        raise Conflict("already_revoked")
    return int(absence.mediator_id)


async def _person(viewer: Viewer, mediator_id: int) -> User:
    person = await User.get_or_none(id=mediator_id, role__in=MEDIATORS, disabled_at=None)
    theirs = viewer.role is Role.COORDINATOR or viewer.user_id == mediator_id
    if person is None or not theirs:
        raise NotFound
    return person
