"""The minutes: paragraphs that the mediator writes, freely or from the profile's texts, as others read along.

Each paragraph has a revision of its own, so two people who write in different places never meet, and the
second one in the same place is told what it says now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tortoise.expressions import F

from app.db import transaction
from app.services import parties, rooms, standard_texts
from models import Paragraph, Remark, Seat, User
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import Outcome, SeatRole
from models.rules.minutes import OPENING, RemarkState, joined
from models.rules.people import Viewer
from models.rules.standard_texts import filled_all

MOST_CHARACTERS = 8_000
MOST_PARAGRAPHS = 200

ROLE_TEXT = {
    SeatRole.MEDIATOR: "conciliador(a)",
    SeatRole.CONSUMER: "consumidor(a)",
    SeatRole.COMPANY: "representante do fornecedor",
    SeatRole.COUNSEL: "advogado(a) do consumidor",
    SeatRole.INTERPRETER: "intérprete de Libras",
    SeatRole.WITNESS: "testemunha",
    SeatRole.OBSERVER: "observador(a)",
}

Texts = Mapping[str, Sequence[str]]
"""The profile's texts for minutes, by OPENING or the name of an outcome."""


async def write(hearing_id: int, viewer: Viewer, text: str, *, after: int | None, now: datetime) -> Paragraph:
    """Add a paragraph behind the paragraph ``after``, or at the end."""
    text = _checked(text)
    async with transaction():
        room = await _writing(hearing_id, viewer)
        if await Paragraph.filter(hearing_id=hearing_id).count() >= MOST_PARAGRAPHS:
            raise Refused("too_many_paragraphs")
        before = await _paragraph(hearing_id, after) if after else None
        paragraph = await insert(room, text, viewer.user_id, behind=before, now=now)
        await told(room, paragraph.id, now=now)
    return paragraph


async def change(
    hearing_id: int, viewer: Viewer, paragraph_id: int, text: str, revision: int, *, now: datetime
) -> int:
    """Keep what was typed upon ``revision`` of a paragraph; gives the new revision.

    Upon another one: Conflict("minutes_changed") with ``revision``, ``text`` and ``by`` as they are now; of a
    paragraph that was removed meanwhile Conflict("paragraph_gone").
    """
    text = _checked(text)
    async with transaction():
        room = await _writing(hearing_id, viewer)
        paragraph = await Paragraph.get_or_none(id=paragraph_id, hearing_id=hearing_id)
        if paragraph is None:
            raise Conflict("paragraph_gone")
        await _check_revision(paragraph, revision)
        if text == paragraph.text:
            return revision
        paragraph.text, paragraph.revision = text, revision + 1
        paragraph.editor_id, paragraph.edited_at = viewer.user_id, now
        await paragraph.save()
        await told(room, paragraph.id, now=now)
    return paragraph.revision


async def remove(hearing_id: int, viewer: Viewer, paragraph_id: int, revision: int, *, now: datetime) -> None:
    """Take a paragraph out; Conflict as ``change``, Refused("remarks_open") while a party waits."""
    async with transaction():
        room = await _writing(hearing_id, viewer)
        paragraph = await _paragraph(hearing_id, paragraph_id)
        await _check_revision(paragraph, revision)
        if await Remark.exists(paragraph_id=paragraph_id, state=RemarkState.OPEN):
            raise Refused("remarks_open")
        await paragraph.delete()
        await told(room, paragraph_id, now=now)


async def apply(
    hearing_id: int,
    viewer: Viewer,
    outcome: Outcome,
    texts: Texts,
    values: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Add the profile's text for an outcome; ``values`` are the agency's: agency, timezone, tolerance."""
    async with transaction():
        room = await _writing(hearing_id, viewer)
        known = await Paragraph.filter(hearing_id=hearing_id).count()
        wanted = await standard_texts.minutes(outcome, texts.get(outcome, ()))
        if known + len(wanted) > MOST_PARAGRAPHS:
            raise Refused("too_many_paragraphs")
        await _fill(room, wanted, values, viewer.user_id, now=now)


async def begin(room: rooms.Room, texts: Texts, values: Mapping[str, str], *, now: datetime) -> None:
    """The text with which minutes start, unless they were begun before; inside the caller's transaction."""
    if not await Paragraph.exists(hearing_id=room.hearing.id):
        author = room.file.viewer.user_id if room.file.viewer else room.hearing.mediator_id
        opening = await standard_texts.minutes(OPENING, texts.get(OPENING, ()))
        for text in filled_all(opening, await _values(room, values, now=now)):
            await insert(room, text, author, behind=None, now=now)
        await _join(room)


async def insert(
    room: rooms.Room, text: str, author_id: int, *, behind: Paragraph | None, now: datetime
) -> Paragraph:
    """A row behind another, or at the end; the caller tells of it."""
    mine = Paragraph.filter(hearing_id=room.hearing.id)
    if behind is None:
        last = await mine.order_by("-position").first()
        position = last.position + 1 if last else 1
    else:
        position = behind.position + 1
        await mine.filter(position__gte=position).update(position=F("position") + 1)
    return await Paragraph.create(
        hearing_id=room.hearing.id,
        position=position,
        text=text,
        author_id=author_id,
        at=now,
        editor_id=author_id,
        edited_at=now,
    )


async def told(room: rooms.Room, paragraph_id: int, *, now: datetime) -> None:
    """Join the text anew and tell everybody which paragraph changed."""
    await _join(room)
    facts = {"revision": room.hearing.record_revision, "paragraph": paragraph_id}
    await room.record("minutes_changed", now=now, facts=facts)


async def _join(room: rooms.Room) -> None:
    rows = await Paragraph.filter(hearing_id=room.hearing.id).order_by("position", "id")
    room.hearing.record = joined(row.text for row in rows)
    room.hearing.record_revision += 1
    await room.hearing.save(update_fields=["record", "record_revision"])


async def _fill(
    room: rooms.Room, texts: Iterable[str], values: Mapping[str, str], author_id: int, *, now: datetime
) -> None:
    paragraph = None
    for text in filled_all(texts, await _values(room, values, now=now)):
        paragraph = await insert(room, text, author_id, behind=None, now=now)
    if paragraph is not None:
        await told(room, paragraph.id, now=now)


async def _values(room: rooms.Room, given: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """What the texts name: models.rules.minutes.VARIABLES."""
    hearing, zone = room.hearing, ZoneInfo(given["timezone"])
    local, opened = now.astimezone(zone), (hearing.opened_at or now).astimezone(zone)
    seats = await Seat.filter(hearing_id=hearing.id, admitted=True).order_by("id").prefetch_related("user")
    names = await parties.of_case(room.file.case)
    return {
        "agency": given["agency"],
        "tolerance": given["tolerance"],
        "protocol": room.file.case.protocol or "",
        "consumer": names.consumer_name,
        "company": names.company_name,
        "mediator": (await User.get(id=hearing.mediator_id)).name,
        "date": f"{local:%d/%m/%Y}",
        "time": f"{local:%H:%M}",
        "opened": f"{opened:%H:%M}",
        "present": "\n".join(f"- {seat.user.name}, {capacity(seat)};" for seat in seats),
    }


def capacity(seat: Seat) -> str:
    """In which capacity somebody is in a hearing, as minutes say it."""
    text = ROLE_TEXT[seat.role]
    if seat.role is SeatRole.COMPANY:
        text += ", com poderes para transigir" if seat.may_sign else ", sem poderes para transigir"
    return text


async def _writing(hearing_id: int, viewer: Viewer) -> rooms.Room:
    room = await rooms.conducted(hearing_id, viewer)
    if room.hearing.frozen_at is not None:
        raise Refused("text_frozen")
    return room


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Invalid({"text": "required"})
    if len(text) > MOST_CHARACTERS:
        raise Invalid({"text": "too_long"})
    return text


async def _paragraph(hearing_id: int, paragraph_id: int) -> Paragraph:
    paragraph = await Paragraph.get_or_none(id=paragraph_id, hearing_id=hearing_id)
    if paragraph is None:
        raise NotFound
    return paragraph


async def _check_revision(paragraph: Paragraph, revision: int) -> None:
    if paragraph.revision != revision:
        editor = await User.get(id=paragraph.editor_id)
        raise Conflict("minutes_changed", revision=paragraph.revision, text=paragraph.text, by=editor.name)
