"""Seats: entering and leaving the room, one live connection each, and what the mediator does to them.

A seat's ``generation`` numbers its live connections. Whoever holds the newest one sits there; a message
or a departure of an older one changes nothing, so a late "disconnected" never empties a seat that was
taken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.db import transaction
from app.services import casefile, consultations, floor, house_rules, recordings, rooms
from models import Seat
from models.rules.errors import Conflict, Refused
from models.rules.hearing import SeatRole, has_place, may_enter, sign_in_open
from models.rules.people import Viewer

STALE = timedelta(seconds=45)
"""A connection that gave no sign of life for this long is gone, its server with it perhaps."""
GRACE = timedelta(seconds=5)
"""So long a seat is kept for a browser whose connection broke: a reload, a tunnel, a new network."""

CheckResult = Literal["ok", "failed", "skipped"]


@dataclass(frozen=True)
class Entry:
    """A person's live place: ``generation`` is what they show when they come back."""

    hearing: int
    case: int
    seat: int
    generation: int
    role: SeatRole
    admitted: bool


@dataclass(frozen=True)
class NetworkFigures:
    """What came back from the media server: the fraction lost, milliseconds there and back, kbit/s."""

    loss: float
    rtt_ms: float
    up_kbps: float
    down_kbps: float


@dataclass(frozen=True)
class DeviceCheck:
    """What a person's device test found; ``figures`` when the network was measured."""

    camera: CheckResult
    microphone: CheckResult
    speaker: CheckResult
    network: CheckResult = "skipped"
    figures: NetworkFigures | None = None


async def enter(
    hearing_id: int,
    viewer: Viewer,
    *,
    device: str,
    held: int | None,
    take_over: bool,
    opens_minutes: int,
    now: datetime,
    rules: str = "",
    accepts: str = "",
) -> Entry:
    """Sit down, from this device.

    ``held`` is the generation that this very browser had, after a reload or a lost connection. From
    another device the seat is Conflict("seat_taken", device=…) while its holder gives signs of life,
    unless ``take_over``. Refused("door_closed") to the parties before the door opens. ``rules`` is the
    version of the house rules in force (empty: none) and ``accepts`` the one that this person accepts by
    entering; Refused("rules_not_accepted"). Refused("room_full") when all places are taken: by who is
    connected, and by who was let in, whose place is kept until they are sent back to wait.
    """
    async with transaction():
        room = await rooms.entered(hearing_id, viewer)
        seat, hearing = room.seat, room.hearing
        mediator = seat.role is SeatRole.MEDIATOR
        door_open = sign_in_open(hearing.starts_at, now, opens_minutes)
        if not may_enter(hearing.state, seat.role, door_open=door_open):
            raise Refused("door_closed")
        if _alive(seat, now) and held != seat.generation and not take_over:
            raise Conflict("seat_taken", device=seat.device)
        if not has_place(seat.role, await _taken(seat)):
            raise Refused("room_full")
        if rules:
            await house_rules.demand(room, rules, accepts, now=now)
        seat.generation += 1
        seat.connected, seat.entered_at, seat.seen_at, seat.device = True, now, now, device[:200]
        seat.silent = None  # measured anew
        seat.admitted = seat.admitted or mediator
        await seat.save()
        facts = {"seat": seat.id, "role": seat.role, "generation": seat.generation}
        await room.record("seat_entered", now=now, facts=facts)
    return Entry(hearing.id, hearing.case_id, seat.id, seat.generation, seat.role, seat.admitted)


async def _taken(seat: Seat) -> list[SeatRole]:
    """The roles of the others who have a place in a seat's hearing."""
    others = Seat.filter(hearing_id=seat.hearing_id).exclude(id=seat.id)
    return [other.role for other in await others if other.connected or other.admitted]


def _alive(seat: Seat, now: datetime) -> bool:
    return seat.connected and seat.seen_at is not None and seat.seen_at > now - STALE


async def alive(seat_id: int, generation: int, *, now: datetime) -> bool:
    """Note a sign of life; False when the seat is no longer held by this connection."""
    return bool(await Seat.filter(id=seat_id, generation=generation, connected=True).update(seen_at=now))


async def lost(seat_id: int, generation: int, *, now: datetime) -> None:
    """The connection broke: the person may sit down from any device; the sweep comes after GRACE."""
    await Seat.filter(id=seat_id, generation=generation, connected=True).update(seen_at=now - STALE)


async def leave(seat_id: int, generation: int, *, now: datetime, by_choice: bool = False) -> bool:
    """Empty a seat, unless a newer connection holds it; True when it was emptied now.

    Who goes ``by_choice`` leaves the private room too; who only lost the connection finds it again.
    """
    found = await Seat.get_or_none(id=seat_id).prefetch_related("hearing")
    if found is None:
        return False
    async with transaction():
        file = await casefile.opened(found.hearing.case_id, None)
        seat = await Seat.get(id=seat_id)
        if not seat.connected or seat.generation != generation:
            return False
        seat.connected = False
        await seat.save(update_fields=["connected"])
        if by_choice:
            await consultations.depart(file, seat, now=now)
            await floor.drop(file, seat, now=now)
        facts = {"hearing": seat.hearing_id, "seat": seat.id, "role": seat.role, "generation": generation}
        await casefile.record(file, "seat_left", now=now, facts={**facts, "chosen": by_choice})
    return True


async def sweep(*, now: datetime) -> int:
    """Empty the seats whose connection gave no sign of life; how many there were."""
    stale = await Seat.filter(connected=True, seen_at__lt=now - STALE - GRACE).values("id", "generation")
    return sum([await leave(row["id"], row["generation"], now=now) for row in stale])


async def admit(hearing_id: int, viewer: Viewer, seat_id: int | None, *, now: datetime) -> None:
    """Let one person in, or with None all who are waiting; who is in already stays in."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        for seat in await _chosen(room, seat_id):
            if not seat.admitted:
                await _change(room, seat, "participant_admitted", now=now, admitted=True)
        await recordings.follow(room, now=now)  # who has not agreed to it is not recorded


async def send_back(hearing_id: int, viewer: Viewer, seat_id: int, *, now: datetime) -> None:
    """Return one person to the waiting room."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        for seat in await _chosen(room, seat_id):
            if seat.role is SeatRole.MEDIATOR:
                raise Refused("not_yours")
            if seat.admitted:
                await consultations.depart(room.file, seat, now=now)
                await floor.drop(room.file, seat, now=now)
                await _change(room, seat, "participant_returned", now=now, admitted=False)


async def mute(hearing_id: int, viewer: Viewer, seat_id: int, *, muted: bool, now: datetime) -> None:
    """Silence one person for all, or give the word back."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        name = "participant_muted" if muted else "participant_unmuted"
        for seat in await _chosen(room, seat_id):
            if seat.muted != muted:
                await _change(room, seat, name, now=now, muted=muted)


async def mute_all(hearing_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Silence all but who conducts the hearing and who was given the word."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        for seat in await Seat.filter(hearing_id=hearing_id, admitted=True, muted=False).order_by("id"):
            if seat.role is not SeatRole.MEDIATOR and seat.id != room.hearing.floor:
                await _change(room, seat, "participant_muted", now=now, muted=True)


async def _chosen(room: rooms.Room, seat_id: int | None) -> Sequence[Seat]:
    if seat_id is None:
        return await Seat.filter(hearing_id=room.hearing.id, connected=True).order_by("id")
    return [await rooms.seat_of(room, seat_id)]


async def _change(room: rooms.Room, seat: Seat, name: str, *, now: datetime, **changes: bool) -> None:
    seat.update_from_dict(changes)
    await seat.save(update_fields=list(changes))
    await room.record(name, now=now, facts={"seat": seat.id, "role": seat.role})


async def checked(hearing_id: int, viewer: Viewer, check: DeviceCheck, *, now: datetime) -> None:
    """Keep what a device test found, for the mediator to see; possible from the invitation on."""
    async with transaction():
        room = await rooms.entered(hearing_id, viewer)
        room.seat.device_check = {**asdict(check), "at": now.isoformat()}
        await room.seat.save(update_fields=["device_check"])
        await room.record("device_checked", now=now, facts={"seat": room.seat.id, "role": room.seat.role})


async def opened_devices(
    hearing_id: int, viewer: Viewer, *, camera: CheckResult, microphone: CheckResult, now: datetime
) -> None:
    """What the browser opened at the door, as far as it is news: it speaks for an older test of these two.

    ``skipped`` leaves what is known: somebody may have no camera and want none. Who has made no test is not
    said to have made one: what is kept then bears ``at_door``.
    """
    opened = {"camera": camera, "microphone": microphone}
    found = {name: result for name, result in opened.items() if result != "skipped"}
    async with transaction():
        room = await rooms.entered(hearing_id, viewer)
        blank = {**asdict(DeviceCheck("skipped", "skipped", "skipped")), "at_door": True}
        before = room.seat.device_check or blank
        if before | found == before:
            return
        room.seat.device_check = {**before, **found, "at": now.isoformat()}
        await room.seat.save(update_fields=["device_check"])
        await room.record("device_checked", now=now, facts={"seat": room.seat.id, "role": room.seat.role})
