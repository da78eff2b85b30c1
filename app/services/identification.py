"""Who sits in a hearing, checked by who conducts it: registration, photo identity, power to settle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.db import transaction
from app.services import documents, rooms, wallet
from app.services.documents import File
from app.services.room_view import RoomView
from app.services.wallet import PaperView
from models import Case, DocumentKind, Paper, Power, Representation, Seat, User
from models.rules.errors import NotFound, Refused
from models.rules.hearing import INVITED, SeatRole
from models.rules.people import Side, Viewer


@dataclass(frozen=True)
class Papers:
    """What the agency knows of a person: ``cpf`` is digits, ``power`` is of who speaks for a company.

    ``email`` is where a guest was invited.
    """

    name: str
    cpf: str = ""
    files: tuple[File, ...] = ()
    power: Power | None = None
    may_settle: bool = False
    valid_until: date | None = None
    proof: PaperView | None = None
    """The paper that proves the power, checked before the hearing (ADR 0079)."""
    email: str = ""


async def mark(hearing_id: int, viewer: Viewer, seat_id: int, *, identified: bool, now: datetime) -> None:
    """Say that a person's identity was checked, or take that back; saying it twice changes nothing.

    NotFound for a seat of another hearing, Refused("person_away") while nobody sits there.
    """
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        seat = await rooms.seat_of(room, seat_id)
        if seat.role is SeatRole.MEDIATOR:
            raise NotFound
        if identified == (seat.identified_at is not None):
            return
        if identified and not seat.connected:
            raise Refused("person_away")
        seat.identified_at = now if identified else None
        await seat.save(update_fields=["identified_at"])
        name = "participant_identified" if identified else "participant_unidentified"
        await room.record(name, now=now, facts={"seat": seat.id, "role": seat.role})


async def papers(view: RoomView, viewer: Viewer) -> Mapping[int, Papers]:
    """By seat, for who conducts the hearing alone: what each person can be checked against."""
    if view.me.role is not SeatRole.MEDIATOR:
        return {}
    case = await Case.get(id=view.case_id)
    found: dict[int, Papers] = {}
    for person in view.people:
        if person.role is SeatRole.CONSUMER:
            account = await User.get(id=person.user_id)
            files = await documents.of_case(case.id, Side.STAFF, viewer, [DocumentKind.IDENTITY])
            shown = tuple(file for file in files if file.erased_at is None)
            found[person.seat] = Papers(account.name, account.cpf or "", shown)
        elif person.role is SeatRole.COMPANY:
            found[person.seat] = await _speaker(person.name, person.user_id, case.company_id)
        elif person.role in INVITED:
            found[person.seat] = Papers(person.name, email=(await Seat.get(id=person.seat)).email)
    return found


async def _speaker(name: str, user_id: int, company_id: int | None) -> Papers:
    link = await Representation.get_or_none(company_id=company_id, user_id=user_id, ended_at=None)
    if link is None:
        return Papers(name)
    paper = await Paper.get_or_none(id=link.paper_id) if link.paper_id else None
    return Papers(
        name,
        power=link.power,
        may_settle=link.may_settle,
        valid_until=link.valid_until,
        proof=(await wallet.views([paper]))[0] if paper else None,
    )
