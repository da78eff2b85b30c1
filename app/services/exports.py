"""Copies of a case for its parties and its Procon: made by a job, taken with a log, gone after a day."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from app.adapters.case_archive import SIGNATURE, Entry, written
from app.adapters.seal import Sealer
from app.adapters.storage import Storage
from app.db import transaction
from app.services import case_copy, casefile, queue
from app.services.case_copy import CaseCopy, Issuer
from app.services.press import EVERYBODY
from models import CaseExport, DocumentAccess, ExportState
from models.rules.errors import NotFound, Refused
from models.rules.people import Viewer

EXPORT_JOB = "export_case"
KEPT = timedelta(hours=24)
MOST_BYTES = 8 * 1024**3
"""More than all files of a case, by the profile's limits."""
_RUNNING = (ExportState.WAITING, ExportState.MAKING)


@dataclass(frozen=True)
class Copy:
    """A copy as its person sees it; ``size`` in bytes, ``progress`` in per cent."""

    id: UUID
    case_id: int
    state: ExportState
    progress: int
    size: int
    sha256: str
    storage_key: str
    asked_at: datetime
    until: datetime | None


async def ask(case_id: int, viewer: Viewer, *, address: str, now: datetime) -> UUID:
    """Queue a copy, cut to the person's side; one that is being made for them already is that one."""
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        if file.side not in EVERYBODY:
            raise NotFound  # a guest of a hearing
        running = await CaseExport.filter(
            case_id=case_id, user_id=viewer.user_id, state__in=_RUNNING, asked_at__gt=now - KEPT
        ).first()
        if running is not None:
            return running.id
        row = await CaseExport.create(
            id=uuid4(),
            case_id=case_id,
            user_id=viewer.user_id,
            side=file.side,
            state=ExportState.WAITING,
            asked_at=now,
            address=address[:45],
        )
        await queue.enqueue(EXPORT_JOB, f"{EXPORT_JOB}:{row.id}", {"export": str(row.id)}, now=now)
    return row.id


async def newest(case_id: int, viewer: Viewer) -> Copy | None:
    """The person's last copy of a case."""
    row = await CaseExport.filter(case_id=case_id, user_id=viewer.user_id).order_by("-asked_at").first()
    return _copy(row) if row else None


async def of_viewer(export_id: UUID, viewer: Viewer) -> Copy:
    """A copy; NotFound for anybody but who asked for it, and when the case is not theirs any more."""
    row = await CaseExport.get_or_none(id=export_id, user_id=viewer.user_id)
    if row is None:
        raise NotFound
    _, side = await casefile.view(row.case_id, viewer)
    if side is not row.side:
        raise NotFound
    return _copy(row)


async def taken(export_id: UUID, viewer: Viewer, *, address: str, now: datetime) -> Copy:
    """A copy about to be downloaded, with that logged; Refused("export_gone") when there is none any more."""
    copy = await of_viewer(export_id, viewer)
    if copy.state is not ExportState.READY or copy.until is None or copy.until <= now:
        raise Refused("export_gone")
    async with transaction():
        row = await CaseExport.get(id=export_id)
        row.taken_at, row.taken_from, row.times_taken = now, address[:45], row.times_taken + 1
        await row.save(update_fields=["taken_at", "taken_from", "times_taken"])
    return copy


async def make(export_id: UUID, issuer: Issuer, *, storage: Storage, seal: Sealer, now: datetime) -> None:
    """Make a copy and keep it for a day; its documents count as opened by who asked. Twice does nothing."""
    row = await CaseExport.get_or_none(id=export_id)
    if row is None or row.state not in _RUNNING:
        return
    await CaseExport.filter(id=export_id).update(state=ExportState.MAKING)
    copy = await case_copy.copied(row.case_id, row.side, issuer, now=now)

    async def told(percent: int) -> None:
        await CaseExport.filter(id=export_id).update(progress=percent)

    pieces = archive(copy, await seal.sign_data(copy.manifest), storage, told)
    received = await storage.receive(pieces, MOST_BYTES)
    key = await storage.keep(received)
    async with transaction():
        await CaseExport.filter(id=export_id).update(
            state=ExportState.READY,
            progress=100,
            ready_at=now,
            storage_key=key,
            size=received.size,
            sha256=received.sha256,
        )
        for document in copy.documents:
            await DocumentAccess.create(
                document_id=document.id, user_id=row.user_id, at=now, address=row.address
            )


async def give_up(export_id: UUID) -> None:
    """Say that a copy could not be made; it may be asked for again."""
    await CaseExport.filter(id=export_id, state__in=_RUNNING).update(state=ExportState.FAILED)


async def expire(storage: Storage, *, now: datetime) -> int:
    """Remove the copies of more than a day ago; the rows stay as the log. How many there were."""
    old = await CaseExport.filter(state=ExportState.READY, ready_at__lte=now - KEPT)
    for row in old:
        await storage.delete(row.storage_key)
        await CaseExport.filter(id=row.id).update(state=ExportState.EXPIRED, storage_key="")
    return len(old)


async def archive(
    copy: CaseCopy,
    sealed: bytes,
    storage: Storage,
    told: Callable[[int], Awaitable[None]] | None = None,
) -> AsyncIterator[bytes]:
    """The archive of a copy, with the seal over its manifest; ``told`` hears per cents as they change."""
    entries = files(copy, sealed, storage)
    whole = sum(entry.size for entry in entries) or 1
    done = before = 0
    async for piece in written(entries):
        done += len(piece)
        yield piece
        percent = min(99, 100 * done // whole)
        if told is not None and percent > before:
            before = percent
            await told(percent)


def files(copy: CaseCopy, sealed: bytes, storage: Storage) -> list[Entry]:
    """The files of a copy, in the archive's order."""
    texts = {**copy.texts, SIGNATURE: sealed}
    entries = [Entry(name, len(text), _once(text)) for name, text in texts.items()]
    return entries + [Entry(one.name, one.size, storage.read(one.storage_key)) for one in copy.documents]


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _copy(row: CaseExport) -> Copy:
    return Copy(
        id=row.id,
        case_id=row.case_id,
        state=row.state,
        progress=row.progress,
        size=row.size,
        sha256=row.sha256,
        storage_key=row.storage_key,
        asked_at=row.asked_at,
        until=row.ready_at + KEPT if row.ready_at else None,
    )
