"""The ladder: down on what a line does not bear, up again patiently, and never to and fro."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from models.rules.hearing import SeatMode
from models.rules.ladder import (
    CALM_SECONDS,
    CLIMB_SECONDS,
    FALL_SECONDS,
    LADDER,
    MOST_CLIMB_SECONDS,
    Reading,
    Standing,
    step,
)

GOOD = Reading(0.0, 60, 2000, held_back=False)
LOST = Reading(0.5, 60, 2000, held_back=False)
FAIR = Reading(0.05, 60, 2000, held_back=False)


def climb(now: Standing, readings: list[Reading]) -> list[SeatMode]:
    """The step after each second."""
    found = []
    for reading in readings:
        now = step(now, reading)
        found.append(now.mode)
    return found


@pytest.mark.parametrize(
    ("mode", "reading", "stays"),
    [
        (SeatMode.VIDEO, GOOD, True),
        (SeatMode.VIDEO, Reading(0.10, 60, 2000, held_back=False), False),
        (SeatMode.VIDEO, Reading(0.0, 1000, 2000, held_back=False), False),
        (SeatMode.VIDEO, Reading(0.0, 60, 200, held_back=True), False),
        (SeatMode.VIDEO, Reading(0.0, 60, 200, held_back=False), True),
        (SeatMode.VIDEO, Reading(0.0, None, None, held_back=True), True),
        (SeatMode.LOW_VIDEO, Reading(0.10, 1000, 2000, held_back=False), True),
        (SeatMode.LOW_VIDEO, Reading(0.15, 60, 2000, held_back=False), False),
        (SeatMode.LOW_VIDEO, Reading(0.0, 60, 100, held_back=True), False),
        (SeatMode.AUDIO, Reading(0.29, 1500, 40, held_back=True), True),
        (SeatMode.AUDIO, Reading(0.30, 60, 2000, held_back=False), False),
        (SeatMode.AUDIO, Reading(0.1, 60, 20, held_back=False), False),
        (SeatMode.TEXT, Reading(1.0, 9000, 1, held_back=True), True),
    ],
)
def test_what_each_step_bears(mode: SeatMode, reading: Reading, stays: bool) -> None:
    at = LADDER.index(mode)
    passed = climb(Standing(mode), [reading] * FALL_SECONDS)
    if stays:
        assert at == 0 or passed == [mode] * FALL_SECONDS
        assert LADDER.index(passed[-1]) <= at
    else:
        assert passed == [mode] * (FALL_SECONDS - 1) + [LADDER[at + 1]]


def test_a_dead_line_leads_down_to_text_and_a_good_one_back_up_step_by_step() -> None:
    down = climb(Standing(), [LOST] * 60)
    assert list(dict.fromkeys(down)) == list(LADDER)
    now = Standing()
    for _ in range(60):
        now = step(now, LOST)
    up = climb(now, [GOOD] * 3 * MOST_CLIMB_SECONDS)
    assert list(dict.fromkeys(up)) == list(reversed(LADDER))


def test_a_short_hole_and_a_fair_line_change_nothing() -> None:
    hole = [LOST] * (FALL_SECONDS - 1) + [GOOD] * FALL_SECONDS
    assert set(climb(Standing(), hole * 20)) == {SeatMode.VIDEO}
    assert set(climb(Standing(SeatMode.AUDIO), [FAIR] * 600)) == {SeatMode.AUDIO}


def test_each_fall_doubles_the_wait_and_a_calm_time_forgets_it() -> None:
    once = step(Standing(bad=FALL_SECONDS - 1), LOST)
    assert (once.mode, once.patience) == (SeatMode.LOW_VIDEO, 2 * CLIMB_SECONDS)
    assert climb(once, [GOOD] * (2 * CLIMB_SECONDS)).count(SeatMode.VIDEO) == 1
    calm = Standing(patience=MOST_CLIMB_SECONDS, stayed=CALM_SECONDS - 1)
    assert step(calm, FAIR).patience == CLIMB_SECONDS


@pytest.mark.parametrize("seed", range(60))
def test_no_line_makes_anybody_flap(seed: int) -> None:
    """Whatever the line does: one step at a time, no climb soon after a change, and few of them at all."""
    chance = random.Random(seed)
    readings: list[Reading] = []
    while len(readings) < 1800:
        loss = chance.choice([0.0, 0.0, 0.02, 0.05, 0.12, 0.2, 0.5])
        rtt = chance.choice([None, 50, 400, 800, 1200, 3000])
        reading = Reading(loss, rtt, chance.choice([None, 10, 100, 300, 3000]), chance.random() < 0.5)
        readings += [reading] * chance.randint(1, chance.choice([3, 30, 90]))
    modes = [SeatMode.VIDEO, *climb(Standing(), readings)]
    at = [LADDER.index(mode) for mode in modes]
    changes = [
        (second, after - before) for second, (before, after) in enumerate(pairwise(at)) if after != before
    ]
    assert all(abs(by) == 1 for _, by in changes)
    for (earlier, _), (later, by) in pairwise(changes):
        assert later - earlier >= (CLIMB_SECONDS if by < 0 else FALL_SECONDS)
    assert len([by for _, by in changes if by < 0]) <= len(readings) // CLIMB_SECONDS // 3
