"""Who was in a hearing and when, computed from its recorded events and from what the media service measured.

The events' numbers give their order: the case's row is locked while one is written. Their times come from
machines whose clocks may differ, so they are first made to agree with the order (``agreed_times``). An event
that is seen twice, or in another order, changes nothing.

A technical failure never harms a party (docs/adr/0064-presence.md): who was cut off, or tried and did not get
in, is not absent, and the tolerance at the door runs only while the service works.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Any

from models.rules.connection_quality import Stretch, together
from models.rules.errors import Refused
from models.rules.hearing import SeatRole

NEAR = timedelta(seconds=90)
"""A connection that ends so close to a failure of the service ended because of it: a broken line is noticed
after five to fifty seconds."""
TRYING = timedelta(hours=1)
"""Who tests the devices so shortly before the start, or after it, is trying to get in."""
PARTIES = (SeatRole.CONSUMER, SeatRole.COMPANY)


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


class Cause(StrEnum):
    """Why a party is not there at the end, by measurement."""

    PRESENT = "present"
    NO_SHOW = "no_show"
    LEFT = "left"
    PARTY_FAILURE = "party_failure"
    PROCON_FAILURE = "procon_failure"


FAILURES = frozenset({Cause.PARTY_FAILURE, Cause.PROCON_FAILURE})
_BEST_FIRST = list(Attendance)


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


@dataclass(frozen=True)
class Presence:
    """The whole finding.

    ``waited`` is how long the door stood open after the set time with the service working; ``skew`` the
    largest contradiction between the machines' clocks; ``last_seq`` the last event that was counted.
    """

    plan: Plan
    opened_at: datetime | None
    until: datetime
    waited: timedelta
    outages: tuple[Span, ...]
    suspensions: tuple[Span, ...]
    skew: timedelta
    people: tuple[Person, ...]
    causes: Mapping[SeatRole, Cause]
    last_seq: int

    @property
    def tolerance_ends(self) -> datetime:
        """When the tolerance ends, by what was set."""
        return self.plan.starts_at + self.plan.tolerance

    def on_time(self, person: Person) -> bool:
        """Whether somebody came within the tolerance; a doubt that the clocks leave is in their favour."""
        return bool(person.stays) and person.stays[0].begins <= self.tolerance_ends + self.skew


def presence(
    plan: Plan,
    seats: Mapping[int, SeatRole],
    events: Iterable[Observed],
    measured: Mapping[int, Iterable[tuple[datetime, Stretch]]],
) -> Presence:
    """The finding for a hearing; ``measured`` holds stretches by seat, each with its beginning."""
    record, skew = _agreed(plan, events)
    reading = _Reading(plan, seats)
    for event in record:
        reading.take(event)
        if reading.closed_at is not None:
            break
    until = reading.closed_at or plan.until
    reading.finish(until)
    outages = _joined(reading.outages.spans)
    waited = _working(Span(plan.starts_at, max(until, plan.starts_at)), outages)
    people = tuple(reading.person(seat, _measured(measured.get(seat, ()))) for seat in sorted(seats))
    course = _Course(reading, outages, waited, until)
    return Presence(
        plan=plan,
        opened_at=reading.opened_at,
        until=until,
        waited=waited,
        outages=outages,
        suspensions=tuple(reading.suspensions.spans),
        skew=skew,
        people=people,
        causes={role: course.cause([one for one in people if one.role is role]) for role in PARTIES},
        last_seq=record[-1].seq if record else 0,
    )


def check_absence(found: Presence, absent: Iterable[SeatRole]) -> None:
    """Whether ``absent`` may be called absent.

    Raises Refused("tolerance_running") before they had the whole tolerance with the service working, and
    Refused("failure_measured") when it was a failure that kept one of them away.
    """
    roles = tuple(absent)
    if roles and found.waited < found.plan.tolerance:
        raise Refused("tolerance_running")
    if any(found.causes.get(role) in FAILURES for role in roles):
        raise Refused("failure_measured")


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


def _agreed(plan: Plan, events: Iterable[Observed]) -> tuple[list[Observed], timedelta]:
    """This hearing's events, each once and in the record's order, with agreed times."""
    known = {event.seq: event for event in events if event.facts.get("hearing") == plan.hearing}
    ordered = [known[seq] for seq in sorted(known)]
    times, skew = agreed_times([event.at for event in ordered])
    return [
        Observed(event.seq, at, event.name, event.facts) for event, at in zip(ordered, times, strict=True)
    ], skew


def _measured(minutes: Iterable[tuple[datetime, Stretch]]) -> Stretch | None:
    """A seat's stretches as one; of one that is told twice, the fuller telling."""
    fullest: dict[datetime, Stretch] = {}
    for at, stretch in minutes:
        if at not in fullest or stretch.connected_s > fullest[at].connected_s:
            fullest[at] = stretch
    return together(fullest[at] for at in sorted(fullest)) if fullest else None


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans that overlap or touch, as one."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: span.begins):
        if whole and span.begins <= whole[-1].ends:
            whole[-1] = Span(whole[-1].begins, max(whole[-1].ends, span.ends))
        else:
            whole.append(span)
    return tuple(whole)


def _working(window: Span, outages: Sequence[Span]) -> timedelta:
    """How much of a window the service worked."""
    lost = sum(
        (
            max(min(outage.ends, window.ends) - max(outage.begins, window.begins), timedelta())
            for outage in outages
        ),
        timedelta(),
    )
    return window.length - lost


@dataclass
class _Spans:
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
    private: bool = False
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

    def move(self, at: datetime, *, admitted: bool | None = None, private: bool | None = None) -> None:
        """To another place, connected as before."""
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


class _Reading:
    """The state of a hearing as its record is read from the first event to the last."""

    def __init__(self, plan: Plan, seats: Mapping[int, SeatRole]) -> None:
        self.plan = plan
        self._seats = {seat: _Seat(role) for seat, role in seats.items()}
        self.opened_at: datetime | None = None
        self.closed_at: datetime | None = None
        self.outages = _Spans()
        self.suspensions = _Spans()
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
                seat = self._seats.get(event.facts.get("seat", 0))
                if seat is not None:
                    self._of_seat(seat, event)

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
                seat.move(at, admitted=False, private=False)
            case "consultation_joined":
                seat.move(at, private=True)
            case "consultation_left":
                seat.move(at, private=False)
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


@dataclass(frozen=True)
class _Course:
    """What a party's absence is judged by."""

    reading: _Reading
    outages: Sequence[Span]
    waited: timedelta
    until: datetime

    def cause(self, people: Sequence[Person]) -> Cause:
        """Why a party is not there: that of its person who was the most there."""
        if not people:
            return Cause.NO_SHOW if self._had_time else Cause.PROCON_FAILURE
        best = min(people, key=lambda one: _BEST_FIRST.index(one.attendance))
        match best.attendance:
            case Attendance.PRESENT:
                return Cause.PRESENT
            case Attendance.CUT_OFF | Attendance.TRIED:
                ours = self._failed_near(best.stays[-1].ends) if best.stays else bool(self.outages)
                return Cause.PROCON_FAILURE if ours else Cause.PARTY_FAILURE
            case Attendance.LEFT:
                gone = best.stays[-1].ends
                in_vain = gone > self.reading.plan.starts_at and not self.reading.conducted_by(gone)
                return Cause.PROCON_FAILURE if in_vain or self._failed_near(gone) else Cause.LEFT
            case Attendance.ABSENT:
                return Cause.NO_SHOW if self._had_time else Cause.PROCON_FAILURE

    @property
    def _had_time(self) -> bool:
        """Whether a failure of ours took nothing of the tolerance."""
        return not self.outages or self.waited >= self.reading.plan.tolerance

    def _failed_near(self, at: datetime) -> bool:
        return any(outage.begins - NEAR <= at <= outage.ends + NEAR for outage in self.outages)
