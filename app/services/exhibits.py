"""Exhibits: a document of the case, open for everybody in the hearing at the same page.

Only what every party may open is shown to all: showing discloses nothing that the case's own rules keep from
somebody. Each page that somebody is shown is an opening in the document's log (LGPD art. 37).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db import transaction
from app.services import documents, rooms
from app.services.documents import File
from models import Document, Hearing, Seat
from models.rules.errors import NotFound, Refused
from models.rules.hearing import OVER, SeatRole
from models.rules.people import Side, Viewer

EVERYBODY = frozenset({Side.CONSUMER.value, Side.COMPANY.value, Side.STAFF.value})
SHOWING = frozenset({SeatRole.MEDIATOR, SeatRole.CONSUMER, SeatRole.COMPANY})
"""Who shows, turns and puts away: the record says each time who it was."""


@dataclass(frozen=True)
class Exhibit:
    """What is open now; ``turns``: this person may turn its pages and put it away."""

    document: UUID
    filename: str
    page: int
    pages: int
    turns: bool


@dataclass(frozen=True)
class Showable:
    """A document that this person may open for everybody."""

    document: UUID
    filename: str
    pages: int


async def show(hearing_id: int, viewer: Viewer, document_id: UUID, *, now: datetime) -> None:
    """Open a document for everybody at its first page; Refused("not_yours") to guests.

    NotFound for one that is not of this case; Refused("exhibit_private") for one that a party may not open.
    """
    async with transaction():
        room = await _showing(hearing_id, viewer)
        document = await Document.get_or_none(
            id=document_id, case_id=room.hearing.case_id, attached_at__isnull=False
        )
        if document is None:
            raise NotFound
        if not set(document.sides.split(",")) >= EVERYBODY:
            raise Refused("exhibit_private")
        await Hearing.filter(id=hearing_id).update(exhibit_id=document.id, exhibit_page=1)
        facts = {"document": str(document.id), "filename": document.filename, "page": 1}
        await room.record("exhibit_shown", now=now, facts=facts)


async def turn(hearing_id: int, viewer: Viewer, page: int, *, now: datetime) -> None:
    """Turn to a page for everybody; NotFound past the last one, Refused("no_exhibit") without one."""
    async with transaction():
        room, document = await _held(hearing_id, viewer)
        if not 1 <= page <= document.pages:
            raise NotFound
        if page == room.hearing.exhibit_page:
            return
        await Hearing.filter(id=hearing_id).update(exhibit_page=page)
        await room.record("exhibit_turned", now=now, facts={"document": str(document.id), "page": page})


async def put_away(hearing_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Nothing is shown any more."""
    async with transaction():
        room, document = await _held(hearing_id, viewer)
        await Hearing.filter(id=hearing_id).update(exhibit_id=None, exhibit_page=1)
        await room.record("exhibit_put_away", now=now, facts={"document": str(document.id)})


async def _held(hearing_id: int, viewer: Viewer) -> tuple[rooms.Room, Document]:
    room = await _showing(hearing_id, viewer)
    document = await Document.get_or_none(id=room.hearing.exhibit_id)
    if document is None:
        raise Refused("no_exhibit")
    return room, document


async def _showing(hearing_id: int, viewer: Viewer) -> rooms.Room:
    room = await rooms.taking_part(hearing_id, viewer)
    if room.seat.role not in SHOWING:
        raise Refused("not_yours")
    return room


async def seen(hearing: Hearing, role: SeatRole, *, admitted: bool) -> Exhibit | None:
    """What is open, to who is in the room."""
    if hearing.exhibit_id is None or not admitted:
        return None
    document = await Document.get(id=hearing.exhibit_id)
    turns = role in SHOWING
    return Exhibit(document.id, document.filename, hearing.exhibit_page, document.pages, turns)


async def showable(hearing: Hearing, role: SeatRole, *, admitted: bool) -> tuple[Showable, ...]:
    """What this person may open for everybody, oldest first."""
    if not admitted or role not in SHOWING:
        return ()
    found = await Document.filter(case_id=hearing.case_id, attached_at__isnull=False).order_by("at", "id")
    return tuple(
        Showable(one.id, one.filename, one.pages) for one in found if set(one.sides.split(",")) >= EVERYBODY
    )


async def page_of(hearing_id: int, viewer: Viewer, document_id: UUID, *, address: str, now: datetime) -> File:
    """The open document for a person in the room, its opening logged; NotFound for anything else."""
    hearing = await Hearing.get_or_none(id=hearing_id)
    if hearing is None or hearing.exhibit_id != document_id or hearing.state in OVER:
        raise NotFound
    await rooms.place(hearing, viewer)
    if not await Seat.exists(hearing_id=hearing_id, user_id=viewer.user_id, admitted=True):
        raise NotFound
    return await documents.shown(document_id, viewer, address=address, now=now)
