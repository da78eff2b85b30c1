"""Sequence numbers of a source: accepted at most once, missing ones asked for a while."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.forwarding.sequence import (
    AUDIO,
    FIRST_RESPONSE_S,
    MAX_MISSING,
    RESYNC_AFTER,
    VIDEO,
    Patience,
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
    assert window.due(VIDEO.reorder_s / 2) == [], "they may only be late"
    assert window.due(VIDEO.reorder_s) == [11, 12]
    assert window.accept(12, 0.1) is not None
    assert window.accept(12, 0.1) is None
    assert window.accept(13, 0.1) is None
    assert window.due(0.2) == [11]


@pytest.mark.parametrize("patience", [AUDIO, VIDEO])
def test_asking_is_repeated_and_ends(patience: Patience) -> None:
    window = SequenceWindow(patience)
    window.accept(1, 0.0)
    window.accept(3, 0.0)
    asked = [step * 0.005 for step in range(1000) if window.due(step * 0.005)]
    assert len(asked) == patience.asks
    assert asked[0] == patience.reorder_s
    assert all(b - a >= FIRST_RESPONSE_S for a, b in itertools.pairwise(asked))
    assert not window.give_up(patience.give_up_s - 0.1)
    assert window.give_up(patience.give_up_s + 0.1)
    assert not window.has_missing


def test_a_far_publisher_is_not_asked_again_before_it_can_have_answered() -> None:
    window = SequenceWindow()
    now = 0.0
    for number in range(0, 160, 2):
        window.accept(number, now - VIDEO.reorder_s)
        window.due(now)
        window.accept(number - 1 & 0xFFFF, now + 0.4)
        now += 1.0
    assert 0.39 < window.response_s < 0.41
    window.accept(200, now - VIDEO.reorder_s)
    assert window.due(now)
    assert not window.due(now + 0.45)
    assert window.due(now + 0.55)


@pytest.mark.parametrize("patience", [AUDIO, VIDEO])
def test_a_hole_too_large_is_passed_over(patience: Patience) -> None:
    window = SequenceWindow(patience)
    window.accept(1, 0.0)
    window.accept(3 + patience.max_gap, 0.0)
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


def test_a_later_window_of_the_layer_uses_no_number_again() -> None:
    window = SequenceWindow()
    used = [window.accept(number, 0.0) for number in (65534, 65535, 0, 1)]
    later = SequenceWindow(above=window.newest)
    later.accept(0, 0.0)
    assert later.accept(5, 0.0) is not None
    assert later.accept(65530, 0.0) is None, "before the first"
    assert later.first > max(used)


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
