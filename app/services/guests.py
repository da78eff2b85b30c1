"""Guests of one hearing: interpreter of Libras, the consumer's lawyer, witness, observer (ADR 0050).

The mediator invites them by name and address. A guest has a personal link and nothing else: an account of the
hearing alone, without a password, whose address for signing in exists nowhere. Where letters go is kept with
the seat, so anybody can be invited, whether or not they have an account of another kind.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from app.db import transaction
from app.services import letters, rooms, seat_links
from app.services.first_access import NO_PASSWORD
from app.services.invitations import Invite
from app.services.scheduling_words import moment
from app.services.wording import seat_role_label
from models import Hearing, Seat, User
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import INVITED, OVER, HearingState, SeatRole
from models.rules.identity import normal_email
from models.rules.people import Role, Viewer

MOST_GUESTS = 4
NAME = (3, 160)


@dataclass(frozen=True)
class Invitation:
    """Who is invited, as what, and where the link is sent."""

    name: str
    email: str
    role: SeatRole


@dataclass(frozen=True)
class Invited:
    """A guest's upcoming hearing, for their own page."""

    hearing_id: int
    role: SeatRole
    starts_at: datetime
    state: HearingState


async def invite(
    hearing_id: int, viewer: Viewer, invitation: Invitation, words: Invite, *, now: datetime
) -> int:
    """Give somebody a place in the hearing and send them its link; answers the seat.

    Invalid names what is wrong with name, address or role; Conflict("guest_invited") when that address has
    this role already, Refused("too_many_guests") past ``MOST_GUESTS``. An observer's microphone is off until
    the mediator gives it back.
    """
    name, email = _checked(invitation)
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        guests = await Seat.filter(hearing_id=hearing_id, role__in=list(INVITED))
        if any((guest.email, guest.role) == (email, invitation.role) for guest in guests):
            raise Conflict("guest_invited")
        if len(guests) >= MOST_GUESTS:
            raise Refused("too_many_guests", most=MOST_GUESTS)
        user = await User.create(
            role=Role.GUEST,
            name=name,
            email=f"{secrets.token_hex(16)}@convidado.invalid",  # RFC 2606: nobody's, for ever
            password_hash=NO_PASSWORD,
            created_at=now,
        )
        seat = await Seat.create(
            hearing_id=hearing_id,
            user_id=user.id,
            role=invitation.role,
            may_sign=False,
            muted=invitation.role is SeatRole.OBSERVER,
            email=email,
        )
        await room.record("guest_invited", now=now, facts={"seat": seat.id, "role": seat.role})
        await _send(room.hearing, seat, user, words, now=now)
    return int(seat.id)


def _checked(invitation: Invitation) -> tuple[str, str]:
    name, email = " ".join(invitation.name.split()), normal_email(invitation.email)
    wrong: dict[str, str] = {}
    if not NAME[0] <= len(name) <= NAME[1]:
        wrong["name"] = "name_invalid"
    if email is None:
        wrong["email"] = "email_invalid"
    if invitation.role not in INVITED:
        wrong["role"] = "choice_invalid"
    if wrong or email is None:
        raise Invalid(wrong)
    return name, email


async def send_again(hearing_id: int, viewer: Viewer, seat_id: int, words: Invite, *, now: datetime) -> None:
    """Send a guest another link; those sent before stay good for their one use."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        seat = await _guest(room, seat_id)
        await _send(room.hearing, seat, await User.get(id=seat.user_id), words, now=now)


async def withdraw(hearing_id: int, viewer: Viewer, seat_id: int, *, now: datetime) -> None:
    """Take an invitation back: its links open nothing any more.

    Refused("guest_entered") for who has been there: they are of the record, and are sent back to wait.
    """
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        seat = await _guest(room, seat_id)
        if seat.entered_at is not None:
            raise Refused("guest_entered")
        await room.record("guest_withdrawn", now=now, facts={"seat": seat.id, "role": seat.role})
        await seat.delete()
        await User.filter(id=seat.user_id).update(disabled_at=now)


async def _guest(room: rooms.Room, seat_id: int) -> Seat:
    seat = await rooms.seat_of(room, seat_id)
    if seat.role not in INVITED:
        raise NotFound
    return seat


async def ask_again(token: str, words: Invite, *, now: datetime) -> None:
    """A guest whose link is used up asks for another, which goes to the address that was invited.

    Refused("link_over") for links of parties, who sign in, and after the hearing.
    """
    link = await seat_links.find(token, now=now)
    async with transaction():
        seat = await Seat.get_or_none(
            hearing_id=link.hearing_id, user_id=link.user_id, role__in=list(INVITED)
        )
        hearing = await Hearing.get(id=link.hearing_id)
        if seat is None or hearing.state in OVER or now >= hearing.starts_at + seat_links.AFTER_START:
            raise Refused("link_over")
        await _send(hearing, seat, await User.get(id=seat.user_id), words, now=now)


async def _send(hearing: Hearing, seat: Seat, user: User, words: Invite, *, now: datetime) -> None:
    token = await seat_links.issue(hearing, user.id)
    values = {
        "agency": words.agency,
        "when": moment(hearing.starts_at, words.zone),
        "capacity": seat_role_label(seat.role),
    }
    text = await letters.standard("guest_invited", values, path=f"/audiencias/entrada/{token}")
    await letters.write_to(seat.email, user.name, f"guest:{seat.id}:{token[:12]}", text, now=now)


async def of_person(viewer: Viewer) -> list[Invited]:
    """The hearings to which a guest is invited and which are not over, the next one first."""
    seats = await (
        Seat.filter(user_id=viewer.user_id, role__in=list(INVITED))
        .exclude(hearing__state__in=list(OVER))
        .order_by("hearing__starts_at")
        .prefetch_related("hearing")
    )
    return [Invited(seat.hearing_id, seat.role, seat.hearing.starts_at, seat.hearing.state) for seat in seats]
