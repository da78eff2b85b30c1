"""Recordings as people see them: in their case, on a page of their own, and each opening in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.services import casefile, compositions
from app.services.chapters import Chapter, chapters
from app.services.documents import SAME_OPENING
from models import Case, Hearing, Recording, RecordingAccess, RecordingState
from models.rules.errors import NotFound
from models.rules.people import Role, Side, Viewer
from models.rules.recording import may_watch

ENDED = (
    RecordingState.COMPOSING,
    RecordingState.READY,
    RecordingState.FAILED,
    RecordingState.DELETED,
)


@dataclass(frozen=True)
class RecordingView:
    """A recording as its case shows it; ``progress`` in per cent while the video is made.

    ``watchable``: this person may open it, and there is something to open. ``repeatable``: they may have it
    composed again.
    """

    id: UUID
    case_id: int
    hearing_id: int
    state: RecordingState
    started_at: datetime
    ended_at: datetime | None
    progress: int
    length: timedelta
    size: int
    sha256: str
    keep_until: date | None
    failure: str
    watchable: bool
    repeatable: bool


@dataclass(frozen=True)
class Opening:
    """Somebody played or downloaded a recording."""

    name: str
    role: Role
    at: datetime
    address: str


@dataclass(frozen=True)
class RecordingPage:
    """All that a recording's page shows; ``openings``, newest first, to the agency alone."""

    recording: RecordingView
    protocol: str
    consumer: str
    company: str
    chapters: tuple[Chapter, ...]
    openings: tuple[Opening, ...] | None


@dataclass(frozen=True)
class Video:
    """A video about to be read; ``size`` in bytes."""

    storage_key: str
    size: int
    sha256: str
    protocol: str
    started_at: datetime


async def of_case(case_id: int, side: Side, viewer: Viewer) -> dict[int, list[RecordingView]]:
    """By hearing, the recordings of a case that have ended, oldest first."""
    found = (
        await Recording.filter(hearing__case_id=case_id, state__in=list(ENDED))
        .order_by("started_at")
        .prefetch_related("hearing__case")
    )
    seen: dict[int, list[RecordingView]] = {}
    for recording in found:
        seen.setdefault(recording.hearing_id, []).append(_view(recording, side, viewer))
    return seen


async def state(recording_id: UUID, viewer: Viewer) -> RecordingView:
    """How far a recording is, for whoever sees its case; NotFound otherwise."""
    recording, side = await _seen(recording_id, viewer)
    return _view(recording, side, viewer)


async def page(recording_id: UUID, viewer: Viewer) -> RecordingPage:
    """A recording's page; NotFound for who may not watch it, and while it is being made."""
    recording, side = await _watched(recording_id, viewer)
    case = recording.hearing.case
    await case.fetch_related("consumer", "company")
    company = case.company
    return RecordingPage(
        recording=_view(recording, side, viewer),
        protocol=case.protocol or "",
        consumer=case.consumer.name,
        company=(company.trade_name or company.legal_name) if company else case.company_name,
        chapters=await chapters(recording, await compositions.course_of(recording)),
        openings=await _openings(recording) if side is Side.STAFF else None,
    )


async def opened(recording_id: UUID, viewer: Viewer, *, address: str, now: datetime) -> Video:
    """A video about to be read, with its opening logged (LGPD art. 37); NotFound when not theirs to watch.

    A player asks for a video in many pieces: those of one person within ten minutes are one opening.
    """
    recording, _ = await _watched(recording_id, viewer)
    recent = RecordingAccess.filter(
        recording_id=recording_id, user_id=viewer.user_id, at__gt=now - SAME_OPENING
    )
    if not await recent.exists():
        await RecordingAccess.create(
            recording_id=recording_id, user_id=viewer.user_id, at=now, address=address
        )
    return _video(recording)


async def video(recording_id: UUID, viewer: Viewer) -> Video:
    """The same without an opening: what a browser asks about a video before it reads any of it."""
    recording, _ = await _watched(recording_id, viewer)
    return _video(recording)


def _video(recording: Recording) -> Video:
    return Video(
        storage_key=recording.storage_key,
        size=recording.size,
        sha256=recording.sha256,
        protocol=recording.hearing.case.protocol or "",
        started_at=recording.started_at,
    )


async def _seen(recording_id: UUID, viewer: Viewer) -> tuple[Recording, Side]:
    """A recording of a case that the viewer sees."""
    recording = await Recording.get_or_none(id=recording_id).prefetch_related("hearing__case")
    if recording is None:
        raise NotFound
    return recording, casefile.side_in(recording.hearing.case, viewer)


async def _watched(recording_id: UUID, viewer: Viewer) -> tuple[Recording, Side]:
    recording, side = await _seen(recording_id, viewer)
    if not _view(recording, side, viewer).watchable:
        raise NotFound
    return recording, side


def _view(recording: Recording, side: Side, viewer: Viewer) -> RecordingView:
    hearing: Hearing = recording.hearing
    case: Case = hearing.case
    in_charge = viewer.user_id in (hearing.mediator_id, recording.started_by_id, case.handler_id)
    allowed = may_watch(side, viewer.role, in_charge=in_charge)
    return RecordingView(
        id=recording.id,
        case_id=hearing.case_id,
        hearing_id=recording.hearing_id,
        state=recording.state,
        started_at=recording.started_at,
        ended_at=recording.ended_at,
        progress=recording.progress,
        length=timedelta(milliseconds=recording.duration_ms),
        size=recording.size,
        sha256=recording.sha256,
        keep_until=recording.keep_until,
        failure=recording.failure,
        watchable=allowed and recording.state is RecordingState.READY,
        repeatable=recording.state is RecordingState.FAILED and compositions.may_repeat(viewer.role),
    )


async def _openings(recording: Recording) -> tuple[Opening, ...]:
    found = (
        await RecordingAccess.filter(recording_id=recording.id)
        .order_by("-at", "-id")
        .limit(200)
        .prefetch_related("user")
    )
    return tuple(Opening(one.user.name, one.user.role, one.at, one.address) for one in found)
