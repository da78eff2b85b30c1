"""Figures of the media processes that live, as families of Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry

from realtime.media_metrics import MediaCollector

ONE = {
    "rooms": 2,
    "seats": 5,
    "connections": 10,
    "cpu_s": 12.5,
    "lag_ms": 4.0,
    "counters": {"received": 100, "sent": 200, "srtp_refused": 3, "failures": 0},
    "traffic": {"packets_in": 80, "packets_out": 160, "lost_in": 2, "nacks_sent": 4, "resent": 1},
    "estimates": [100_000, 700_000, 9_000_000],
}


class Told:
    """Stands for the fleet."""

    def __init__(self) -> None:
        self.health: Mapping[str, Mapping[str, Any]] = {"vm.7.aa": ONE}


def test_each_process_has_its_own_figures_as_long_as_it_lives() -> None:
    told = Told()
    registry = CollectorRegistry()
    registry.register(MediaCollector(told))
    of = {"process": "vm.7.aa"}

    assert registry.get_sample_value("procon_media_rooms", of) == 2
    assert registry.get_sample_value("procon_media_loop_lag_seconds", of) == 0.004
    assert registry.get_sample_value("procon_media_cpu_seconds_total", of) == 12.5
    assert registry.get_sample_value("procon_media_packets_out_total", of) == 160
    assert registry.get_sample_value("procon_media_dropped_total", {**of, "reason": "srtp_refused"}) == 3
    assert registry.get_sample_value("procon_media_dropped_total", {**of, "reason": "sent"}) is None
    bucket = "procon_media_estimate_bits_per_second_bucket"
    assert registry.get_sample_value(bucket, {**of, "le": "1000000.0"}) == 2
    assert registry.get_sample_value(bucket, {**of, "le": "+Inf"}) == 3

    told.health = {}
    assert registry.get_sample_value("procon_media_rooms", of) is None
