"""The minutes: a text that the mediator writes while the others read along."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app.db import transaction
from app.services import rooms
from models import Case, Hearing, Seat, User
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.hearing import SeatRole
from models.rules.people import Viewer

MOST_CHARACTERS = 40_000

ROLE_TEXT = {
    SeatRole.MEDIATOR: "conciliador(a)",
    SeatRole.CONSUMER: "consumidor(a)",
    SeatRole.COMPANY: "representante do fornecedor",
    SeatRole.COUNSEL: "advogado(a) do consumidor",
    SeatRole.INTERPRETER: "intérprete de Libras",
    SeatRole.WITNESS: "testemunha",
    SeatRole.OBSERVER: "observador(a)",
}


async def save(hearing_id: int, viewer: Viewer, text: str, revision: int, *, now: datetime) -> int:
    """Keep what the mediator has typed; gives the new revision.

    ``revision`` is the one that was typed upon: another one is Conflict("minutes_changed") with
    ``revision`` and ``text`` as they are now. Refused("text_frozen") once the text is to be signed.
    """
    text = text.replace("\r\n", "\n")
    if len(text) > MOST_CHARACTERS:
        raise Invalid({"text": "too_long"})
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        hearing = room.hearing
        if hearing.frozen_at is not None:
            raise Refused("text_frozen")
        if hearing.record_revision != revision:
            raise Conflict("minutes_changed", revision=hearing.record_revision, text=hearing.record)
        if text == hearing.record:
            return revision
        paragraph = changed_paragraph(hearing.record, text)
        hearing.record = text
        hearing.record_revision += 1
        await hearing.save(update_fields=["record", "record_revision"])
        facts = {"revision": hearing.record_revision, "paragraph": paragraph}
        await room.record("minutes_changed", now=now, facts=facts)
        return hearing.record_revision


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def changed_paragraph(before: str, after: str) -> int:
    """The number, from 1, of the first paragraph of ``after`` that is another than in ``before``."""
    old, new = paragraphs(before), paragraphs(after)
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    return same + 1


async def opening(hearing: Hearing, *, agency: str, timezone: str, now: datetime) -> str:
    """The text with which minutes start: when, where, which case, and who is present (CPC art. 334)."""
    case = await Case.get(id=hearing.case_id)
    local = now.astimezone(ZoneInfo(timezone))
    present = await Seat.filter(hearing_id=hearing.id, admitted=True).order_by("id")
    names = {user.id: user.name for user in await User.filter(id__in=[seat.user_id for seat in present])}
    lines = [
        f"Aos {local:%d/%m/%Y}, às {local:%H:%M}, por videoconferência, o {agency} abriu a audiência de "
        f"conciliação da reclamação {case.protocol}.",
        "",
        "Presentes:",
        *(f"- {names[seat.user_id]}, {_capacity(seat)};" for seat in present),
        "",
        "As partes foram identificadas, informadas das regras da audiência e de que não podem gravá-la.",
        "",
        "",
    ]
    return "\n".join(lines)


def _capacity(seat: Seat) -> str:
    text = ROLE_TEXT[seat.role]
    if seat.role is SeatRole.COMPANY:
        text += ", com poderes para transigir" if seat.may_sign else ", sem poderes para transigir"
    return text
