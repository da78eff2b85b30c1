"""A hearing's record read from the first event to the last: who was connected, where, and when.

Nothing is judged here; ``models.rules.presence`` does that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Any

from models.rules.connection_quality import Stretch
from models.rules.hearing import SeatRole

TRYING = timedelta(hours=1)
"""Who tests the devices so shortly before the start, or after it, is trying to get in."""


class Where(StrEnum):
    """Where a connected person was."""

    WAITING = "waiting"
    ROOM = "room"
    PRIVATE = "private"


class Attendance(StrEnum):
    """How it stands with a person at the end, from the most to the least there."""

    PRESENT = "present"
    CUT_OFF = "cut_off"
    TRIED = "tried"
    LEFT = "left"
    ABSENT = "absent"


@dataclass(frozen=True)
class Observed:
    """An event of the case's record; ``at`` aware, by the clock of the machine that wrote it."""

    seq: int
    at: datetime
    name: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What was set; ``until`` is now, for a hearing that is not closed."""

    hearing: int
    starts_at: datetime
    tolerance: timedelta
    until: datetime


@dataclass(frozen=True)
class Span:
    """From when to when."""

    begins: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        """How long."""
        return self.ends - self.begins


@dataclass(frozen=True)
class Stay(Span):
    """Connected without a break, in one place."""

    where: Where


@dataclass(frozen=True)
class Person:
    """One seat; ``drops`` counts ends of a connection that nobody chose; ``measured`` None: nothing was."""

    seat: int
    role: SeatRole
    stays: tuple[Stay, ...]
    drops: int
    attendance: Attendance
    measured: Stretch | None

    @property
    def connected(self) -> timedelta:
        """In all."""
        return sum((stay.length for stay in self.stays), timedelta())

    @property
    def inside(self) -> timedelta:
        """Let in, in the room or in a private one."""
        return sum((stay.length for stay in self.stays if stay.where is not Where.WAITING), timedelta())


def agreed_times(times: Sequence[datetime]) -> tuple[list[datetime], timedelta]:
    """Times that never go back, as near as can be to those that clocks told, and the largest contradiction.

    Each is the middle between the latest time told before and the earliest told afterwards. If no clock is
    wrong by more than e, no result is; without a contradiction nothing changes.
    """
    latest = list(accumulate(times, max))
    earliest = list(accumulate(reversed(times), min))[::-1]
    pairs = list(zip(earliest, latest, strict=True))
    skew = max((late - early for early, late in pairs), default=timedelta())
    return [early + (late - early) / 2 for early, late in pairs], skew


@dataclass
class Spans:
    """Spans that are begun and ended by events; beginning twice is beginning once."""

    spans: list[Span] = field(default_factory=list)
    since: datetime | None = None

    def begin(self, at: datetime) -> None:
        if self.since is None:
            self.since = at

    def end(self, at: datetime) -> None:
        if self.since is not None:
            self.spans.append(Span(self.since, at))
            self.since = None


@dataclass
class _Seat:
    """A seat while the record is read."""

    role: SeatRole
    generation: int = 0
    since: datetime | None = None
    admitted: bool = False
    private: int = 0
    stays: list[Stay] = field(default_factory=list)
    drops: int = 0
    left_by_choice: bool = False
    tried: bool = False

    @property
    def where(self) -> Where:
        if self.private:
            return Where.PRIVATE
        return Where.ROOM if self.admitted or self.role is SeatRole.MEDIATOR else Where.WAITING

    def pause(self, at: datetime) -> None:
        """End the stay; one without length is none."""
        if self.since is not None and at > self.since:
            self.stays.append(Stay(self.since, at, self.where))
        self.since = None

    def move(self, at: datetime, *, admitted: bool | None = None, private: int | None = None) -> None:
        """To another place, connected as before; ``private`` is the private room, 0 for none."""
        connected = self.since is not None
        self.pause(at)
        self.admitted = self.admitted if admitted is None else admitted
        self.private = self.private if private is None else private
        self.since = at if connected else None

    def enter(self, at: datetime, generation: int) -> None:
        self.generation = max(self.generation, generation)
        self.since = self.since or at

    def leave(self, at: datetime, generation: int | None, *, chosen: bool) -> None:
        """The connection of ``generation`` ended; an older one than the seat's is none of its business."""
        if self.since is None or (generation is not None and generation < self.generation):
            return
        self.pause(at)
        self.left_by_choice = chosen
        self.drops += not chosen


class Reading:
    """The state of a hearing as its record is read from the first event to the last."""

    def __init__(self, plan: Plan, seats: Mapping[int, SeatRole]) -> None:
        self.plan = plan
        self._seats = {seat: _Seat(role) for seat, role in seats.items()}
        self.opened_at: datetime | None = None
        self.closed_at: datetime | None = None
        self.outages = Spans()
        self.suspensions = Spans()
        self._there: set[int] = set()

    def take(self, event: Observed) -> None:
        """One event; what does not tell of presence is passed over."""
        at = event.at
        match event.name:
            case "hearing_opened":
                self.opened_at = self.opened_at or at
            case "hearing_suspended":
                self.suspensions.begin(at)
            case "hearing_resumed":
                self.suspensions.end(at)
            case "media_lost":
                self.outages.begin(at)
            case "media_restored":
                self.outages.end(at)
            case "hearing_closed":
                self.closed_at = at
            case _:
                for seat in self._concerned(event):
                    self._of_seat(seat, event)

    def _concerned(self, event: Observed) -> list[_Seat]:
        """Whose event it is. Who is left in a private room that ends is not told of one by one."""
        if event.name == "consultation_ended":
            ended = event.facts.get("consultation")
            return [seat for seat in self._seats.values() if seat.private == ended]
        seat = self._seats.get(event.facts.get("seat", 0))
        return [] if seat is None else [seat]

    def _of_seat(self, seat: _Seat, event: Observed) -> None:
        at, facts = event.at, event.facts
        match event.name:
            case "seat_entered":
                seat.enter(at, facts.get("generation", 0))
            case "seat_left":
                seat.leave(at, facts.get("generation"), chosen=bool(facts.get("chosen")))
            case "participant_admitted":
                seat.move(at, admitted=True)
            case "participant_returned":
                seat.move(at, admitted=False, private=0)
            case "consultation_joined":
                seat.move(at, private=facts.get("consultation", 0))
            case "consultation_left" | "consultation_ended":
                seat.move(at, private=0)
            case "device_checked":
                seat.tried |= at >= self.plan.starts_at - TRYING

    def finish(self, until: datetime) -> None:
        """The end: who is connected was so until then."""
        self._there = {number for number, seat in self._seats.items() if seat.since is not None}
        for seat in self._seats.values():
            seat.pause(until)
        self.outages.end(until)
        self.suspensions.end(until)

    def person(self, number: int, measured: Stretch | None) -> Person:
        """What was found of a seat."""
        seat = self._seats[number]
        return Person(number, seat.role, tuple(seat.stays), seat.drops, self._attendance(number), measured)

    def _attendance(self, number: int) -> Attendance:
        seat = self._seats[number]
        if number in self._there:
            return Attendance.PRESENT
        if seat.stays:
            return Attendance.LEFT if seat.left_by_choice else Attendance.CUT_OFF
        return Attendance.TRIED if seat.tried else Attendance.ABSENT

    def conducted_by(self, at: datetime) -> bool:
        """Whether somebody of the agency had come until then."""
        return any(
            stay.begins <= at
            for seat in self._seats.values()
            if seat.role is SeatRole.MEDIATOR
            for stay in seat.stays
        )
