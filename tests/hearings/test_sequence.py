"""Sequence numbers of a source: accepted at most once, missing ones asked for a while."""

import random

from hypothesis import given
from hypothesis import strategies as st

from hearings.forwarding.sequence import (
    GIVE_UP_S,
    MAX_ASKS,
    MAX_GAP,
    MAX_MISSING,
    RESYNC_AFTER,
    RETRY_S,
    SequenceWindow,
)


def test_order_over_the_wrap() -> None:
    window = SequenceWindow()
    accepted = [window.accept(number & 0xFFFF, 0.0) for number in range(65530, 65545)]
    assert accepted == list(range(65530 + 65536, 65545 + 65536))
    assert window.expected == window.accepted == 15


def test_a_hole_is_filled_once() -> None:
    window = SequenceWindow()
    for number in (10, 13):
        window.accept(number, 0.0)
    assert window.is_missing(11)
    assert window.due(0.0) == [11, 12]
    assert window.accept(12, 0.1) is not None
    assert window.accept(12, 0.1) is None
    assert window.accept(13, 0.1) is None
    assert window.due(0.2) == [11]


def test_asking_is_repeated_and_ends() -> None:
    window = SequenceWindow()
    window.accept(1, 0.0)
    window.accept(3, 0.0)
    asked = sum(bool(window.due(step * 0.01)) for step in range(1000))
    assert asked == MAX_ASKS
    assert not window.due(0.0 + RETRY_S / 2)
    assert window.give_up(GIVE_UP_S + 0.1)
    assert not window.has_missing


def test_a_hole_too_large_is_passed_over() -> None:
    window = SequenceWindow()
    window.accept(1, 0.0)
    window.accept(3 + MAX_GAP, 0.0)
    assert window.jumped
    assert not window.has_missing


def test_a_source_that_counts_anew_is_followed_in_the_end() -> None:
    window = SequenceWindow()
    for number in range(30000, 30100):
        window.accept(number, 0.0)
    before = window.newest
    accepted = [window.accept(number, 0.0) for number in range(100, 100 + RESYNC_AFTER + 5)]
    assert accepted[: RESYNC_AFTER - 1] == [None] * (RESYNC_AFTER - 1)
    followed = [number for number in accepted if number is not None]
    assert len(followed) == 6
    assert followed == sorted(followed)
    assert followed[0] > before + 60000


@given(st.lists(st.integers(0, 65535), max_size=400))
def test_no_number_is_accepted_twice_and_memory_is_bounded(numbers: list[int]) -> None:
    window = SequenceWindow()
    accepted = [e for e in (window.accept(number, 0.0) for number in numbers) if e is not None]
    assert len(accepted) == len(set(accepted))
    assert all(e >= 0 for e in accepted)
    assert len(window._missing) <= MAX_MISSING


@given(st.integers(0, 65535), st.integers(0, 2**32))
def test_reordering_and_duplicates_lose_nothing(start: int, seed: int) -> None:
    chance = random.Random(seed)
    numbers = list(range(start, start + 300))
    for at in range(1, len(numbers) - 20):
        if chance.random() < 0.2:
            other = at + chance.randrange(20)
            numbers[at], numbers[other] = numbers[other], numbers[at]
    sent = [number for number in numbers for _ in range(chance.choice((1, 1, 2)))]
    window = SequenceWindow()
    accepted = [e for e in (window.accept(number & 0xFFFF, 0.0) for number in sent) if e is not None]
    lowest = start + 65536
    assert sorted(e for e in accepted if e >= lowest) == list(range(lowest, lowest + 300))
