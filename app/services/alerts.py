"""Tasks of the command centre: raised and cleared by the rules, taken and resolved by people.

Everything is in rows, so a restarted server has lost nothing. ``review`` says what should be; saying it
twice changes nothing. The record keeps that and when, not who waited for whom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.db import transaction
from app.services import casefile, media_plan
from models import Alert, Hearing, Recording, RecordingState, Seat
from models.rules.alerts import (
    AlertKind,
    Changes,
    Condition,
    HearingNow,
    Known,
    Resolution,
    SeatNow,
    changes,
)
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import OVER, SeatRole, media_flows, seat_state
from models.rules.people import Role, Side, Viewer

NEAR = timedelta(hours=12)
"""From then on a device that failed its test is somebody's task."""
DAY = timedelta(hours=24)
MOST_NOTE = 300
WATCHERS = (Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR, Role.AUDITOR)
"""Who sees the command centre; a mediator, of their own hearings."""

_TROUBLED = (RecordingState.RECORDING, RecordingState.PAUSED)
_SIDES = {SeatRole.CONSUMER: (Side.CONSUMER, Side.STAFF), SeatRole.COMPANY: (Side.COMPANY, Side.STAFF)}


def sides_of(seat: Seat) -> tuple[Side, ...]:
    """Who may know that somebody asked for help: their own side, and the agency; of a guest, the agency."""
    return _SIDES.get(seat.role, (Side.STAFF,))


async def review(hearing_id: int, *, now: datetime) -> bool:
    """Make the tasks of a hearing what its rows say; True when something changed."""
    hearing = await Hearing.get_or_none(id=hearing_id)
    if hearing is None or not _any(await _changes(hearing, now)):
        return False
    async with transaction():
        file = await casefile.opened(hearing.case_id, None)
        hearing = await Hearing.get(id=hearing_id)
        wanted = await _changes(hearing, now)
        for condition in sorted(wanted.raised, key=str):
            await raise_alert(file, hearing, condition, now=now)
        for condition in sorted(wanted.gone, key=str):
            await _gone(file, hearing, condition, wanted.how, now=now)
    return _any(wanted)


def _any(wanted: Changes) -> bool:
    return bool(wanted.raised or wanted.gone)


async def review_all(*, now: datetime) -> bool:
    """The same for every hearing of about now, and for those that still have tasks."""
    about = Hearing.filter(starts_at__gte=now - DAY, starts_at__lt=now + NEAR).exclude(state__in=list(OVER))
    rows = await about.values("id") + await Alert.exclude(standing=None).values(id="hearing_id")
    return any([await review(number, now=now) for number in sorted({row["id"] for row in rows})])


async def _changes(hearing: Hearing, now: datetime) -> Changes:
    rows = await Alert.filter(hearing_id=hearing.id).exclude(standing=None)
    known = [Known(Condition(row.kind, row.seat_id), row.resolved_at is None) for row in rows]
    return changes(await _now(hearing, now), known)


async def _now(hearing: Hearing, now: datetime) -> HearingNow:
    seats = await Seat.filter(hearing_id=hearing.id).order_by("id")
    return HearingNow(
        state=hearing.state,
        due=now >= hearing.starts_at,
        near=now >= hearing.starts_at - NEAR,
        recording_fails=await _recording_fails(hearing.id),
        seats=tuple(_seat_now(hearing, seat) for seat in seats),
    )


def _seat_now(hearing: Hearing, seat: Seat) -> SeatNow:
    facts, check = media_plan.seat_facts(seat), seat.device_check or {}
    return SeatNow(
        seat=seat.id,
        role=seat.role,
        state=seat_state(facts),
        conducts=seat.user_id == hearing.mediator_id,
        admitted=seat.admitted,
        flows=seat.connected and media_flows(hearing.state, facts),
        mode=seat.mode,
        check_failed="failed" in (check.get("camera"), check.get("microphone")),
        silent=seat.silent,
    )


async def _recording_fails(hearing_id: int) -> bool:
    if await Recording.filter(hearing_id=hearing_id, state=RecordingState.FAILED).exists():
        return True
    running = Recording.filter(hearing_id=hearing_id, state__in=list(_TROUBLED))
    return await running.exclude(failure="").exists()


async def noted(seat_id: int, *, silent: bool, now: datetime) -> bool:
    """Whether sound comes from somebody, as it was measured; True when that raised or cleared a task."""
    seat = await Seat.get_or_none(id=seat_id)
    if seat is None or seat.silent is silent:
        return False
    await Seat.filter(id=seat_id).update(silent=silent)
    return await review(seat.hearing_id, now=now)


async def heard_of(seat_id: int) -> bool | None:
    """What was last noted of a seat."""
    seat = await Seat.get_or_none(id=seat_id)
    return None if seat is None else seat.silent


async def raise_alert(
    file: casefile.Opened, hearing: Hearing, condition: Condition, *, now: datetime
) -> Alert:
    """A new task, inside the caller's transaction; the open one of the same condition if there is one."""
    name = _name(hearing.id, condition)
    if (known := await Alert.get_or_none(standing=name)) is not None:
        return known
    alert = await Alert.create(
        hearing_id=hearing.id, seat_id=condition.seat, kind=condition.kind, standing=name, raised_at=now
    )
    await casefile.record(file, "alert_raised", now=now, facts=_facts(alert))
    return alert


def _name(hearing: int, condition: Condition) -> str:
    return f"{hearing}-{condition.seat or 0}-{condition.kind}"


def _facts(alert: Alert) -> dict[str, Any]:
    return {"hearing": alert.hearing_id, "alert": alert.id, "kind": alert.kind, "seat": alert.seat_id}


async def _gone(
    file: casefile.Opened, hearing: Hearing, condition: Condition, how: Resolution, *, now: datetime
) -> None:
    alert = await Alert.get(standing=_name(hearing.id, condition))
    if alert.resolved_at is None:
        await finish(file, alert, how, now=now)
        return
    alert.standing = None
    await alert.save(update_fields=["standing"])


async def finish(
    file: casefile.Opened,
    alert: Alert,
    how: Resolution,
    *,
    now: datetime,
    by: Viewer | None = None,
    note: str = "",
) -> None:
    """End a task, inside the caller's transaction. Resolved by hand, its condition may go on standing."""
    alert.resolved_at, alert.resolution, alert.note = now, how, note
    alert.resolved_by_id = by.user_id if by is not None else None
    if how is not Resolution.HANDLED or alert.kind is AlertKind.HELP_ASKED:
        alert.standing = None
    await alert.save()
    await casefile.record(file, "alert_resolved", now=now, facts={**_facts(alert), "resolution": how})
    if alert.kind is AlertKind.HELP_ASKED:
        seat = await Seat.get(id=alert.seat_id)
        facts = {"hearing": alert.hearing_id, "seat": seat.id}
        await casefile.record(file, "help_over", now=now, facts=facts, sides=sides_of(seat))


def may_watch(viewer: Viewer, hearing: Hearing) -> bool:
    """Whether somebody sees this hearing in the command centre."""
    if viewer.role is Role.MEDIATOR:
        return hearing.mediator_id == viewer.user_id
    return viewer.role in WATCHERS


async def take(alert_id: int, viewer: Viewer, *, anyway: bool = False, now: datetime) -> None:
    """Take a task; from a colleague only ``anyway``. Conflict("alert_taken") otherwise."""
    async with transaction():
        file, alert = await _open_task(alert_id, viewer)
        if alert.taken_by_id == viewer.user_id:
            return
        if alert.taken_by_id is not None and not anyway:
            raise Conflict("alert_taken")
        await taken(file, alert, viewer, now=now)


async def taken(file: casefile.Opened, alert: Alert, viewer: Viewer, *, now: datetime) -> None:
    """Note who works on a task, inside the caller's transaction."""
    alert.taken_by_id, alert.taken_at = viewer.user_id, now
    await alert.save(update_fields=["taken_by_id", "taken_at"])
    await casefile.record(file, "alert_taken", now=now, facts=_facts(alert))


async def resolve(alert_id: int, viewer: Viewer, note: str, *, now: datetime) -> None:
    """End a task by hand, with a word on how; it then is the task of who ended it."""
    note = note.strip()
    if len(note) > MOST_NOTE:
        raise Invalid({"note": "too_long"})
    async with transaction():
        file, alert = await _open_task(alert_id, viewer)
        if alert.taken_by_id is None:
            await taken(file, alert, viewer, now=now)
        await finish(file, alert, Resolution.HANDLED, now=now, by=viewer, note=note)


async def _open_task(alert_id: int, viewer: Viewer) -> tuple[casefile.Opened, Alert]:
    found = await Alert.get_or_none(id=alert_id).prefetch_related("hearing")
    if found is None or viewer.role is Role.AUDITOR or not may_watch(viewer, found.hearing):
        raise NotFound
    file = await casefile.opened(found.hearing.case_id, viewer)
    alert = await Alert.get(id=alert_id)
    if alert.resolved_at is not None:
        raise Refused("alert_resolved")
    return file, alert


async def open_counts() -> Mapping[tuple[AlertKind, bool], int]:
    """How many tasks are open, by kind and whether somebody took them."""
    rows = await Alert.filter(resolved_at=None).values_list("kind", "taken_by_id")
    found = Counter((AlertKind(kind), taker is not None) for kind, taker in rows)
    return {(kind, taken): found[kind, taken] for kind in AlertKind for taken in (False, True)}


async def forget(before: datetime) -> int:
    """Delete the tasks that ended earlier."""
    return await Alert.filter(resolved_at__lt=before, standing=None).delete()
