"""The search for slots against its own definition, written out minute by minute and slowly."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.rules.slots import (
    Bench,
    Clash,
    Party,
    Shift,
    Slot,
    SlotRules,
    Span,
    Taken,
    clashes,
    free_slots,
    run,
    spread,
    works,
)
from models.rules.terms import Calendar

ZONE = ZoneInfo("America/Sao_Paulo")
MONDAY = date(2026, 11, 30)
DAYS = 6
LAST = MONDAY + timedelta(days=DAYS - 1)


def at(day: int, minute: int) -> datetime:
    """A moment of the week under test."""
    return datetime.combine(MONDAY + timedelta(days=day), time(minute // 60, minute % 60), ZONE)


def rules(minutes: int = 40, step: int = 20, rooms: int = 2, *holidays: int) -> SlotRules:
    closed = {MONDAY + timedelta(days=day): "Feriado" for day in holidays}
    return SlotRules(ZONE, Calendar(closed), minutes, step, rooms)


def minutes_of(span: Span) -> set[datetime]:
    """Every minute of a span, in UTC."""
    start = span.starts.astimezone(UTC)
    return {
        start + timedelta(minutes=n) for n in range(round((span.ends - span.starts).total_seconds() / 60))
    }


def slowly(
    rules: SlotRules, benches: list[Bench], party: Party, taken: list[Taken], not_before: datetime
) -> set[tuple[datetime, int]]:
    """The definition: a start and a mediator, tried for every minute of the week against every rule."""
    found = set()
    for number in range(DAYS):
        day = MONDAY + timedelta(days=number)
        if day.weekday() > 4 or day in rules.calendar.holidays:
            continue
        for bench in benches:
            for shift in bench.shifts:
                for minute in range(24 * 60):
                    if day.weekday() != shift.weekday or (minute - shift.opens) % rules.step:
                        continue
                    if minute < shift.opens or minute + rules.minutes > shift.closes:
                        continue
                    start = at(number, minute)
                    wanted = minutes_of(Span(start, start + timedelta(minutes=rules.minutes)))
                    if start >= not_before and _nobody_minds(wanted, bench, party, taken, rules.rooms):
                        found.add((start.astimezone(UTC), bench.mediator))
    return found


def _nobody_minds(wanted: set[datetime], bench: Bench, party: Party, taken: list[Taken], rooms: int) -> bool:
    if any(minutes_of(away) & wanted for away in bench.away):
        return False
    meanwhile = [one for one in taken if minutes_of(one.span) & wanted]
    for one in meanwhile:
        if one.mediator == bench.mediator:
            return False
        other = one.party
        if other is None:
            continue
        if other.consumer == party.consumer:
            return False
        if party.agent is not None and party.agent == other.agent:
            return False
    for minute in wanted:
        theirs = [
            one
            for one in meanwhile
            if one.party and party.company is not None and one.party.company == party.company
        ]
        if sum(minute in minutes_of(one.span) for one in theirs) >= party.lines:
            return False
    return any(all(one.room != room for one in meanwhile) for room in range(1, rooms + 1))


MINUTE = st.integers(min_value=96, max_value=216).map(lambda n: n * 5)  # from 8 to 18 o'clock
SHIFTS = st.builds(
    lambda weekday, opens, length: Shift(weekday, opens, min(opens + length, 18 * 60)),
    st.integers(0, 5),
    MINUTE,
    st.integers(4, 60).map(lambda n: n * 5),
)
SPANS = st.builds(
    lambda day, minute, length: Span(at(day, minute), at(day, minute) + timedelta(minutes=length)),
    st.integers(0, DAYS - 1),
    MINUTE,
    st.integers(1, 40).map(lambda n: n * 5),
)
PARTIES = st.builds(
    Party,
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(11, 12)),
    st.one_of(st.none(), st.integers(21, 22)),
    st.integers(1, 2),
)
TAKEN = st.builds(Taken, SPANS, st.integers(1, 3), st.integers(0, 3), st.one_of(st.none(), PARTIES))
BENCHES = st.lists(
    st.builds(
        Bench,
        st.integers(1, 3),
        st.lists(SHIFTS, max_size=4).map(tuple),
        st.lists(SPANS, max_size=2).map(tuple),
    ),
    max_size=3,
    unique_by=lambda bench: bench.mediator,
)
RULES = st.builds(
    rules,
    st.sampled_from([20, 40, 55]),
    st.sampled_from([5, 15, 20]),
    st.integers(0, 3),
    st.integers(0, 4),
)


@settings(max_examples=60, deadline=None)
@given(RULES, BENCHES, PARTIES, st.lists(TAKEN, max_size=12), SPANS)
@example(rules(), [Bench(1, (Shift(0, 480, 520),))], Party(1, 11), [], Span(at(0, 480), at(0, 485)))
def test_the_search_finds_what_the_definition_says(
    rules: SlotRules, benches: list[Bench], party: Party, taken: list[Taken], notice: Span
) -> None:
    found = list(free_slots(rules, benches, party, taken, MONDAY, LAST, not_before=notice.starts))
    told = [(slot.starts_at.astimezone(UTC), slot.mediator) for slot in found]
    assert set(told) == slowly(rules, benches, party, taken, notice.starts)
    assert len(set(told)) == len(told)
    assert [start for start, _ in told] == sorted(start for start, _ in told)
    for slot in found:
        assert not any(one.room == slot.room and one.span.meets(slot.span) for one in taken)
        assert 1 <= slot.room <= rules.rooms


@settings(max_examples=60, deadline=None)
@given(RULES, BENCHES, st.lists(PARTIES, min_size=1, max_size=8))
def test_whoever_is_placed_one_after_another_never_meets(
    rules: SlotRules, benches: list[Bench], parties: list[Party]
) -> None:
    taken: list[Taken] = []
    for party in parties:
        slot = next(free_slots(rules, benches, party, taken, MONDAY, LAST, not_before=at(0, 0)), None)
        if slot is not None:
            taken.append(Taken(slot.span, slot.mediator, slot.room, party))
    for number, one in enumerate(taken):
        for other in taken[:number]:
            if one.span.meets(other.span):
                assert one.mediator != other.mediator
                assert one.room != other.room
                assert one.party is not None
                assert other.party is not None
                assert one.party.consumer != other.party.consumer


def test_each_clash_is_told_by_its_name() -> None:
    span = Span(at(0, 600), at(0, 640))
    busy = [Taken(span, 1, 1, Party(5, 11, 21))]
    later = Span(at(0, 640), at(0, 680))
    assert clashes(span, 1, Party(6, 12), busy, 3) == (Clash.MEDIATOR,)
    assert clashes(span, 2, Party(5, 12), busy, 3) == (Clash.CONSUMER,)
    assert clashes(span, 2, Party(6, 11), busy, 3) == (Clash.COMPANY,)
    assert clashes(span, 2, Party(6, 11, 22, lines=2), busy, 3) == ()
    assert clashes(span, 2, Party(6, 11, 21, lines=2), busy, 3) == (Clash.AGENT,)
    assert clashes(span, 2, Party(6, 12), busy, 1) == (Clash.ROOM,)
    assert clashes(span, 1, Party(5, 11), busy, 1) == (
        Clash.MEDIATOR,
        Clash.CONSUMER,
        Clash.COMPANY,
        Clash.ROOM,
    )
    assert clashes(later, 1, Party(5, 11), busy, 1) == ()


def test_a_shift_holds_the_whole_hearing_and_midnight_ends_the_day() -> None:
    bench = Bench(1, (Shift(0, 480, 720), Shift(0, 780, 1440)), (Span(at(0, 900), at(0, 960)),))
    for opens, closes, fits in (
        (480, 520, True),
        (479, 519, False),
        (690, 730, False),
        (860, 900, True),
        (861, 901, False),
        (960, 1000, True),
        (1400, 1439, True),
    ):
        assert works(bench, Span(at(0, opens), at(0, closes))) is fits, (opens, closes)
    assert works(bench, Span(at(0, 1400), at(1, 0)))
    assert not works(bench, Span(at(0, 1410), at(1, 10)))


def test_a_choice_spreads_over_days_and_halves_of_days() -> None:
    bench = Bench(1, tuple(Shift(day, 480, 1080) for day in range(5)))
    slots = list(free_slots(rules(), [bench], Party(1, 11), [], MONDAY, LAST, not_before=at(0, 0)))
    chosen = spread(slots, 6)
    halves = [(slot.starts_at.date(), slot.starts_at.hour >= 12) for slot in chosen]
    assert len(set(halves)) == len(halves) == 6
    assert chosen == sorted(chosen, key=lambda slot: slot.starts_at)
    assert len(spread(slots[:3], 6)) == 3
    assert spread([], 6) == []
    twins = [Slot(at(0, 480), 40, 1, 1), Slot(at(0, 480), 40, 2, 2)]
    assert len(spread(twins, 6)) == 1, "the same hour with another mediator is no choice"


@settings(max_examples=40, deadline=None)
@given(BENCHES, st.lists(TAKEN, max_size=6), st.integers(2, 5))
def test_a_run_is_the_first_without_a_gap(benches: list[Bench], taken: list[Taken], count: int) -> None:
    found = list(free_slots(rules(), benches, Party(9, 99), taken, MONDAY, LAST, not_before=at(0, 0)))
    block = run(found, count, 40)
    have = {(slot.mediator, slot.starts_at) for slot in found}
    complete = [
        slot
        for slot in found
        if all((slot.mediator, slot.starts_at + timedelta(minutes=40 * n)) in have for n in range(count))
    ]
    assert bool(block) == bool(complete)
    if block:
        assert len(block) == count
        assert len({slot.mediator for slot in block}) == 1
        assert all(b.starts_at - a.starts_at == timedelta(minutes=40) for a, b in pairwise(block))
        assert block[-1].starts_at == min(slot.starts_at for slot in complete) + timedelta(
            minutes=40 * (count - 1)
        )
