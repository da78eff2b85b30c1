"""When a hearing can be held: working hours, absences, holidays, rooms, and who is taken at that time.

A slot is a start, a length, a mediator and a virtual room. It is free when the day is open, one of the
mediator's shifts holds all of it, the mediator is not away, a room is left, and nobody who must be in it sits
in another hearing. tests/rules holds this search against the same words written out minute by minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.rules.terms import Calendar

CLAIM_MINUTES = 5
"""The grain in which time is taken; starts and lengths of slots are multiples of it."""


@dataclass(frozen=True)
class Span:
    """Time from ``starts`` until before ``ends``, both aware."""

    starts: datetime
    ends: datetime

    def meets(self, other: Span) -> bool:
        """Whether the two share a moment; one that begins where the other ends does not."""
        return self.starts < other.ends and other.starts < self.ends


def grains(span: Span) -> list[datetime]:
    """The beginning of each piece of ``CLAIM_MINUTES`` that a span touches, in UTC."""
    start = span.starts.astimezone(UTC).replace(second=0, microsecond=0)
    start -= timedelta(minutes=start.minute % CLAIM_MINUTES)
    end = span.ends.astimezone(UTC)
    found = []
    while start < end:
        found.append(start)
        start += timedelta(minutes=CLAIM_MINUTES)
    return found


@dataclass(frozen=True)
class Shift:
    """Working hours of a weekday (Monday is 0), in minutes after midnight on the agency's wall clock."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True)
class Bench:
    """A mediator, as the search needs them: when they work, and when they are away."""

    mediator: int
    shifts: tuple[Shift, ...]
    away: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Party:
    """Who must be in a hearing besides the mediator; ``agent`` when the company's person is named.

    ``lines`` is how many people the company could send at one time.
    """

    consumer: int
    company: int | None
    agent: int | None = None
    lines: int = 1


@dataclass(frozen=True)
class Taken:
    """A hearing that stands, or a slot that is held for somebody; ``party`` None when only held."""

    span: Span
    mediator: int
    room: int
    party: Party | None = None


@dataclass(frozen=True)
class Slot:
    """A time that can be had: with whom, and in which room."""

    starts_at: datetime
    minutes: int
    mediator: int
    room: int

    @property
    def span(self) -> Span:
        """The time that it takes."""
        return Span(self.starts_at, self.starts_at + timedelta(minutes=self.minutes))


@dataclass(frozen=True)
class SlotRules:
    """The agency's: zone, calendar, length of a hearing, how far apart starts are, how many rooms."""

    zone: ZoneInfo
    calendar: Calendar
    minutes: int
    step: int
    rooms: int


class Clash(StrEnum):
    """Who or what is taken at a time; the values are the error codes of the forms."""

    MEDIATOR = "mediator_busy"
    CONSUMER = "consumer_busy"
    COMPANY = "company_busy"
    AGENT = "agent_busy"
    ROOM = "rooms_full"


def _company_clashes(span: Span, party: Party, at_once: Sequence[Taken]) -> set[Clash]:
    """The named person sits elsewhere, or at some moment the company has nobody left to send.

    At most as many of its hearings overlap as lie over the beginning of one of them, or of the span itself.
    """
    found = set()
    others = [(one.span, one.party) for one in at_once if one.party is not None]
    if party.agent is not None and any(other.agent == party.agent for _span, other in others):
        found.add(Clash.AGENT)
    if party.company is None:
        return found
    theirs = [where for where, other in others if other.company == party.company]
    for moment in (span.starts, *(one.starts for one in theirs if one.starts > span.starts)):
        if sum(one.starts <= moment < one.ends for one in theirs) >= party.lines:
            found.add(Clash.COMPANY)
    return found


def clashes(span: Span, mediator: int, party: Party, taken: Iterable[Taken], rooms: int) -> tuple[Clash, ...]:
    """What stands in the way of a hearing, in the order of ``Clash``; empty when nothing does."""
    at_once = [one for one in taken if one.span.meets(span)]
    found = {Clash.MEDIATOR} if any(one.mediator == mediator for one in at_once) else set()
    if any(one.party is not None and one.party.consumer == party.consumer for one in at_once):
        found.add(Clash.CONSUMER)
    found |= _company_clashes(span, party, at_once)
    if free_room(span, at_once, rooms) is None:
        found.add(Clash.ROOM)
    return tuple(clash for clash in Clash if clash in found)


def free_room(span: Span, taken: Iterable[Taken], rooms: int) -> int | None:
    """The lowest room, from 1, that nobody has during ``span``; None when all are taken."""
    used = {one.room for one in taken if one.span.meets(span)}
    return next((room for room in range(1, rooms + 1) if room not in used), None)


def works(bench: Bench, span: Span) -> bool:
    """Whether a mediator works all through ``span``, told on the agency's clock, and is not away in it."""
    start, end = span.starts, span.ends
    opens = start.hour * 60 + start.minute
    closes = opens + round((span.ends - span.starts).total_seconds() / 60)
    fits = any(
        shift.weekday == start.weekday() and shift.opens <= opens and closes <= shift.closes
        for shift in bench.shifts
    )
    same_day = (end - timedelta(microseconds=1)).date() == start.date()
    return fits and same_day and not any(away.meets(span) for away in bench.away)


def free_slots(
    rules: SlotRules,
    benches: Sequence[Bench],
    party: Party,
    taken: Sequence[Taken],
    first: date,
    last: date,
    *,
    not_before: datetime,
) -> Iterator[Slot]:
    """Every free slot from ``first`` to ``last``, both included, by start and then in the benches' order.

    Starts are ``rules.step`` minutes apart from the beginning of each shift; none is before ``not_before``.
    """
    by_day: dict[date, list[Taken]] = {}
    for one in taken:
        for day in {
            one.span.starts.astimezone(rules.zone).date(),
            one.span.ends.astimezone(rules.zone).date(),
        }:
            by_day.setdefault(day, []).append(one)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if rules.calendar.closed(day):
            continue
        here = by_day.get(day, [])
        for start, bench in _starts(rules, benches, day):
            span = Span(start, start + timedelta(minutes=rules.minutes))
            if start < not_before or any(away.meets(span) for away in bench.away):
                continue
            if not clashes(span, bench.mediator, party, here, rules.rooms):
                room = free_room(span, here, rules.rooms)
                yield Slot(start, rules.minutes, bench.mediator, room or 0)


def _starts(rules: SlotRules, benches: Sequence[Bench], day: date) -> list[tuple[datetime, Bench]]:
    found = {
        (minute, order)
        for order, bench in enumerate(benches)
        for shift in bench.shifts
        if shift.weekday == day.weekday()
        for minute in range(shift.opens, shift.closes - rules.minutes + 1, rules.step)
    }
    return [
        (datetime.combine(day, time(minute // 60, minute % 60), rules.zone), benches[order])
        for minute, order in sorted(found)
    ]


def spread(slots: Iterable[Slot], count: int) -> list[Slot]:
    """Up to ``count`` slots for somebody to choose from: different days first, mornings and afternoons.

    A day gives one of the morning and one of the afternoon before any day gives more; in order of time.
    """
    groups: dict[tuple[date, bool], list[Slot]] = {}
    for slot in slots:
        groups.setdefault((slot.starts_at.date(), slot.starts_at.hour >= 12), []).append(slot)
    chosen: list[Slot] = []
    seen: set[datetime] = set()
    turn = 0
    while len(chosen) < count and any(len(group) > turn for group in groups.values()):
        for group in groups.values():
            if len(chosen) < count and len(group) > turn and group[turn].starts_at not in seen:
                chosen.append(group[turn])
                seen.add(group[turn].starts_at)
        turn += 1
    return sorted(chosen, key=lambda slot: (slot.starts_at, slot.mediator))


def run(slots: Iterable[Slot], count: int, minutes: int) -> list[Slot]:
    """The first ``count`` slots of one mediator and day that follow one another without a gap.

    Empty when there is no such run.
    """
    chains: dict[tuple[int, datetime], list[Slot]] = {}
    for slot in slots:
        before = chains.get((slot.mediator, slot.starts_at - timedelta(minutes=minutes)), [])
        chain = [*before, slot] if before and before[-1].starts_at.date() == slot.starts_at.date() else [slot]
        chains[slot.mediator, slot.starts_at] = chain
        if len(chain) >= count:
            return chain[-count:]
    return []
