"""A receiver's numbers carry on over every change of source."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hearings.forwarding import vp8
from hearings.forwarding.continuity import MAX_JUMP, Continuity
from hearings.forwarding.packet import Media

CLOCK = 90000


def media(sequence: int, timestamp: int = 0, picture: int = -1, tl0: int = -1, wide: bool = True) -> Media:
    packet = Media(sequence, timestamp & 0xFFFFFFFF, 0, b"x")
    packet.ids = vp8.PictureIds(False, picture, 2 if picture >= 0 else -1, wide, tl0, 4 if tl0 >= 0 else -1)
    return packet


runs = st.lists(
    st.tuples(
        st.integers(65536, 2**33),  # first number of the source
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
        for step in range(count):
            packet = media(
                first + step, timestamp + step * 3000, (picture + step) & 0x7FFF, (tl0 + step) & 0xFF
            )
            if step == 0:
                numbers.splice(packet, now)
            placed = numbers.place(packet, now)
            assert placed is not None
            out.append(
                (
                    placed,
                    (packet.timestamp + numbers.timestamp_shift) & 0xFFFFFFFF,
                    (packet.ids.picture + numbers.picture_shift) & 0x7FFF,
                    (packet.ids.tl0 + numbers.tl0_shift) & 0xFF,
                    now,
                )
            )
            now += 1 / 30
    for before, after in itertools.pairwise(out):
        assert after[0] == before[0] + 1
        assert (after[2] - before[2]) & 0x7FFF == 1
        assert (after[3] - before[3]) & 0xFF == 1
        gone = (after[1] - before[1]) & 0xFFFFFFFF
        assert abs(gone - (after[4] - before[4]) * CLOCK) <= 2
        assert gone > 0
    assert out[0][0] < 0x8000


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.booleans()), min_size=1, max_size=100),
    st.integers(100000, 2**31),
)
def test_two_packets_never_get_one_number(steps: list[tuple[int, bool]], start: int) -> None:
    numbers = Continuity(CLOCK)
    placed: list[int] = []
    source = 0
    seen: set[tuple[int, int]] = set()
    numbers.splice(media(start), 0.0)
    for step, switch in steps:
        if switch:
            source += 1
            numbers.splice(media(start + step), 0.0)
        if (source, step) in seen:
            continue  # the sequence window lets no number pass twice
        seen.add((source, step))
        number = numbers.place(media(start + step), 0.0)
        if number is not None:
            placed.append(number)
    assert len(placed) == len(set(placed))


def test_packets_from_before_the_switch_are_dropped() -> None:
    numbers = Continuity(CLOCK)
    numbers.splice(media(1000), 0.0)
    assert numbers.place(media(999), 0.0) is None
    assert numbers.place(media(1000), 0.0) is not None


def test_a_jump_of_the_source_breaks_it() -> None:
    numbers = Continuity(CLOCK)
    numbers.splice(media(1000), 0.0)
    numbers.place(media(1000), 0.0)
    assert not numbers.broken(media(1000 + MAX_JUMP))
    assert numbers.broken(media(1001 + MAX_JUMP))


def test_a_late_packet_does_not_move_the_end() -> None:
    numbers = Continuity(CLOCK)
    numbers.splice(media(1000), 0.0)
    first = numbers.place(media(1000), 0.0)
    last = numbers.place(media(1005), 0.0)
    numbers.place(media(1002), 0.0)
    numbers.splice(media(70000), 1.0)
    assert first is not None
    assert last == first + 5
    assert numbers.place(media(70000), 1.0) == last + 1
