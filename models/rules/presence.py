"""Who was in a hearing and when, computed from its recorded events and from what the media service measured.

The events' numbers give their order: the case's row is locked while one is written. Their times come from
machines whose clocks may differ, so they are first made to agree with the order (``agreed_times``). An event
that is seen twice, or in another order, changes nothing.

A technical failure never harms a party (docs/adr/0064-presence.md): who was cut off, or tried and did not get
in, is not absent, and the tolerance at the door runs only while the service works.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.connection_quality import Stretch, together
from models.rules.errors import Refused
from models.rules.hearing import SeatRole
from models.rules.presence_record import (
    Attendance,
    Observed,
    Person,
    Plan,
    Reading,
    Span,
    agreed_times,
)

NEAR = timedelta(seconds=90)
"""A connection that ends so close to a failure of the service ended because of it: a broken line is noticed
after five to fifty seconds."""
PARTIES = (SeatRole.CONSUMER, SeatRole.COMPANY)


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
    reading = Reading(plan, seats)
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


@dataclass(frozen=True)
class _Course:
    """What a party's absence is judged by."""

    reading: Reading
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
