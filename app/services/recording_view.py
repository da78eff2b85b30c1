"""What a person in the room sees of the recording: whether it runs, what they said, who is yet to agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.services import recordings
from models import Hearing
from models.rules.hearing import SeatRole
from models.rules.people import Viewer
from models.rules.recording import Answer, Capture, RecordingPolicy, is_asked


class Sitter(Protocol):
    """Somebody with a place in the room."""

    @property
    def seat(self) -> int:
        """Its number."""
        ...

    @property
    def name(self) -> str:
        """Who it is."""
        ...

    @property
    def role(self) -> SeatRole:
        """What they are in the hearing."""
        ...

    @property
    def admitted(self) -> bool:
        """Whether they were let in."""
        ...


@dataclass(frozen=True)
class RecordingSeen:
    """The recording as one person sees it.

    ``offered``: hearings are recorded in this house. ``records``: this person may. ``failure`` is why
    nothing is written although it should be. ``answers`` by seat; ``missing`` are the names of those let in
    who have not agreed.
    """

    offered: bool
    records: bool
    capture: Capture
    id: UUID | None
    failure: str
    answers: Mapping[int, Answer]
    missing: tuple[str, ...]
    asked: bool
    mine: Answer | None

    @property
    def agreed(self) -> bool:
        """Whether nobody's agreement is missing."""
        return not self.missing


async def seen(
    hearing: Hearing, viewer: Viewer, me: Sitter, people: Iterable[Sitter], policy: RecordingPolicy
) -> RecordingSeen:
    """The recording of a hearing as ``viewer``, on the seat ``me``, sees it."""
    recording = await recordings.running(hearing.id)
    answers = await recordings.answers(hearing)
    return RecordingSeen(
        offered=policy.enabled,
        records=policy.enabled and viewer.role in policy.roles,
        capture=recordings.capture_of(recording),
        id=recording.id if recording else None,
        failure=recording.failure if recording else "",
        answers=answers,
        missing=tuple(
            person.name
            for person in people
            if person.admitted and is_asked(person.role) and answers.get(person.seat) is not Answer.AGREED
        ),
        asked=policy.enabled and is_asked(me.role),
        mine=answers.get(me.seat),
    )
