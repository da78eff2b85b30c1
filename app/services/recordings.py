"""The recording of a hearing while it is held: who agreed to it, and starting, pausing and ending it.

The row is the truth. The conductor tells the media process what it says (``wanted``), again and again if need
be, so a media process that was replaced goes on where the lost one ended (ADR 0044).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from app.adapters.segments import Segments
from app.db import transaction
from app.services import casefile, queue, rooms
from models import CaseEvent, Hearing, Recording, RecordingState, Seat
from models.rules.errors import Refused
from models.rules.hearing import OVER
from models.rules.people import Role, Viewer
from models.rules.recording import (
    Answer,
    Asked,
    Capture,
    RecordingPolicy,
    Take,
    all_agreed,
    check_question,
    is_asked,
    may_run,
    take,
)

COMPOSE_JOB = "compose_recording"
SETTLE = timedelta(seconds=5)
"""What the media process is given to write its last frames before they are composed."""

_CAPTURE = {RecordingState.RECORDING: Capture.RUNNING, RecordingState.PAUSED: Capture.PAUSED}
_ANSWERS = {"recording_agreed": Answer.AGREED, "recording_declined": Answer.DECLINED}
_EVENTS = {Answer.AGREED: "recording_agreed", Answer.DECLINED: "recording_declined"}


@dataclass(frozen=True)
class Studio:
    """What recording takes: the house's decision, and a place to write."""

    policy: RecordingPolicy
    segments: Segments

    def is_for(self, role: Role) -> bool:
        """Whether an account of this role may record here."""
        return self.policy.enabled and role in self.policy.roles


@dataclass(frozen=True)
class Wanted:
    """What the media process is to do: record into ``folder`` under ``key``, or pause with it."""

    recording: UUID
    folder: Path
    key: bytes
    paused: bool


async def running(hearing_id: int) -> Recording | None:
    """The recording of a hearing that has not ended."""
    return await Recording.filter(hearing_id=hearing_id, state__in=list(_CAPTURE)).first()


def capture_of(recording: Recording | None) -> Capture:
    """What a recording is doing."""
    return _CAPTURE.get(recording.state, Capture.NONE) if recording else Capture.NONE


async def wanted(hearing_id: int, segments: Segments) -> Wanted | None:
    """What should be recorded of a hearing now; None: nothing, so whatever is must end."""
    recording = await running(hearing_id)
    if recording is None:
        return None
    return Wanted(
        recording=recording.id,
        folder=segments.path(recording.folder),
        key=segments.unwrap(recording.id, recording.key),
        paused=recording.state is RecordingState.PAUSED,
    )


async def was_recorded(hearing_id: int) -> bool:
    """Whether a recording of the hearing was ever begun."""
    return await Recording.filter(hearing_id=hearing_id).exists()


async def answers(hearing: Hearing) -> Mapping[int, Answer]:
    """By seat, what its person said last about being recorded; the record of the case keeps every answer."""
    found = await (
        CaseEvent.filter(case_id=hearing.case_id, name__in=list(_ANSWERS))
        .order_by("seq")
        .values("name", "facts")
    )
    return {
        row["facts"]["seat"]: _ANSWERS[row["name"]] for row in found if row["facts"]["hearing"] == hearing.id
    }


async def everybody_agreed(hearing: Hearing) -> bool:
    """Whether all who were let into the room have agreed."""
    said = await answers(hearing)
    seats = await Seat.filter(hearing_id=hearing.id)
    return all_agreed(Asked(seat.role, seat.admitted, said.get(seat.id)) for seat in seats)


async def answer(
    hearing_id: int, viewer: Viewer, said: Answer, *, asked: str, shown: str, now: datetime
) -> None:
    """Keep what a party says about being recorded; it may be said before entering, and taken back.

    ``asked`` is the version of the question today (``RecordingPolicy.question``), ``shown`` the one that was
    answered; Refused("recording_question_changed") when they differ.

    A recording that runs is paused by the first "no". Raises Refused("not_yours") to the agency's people.
    """
    async with transaction():
        room = await rooms.entered(hearing_id, viewer)
        if not is_asked(room.seat.role):
            raise Refused("not_yours")
        check_question(asked, shown)
        if (await answers(room.hearing)).get(room.seat.id) is said:
            return
        facts = {"seat": room.seat.id, "role": room.seat.role, "version": shown}
        await room.record(_EVENTS[said], now=now, facts=facts)
        await follow(room, now=now)


async def act(hearing_id: int, viewer: Viewer, what: Take, studio: Studio, *, now: datetime) -> None:
    """Start, pause, resume or end the recording of a hearing.

    Raises Refused: "recording_off" where hearings are not recorded, "not_yours", "recording_no_space" before
    a start with too little disk, and those of ``models.rules.recording.take``.
    """
    if not studio.policy.enabled:
        raise Refused("recording_off")
    space = await asyncio.to_thread(studio.segments.free)
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        if not studio.is_for(viewer.role):
            raise Refused("not_yours")
        recording = await running(hearing_id)
        agreed = await everybody_agreed(room.hearing)
        take(capture_of(recording), what, room.hearing.state, agreed=agreed)
        if recording is None:
            if space < studio.policy.free_bytes:
                raise Refused("recording_no_space")
            await _start(room, viewer, studio, now=now)
        elif what is Take.STOP:
            await _end(room.file, recording, now=now)
        else:
            await _turn(room, recording, what, now=now)


async def follow(room: rooms.Room, *, now: datetime) -> None:
    """After a change in a room: pause the recording that may not run any more, end that of a closed hearing.

    Inside the transaction of the change. It does not go on by itself: somebody must want that.
    """
    recording = await running(room.hearing.id)
    if recording is None:
        return
    if room.hearing.state in OVER:
        await _end(room.file, recording, now=now)
    elif recording.state is RecordingState.RECORDING:
        agreed = await everybody_agreed(room.hearing)
        if not may_run(room.hearing.state, agreed=agreed):
            cause = "hearing" if agreed else "agreement"
            await _turn(room, recording, Take.PAUSE, now=now, cause=cause)


async def reported(recording_id: UUID, failure: str, *, now: datetime) -> bool:
    """What the media process says of a recording: ``failure`` is why it does not go (a constant), or "".

    True when that is news. It goes on trying, so a recording that fails is not over; what was written is kept
    whatever comes.
    """
    found = await Recording.get_or_none(id=recording_id).prefetch_related("hearing")
    if found is None or (found.failure == failure[:40]):
        return False
    async with transaction():
        file = await casefile.opened(found.hearing.case_id, None)
        recording = await Recording.get(id=recording_id)
        if recording.state not in _CAPTURE or recording.failure == failure[:40]:
            return False
        recording.failure = failure[:40]
        await recording.save(update_fields=["failure"])
        facts = {"hearing": recording.hearing_id, "recording": str(recording.id)}
        if failure:
            await casefile.record(file, "recording_failed", now=now, facts={**facts, "cause": failure[:40]})
        else:
            await casefile.record(file, "recording_recovered", now=now, facts=facts)
    return True


async def _start(room: rooms.Room, viewer: Viewer, studio: Studio, *, now: datetime) -> None:
    number = uuid4()
    place = studio.segments.new(number)
    await Recording.create(
        id=number,
        hearing=room.hearing,
        state=RecordingState.RECORDING,
        started_by_id=viewer.user_id,
        started_at=now,
        folder=place.folder,
        key=place.wrapped,
        keep_until=(now + timedelta(days=studio.policy.keep_days)).date(),
    )
    await room.record("recording_started", now=now, facts={"recording": str(number)})


async def _turn(
    room: rooms.Room, recording: Recording, what: Take, *, now: datetime, cause: str = "mediator"
) -> None:
    pauses = what is Take.PAUSE
    recording.state = RecordingState.PAUSED if pauses else RecordingState.RECORDING
    await recording.save(update_fields=["state"])
    facts: dict[str, Any] = {"recording": str(recording.id), **({"cause": cause} if pauses else {})}
    await room.record("recording_paused" if pauses else "recording_resumed", now=now, facts=facts)


async def _end(file: casefile.Opened, recording: Recording, *, now: datetime) -> None:
    recording.state, recording.ended_at = RecordingState.COMPOSING, now
    await recording.save(update_fields=["state", "ended_at"])
    facts = {"hearing": recording.hearing_id, "recording": str(recording.id)}
    await casefile.record(file, "recording_stopped", now=now, facts=facts)
    key = f"{COMPOSE_JOB}:{recording.id}"
    await queue.enqueue(COMPOSE_JOB, key, {"recording": str(recording.id)}, now=now, at=now + SETTLE)
