"""Remarks on the minutes: what a party misses in a paragraph, taken in by the mediator, answered, or left."""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import minutes, rooms
from models import Paragraph, Remark, Seat, User
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.hearing import SeatRole
from models.rules.minutes import RemarkState
from models.rules.people import Viewer

MOST_CHARACTERS = 1000
MOST_REMARKS = 100


async def make(hearing_id: int, viewer: Viewer, paragraph_id: int, text: str, *, now: datetime) -> int:
    """Propose a remark on a paragraph; nobody but a party makes any: Refused("not_yours")."""
    text = _checked(text)
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        if room.seat.role not in (SeatRole.CONSUMER, SeatRole.COMPANY):
            raise Refused("not_yours")
        if room.hearing.frozen_at is not None:
            raise Refused("text_frozen")
        if not await Paragraph.exists(id=paragraph_id, hearing_id=hearing_id):
            raise NotFound
        if await Remark.filter(paragraph__hearing_id=hearing_id).count() >= MOST_REMARKS:
            raise Refused("too_many_remarks")
        remark = await Remark.create(
            paragraph_id=paragraph_id, author_id=viewer.user_id, text=text, at=now, state=RemarkState.OPEN
        )
        facts = {"remark": remark.id, "paragraph": paragraph_id, "role": room.seat.role}
        await room.record("remark_made", now=now, facts=facts)
    return remark.id


async def answer(
    hearing_id: int, viewer: Viewer, remark_id: int, verdict: RemarkState, text: str = "", *, now: datetime
) -> None:
    """What the mediator does with an open remark.

    ACCEPTED puts it into the minutes behind its paragraph, as its author's words; ANSWERED needs a ``text``,
    LEFT says nothing. Refused("remark_over") when it is not open any more.
    """
    text = _checked(text) if verdict is RemarkState.ANSWERED else ""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        if room.hearing.frozen_at is not None:
            raise Refused("text_frozen")
        remark = await Remark.get_or_none(id=remark_id, paragraph__hearing_id=hearing_id)
        if remark is None:
            raise NotFound
        if remark.state is not RemarkState.OPEN or verdict is RemarkState.OPEN:
            raise Refused("remark_over")
        remark.state, remark.answer, remark.answered_at = verdict, text, now
        await remark.save()
        facts = {"remark": remark.id, "paragraph": remark.paragraph_id, "answer": verdict}
        await room.record("remark_answered", now=now, facts=facts)
        if verdict is RemarkState.ACCEPTED:
            await _take_in(room, remark, now=now)


async def leave_open_ones(hearing_id: int, *, now: datetime) -> None:
    """What was not answered when the text is frozen is left; inside the caller's transaction."""
    waiting = await Remark.filter(paragraph__hearing_id=hearing_id, state=RemarkState.OPEN)
    ids = [remark.id for remark in waiting]
    await Remark.filter(id__in=ids).update(state=RemarkState.LEFT, answered_at=now)


async def _take_in(room: rooms.Room, remark: Remark, *, now: datetime) -> None:
    if await Paragraph.filter(hearing_id=room.hearing.id).count() >= minutes.MOST_PARAGRAPHS:
        raise Refused("too_many_paragraphs")
    author = await User.get(id=remark.author_id)
    seat = await Seat.get(hearing_id=room.hearing.id, user_id=remark.author_id)
    words = f"{author.name}, {minutes.capacity(seat)}, pediu que constasse: “{remark.text}”"
    behind = await Paragraph.get(id=remark.paragraph_id)
    paragraph = await minutes.insert(room, words, author.id, behind=behind, now=now)
    await minutes.told(room, paragraph.id, now=now)


def _checked(text: str) -> str:
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        raise Invalid({"text": "required"})
    if len(text) > MOST_CHARACTERS:
        raise Invalid({"text": "too_long"})
    return text
