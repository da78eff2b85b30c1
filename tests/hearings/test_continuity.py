"""A receiver's numbers carry on over every change of layer or source."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hearings.forwarding.continuity import Continuity, Edge
from hearings.forwarding.pictures import NONE, PictureIds

CLOCK = 90000


def edge(
    sequence: int, timestamp: int = 0, at: float = 0.0, captured: float | None = None, ids: PictureIds = NONE
) -> Edge:
    return Edge(sequence, timestamp & 0xFFFFFFFF, at, captured, ids)


runs = st.lists(
    st.tuples(
        st.integers(65536, 2**33),  # first number of the layer
        st.integers(0, 2**32 - 1),  # its first timestamp
        st.integers(0, 0x7FFF),  # its first picture
        st.integers(0, 255),  # its first TL0
        st.integers(1, 40),  # packets
        st.floats(0.0, 30.0),  # silence before it
    ),
    min_size=1,
    max_size=6,
)


@given(runs)
def test_over_any_switches_numbers_rise_by_one_and_time_goes_on(runs) -> None:
    numbers = Continuity(CLOCK)
    now = 0.0
    out: list[tuple[int, int, int, int, float]] = []
    for first, timestamp, picture, tl0, count, silence in runs:
        now += silence
        packet = None
        for step in range(count):
            ids = PictureIds(step == 0, (picture + step) & 0x7FFF, True, (tl0 + step) & 0xFF)
            packet = edge(first + step, timestamp + step * 3000, now, ids=ids)
            if step == 0:
                numbers.enter(packet)
            out.append(
                (
                    packet.sequence + numbers.shift,
                    (packet.timestamp + numbers.timestamp_shift) & 0xFFFFFFFF,
                    (ids.picture + numbers.picture_shift) & 0x7FFF,
                    (ids.tl0 + numbers.tl0_shift) & 0xFF,
                    now,
                )
            )
            now += 1 / 30
        numbers.leave(packet)
    for before, after in itertools.pairwise(out):
        assert after[0] == before[0] + 1
        assert (after[2] - before[2]) & 0x7FFF == 1
        assert (after[3] - before[3]) & 0xFF == 1
        gone = (after[1] - before[1]) & 0xFFFFFFFF
        assert abs(gone - (after[4] - before[4]) * CLOCK) <= 2
        assert gone > 0
    assert out[0][0] < 0x8000


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.floats(-0.9, 0.9),
    st.floats(0.0, 0.5),
)
def test_a_known_capture_time_beats_the_arrival(one: int, other: int, late: float, gone: float) -> None:
    """The layers' own clocks differ; by the sender reports they do not."""
    numbers = Continuity(CLOCK)
    numbers.enter(edge(100, one, at=5.0, captured=1000.0))
    numbers.leave(edge(100, one, at=5.0, captured=1000.0))
    numbers.enter(edge(900, other, at=5.0 + gone + late, captured=1000.0 + gone))
    placed = (other + numbers.timestamp_shift) & 0xFFFFFFFF
    assert (placed - one) & 0xFFFFFFFF == max(1, int((1000.0 + gone - 1000.0) * CLOCK))


def test_a_clock_that_was_set_is_not_believed() -> None:
    numbers = Continuity(CLOCK)
    numbers.enter(edge(100, 0, at=5.0, captured=1000.0))
    numbers.leave(edge(100, 0, at=5.0, captured=1000.0))
    numbers.enter(edge(900, 7, at=5.5, captured=4600.5))
    assert (7 + numbers.timestamp_shift) & 0xFFFFFFFF == CLOCK // 2


def test_a_picture_of_the_very_moment_left_still_comes_after_it() -> None:
    numbers = Continuity(CLOCK)
    numbers.enter(edge(100, 5000, at=5.0, captured=1000.0))
    numbers.leave(edge(100, 5000, at=5.0, captured=1000.0))
    numbers.enter(edge(900, 70000, at=5.01, captured=1000.0))
    assert (70000 + numbers.timestamp_shift) & 0xFFFFFFFF == 5001


def test_a_narrow_picture_number_is_carried_into_a_wide_one() -> None:
    numbers = Continuity(CLOCK)
    numbers.enter(edge(1, ids=PictureIds(True, 126)))
    numbers.leave(edge(2, ids=PictureIds(False, 127)))
    numbers.enter(edge(50, ids=PictureIds(True, 5000, True)))
    assert (5000 + numbers.picture_shift) & 0x7FFF == 128
