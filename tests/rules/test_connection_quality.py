"""Stretches put together, and the word for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.connection_quality import Quality, Stretch, together

SECOND = Stretch(1, 1, 1, 500.0, 900.0, 0.0, 0.0, 5.0, 40.0)


def test_means_are_over_connected_seconds_and_the_worst_second_counts() -> None:
    away = Stretch()
    worse = replace(SECOND, kbps_in=100.0, loss_in=0.3, jitter_ms=90.0, rtt_ms=None, seen_s=0, freezes=1)

    whole = together([SECOND, worse, away])

    assert (whole.connected_s, whole.heard_s, whole.seen_s) == (2, 2, 1)
    assert (whole.kbps_in, whole.kbps_out, whole.loss_in) == (300.0, 900.0, 0.15)
    assert (whole.jitter_ms, whole.rtt_ms, whole.freezes) == (90.0, 40.0, 1)
    assert together([]) == Stretch()


seconds = st.builds(
    Stretch,
    st.just(1),
    st.integers(0, 1),
    st.integers(0, 1),
    *[st.floats(0, 5000)] * 2,
    *[st.floats(0, 1)] * 2,
    st.floats(0, 500),
    st.none() | st.floats(0, 2000),
    st.integers(0, 3),
    st.integers(0, 1000),
)


@given(st.lists(seconds, min_size=1, max_size=20), st.data())
def test_it_does_not_matter_who_measured_which_part(all_of_them: list[Stretch], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(all_of_them)))
    here, there = together(all_of_them[:cut]), together(all_of_them[cut:])

    parts, whole = together([here, there]), together(all_of_them)

    for name in ("kbps_in", "kbps_out", "loss_in", "loss_out"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name))
    for name in ("connected_s", "heard_s", "seen_s", "jitter_ms", "rtt_ms", "freezes", "freeze_ms"):
        assert getattr(parts, name) == getattr(whole, name)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, Quality.GOOD),
        ({"loss_in": 0.099}, Quality.GOOD),
        ({"loss_out": 0.10}, Quality.REGULAR),
        ({"loss_in": 0.15}, Quality.BAD),
        ({"rtt_ms": 400.0}, Quality.REGULAR),
        ({"rtt_ms": 1000.0}, Quality.BAD),
        ({"freeze_ms": 60}, Quality.REGULAR),
        ({"freeze_ms": 250}, Quality.BAD),
        ({"connected_s": 0}, Quality.BAD),
    ],
)
def test_the_word(change: dict[str, float], word: Quality) -> None:
    assert replace(SECOND, **change).quality is word
