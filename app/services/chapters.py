"""The chapters of a recording: what the record of the case says happened, where it is in the video."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.i18n import N_
from app.i18n import gettext as _
from app.services import clauses
from models import CaseEvent, Hearing, Paragraph, Recording, Seat
from models.rules.recording import Course

TITLE = 70
LAST = timedelta(seconds=1)
"""What ends with the recording is shown this long before its end."""

_PLAIN = {
    "hearing_opened": N_("Abertura da audiência"),
    "hearing_paused": N_("Pausa da audiência"),
    "hearing_suspended": N_("Suspensão por falha técnica"),
    "hearing_resumed": N_("Retomada da audiência"),
    "hearing_closed": N_("Encerramento"),
    "text_frozen": N_("Texto final pronto para assinatura"),
    "recording_paused": N_("Gravação pausada"),
    "recording_failed": N_("Falha na gravação"),
}
_OF_SOMEBODY = {
    "participant_admitted": N_("Entrou: %(name)s"),
    "text_signed": N_("Assinatura: %(name)s"),
}
TOLD = frozenset({*_PLAIN, *_OF_SOMEBODY, "minutes_changed"})


@dataclass(frozen=True)
class Chapter:
    """A moment of the hearing that the video can be opened at."""

    at: timedelta
    title: str


async def chapters(recording: Recording, course: Course) -> tuple[Chapter, ...]:
    """The chapters of a recording that has ended, in order; the first is its beginning."""
    hearing = await Hearing.get(id=recording.hearing_id)
    names = {seat.id: seat.user.name for seat in await Seat.filter(hearing=hearing).prefetch_related("user")}
    rows = await (
        CaseEvent.filter(case_id=hearing.case_id, name__in=list(TOLD))
        .order_by("seq")
        .values("name", "facts", "at")
    )
    mine = [row for row in rows if row["facts"].get("hearing") == hearing.id]
    told = _Told(names, {one.id: one.text for one in await Paragraph.filter(hearing=hearing)})
    moments = [(row["at"], told.title(row["name"], row["facts"])) for row in mine]
    found = [Chapter(timedelta(), _("Início da gravação"))]
    for at, title in moments + await _clauses(hearing):
        position = _position(course, recording, at)
        if title and position is not None:
            found.append(Chapter(position, title))
    return tuple(sorted(_once(found), key=lambda chapter: chapter.at))


async def _clauses(hearing: Hearing) -> list[tuple[datetime, str]]:
    """When each clause that stands was accepted by the second side, numbered as in the agreement."""
    return [
        (
            max(clause.consumer_accepted_at, clause.company_accepted_at),
            _("Cláusula %(number)s aceita pelas duas partes") % {"number": number},
        )
        for number, clause in enumerate(await clauses.live(hearing.id), 1)
        if clause.consumer_accepted_at and clause.company_accepted_at
    ]


def _position(course: Course, recording: Recording, at: datetime) -> timedelta | None:
    if at == recording.ended_at:
        return max(timedelta(), course.length - LAST)
    return course.position(at)


def _once(found: Iterable[Chapter]) -> Iterable[Chapter]:
    """Without a title that comes again within the same second: a hearing's pause is the recording's too."""
    seen: set[tuple[int, str]] = set()
    for chapter in found:
        key = (int(chapter.at.total_seconds()), chapter.title)
        if key not in seen:
            seen.add(key)
            yield chapter


class _Told:
    """Turns events into titles; it remembers which paragraphs it has told of."""

    def __init__(self, names: Mapping[int, str], record: Mapping[int, str]) -> None:
        self._names = names
        self._record = record
        self._written: set[int] = set()

    def title(self, name: str, facts: Mapping[str, Any]) -> str:
        """The title of an event, empty when it is none of its own."""
        if name in _PLAIN:
            return _(_PLAIN[name])
        if name in _OF_SOMEBODY:
            who = self._names.get(facts.get("seat", 0), "")
            return _(_OF_SOMEBODY[name]) % {"name": who} if who else ""
        return self._paragraph(facts)

    def _paragraph(self, facts: Mapping[str, Any]) -> str:
        """A paragraph of the minutes is told when it is begun, in the words that it has in the end."""
        number = facts.get("paragraph", 0)
        if number in self._written or number not in self._record:
            return ""
        self._written.add(number)
        text = " ".join(self._record[number].split())
        short = text if len(text) <= TITLE else text[:TITLE].rsplit(" ", 1)[0] + "…"
        return _("Ata: %(text)s") % {"text": short}
