"""A publisher's arrivals become feedback: over wraps, losses and reordering, bounded whatever it sends."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hearings.bandwidth.arrivals import MAX_RECEIVED, WINDOW, ArrivalReports
from hearings.bandwidth.feedback import REFERENCE_TICKS, TICK_S, parse


def told(arrivals: ArrivalReports, notes: list[tuple[int, float]]) -> dict[int, float | None]:
    """By 16-bit number: when it arrived, in seconds, None for "did not"; a later message corrects."""
    heard: dict[int, float | None] = {}
    for body in arrivals.feedback(notes):
        feedback = parse(body)
        for offset, arrived in enumerate(feedback.arrivals):
            number = (feedback.base + offset) & 0xFFFF
            start = feedback.reference * REFERENCE_TICKS
            heard[number] = None if arrived is None else (start + arrived) * TICK_S
    return heard


def near(heard: dict[int, float | None], notes: list[tuple[int, float]]) -> bool:
    return all(
        (at := heard.get(number)) is not None and abs(at - seconds) <= TICK_S for number, seconds in notes
    )


def test_losses_are_told_and_the_wrap_is_crossed() -> None:
    arrivals = ArrivalReports()
    notes = [
        (number & 0xFFFF, number * 0.01) for number in range(65530, 65545) if number not in (65533, 65540)
    ]
    heard = told(arrivals, notes)
    assert near(heard, notes)
    assert {number for number, at in heard.items() if at is None} == {65533, 65540 & 0xFFFF}
    assert told(arrivals, []) == {}


def test_holes_between_two_messages_are_told() -> None:
    arrivals = ArrivalReports()
    told(arrivals, [(1, 0.1), (2, 0.1)])
    assert set(told(arrivals, [(5, 0.2)])) == {3, 4, 5}


def test_a_late_packet_is_told_again_with_what_followed_it() -> None:
    arrivals = ArrivalReports()
    assert told(arrivals, [(1, 0.1), (3, 0.12)])[2] is None
    late = [(2, 0.15), (4, 0.2)]
    heard = told(arrivals, late)
    assert near(heard, [(3, 0.12), *late])
    assert set(heard) == {2, 3, 4}


def test_a_duplicate_keeps_its_first_arrival() -> None:
    arrivals = ArrivalReports()
    assert near(told(arrivals, [(1, 0.1), (1, 0.3), (2, 0.3)]), [(1, 0.1), (2, 0.3)])
    assert told(arrivals, [(2, 0.5)]) == {}


def test_long_silence_and_many_packets_make_several_messages() -> None:
    arrivals = ArrivalReports()
    assert len(arrivals.feedback([(1, 1.0), (2, 100.0)])) == 2
    many = [(number, 100.0 + number * 0.0001) for number in range(3, 3 + 2 * MAX_RECEIVED + 1)]
    bodies = arrivals.feedback(many)
    assert len(bodies) == 3
    assert [parse(body).count for body in bodies] == [2, 3, 4]
    assert max(map(len, bodies)) < 1000


def test_the_count_wraps() -> None:
    arrivals = ArrivalReports()
    counts = [parse(arrivals.feedback([(n, n * 0.1)])[0]).count for n in range(300)]
    assert counts == [n & 0xFF for n in range(300)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.floats(0, 1e6)), max_size=200))
def test_whatever_numbers_come_the_answer_is_bounded(notes: list[tuple[int, float]]) -> None:
    arrivals = ArrivalReports()
    bodies = arrivals.feedback(notes)
    assert sum(len(parse(body).arrivals) for body in bodies) <= WINDOW
    assert bool(bodies) == bool(notes)


def test_nothing_grows() -> None:
    arrivals = ArrivalReports()
    for number in range(0, 40_000_000, 1999):
        arrivals.feedback([(number & 0xFFFF, number * 0.001)])
    assert len(arrivals._arrived) <= 2 * WINDOW + 1
