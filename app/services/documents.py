"""Files of a case: taken in while a form is still a draft, attached when it is sent, opened with a log.

An upload is complete or it is nothing: bytes are streamed, inspected, scanned and kept first, and the
row is written last. Until the form that owns it is sent (``attached_at`` empty), a file is its
uploader's alone and may be taken back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

from app.adapters.inspect import Inspection, Inspector
from app.adapters.scan import Scanner, ScanUnavailable
from app.adapters.storage import Received, Storage
from app.db import transaction
from app.services import casefile
from models import Case, Document, DocumentAccess, DocumentKind
from models.rules.case_machine import Action, allowed
from models.rules.errors import NotFound, Refused
from models.rules.filenames import clean_filename
from models.rules.people import Side, Viewer

SAME_OPENING = timedelta(minutes=10)
"""Requests of one person for one document within this time are one opening in the log."""

_SPEAKERS = (Side.CONSUMER, Side.COMPANY, Side.STAFF)
_SCANNED = frozenset({Action.SCAN_PAPERS})
_FORMS: dict[tuple[DocumentKind, Side], frozenset[Action]] = {
    (DocumentKind.RESIDENCE, Side.CONSUMER): frozenset({Action.SUBMIT, Action.SUPPLY_DOCUMENTS}),
    (DocumentKind.IDENTITY, Side.CONSUMER): frozenset({Action.SUBMIT, Action.SUPPLY_DOCUMENTS}),
    (DocumentKind.EXHIBIT, Side.CONSUMER): frozenset({Action.SUPPLY_DOCUMENTS, Action.SEND_COMPLAINT}),
    (DocumentKind.ANSWER, Side.COMPANY): frozenset({Action.ANSWER}),
    (DocumentKind.RESIDENCE, Side.STAFF): _SCANNED,
    (DocumentKind.IDENTITY, Side.STAFF): _SCANNED,
    (DocumentKind.EXHIBIT, Side.STAFF): _SCANNED,
    **dict.fromkeys(((DocumentKind.MESSAGE, side) for side in _SPEAKERS), frozenset({Action.WRITE_MESSAGE})),
    (DocumentKind.EXCUSE, Side.CONSUMER): frozenset({Action.ASK_RESCHEDULE}),
    (DocumentKind.EXCUSE, Side.COMPANY): frozenset({Action.ASK_RESCHEDULE}),
    (DocumentKind.POWER, Side.COMPANY): frozenset({Action.ANSWER}),
    (DocumentKind.PROOF, Side.STAFF): frozenset({Action.SERVE}),
    (DocumentKind.FULFILMENT, Side.COMPANY): frozenset({Action.FILE_PROOF}),
    (DocumentKind.FULFILMENT, Side.CONSUMER): frozenset({Action.FILE_PROOF}),
}
"""Who uploads each kind, and the acts whose forms take it; what the counter scans has no form to wait for."""

_PRIVATE = ",".join((Side.CONSUMER, Side.STAFF))
_EVERYBODY = ",".join((Side.CONSUMER, Side.COMPANY, Side.STAFF))
_DRAFT_SIDES = {
    Side.CONSUMER: _PRIVATE,
    Side.COMPANY: ",".join((Side.COMPANY, Side.STAFF)),
    Side.STAFF: Side.STAFF.value,
}


@dataclass(frozen=True)
class Limits:
    """How much is taken: bytes of one file, uploaded files of one case."""

    max_bytes: int
    max_files: int


@dataclass(frozen=True)
class Intake:
    """What an upload passes through."""

    storage: Storage
    inspector: Inspector
    scanner: Scanner
    limits: Limits


@dataclass(frozen=True)
class Taken:
    """An upload whose bytes are kept under ``key`` and belong to no row yet."""

    received: Received
    inspection: Inspection
    key: str

    def columns(self, filename: str) -> dict[str, Any]:
        """What a row says of the file, under the name that it was sent with."""
        return {
            "filename": clean_filename(filename, self.inspection.extension),
            "media_type": self.inspection.media_type,
            "size": self.received.size,
            "pages": self.inspection.pages,
            "sha256": self.received.sha256,
            "storage_key": self.key,
        }


class Paged(Protocol):
    """A stored file whose pages can be drawn."""

    @property
    def storage_key(self) -> str:
        """Where its bytes are."""
        ...

    @property
    def sha256(self) -> str:
        """Of its bytes, in hex."""
        ...

    @property
    def pages(self) -> int:
        """How many it has."""
        ...


@dataclass(frozen=True)
class File:
    """A document as pages and downloads need it; ``size`` in bytes."""

    id: UUID
    case_id: int
    kind: DocumentKind
    filename: str
    media_type: str
    size: int
    pages: int
    sha256: str
    storage_key: str
    at: datetime
    attached_at: datetime | None
    statement_id: int | None = None
    erased_at: datetime | None = None
    """When its bytes were deleted, by the rule ``erased_under``: it can be told, not opened."""
    erased_under: str = ""


async def receive(
    case_id: int,
    viewer: Viewer,
    kind: DocumentKind,
    filename: str,
    chunks: AsyncIterator[bytes],
    *,
    intake: Intake,
    now: datetime,
) -> File:
    """Take in one upload, whole or not at all.

    Raises BadFile (wrong type by content, empty, too large, locked or unreadable), Refused("infected",
    "scan_unavailable", "too_many_files", "not_now") or NotFound. The same file sent twice to the same
    form is one document, so an upload may be repeated after a lost answer.
    """
    _may_upload(*await casefile.view(case_id, viewer), viewer, kind)
    kept = await taken_in(chunks, intake)
    try:
        document = await _enter(case_id, viewer, kind, filename, kept, intake, now)
    except BaseException:
        await intake.storage.delete(kept.key)
        raise
    if document.storage_key != kept.key:
        await intake.storage.delete(kept.key)
    return document


async def taken_in(chunks: AsyncIterator[bytes], intake: Intake) -> Taken:
    """The bytes of an upload received, inspected, scanned and kept, or nothing of them.

    Raises BadFile, or Refused("infected", "scan_unavailable").
    """
    received = await intake.storage.receive(chunks, intake.limits.max_bytes)
    try:
        inspection = await intake.inspector.inspect(received.path)
        await _scan(received, intake.scanner)
        key = await intake.storage.keep(received)
    except BaseException:
        await intake.storage.discard(received)
        raise
    return Taken(received, inspection, key)


async def take_back(document_id: UUID, viewer: Viewer, *, storage: Storage) -> None:
    """Remove an upload that was not sent yet; NotFound for anybody but its uploader."""
    async with transaction():
        document = await Document.get_or_none(id=document_id)
        if document is None or document.owner_id != viewer.user_id:
            raise NotFound
        await casefile.opened(document.case_id, viewer)
        await document.refresh_from_db()
        if document.attached_at is not None:
            raise Refused("document_attached")
        await document.delete()
    await storage.delete(document.storage_key)


async def attach(
    case: Case,
    viewer: Viewer,
    kinds: Collection[DocumentKind],
    *,
    company_too: bool = False,
    hidden: bool = False,
    statement_id: int | None = None,
    now: datetime,
) -> dict[UUID, str]:
    """Make the uploader's waiting files of these kinds part of the case, inside the sender's transaction.

    Answers their SHA-256, which the sender's event binds (``evidence.bound``).

    ``company_too`` opens them to the company, which sees nothing of a case before it is notified;
    ``hidden`` leaves them to who could see them while they waited. ``statement_id``: with what
    they were sent.
    """
    waiting = Document.filter(case_id=case.id, owner_id=viewer.user_id, kind__in=kinds, attached_at=None)
    found = {row["id"]: row["sha256"] for row in await waiting.order_by("at").values("id", "sha256")}
    sides = ",".join((Side.CONSUMER, Side.COMPANY, Side.STAFF)) if company_too else _PRIVATE
    changes: dict[str, Any] = {"attached_at": now, "statement_id": statement_id}
    if not hidden:
        changes["sides"] = sides
    await Document.filter(id__in=list(found)).update(**changes)
    return found


async def of_case(
    case_id: int, side: Side, viewer: Viewer, kinds: Collection[DocumentKind] | None = None
) -> list[File]:
    """The documents of a case that this person may open, oldest first."""
    wanted = Document.filter(case_id=case_id)
    if kinds is not None:
        wanted = wanted.filter(kind__in=kinds)
    return [_file(row) for row in await wanted.order_by("at", "id") if _may_open(row, side, viewer)]


async def opened(document_id: UUID, viewer: Viewer, *, address: str, now: datetime) -> File:
    """A document about to be read, with its opening logged (LGPD art. 37); NotFound when not theirs.

    Refused("document_erased") once it was kept long enough.
    ``address`` is the network address of the reader.
    """
    document = await Document.get_or_none(id=document_id)
    if document is None:
        raise NotFound
    _, side = await casefile.view(document.case_id, viewer)
    if not _may_open(document, side, viewer):
        raise NotFound
    if document.erased_at is not None:
        raise Refused("document_erased", day=f"{document.erased_at:%d/%m/%Y}", rule=document.erased_under)
    await _log_opening(document, viewer, address, now)
    return _file(document)


async def shown(document_id: UUID, viewer: Viewer, *, address: str, now: datetime) -> File:
    """A document that is open to all in a hearing, which the caller has seen to; its opening is logged."""
    document = await Document.get(id=document_id)
    await _log_opening(document, viewer, address, now)
    return _file(document)


async def _log_opening(document: Document, viewer: Viewer, address: str, now: datetime) -> None:
    logged = await DocumentAccess.filter(
        document_id=document.id, user_id=viewer.user_id, at__gt=now - SAME_OPENING
    ).exists()
    if not logged:
        await DocumentAccess.create(document_id=document.id, user_id=viewer.user_id, at=now, address=address)


async def picture(file: Paged, page: int, width: int, *, storage: Storage, inspector: Inspector) -> bytes:
    """A page (the first is 1) as a WebP up to ``width`` pixels wide; NotFound past the last page."""
    if not 1 <= page <= file.pages:
        raise NotFound
    content = b"".join([piece async for piece in storage.read(file.storage_key)])
    return await inspector.render_page(content, page, width)


async def _scan(received: Received, scanner: Scanner) -> None:
    try:
        verdict = await scanner.scan(received.path)
    except ScanUnavailable as error:
        raise Refused("scan_unavailable") from error
    if not verdict.clean:
        raise Refused("infected")


async def _enter(
    case_id: int,
    viewer: Viewer,
    kind: DocumentKind,
    filename: str,
    kept: Taken,
    intake: Intake,
    now: datetime,
) -> File:
    """Write the row; answer the one that is there already when the same file waits in the same form."""
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        _may_upload(file.case, file.side, viewer, kind)
        mine = Document.filter(case_id=case_id, owner_id=viewer.user_id)
        scanned = _FORMS[(kind, file.side)] is _SCANNED
        same = mine.filter(kind=kind, sha256=kept.received.sha256, erased_at=None)
        twin = await (same if scanned else same.filter(attached_at=None)).first()
        if twin is not None:
            return _file(twin)
        if await mine.count() >= intake.limits.max_files:
            raise Refused("too_many_files", max=intake.limits.max_files)
        document = await Document.create(
            id=uuid4(),
            case_id=case_id,
            owner_id=viewer.user_id,
            kind=kind,
            sides=_sides(file.side, kind, scanned=scanned),
            at=now,
            attached_at=now if scanned else None,
            **kept.columns(filename),
        )
        if scanned:
            facts = {"document": str(document.id), "kind": kind, "sha256": document.sha256}
            await casefile.record(file, "papers_scanned", now=now, facts=facts)
        return _file(document)


def _sides(side: Side, kind: DocumentKind, *, scanned: bool) -> str:
    """Who may open a new document; what the counter scans is in the case at once."""
    if not scanned:
        return _DRAFT_SIDES[side]
    return _EVERYBODY if kind is DocumentKind.EXHIBIT else _PRIVATE


def _may_upload(case: Case, side: Side, viewer: Viewer, kind: DocumentKind) -> None:
    actions = _FORMS.get((kind, side))
    if actions is None:
        raise NotFound
    if actions.isdisjoint(allowed(case.state, side, viewer.role)):
        raise Refused("not_now", state=case.state)


def _may_open(document: Document, side: Side, viewer: Viewer) -> bool:
    if document.attached_at is None:
        return document.owner_id == viewer.user_id
    return side in document.sides.split(",")


def _file(document: Document) -> File:
    return File(
        id=document.id,
        case_id=document.case_id,
        kind=document.kind,
        filename=document.filename,
        media_type=document.media_type,
        size=document.size,
        pages=document.pages,
        sha256=document.sha256,
        storage_key=document.storage_key,
        at=document.at,
        attached_at=document.attached_at,
        statement_id=document.statement_id,
        erased_at=document.erased_at,
        erased_under=document.erased_under,
    )
