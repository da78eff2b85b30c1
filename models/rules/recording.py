"""Recording rules: when a hearing may be recorded, who may watch, and where its moments are in the video.

A recording is an option of the agency, and of each person in the room: it runs only while the hearing is in
session and everybody who was let in has agreed (LGPD art. 8; ADR 0044).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.errors import Refused
from models.rules.hearing import HearingState, SeatRole
from models.rules.people import Role, Side

CARD = timedelta(seconds=4)
"""How long a pause is in the video: a card that says so, whatever the pause took."""


QUESTION = "2026-11"
"""The version of the question whether somebody may be recorded, in ``hearings/_recording_question.html``:
other words, another version."""


@dataclass(frozen=True)
class RecordingPolicy:
    """What a municipality has decided: whether hearings may be recorded, by whom, and how long it is kept.

    ``free_bytes`` is what the disk must have left for a recording to start. ``source`` says why so many
    days.
    """

    enabled: bool
    roles: frozenset[Role]
    keep_days: int
    free_bytes: int
    source: str

    @property
    def question(self) -> str:
        """The version of the question as it is asked here; how long a video is kept is part of it."""
        return f"{QUESTION}/{self.keep_days}"


class Capture(StrEnum):
    """What is being recorded of a hearing now."""

    NONE = "none"
    RUNNING = "running"
    PAUSED = "paused"


class Take(StrEnum):
    """What a mediator does with the recording."""

    START = "record"
    PAUSE = "record_pause"
    RESUME = "record_resume"
    STOP = "record_stop"


TABLE: dict[tuple[Capture, Take], Capture] = {
    (Capture.NONE, Take.START): Capture.RUNNING,
    (Capture.RUNNING, Take.PAUSE): Capture.PAUSED,
    (Capture.PAUSED, Take.RESUME): Capture.RUNNING,
    (Capture.RUNNING, Take.STOP): Capture.NONE,
    (Capture.PAUSED, Take.STOP): Capture.NONE,
}


class Answer(StrEnum):
    """What a person said when asked whether they may be recorded."""

    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True)
class Asked:
    """A person as the question sees them; ``answer`` is None until they gave one."""

    role: SeatRole
    admitted: bool
    answer: Answer | None


def is_asked(role: SeatRole) -> bool:
    """Whether a person's agreement is needed: the parties', not that of the agency's own people."""
    return role is not SeatRole.MEDIATOR


def check_question(asked: str, shown: str) -> None:
    """Refused("recording_question_changed") when another version was answered than is asked."""
    if shown != asked:
        raise Refused("recording_question_changed")


def all_agreed(people: Iterable[Asked]) -> bool:
    """Whether everybody who was let into the room, present or away for a moment, has agreed."""
    return all(
        person.answer is Answer.AGREED for person in people if person.admitted and is_asked(person.role)
    )


def may_run(hearing: HearingState, *, agreed: bool) -> bool:
    """Whether a recording may run now; one that runs and no longer may is paused, by whoever changed that."""
    return hearing is HearingState.IN_SESSION and agreed


def possible(capture: Capture, hearing: HearingState, *, agreed: bool) -> tuple[Take, ...]:
    """What a mediator may do with the recording now, in the order of the table."""
    return tuple(
        act
        for (at, act), to in TABLE.items()
        if at is capture and (to is not Capture.RUNNING or may_run(hearing, agreed=agreed))
    )


def take(capture: Capture, act: Take, hearing: HearingState, *, agreed: bool) -> Capture:
    """What is recorded after ``act``.

    Raises Refused: "recording_not_now" when the table has no such cell, "recording_not_in_session" and
    "recording_not_agreed" when it has one but nothing may be recorded.
    """
    to = TABLE.get((capture, act))
    if to is None:
        raise Refused("recording_not_now")
    if to is Capture.RUNNING and hearing is not HearingState.IN_SESSION:
        raise Refused("recording_not_in_session")
    if to is Capture.RUNNING and not agreed:
        raise Refused("recording_not_agreed")
    return to


_WATCHING = frozenset({Role.COORDINATOR, Role.LEGAL, Role.AUDITOR})


def may_watch(side: Side, role: Role, *, in_charge: bool) -> bool:
    """Whether a person may play a recording of a case on whose ``side`` they stand.

    The parties, and of the agency only who has the case in hand (``in_charge``: they conducted the hearing
    or handle the case), judges its merits, coordinates or controls (LGPD art. 6, III).
    """
    return side in (Side.CONSUMER, Side.COMPANY) or in_charge or role in _WATCHING


@dataclass(frozen=True)
class Piece:
    """The hearing from ``at`` to ``until``, in the video from ``starts`` on for ``length``."""

    at: datetime
    until: datetime
    paused: bool
    starts: timedelta
    length: timedelta


@dataclass(frozen=True)
class Course:
    """How a recording ran, and so where each moment of the hearing is in its video."""

    pieces: tuple[Piece, ...]

    @property
    def length(self) -> timedelta:
        """How long the video is."""
        return sum((piece.length for piece in self.pieces), timedelta())

    def position(self, moment: datetime) -> timedelta | None:
        """Where ``moment`` is in the video: nowhere before and after it, at the card within a pause."""
        for piece in self.pieces:
            if piece.at <= moment < piece.until:
                return piece.starts if piece.paused else piece.starts + (moment - piece.at)
        return None


def course(started_at: datetime, ended_at: datetime, changes: Sequence[tuple[datetime, bool]]) -> Course:
    """The course of a recording; ``changes`` say in order of time from when on it was paused, or not."""
    pieces: list[Piece] = []
    at, paused, position = started_at, False, timedelta()
    for moment, pauses in (*changes, (ended_at, not changes or not changes[-1][1])):
        if pauses is paused:
            continue
        until = min(max(moment, at), ended_at)
        length = min(CARD, until - at) if paused else until - at
        if length:
            pieces.append(Piece(at, until, paused, position, length))
        at, paused, position = until, pauses, position + length
    return Course(tuple(pieces))
