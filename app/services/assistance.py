"""Help for somebody who is stuck at a hearing's door or in its room: a task of the agency, and a small chat.

It needs no media and no seat that works, only the person's place in the hearing. Its words are no part of the
hearing's record: they are kept for the days that the profile says, and then erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db import transaction
from app.services import alerts, casefile, rooms
from models import Alert, Hearing, HelpMessage, Seat
from models.rules.alerts import AlertKind, Condition, Resolution
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.hearing import OVER
from models.rules.people import STAFF, Role, Viewer

MOST_CHARACTERS = 1000
NEWEST = 100
WORDS = "text"


@dataclass(frozen=True)
class HelpLine:
    """A line of the chat; ``ours`` when the agency wrote it."""

    id: int
    author: str
    ours: bool
    mine: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class HelpSeen:
    """What somebody sees of their request: whether it is open, whether somebody of the agency took it."""

    asked_at: datetime | None
    taken: bool
    lines: tuple[HelpLine, ...]


async def seen(hearing_id: int, viewer: Viewer) -> HelpSeen:
    """The request of this person, and what was written so far."""
    seat = await Seat.get_or_none(hearing_id=hearing_id, user_id=viewer.user_id)
    if seat is None:
        return HelpSeen(None, taken=False, lines=())
    alert = await _open_request(seat)
    return HelpSeen(
        alert.raised_at if alert else None,
        taken=alert is not None and alert.taken_by_id is not None,
        lines=tuple(await conversation(seat.id, viewer)),
    )


async def conversation(seat_id: int, viewer: Viewer) -> Sequence[HelpLine]:
    """The newest lines with the person of a seat, oldest first."""
    found = await (
        HelpMessage.filter(seat_id=seat_id)
        .order_by("-id")
        .limit(NEWEST)
        .values("id", "author_id", "text", "at", author="author__name", role="author__role")
    )
    return [
        HelpLine(
            row["id"],
            row["author"],
            Role(row["role"]) in STAFF,
            row["author_id"] == viewer.user_id,
            row["text"],
            row["at"],
        )
        for row in reversed(found)
    ]


async def ask(hearing_id: int, viewer: Viewer, text: str = "", *, now: datetime) -> None:
    """Ask for help, with words or without; once it is asked, words are added to it."""
    text = _checked(text)
    async with transaction():
        room = await rooms.entered(hearing_id, viewer)
        if await _open_request(room.seat) is None:
            condition = Condition(AlertKind.HELP_ASKED, room.seat.id)
            alert = await alerts.raise_alert(room.file, room.hearing, condition, now=now)
            facts = {"hearing": hearing_id, "seat": room.seat.id, "alert": alert.id}
            await casefile.record(
                room.file, "help_asked", now=now, facts=facts, sides=alerts.sides_of(room.seat)
            )
        if text:
            await _say(room.file, room.seat, viewer, text, now=now)


async def withdraw(hearing_id: int, viewer: Viewer, *, now: datetime) -> None:
    """The person needs no help any more."""
    async with transaction():
        room = await rooms.entered(hearing_id, viewer)
        alert = await _open_request(room.seat)
        if alert is not None:
            await alerts.finish(room.file, alert, Resolution.WITHDRAWN, now=now, by=viewer)


async def answer(seat_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """A line to somebody who is stuck, or whom one wants to ask; a request that nobody took is taken."""
    text = _checked(text)
    if not text:
        raise Invalid({WORDS: "required"})
    async with transaction():
        seat = await watched_seat(seat_id, viewer)
        if viewer.role is Role.AUDITOR:
            raise NotFound
        file = await casefile.opened(seat.hearing.case_id, viewer)
        hearing = await Hearing.get(id=seat.hearing_id)
        if hearing.state in OVER:
            raise Refused("hearing_over")
        alert = await _open_request(seat)
        if alert is not None and alert.taken_by_id is None:
            await alerts.taken(file, alert, viewer, now=now)
        await _say(file, seat, viewer, text, now=now)


async def watched_seat(seat_id: int, viewer: Viewer) -> Seat:
    """A seat of a hearing that somebody sees in the command centre, with hearing and person; NotFound."""
    seat = await Seat.get_or_none(id=seat_id).prefetch_related("hearing", "user")
    if seat is None or not alerts.may_watch(viewer, seat.hearing):
        raise NotFound
    return seat


def _checked(text: str) -> str:
    if len(text.strip()) > MOST_CHARACTERS:
        raise Invalid({WORDS: "too_long"})
    return text.strip()


async def _open_request(seat: Seat) -> Alert | None:
    return await Alert.get_or_none(seat_id=seat.id, kind=AlertKind.HELP_ASKED, resolved_at=None)


async def _say(file: casefile.Opened, seat: Seat, viewer: Viewer, text: str, *, now: datetime) -> None:
    await HelpMessage.create(seat_id=seat.id, author_id=viewer.user_id, text=text, at=now)
    facts = {"hearing": seat.hearing_id, "seat": seat.id}
    await casefile.record(file, "help_said", now=now, facts=facts, sides=alerts.sides_of(seat))


async def forget(before: datetime) -> int:
    """Erase the lines that were written earlier."""
    return await HelpMessage.filter(at__lt=before).delete()
