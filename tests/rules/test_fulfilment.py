"""The settlement watch: who says what when, what the clock does, and what silence is."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.errors import Refused
from models.rules.fulfilment import (
    ObligationState,
    Standing,
    Step,
    Word,
    can_say,
    kept,
    next_step,
    say,
    settled,
)

DAY = date(2026, 12, 10)
ONE = timedelta(days=1)

# Written out from ADR 0074: state and word -> state.
EXPECTED = {
    ("pending", "kept"): "kept",
    ("pending", "broken"): "broken",
    ("silent", "kept"): "kept",
    ("silent", "broken"): "broken",
    ("broken", "kept"): "kept",
}


@pytest.mark.parametrize(("state", "word"), list(itertools.product(ObligationState, Word)))
@pytest.mark.parametrize("late", [False, True])
def test_every_word(state: ObligationState, word: Word, late: bool) -> None:
    today = DAY + ONE if late else DAY
    expected = EXPECTED.get((state.value, word.value))
    refused = "already_said" if not expected else "not_due_yet" if word is Word.BROKEN and not late else ""
    assert can_say(state, word, DAY, today) == (not refused)
    if refused:
        with pytest.raises(Refused, match=refused):
            say(state, word, DAY, today)
    else:
        assert say(state, word, DAY, today) == expected


def run(
    due_on: date | None, agreed_on: date, days: int, reply_days: int, before: int, undated: int
) -> list[tuple[int, Step]]:
    """The slow definition: look every day, do what is said, write down when."""
    standing, told = Standing(ObligationState.PENDING, due_on, agreed_on), []
    for number in range(days):
        today = agreed_on + number * ONE
        step = next_step(standing, today, before, undated)
        if step is None:
            continue
        told.append((number, step))
        changes = {
            Step.REMIND: {"reminded": True},
            Step.ASK: {"asked": today, "reply_until": today + reply_days * ONE},
            Step.ASK_AGAIN: {"asked_again": True},
            Step.CLOSE: {"state": ObligationState.SILENT},
        }[step]
        standing = Standing(**{**vars(standing), **changes})
    return told


@given(st.one_of(st.none(), st.integers(0, 40)), st.integers(2, 20), st.integers(0, 5), st.integers(1, 60))
def test_each_step_is_taken_once_in_its_order(
    ahead: int | None, reply_days: int, before: int, undated: int
) -> None:
    due = None if ahead is None else DAY + ahead * ONE
    told = run(due, DAY, 120, reply_days, before, undated)
    asked = undated if ahead is None else ahead + 1
    reminded = [] if ahead is None else [(max(0, ahead - before), Step.REMIND)]
    assert told == [
        *reminded,
        (asked, Step.ASK),
        (asked + reply_days // 2, Step.ASK_AGAIN),
        (asked + reply_days + 1, Step.CLOSE),
    ]


@given(st.sampled_from([s for s in ObligationState if s is not ObligationState.PENDING]), st.integers(0, 90))
def test_what_was_said_is_asked_no_more(state: ObligationState, days: int) -> None:
    assert next_step(Standing(state, DAY, DAY), DAY + days * ONE, 3, 30) is None


def test_silence_closes_and_proves_nothing() -> None:
    pending, silent, done, broken = (ObligationState(s) for s in ("pending", "silent", "kept", "broken"))
    assert settled([done, silent])
    assert not settled([done, pending])
    assert not settled([done, broken])
    assert kept(owed=2, confirmed=2, broken=0) is True
    assert kept(owed=2, confirmed=1, broken=0) is None
    assert kept(owed=2, confirmed=1, broken=1) is False
    assert kept(owed=0, confirmed=0, broken=0) is None
