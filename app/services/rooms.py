"""The hearing room, locked for writing: who acts in it, and with which authority.

Every act locks the hearing's case first, so acts in one room follow one another. Authority comes from
the account and its side in the case each time, never from an old seat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.services import casefile, standing
from models import Case, CaseEvent, Hearing, Seat
from models.rules.case_machine import Action, State
from models.rules.errors import NotFound, Refused
from models.rules.hearing import INVITED, OVER, SeatRole
from models.rules.people import Role, Side, Viewer
from models.rules.room_acts import Asks, refusal


@dataclass
class Room:
    """A hearing locked for writing through its case, with the seat of the person who acts."""

    file: casefile.Opened
    hearing: Hearing
    seat: Seat

    async def record(
        self,
        name: str,
        *,
        now: datetime,
        to: State | None = None,
        facts: dict[str, Any] | None = None,
        **changes: Any,
    ) -> CaseEvent:
        """Write an event of this hearing; ``facts`` and ``changes`` as in ``casefile.record``."""
        about = {"hearing": self.hearing.id, **(facts or {})}
        return await casefile.record(self.file, name, now=now, to=to, facts=about, **changes)


async def invited(hearing_id: int, viewer: Viewer) -> Seat | None:
    """The seat of somebody who has a place in this hearing only because they were invited to it."""
    return await Seat.get_or_none(hearing_id=hearing_id, user_id=viewer.user_id, role__in=list(INVITED))


async def place(hearing: Hearing, viewer: Viewer) -> tuple[Case, SeatRole]:
    """The case of a hearing and what the viewer is in it, for reading; NotFound for who has no place."""
    seat = await invited(hearing.id, viewer)
    if seat is not None:
        return await Case.get(id=hearing.case_id), seat.role
    case, side = await casefile.view(hearing.case_id, viewer)
    return case, role_in(hearing, side, viewer)


async def following(case_id: int, viewer: Viewer) -> tuple[Case, Side]:
    """A case that the viewer's page may follow, and their side; a guest's while their hearing is not over."""
    seats = Seat.filter(hearing__case_id=case_id, user_id=viewer.user_id, role__in=list(INVITED))
    if await seats.exclude(hearing__state__in=list(OVER)).exists():
        return await Case.get(id=case_id), Side.GUEST
    return await casefile.view(case_id, viewer)


def role_in(hearing: Hearing, side: Side, viewer: Viewer) -> SeatRole:
    """What a person is in a hearing; NotFound for staff who neither conduct it nor coordinate."""
    if side is Side.CONSUMER:
        return SeatRole.CONSUMER
    if side is Side.COMPANY:
        return SeatRole.COMPANY
    if viewer.user_id == hearing.mediator_id or viewer.role is Role.COORDINATOR:
        return SeatRole.MEDIATOR
    raise NotFound


def side_role(role: Role) -> SeatRole:
    """What an account of ``role`` is in any hearing: everybody of the agency speaks as the mediator."""
    return {Role.CONSUMER: SeatRole.CONSUMER, Role.COMPANY: SeatRole.COMPANY}.get(role, SeatRole.MEDIATOR)


async def entered(hearing_id: int, viewer: Viewer) -> Room:
    """Lock a hearing that is not over, inside a transaction, for whoever has a place in it.

    The seat is made when it is missing, but for guests: a representative appointed after the hearing was
    scheduled has a place all the same. Raises NotFound, or Refused("hearing_over").
    """
    known = await Hearing.get_or_none(id=hearing_id)
    if known is None:
        raise NotFound
    guest = await invited(hearing_id, viewer)
    file = await casefile.opened(known.case_id, viewer, guest=guest is not None)
    hearing = await Hearing.get(id=hearing_id)  # read again: until now another act may have changed it
    seat = await invited(hearing_id, viewer) if guest is not None else None
    if guest is not None and seat is None:
        raise NotFound  # the invitation was taken back a moment ago
    role = seat.role if seat is not None else role_in(hearing, file.side, viewer)
    if file.case.state is not State.HEARING_SCHEDULED:
        raise Refused("hearing_over")
    _allow(hearing, role, Asks.PLACE, admitted=False)
    if seat is not None:
        return Room(file, hearing, seat)
    signs = role is not SeatRole.COMPANY or await standing.may_settle(file.case.company_id, viewer.user_id)
    seat, _ = await Seat.get_or_create(
        {"role": role, "may_sign": signs}, hearing_id=hearing_id, user_id=viewer.user_id
    )
    if (seat.role, seat.may_sign) != (role, signs):
        seat.role, seat.may_sign = role, signs
        await seat.save(update_fields=["role", "may_sign"])
    return Room(file, hearing, seat)


async def seat_of(room: Room, seat_id: int) -> Seat:
    """A seat of this very hearing; NotFound."""
    seat = await Seat.get_or_none(id=seat_id, hearing_id=room.hearing.id)
    if seat is None:
        raise NotFound
    return seat


async def taking_part(hearing_id: int, viewer: Viewer) -> Room:
    """The same, for who has been let into the room; Refused("not_admitted") otherwise."""
    room = await entered(hearing_id, viewer)
    _allow(room.hearing, room.seat.role, Asks.INSIDE, admitted=room.seat.admitted)
    return room


async def conducted(hearing_id: int, viewer: Viewer) -> Room:
    """The same, for who conducts the hearing; Refused("not_yours") for the parties."""
    room = await entered(hearing_id, viewer)
    _allow(room.hearing, room.seat.role, Asks.CONDUCT, admitted=room.seat.admitted)
    room.file.step(Action.CONDUCT_HEARING)
    return room


def _allow(hearing: Hearing, role: SeatRole, asks: Asks, *, admitted: bool) -> None:
    if code := refusal(hearing.state, role, asks, admitted=admitted):
        raise Refused(code)
