"""The sealed-zone test: yes or no, within bounds, and nothing that a limit could be read from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.rules.sealed_zone import LIMIT_BYTES, Round, may_open, overlaps, read, rounds_left, written

CENTS = st.integers(0, 10**12)
ANSWERED, OPEN, ENDED = (
    Round(1, True, True, ended=True, overlaps=False),
    Round(1, True, False, ended=False, overlaps=None),
    Round(1, True, False, ended=True, overlaps=None),
)


@given(CENTS, CENTS)
def test_limits_overlap_when_some_amount_suits_both(least: int, most: int) -> None:
    between = (least + most) // 2
    assert overlaps(least, most) == (least <= between <= most or least == most)


@given(CENTS)
def test_a_limit_is_read_as_it_was_written_and_always_as_long(cents: int) -> None:
    assert read(written(cents)) == cents
    assert len(written(cents)) == LIMIT_BYTES


@given(st.lists(st.sampled_from([ANSWERED, OPEN, ENDED]), max_size=8), st.integers(0, 5))
def test_a_round_opens_only_when_none_is_open_and_answers_are_left(rounds: list[Round], most: int) -> None:
    answered = rounds.count(ANSWERED)
    assert rounds_left(rounds, most) == max(0, most - answered)
    assert may_open(rounds, most) == (answered < most and OPEN not in rounds)


@given(CENTS, st.lists(CENTS, min_size=3, max_size=3))
def test_who_searches_the_others_limit_learns_one_bit_a_round(secret: int, tries: list[int]) -> None:
    """All secrets with the same three answers look alike: what the searcher has is the answers alone."""
    answers = [overlaps(secret, most) for most in tries]
    below = max((one for one, yes in zip(tries, answers, strict=True) if not yes), default=-1)
    above = min((one for one, yes in zip(tries, answers, strict=True) if yes), default=10**12)
    for other in {below + 1, (below + 1 + above) // 2, above}:
        assert [overlaps(other, most) for most in tries] == answers
