"""Packets in order: whatever order they come in, however many are lost."""

from hypothesis import given
from hypothesis import strategies as st

from hearings.recording.ordering import HOLD_S, MAX_BYTES, MAX_HELD, Ordering, Packet


def packet(number: int, at: float = 0.0, size: int = 1) -> Packet:
    return Packet(number, 0, False, bytes(size), at)


def numbers(packets: list[Packet]) -> list[int]:
    return [each.number for each in packets]


@given(st.permutations(range(1, 30)), st.sets(st.integers(1, 29)))
def test_any_order_becomes_rising_and_nothing_is_given_twice(order: list[int], twice: set[int]) -> None:
    ordering = Ordering()
    given_back = numbers(ordering.add(packet(0)))
    for number in order:
        given_back += numbers(ordering.add(packet(number)))
        if number in twice:
            given_back += numbers(ordering.add(packet(number)))
    assert given_back == list(range(30))


@given(st.permutations(range(1, 40)), st.sets(st.integers(1, 39), max_size=20))
def test_what_is_lost_is_left_out_in_the_end(order: list[int], lost: set[int]) -> None:
    ordering = Ordering()
    given_back = numbers(ordering.add(packet(0)))
    for number in order:
        if number not in lost:
            given_back += numbers(ordering.add(packet(number)))
    assert numbers(ordering.expire(HOLD_S / 2)) == []
    given_back += numbers(ordering.expire(HOLD_S * 1.01))
    assert given_back == [number for number in range(40) if number not in lost]
    assert ordering.drain() == []


def test_a_hole_holds_back_only_for_a_while() -> None:
    ordering = Ordering()
    ordering.add(packet(1, 10.0))
    assert ordering.add(packet(3, 10.1)) == []
    assert ordering.add(packet(5, 11.9)) == []
    assert numbers(ordering.expire(10.1 + HOLD_S + 0.01)) == [3], "the next hole has time of its own"
    assert numbers(ordering.add(packet(4, 12.2))) == [4, 5]
    assert ordering.add(packet(2, 12.3)) == [], "what was given up comes too late"


def test_what_is_held_is_bounded_in_number_and_in_bytes() -> None:
    ordering = Ordering()
    ordering.add(packet(0))
    given_back: list[int] = []
    for number in range(2, MAX_HELD * 2):
        given_back += numbers(ordering.add(packet(number)))
    assert given_back[0] == 2
    assert given_back == list(range(2, MAX_HELD * 2))
    ordering = Ordering()
    ordering.add(packet(0))
    size = MAX_BYTES // 8
    given_back = []
    for number in range(2, 40, 2):
        given_back += numbers(ordering.add(packet(number, size=size)))
        assert ordering._bytes <= MAX_BYTES
    assert given_back == list(range(2, given_back[-1] + 1, 2))
