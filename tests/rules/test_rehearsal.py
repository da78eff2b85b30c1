"""The rehearsal's script: each step by what is heard and by time alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.rehearsal import (
    LENGTH,
    PRAISE_SECONDS,
    SCRIPT,
    TRIED,
    Rehearsal,
    Result,
    Scene,
    Signal,
    Step,
    admitted,
    end,
    hear,
    tick,
)

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize("scene", SCRIPT, ids=[scene.step for scene in SCRIPT])
def test_a_step_that_nobody_answers_ends_by_itself(scene: Scene) -> None:
    known = Rehearsal(START, scene.step)
    assert tick(known, later(scene.most - 0.1)) == known
    after = tick(known, later(scene.most))
    follows = list(Step)[list(Step).index(scene.step) + 1]
    assert after.step is (Step.FAREWELL if scene.step is Step.CALL else follows)
    assert after.results.get(scene.step) is (Result.MISSED if scene.step in TRIED else None)
    assert after.since == later(scene.most)


@pytest.mark.parametrize("scene", [one for one in SCRIPT if one.awaits], ids=lambda scene: scene.step)
def test_a_step_ends_when_what_it_asked_for_was_noticed_in_order(scene: Scene) -> None:
    known = Rehearsal(START, scene.step)
    for number, signal in enumerate(scene.awaits):
        for other in set(Signal) - {signal, Signal.DECLINED}:
            assert hear(known, other, later(1)) == known, "not what is waited for"
        known = hear(known, signal, later(1))
        assert known.met == number + 1
    assert known.results.get(scene.step) is (Result.DONE if scene.step in TRIED else None)
    soon = later(max(scene.least, 1 + PRAISE_SECONDS))
    assert tick(known, soon).step is not scene.step
    if scene.least:
        assert tick(known, later(scene.least - 0.1)) == known


def test_who_declines_the_private_room_is_not_taken_there() -> None:
    known = hear(Rehearsal(START, Step.CALL), Signal.DECLINED, later(1))
    after = tick(known, later(1))
    assert (after.step, after.results[Step.CALL]) == (Step.FAREWELL, Result.DECLINED)
    after = tick(hear(Rehearsal(START, Step.CALL), Signal.ACCEPTED, later(1)), later(1))
    assert (after.step, after.results[Step.CALL]) == (Step.PRIVATE, Result.DONE)


def test_the_whole_script_takes_about_three_minutes_and_less_at_another_pace() -> None:
    assert timedelta(minutes=2, seconds=30) < LENGTH < timedelta(minutes=3, seconds=30)
    known, now = Rehearsal(START), START
    while not known.over:
        now += timedelta(seconds=0.5)
        known = tick(known, now, pace=0.1)
    assert now - START < timedelta(seconds=25)
    assert set(known.results.values()) == {Result.MISSED}


def test_who_is_called_in_is_let_in_until_the_end() -> None:
    assert [step for step in Step if not admitted(step)] == [Step.WAITING, Step.OVER]
    over = end(Rehearsal(START, Step.HAND, results={Step.VOICE: Result.DONE}), later(5))
    assert over.over
    assert over.results == {Step.VOICE: Result.DONE}, "what was tried is still told"
    assert hear(over, Signal.HAND, later(6)) == over == tick(over, later(600)) == end(over, later(7))


@given(st.lists(st.tuples(st.floats(0.1, 20), st.sampled_from([None, *Signal])), max_size=200))
def test_nothing_keeps_a_rehearsal_beyond_its_length(moves: list[tuple[float, Signal | None]]) -> None:
    known, now = Rehearsal(START), START
    for seconds, signal in moves:
        before = known.step
        now += timedelta(seconds=seconds)
        known = hear(known, signal, now) if signal else known
        known = tick(known, now)
        assert list(Step).index(known.step) >= list(Step).index(before), "never back"
    while now < START + LENGTH + timedelta(seconds=20 * len(SCRIPT)):
        now += timedelta(seconds=0.5)
        known = tick(known, now)
    assert known.over
    assert set(known.results) == set(TRIED)
