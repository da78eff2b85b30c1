"""The soak finds what grows and only that: on figures of known truth, and on a real engine with a leak."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

from bench.soak import plot, report
from bench.soak.run import soak
from bench.soak.sampling import Sample
from bench.soak.verdict import trends


def _ebbs(name: str, values: list[float]) -> list[Sample]:
    """An ebb a minute, with a busy moment of twice as much before each."""
    busy = [Sample(60.0 * n + 30, False, {name: 2 * value}) for n, value in enumerate(values)]
    ebbs = [Sample(60.0 * n + 60, True, {name: value}) for n, value in enumerate(values)]
    return [sample for pair in zip(busy, ebbs, strict=True) for sample in pair]


def test_one_descriptor_that_stays_is_growth() -> None:
    found = trends(_ebbs("descriptors", [20, 20, 20, 20, 21, 21]))["descriptors"]
    assert not found.flat
    assert found.growth == 1


def test_a_count_that_comes_back_each_time_is_flat() -> None:
    found = trends(_ebbs("tasks", [9, 9, 9, 9, 9, 9]))["tasks"]
    assert found.flat
    assert found.slope == 0


def test_memory_that_grows_at_first_and_then_stays_is_flat() -> None:
    assert trends(_ebbs("memory_mb", [90, 99, 104, 104.5, 104.2, 104.9, 104.6, 105.0, 104.8]))[
        "memory_mb"
    ].flat


def test_memory_that_goes_on_growing_is_not() -> None:
    found = trends(_ebbs("memory_mb", [90 + 2 * n for n in range(9)]))["memory_mb"]
    assert not found.flat
    assert found.slope == pytest.approx(120)


def test_a_run_without_enough_ebbs_is_not_judged() -> None:
    with pytest.raises(ValueError, match="2 ebbs"):
        trends(_ebbs("tasks", [1, 1]))


async def test_a_planted_leak_is_found_while_people_come_and_go() -> None:
    command = (sys.executable, "-m", "tests.bench.leaking_engine", "--address", "127.0.0.1")
    result = await soak(12.0, seed=3, command=command)
    assert result.growing == ["descriptors", "memory_mb"]
    assert sum(result.acts.values()) > 10
    assert result.seen.packets > 1000
    assert result.seen.wraps_sent > 0
    assert (result.deaf, result.failures, result.errors) == (0, 0, 0)
    assert "PROBLEM: descriptors grows" in report.table(result)
    picture = ElementTree.fromstring(plot.svg(result.samples, result.trends))
    assert len(picture.findall(".//{*}polyline")) == len(result.trends)
