"""Presence from recorded event streams: doubles, disorder, wrong clocks, and whose failure it was."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.connection_quality import Stretch
from models.rules.errors import Refused
from models.rules.hearing import SeatRole
from models.rules.presence import Cause, Presence, check_absence, presence
from models.rules.presence_record import Attendance, Observed, Person, Plan, Where, agreed_times

START = datetime(2026, 12, 10, 17, 30, tzinfo=UTC)
CONSUMER, COMPANY, SECOND, MEDIATOR = 1, 2, 3, 4
SEATS = {
    CONSUMER: SeatRole.CONSUMER,
    COMPANY: SeatRole.COMPANY,
    SECOND: SeatRole.COMPANY,
    MEDIATOR: SeatRole.MEDIATOR,
}


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def plan(until: float = 40) -> Plan:
    return Plan(7, START, minutes(15), START + minutes(until))


def stream(*lines: tuple[float, str, dict[str, Any]]) -> list[Observed]:
    """Events at minutes from the start."""
    return [
        Observed(seq, START + minutes(at), name, {"hearing": 7, **facts})
        for seq, (at, name, facts) in enumerate(sorted(lines, key=lambda line: line[0]), start=100)
    ]


def enters(at: float, seat: int, generation: int = 1) -> tuple[float, str, dict[str, Any]]:
    return at, "seat_entered", {"seat": seat, "generation": generation}


def leaves(
    at: float, seat: int, generation: int = 1, *, chosen: bool = False
) -> tuple[float, str, dict[str, Any]]:
    return at, "seat_left", {"seat": seat, "generation": generation, "chosen": chosen}


def found(events: Iterable[Observed], until: float = 40, **measured: Any) -> Presence:
    return presence(plan(until), SEATS, events, measured.get("measured", {}))


def stays(person: Person) -> list[tuple[float, float, Where]]:
    return [((s.begins - START) / minutes(1), (s.ends - START) / minutes(1), s.where) for s in person.stays]


HELD = stream(
    enters(-5, MEDIATOR),
    enters(-3, CONSUMER),
    enters(4, COMPANY),
    (5, "participant_admitted", {"seat": CONSUMER}),
    (5, "participant_admitted", {"seat": COMPANY}),
    (6, "hearing_opened", {}),
    (10, "consultation_joined", {"seat": MEDIATOR, "consultation": 1}),
    (10, "consultation_joined", {"seat": CONSUMER, "consultation": 1}),
    (12, "consultation_left", {"seat": CONSUMER, "consultation": 1}),
    (12, "consultation_ended", {"consultation": 1}),
    leaves(20, CONSUMER),
    enters(21, CONSUMER, 2),
    (35, "hearing_closed", {"outcome": "no_agreement"}),
    leaves(36, CONSUMER, 2, chosen=True),
)


def test_the_stays_of_a_hearing_that_was_held() -> None:
    result = found(HELD)
    consumer, company, second, mediator = result.people
    assert stays(consumer) == [
        (-3, 5, Where.WAITING),
        (5, 10, Where.ROOM),
        (10, 12, Where.PRIVATE),
        (12, 20, Where.ROOM),
        (21, 35, Where.ROOM),
    ]
    # The private room ended because the other one left it.
    assert stays(mediator) == [(-5, 10, Where.ROOM), (10, 12, Where.PRIVATE), (12, 35, Where.ROOM)]
    assert (consumer.connected, consumer.inside, consumer.drops) == (minutes(37), minutes(29), 1)
    assert (company.connected, mediator.connected) == (minutes(31), minutes(40))
    assert (result.opened_at, result.until) == (START + minutes(6), START + minutes(35))
    assert result.causes == {SeatRole.CONSUMER: Cause.PRESENT, SeatRole.COMPANY: Cause.PRESENT}
    assert second.attendance is Attendance.ABSENT
    assert (result.skew, result.last_seq) == (timedelta(), 113)
    assert result.on_time(company)
    assert not result.on_time(second)


@given(st.randoms(use_true_random=False), st.lists(st.integers(0, len(HELD) - 1), max_size=30))
def test_doubles_and_another_order_change_nothing(chance: random.Random, again: list[int]) -> None:
    told = HELD + [HELD[number] for number in again]
    chance.shuffle(told)
    assert found(told) == found(HELD)


@given(st.lists(st.integers(-120, 120), min_size=len(HELD), max_size=len(HELD)))
def test_clocks_that_differ_move_no_edge_by_more_than_they_are_wrong(errors: list[int]) -> None:
    worst = timedelta(seconds=max(map(abs, errors)))
    wrong = [
        Observed(one.seq, one.at + timedelta(seconds=error), one.name, one.facts)
        for one, error in zip(HELD, errors, strict=True)
    ]
    result, truth = found(wrong), found(HELD)
    assert result.skew <= 2 * worst
    assert result.causes == truth.causes
    for person, true in zip(result.people, truth.people, strict=True):
        assert abs(person.connected - true.connected) <= 2 * worst * max(1, len(true.stays))
        edges = [edge for stay in person.stays for edge in (stay.begins, stay.ends)]
        assert edges == sorted(edges)


@given(st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 2)), max_size=20))  # noqa: DTZ001
def test_agreed_times(told: list[datetime]) -> None:
    agreed, skew = agreed_times(told)
    assert agreed == sorted(agreed)
    assert all(
        abs(one - was) <= skew / 2 + timedelta(microseconds=1) for one, was in zip(agreed, told, strict=True)
    )
    assert agreed_times(sorted(told)) == (sorted(told), timedelta())


def test_who_never_came_is_a_no_show_after_the_tolerance() -> None:
    events = stream(enters(-5, MEDIATOR), enters(-3, CONSUMER))
    result = found(events, until=16)
    assert result.causes == {SeatRole.CONSUMER: Cause.PRESENT, SeatRole.COMPANY: Cause.NO_SHOW}
    check_absence(result, [SeatRole.COMPANY])
    check_absence(result, [])
    with pytest.raises(Refused, match="tolerance_running"):
        check_absence(found(events, until=14.9), [SeatRole.COMPANY])


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ([enters(-3, COMPANY), leaves(8, COMPANY)], Cause.PARTY_FAILURE),
        ([enters(-3, COMPANY), leaves(8, COMPANY, chosen=True)], Cause.LEFT),
        ([(-20, "device_checked", {"seat": COMPANY})], Cause.PARTY_FAILURE),
        ([(-90, "device_checked", {"seat": COMPANY})], Cause.NO_SHOW),
        # Of two people of one party the one who was the most there counts.
        ([enters(-3, COMPANY), leaves(8, COMPANY, chosen=True), enters(9, SECOND)], Cause.PRESENT),
        # The connection that ended is an old one: another browser of the same person took the seat.
        ([enters(-3, COMPANY), enters(2, COMPANY, 2), leaves(3, COMPANY, 1)], Cause.PRESENT),
    ],
)
def test_no_show_and_failure_of_the_party(lines: list[Any], cause: Cause) -> None:
    result = found(stream(enters(-5, MEDIATOR), enters(-3, CONSUMER), *lines), until=20)
    assert result.causes[SeatRole.COMPANY] is cause
    if cause in (Cause.PARTY_FAILURE, Cause.PROCON_FAILURE):
        with pytest.raises(Refused, match="failure_measured"):
            check_absence(result, [SeatRole.COMPANY])


def test_our_own_failure_takes_nothing_from_the_tolerance() -> None:
    lines = [enters(-5, MEDIATOR), (3, "media_lost", {}), (3.5, "media_lost", {}), (8, "media_restored", {})]
    early, late = found(stream(*lines), until=16), found(stream(*lines), until=21)
    assert early.waited == minutes(11)
    assert early.causes[SeatRole.CONSUMER] is Cause.PROCON_FAILURE
    with pytest.raises(Refused, match="tolerance_running"):
        check_absence(early, [SeatRole.CONSUMER])
    assert late.causes[SeatRole.CONSUMER] is Cause.NO_SHOW
    check_absence(late, [SeatRole.CONSUMER, SeatRole.COMPANY])


def test_who_fell_with_our_service_fell_by_our_failure() -> None:
    lines = [enters(-5, MEDIATOR), enters(-3, COMPANY), (9, "media_lost", {}), leaves(10, COMPANY)]
    result = found(stream(*lines, (12, "media_restored", {})), until=30)
    assert result.causes[SeatRole.COMPANY] is Cause.PROCON_FAILURE
    assert [span.length for span in result.outages] == [minutes(3)]
    still = found(stream(*lines), until=30)
    assert still.outages[0].ends == START + minutes(30)


def test_who_waited_for_nobody_and_went_is_not_to_blame() -> None:
    waited = stream(enters(-3, CONSUMER), leaves(12, CONSUMER, chosen=True), enters(14, MEDIATOR))
    assert found(waited, until=20).causes[SeatRole.CONSUMER] is Cause.PROCON_FAILURE


def test_a_suspension_is_told() -> None:
    result = found(
        stream((6, "hearing_opened", {}), (10, "hearing_suspended", {}), (13, "hearing_resumed", {}))
    )
    assert [span.length for span in result.suspensions] == [minutes(3)]


def test_what_was_measured_counts_each_minute_once() -> None:
    full, less = Stretch(connected_s=60, heard_s=50, loss_in=0.02), Stretch(connected_s=20, heard_s=5)
    rows = [(START + minutes(1), full), (START, full), (START + minutes(1), less)]
    result = found(HELD, measured={CONSUMER: rows})
    measured = result.people[0].measured
    assert measured is not None
    assert (measured.connected_s, measured.heard_s, measured.loss_in) == (120, 100, 0.02)
    assert result.people[1].measured is None


def test_events_of_another_hearing_are_none_of_this_one() -> None:
    others = [Observed(one.seq + 500, one.at, one.name, {**one.facts, "hearing": 8}) for one in HELD]
    assert found([*others, *HELD]) == found(HELD)
    assert found(others).causes[SeatRole.CONSUMER] is Cause.NO_SHOW
