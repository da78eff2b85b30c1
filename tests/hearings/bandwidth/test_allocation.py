"""Who gets what of a line: by rank, by tile, sound first, and without swinging."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearings.bandwidth.allocation import (
    ELASTIC_CEILING,
    ELASTIC_FLOOR,
    LONGEST_WAIT_S,
    RISE,
    WAIT_S,
    Key,
    Plan,
    Rank,
    Steadiness,
    Step,
    Want,
    allocate,
    elastic_steps,
)
from tests.hearings.bandwidth.line import AUDIO, Line, Trip

Q, H, F = LAYERS = (Step(0, 150_000, 180), Step(1, 500_000, 360), Step(2, 1_200_000, 720))
SOUND = 100_000


def want(
    seat: str,
    rank: Rank = Rank.OTHER,
    tile: int | None = None,
    present: int | None = None,
    steps: tuple[Step, ...] = LAYERS,
) -> Want:
    return Want((seat, "video"), rank, tile, steps, present)


def given_to(plan: Plan) -> dict[str, int | None]:
    return {seat: None if step is None else step.layer for (seat, _), step in plan.steps.items()}


def everybody() -> list[Want]:
    return [
        want("other", Rank.OTHER),
        want("screen", Rank.SCREEN),
        want("speaker", Rank.SPEAKER),
        want("interpreter", Rank.INTERPRETER),
    ]


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (0, {}),
        (SOUND, {}),
        (310_000, {"interpreter": 0}),
        (490_000, {"interpreter": 0, "speaker": 0}),
        (670_000, {"interpreter": 0, "speaker": 0, "screen": 0}),
        (850_000, {"interpreter": 0, "speaker": 0, "screen": 0, "other": 0}),
        (1_300_000, {"interpreter": 1, "speaker": 0, "screen": 0, "other": 0}),
        (2_200_000, {"interpreter": 2, "speaker": 0, "screen": 0, "other": 0}),
        (2_600_000, {"interpreter": 2, "speaker": 1, "screen": 0, "other": 0}),
        (9_000_000, {"interpreter": 2, "speaker": 2, "screen": 2, "other": 2}),
    ],
)
def test_the_smallest_of_each_by_rank_and_then_better_ones_by_rank(
    budget: int, expected: dict[str, int]
) -> None:
    nothing: dict[str, int | None] = dict.fromkeys(("interpreter", "speaker", "screen", "other"))
    assert given_to(allocate(budget, SOUND, everybody())) == nothing | expected


def test_a_line_that_carries_only_sound_gets_only_sound() -> None:
    """However little is left, sound is not asked about: it is spent before anything else is considered."""
    assert set(given_to(allocate(60_000, SOUND, everybody())).values()) == {None}


@pytest.mark.parametrize(
    ("tile", "layer"),
    [(0, None), (90, 0), (180, 0), (200, 0), (240, 1), (400, 1), (480, 2), (2000, 2), (None, 2)],
)
def test_a_tile_gets_the_layer_that_fills_it_and_no_larger(tile: int | None, layer: int | None) -> None:
    plan = allocate(9_000_000, SOUND, [want("a", tile=tile)])
    assert given_to(plan) == {"a": layer}
    needed = 0 if layer is None else LAYERS[layer].rate
    assert plan.wanted == pytest.approx((SOUND + needed) * RISE, abs=2)


def test_a_layer_of_unknown_height_may_be_needed() -> None:
    unknown = tuple(replace(step, height=0) for step in LAYERS)
    assert given_to(allocate(9_000_000, SOUND, [want("a", tile=100, steps=unknown)])) == {"a": 2}


def test_equals_fare_equally() -> None:
    wants = [want(seat) for seat in "abc"]
    assert given_to(allocate(2_000_000, SOUND, wants)) == {"a": 1, "b": 1, "c": 1}
    assert given_to(allocate(1_300_000, SOUND, wants)) == {"a": 1, "b": 0, "c": 0}


def test_what_is_shown_stays_as_long_as_it_fits() -> None:
    shown = want("a", present=2)
    assert given_to(allocate(1_300_000, SOUND, [shown])) == {"a": 2}
    assert given_to(allocate(1_299_999, SOUND, [shown])) == {"a": 1}
    assert given_to(allocate(1_559_999, SOUND, [want("a", present=1)])) == {"a": 1}
    assert given_to(allocate(1_560_000, SOUND, [want("a", present=1)])) == {"a": 2}


def test_a_small_camera_is_not_refused_for_a_screen_that_does_not_fit() -> None:
    screen = want("s", Rank.SCREEN, steps=(Step(0, 1_500_000, 1080),))
    assert given_to(allocate(600_000, SOUND, [screen, want("a")])) == {"s": None, "a": 0}


def test_a_camera_that_can_be_asked_for_less_is() -> None:
    steps = elastic_steps()
    assert steps[0].rate == ELASTIC_FLOOR
    assert steps[-1].rate <= ELASTIC_CEILING < steps[-1].rate * 1.3
    assert {step.layer for step in steps} == {0}
    for budget in (400_000, 700_000, 2_000_000):
        plan = allocate(budget, SOUND, [want("a", steps=steps, present=0)])
        step = plan.steps["a", "video"]
        assert step is not None
        assert 0.7 * (budget - SOUND) < step.rate <= budget - SOUND
    small = allocate(9_000_000, SOUND, [want("a", tile=180, steps=steps)]).steps["a", "video"]
    assert small is not None
    assert small.rate < 250_000


wants_lists = st.lists(
    st.tuples(
        st.sampled_from(Rank),
        st.one_of(st.none(), st.integers(0, 1200)),
        st.lists(st.integers(50_000, 3_000_000), max_size=3),
        st.one_of(st.none(), st.integers(0, 2)),
        st.booleans(),
    ),
    max_size=10,
)


@settings(deadline=None)
@given(st.integers(0, 12_000_000), st.integers(0, 400_000), wants_lists)
def test_nothing_is_promised_twice_and_the_plan_is_at_rest(budget: int, sound: int, drawn: list[Any]) -> None:
    wants = [
        Want(
            (str(i), "video"),
            rank,
            tile,
            tuple(Step(n, r, 180 << n) for n, r in enumerate(sorted(rates))),
            p,
            s,
        )
        for i, (rank, tile, rates, p, s) in enumerate(drawn)
    ]
    plan = allocate(budget, sound, wants)
    spent = sum(step.rate for step in plan.steps.values() if step)
    assert spent == 0 or sound + spent <= budget
    for each in wants:
        step = plan.steps[each.key]
        if each.tile == 0:
            assert step is None
        if each.steady and step is not None:
            assert each.present is not None
            assert step.layer <= each.present
    again = [replace(w, present=step.layer if (step := plan.steps[w.key]) else None) for w in wants]
    following = allocate(budget, sound, again)
    for each in again:
        before, after = plan.steps[each.key], following.steps[each.key]
        assert (after.layer if after else -1) >= (before.layer if before else -1), "what fitted still fits"


def test_after_a_fall_one_waits_and_longer_after_each_vain_rise() -> None:
    steadiness = Steadiness()
    now = 0.0
    waits = []
    present: int | None = 2
    for _ in range(7):
        fallen = [want("a", present=present)]
        steadiness.note(fallen, allocate(700_000, SOUND, fallen), now)
        began = now
        while steadiness.holds(("a", "video"), now):
            now += 1.0
        waits.append(now - began)
        risen = [want("a", present=1)]
        steadiness.note(risen, allocate(9_000_000, SOUND, risen), now)
        now += 2.0
    assert waits[0] == WAIT_S
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S
    now += 100.0
    fallen = [want("a", present=2)]
    steadiness.note(fallen, allocate(700_000, SOUND, fallen), now)
    assert steadiness.holds(("a", "video"), now + WAIT_S - 0.1)
    assert not steadiness.holds(("a", "video"), now + WAIT_S + 0.1)


def test_a_smaller_tile_is_no_fall() -> None:
    steadiness = Steadiness()
    shrunk = [want("a", tile=180, present=2)]
    steadiness.note(shrunk, allocate(9_000_000, SOUND, shrunk), 1.0)
    assert not steadiness.holds(("a", "video"), 1.1)


class Pictures:
    """Two cameras with layers, sent as planned twice a second from the estimate of a simulated line."""

    def __init__(self, *wants: Want) -> None:
        self.present: dict[Key, int | None] = {w.key: w.present for w in wants}
        self.changes: Counter[Key] = Counter()
        self.shown: dict[Key, Step | None] = {}
        self._wants = wants
        self._steadiness = Steadiness()
        self._next = 0.0

    def __call__(self, trip: Trip) -> float:
        if trip.now >= self._next:
            self._next = trip.now + 0.5
            wants = [
                replace(w, present=self.present[w.key], steady=self._steadiness.holds(w.key, trip.now))
                for w in self._wants
            ]
            plan = allocate(trip.estimator.bits_per_second, 2 * 67_200, wants)
            self._steadiness.note(wants, plan, trip.now)
            trip.wanted = plan.wanted
            self.shown = plan.steps
            for key, step in plan.steps.items():
                layer = step.layer if step else None
                self.changes[key] += layer != self.present[key]
                self.present[key] = layer
        return float(sum(step.rate for step in self.shown.values() if step))


def two() -> Pictures:
    return Pictures(want("speaker", Rank.SPEAKER), want("other"))


@pytest.mark.parametrize(
    ("rate", "least"),
    [(150e3, (-1, -1)), (400e3, (0, -1)), (700e3, (0, 0)), (2e6, (1, 0)), (5e6, (2, 2))],
)
def test_over_a_real_line_the_pictures_come_to_rest(rate: float, least: tuple[int, int]) -> None:
    pictures = two()
    trip = Trip(Line(lambda _: rate), pictures).run(30)
    pictures.changes.clear()
    trip.forget().run(90)
    layers = [-1 if layer is None else layer for layer in pictures.present.values()]
    print(f"{rate / 1000:.0f} kbit/s: layers {layers}, changes in 90 s {dict(pictures.changes)}")
    assert layers[0] >= least[0]
    assert layers[1] >= least[1]
    assert pictures.changes.total() <= 6
    assert trip.heard[AUDIO].received >= 0.999 * trip.heard[AUDIO].sent


def test_pictures_go_when_only_sound_fits_and_come_back() -> None:
    pictures = two()
    trip = Trip(Line(lambda at: 160e3 if 120 <= at < 150 else 3e6), pictures).run(19)
    assert pictures.present["speaker", "video"] == 2
    trip.run(4)
    assert set(pictures.present.values()) == {None}
    trip.forget().run(26)
    assert set(pictures.present.values()) == {None}
    assert trip.heard[AUDIO].received >= 0.99 * trip.heard[AUDIO].sent
    delays = sorted(trip.heard[AUDIO].delays)
    assert delays[len(delays) * 9 // 10] < 0.15
    trip.run(25)
    assert pictures.present["speaker", "video"] is not None
    assert pictures.present["other", "video"] is not None
