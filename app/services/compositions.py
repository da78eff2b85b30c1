"""What becomes of a recording: one video in the case, kept as long as the profile says, then deleted.

The job that composes may be done twice, or be cut off anywhere: the row says how far things are, the video's
key in storage is the recording's id, and the folder of segments goes last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from tortoise.expressions import Q

from app.adapters.segments import Segments
from app.adapters.storage import Kept, Storage
from app.db import transaction
from app.services import casefile, queue
from app.services.recordings import COMPOSE_JOB
from models import CaseEvent, Job, Recording, RecordingState, Seat
from models.rules.errors import NotFound, Refused
from models.rules.hearing import SeatRole
from models.rules.people import Role, Viewer
from models.rules.recording import Course, course

FAILURES = frozenset({"compose", "damaged", "empty"})
"""Why a composition failed: the program, what it read, or nothing was there. A later try may undo it."""

_ORDER = (SeatRole.MEDIATOR, SeatRole.CONSUMER, SeatRole.COMPANY)
_PAUSES = {"recording_paused": True, "recording_resumed": False}


@dataclass(frozen=True)
class Participant:
    """Somebody who may be in the video, by their seat."""

    seat: int
    name: str
    role: SeatRole


@dataclass(frozen=True)
class Composition:
    """What is to be composed: where it is, under which key, of whom, and how the recording ran."""

    recording: UUID
    protocol: str
    folder: Path
    key: bytes
    people: tuple[Participant, ...]
    course: Course

    @property
    def storage_key(self) -> str:
        """Where the video is kept: the same each time it is composed."""
        return self.recording.hex


async def ordered(recording_id: UUID, segments: Segments) -> Composition | None:
    """What to compose of a recording; None when it is done, or was given up or deleted."""
    recording = await Recording.get_or_none(id=recording_id).prefetch_related("hearing__case")
    if recording is None or recording.state is not RecordingState.COMPOSING:
        return None
    return Composition(
        recording=recording.id,
        protocol=recording.hearing.case.protocol or "",
        folder=segments.path(recording.folder),
        key=segments.unwrap(recording.id, recording.key),
        people=await _people(recording.hearing_id),
        course=await course_of(recording),
    )


async def course_of(recording: Recording) -> Course:
    """How a recording that has ended ran, by the events of its case."""
    case = (await recording.hearing).case_id
    found = await (
        CaseEvent.filter(case_id=case, name__in=list(_PAUSES)).order_by("seq").values("name", "facts", "at")
    )
    mine = [row for row in found if row["facts"]["recording"] == str(recording.id)]
    changes = [(row["at"], _PAUSES[row["name"]]) for row in mine]
    return course(recording.started_at, recording.ended_at or recording.started_at, changes)


async def _people(hearing_id: int) -> tuple[Participant, ...]:
    seats = await Seat.filter(hearing_id=hearing_id).order_by("id").prefetch_related("user")
    seats.sort(key=lambda seat: _ORDER.index(seat.role))
    return tuple(Participant(seat.id, seat.user.name, seat.role) for seat in seats)


async def progressed(recording_id: UUID, percent: int) -> None:
    """Note how far the composition is, for the pages that show it."""
    await Recording.filter(id=recording_id, state=RecordingState.COMPOSING).update(progress=percent)


async def composed(composition: Composition, kept: Kept, length: timedelta, *, now: datetime) -> None:
    """The video is in storage: enter it in the case, with its digest in the record; a second time is none."""
    async with transaction():
        file, recording = await _opened(composition.recording)
        if recording.state is not RecordingState.COMPOSING:
            return
        recording.state = RecordingState.READY
        recording.progress = 100
        recording.duration_ms = length // timedelta(milliseconds=1)
        recording.size, recording.sha256 = kept.size, kept.sha256
        recording.storage_key = composition.storage_key
        if recording.failure in FAILURES:
            recording.failure = ""
        await recording.save()
        facts = {
            "hearing": recording.hearing_id,
            "recording": str(recording.id),
            "sha256": kept.sha256,
            "size": kept.size,
            "duration_ms": recording.duration_ms,
        }
        await casefile.record(file, "recording_ready", now=now, facts=facts)


async def forget_segments(recording_id: UUID, segments: Segments) -> None:
    """Remove what the video was made of, once it is in storage; without its key no copy of that opens."""
    recording = await Recording.get_or_none(id=recording_id)
    if recording is not None and recording.state is RecordingState.READY and recording.folder:
        await asyncio.to_thread(segments.remove, recording.folder)
        recording.folder, recording.key = "", b""
        await recording.save(update_fields=["folder", "key"])


async def stumbled(recording_id: UUID, cause: str) -> None:
    """A try to compose failed because of ``cause``, one of FAILURES; another may come. Its pages say so."""
    mine = Recording.filter(id=recording_id, state=RecordingState.COMPOSING)
    await mine.filter(failure__in=["", *FAILURES]).update(failure=cause)
    await mine.update(progress=0)


async def give_up(*, now: datetime) -> int:
    """Say of the recordings whose job failed for good that they did; what was recorded is kept. How many."""
    found = await Recording.filter(state=RecordingState.COMPOSING).values("id")
    keys = {job_key(row["id"]): row["id"] for row in found}
    lost = await Job.filter(unique_key__in=list(keys), failed_at__isnull=False).values("unique_key")
    for row in lost:
        await _fail(keys[row["unique_key"]], now=now)
    return len(lost)


async def _fail(recording_id: UUID, *, now: datetime) -> None:
    async with transaction():
        file, recording = await _opened(recording_id)
        recording.state = RecordingState.FAILED
        recording.failure = recording.failure or "compose"
        await recording.save(update_fields=["state", "failure"])
        facts = {"hearing": recording.hearing_id, "recording": str(recording.id), "cause": "compose"}
        await casefile.record(file, "recording_failed", now=now, facts=facts)


async def again(recording_id: UUID, viewer: Viewer, *, now: datetime) -> None:
    """Have a recording composed once more after it was given up; for who conducts hearings.

    Raises NotFound, or Refused("not_yours", "recording_not_failed").
    """
    found = await Recording.get_or_none(id=recording_id).prefetch_related("hearing")
    if found is None:
        raise NotFound
    async with transaction():
        file = await casefile.opened(found.hearing.case_id, viewer)
        if not may_repeat(viewer.role):
            raise Refused("not_yours")
        recording = await Recording.get(id=recording_id)
        if recording.state is not RecordingState.FAILED:
            raise Refused("recording_not_failed")
        recording.state, recording.progress = RecordingState.COMPOSING, 0
        await recording.save(update_fields=["state", "progress"])
        facts = {"hearing": recording.hearing_id, "recording": str(recording.id)}
        await casefile.record(file, "recording_retried", now=now, facts=facts)
        await queue.again(COMPOSE_JOB, job_key(recording.id), {"recording": str(recording.id)}, now=now)


def may_repeat(role: Role) -> bool:
    """Whether an account of this role may have a composition repeated."""
    return role in (Role.MEDIATOR, Role.COORDINATOR)


def job_key(recording_id: UUID) -> str:
    """The unique key of the job that composes a recording."""
    return f"{COMPOSE_JOB}:{recording_id}"


async def expire(storage: Storage, segments: Segments, *, today: date, now: datetime) -> int:
    """Delete the recordings whose time to be kept has passed; the row and its record stay. How many.

    First it is written that a recording is deleted, then it is: cut off between, the next round goes on.
    """
    over = Recording.filter(state__in=[RecordingState.READY, RecordingState.FAILED], keep_until__lt=today)
    expired = [row["id"] for row in await over.values("id")]
    for recording_id in expired:
        async with transaction():
            file, recording = await _opened(recording_id)
            recording.state = RecordingState.DELETED
            await recording.save(update_fields=["state"])
            facts = {"hearing": recording.hearing_id, "recording": str(recording.id)}
            await casefile.record(file, "recording_deleted", now=now, facts=facts)
    left = Recording.filter(~Q(folder="") | ~Q(storage_key=""), state=RecordingState.DELETED)
    await _erase(await left, storage, segments)
    return len(expired)


async def _erase(recordings: Sequence[Recording], storage: Storage, segments: Segments) -> None:
    for recording in recordings:
        if recording.storage_key:
            await storage.delete(recording.storage_key)
        if recording.folder:
            await asyncio.to_thread(segments.remove, recording.folder)
        recording.folder, recording.storage_key, recording.key = "", "", b""
        await recording.save(update_fields=["folder", "storage_key", "key"])


async def _opened(recording_id: UUID) -> tuple[casefile.Opened, Recording]:
    """The case locked for the system, and its recording as it is then."""
    known = await Recording.get(id=recording_id).prefetch_related("hearing")
    file = await casefile.opened(known.hearing.case_id, None)
    return file, await Recording.get(id=recording_id)
