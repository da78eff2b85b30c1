"""What the media processes say of themselves, as Prometheus reads it.

Every web process is linked to every media process and tells of all of them; a sum over web processes would
count each as often as there are web processes (docs/operations.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from prometheus_client.core import CounterMetricFamily, GaugeHistogramMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

ESTIMATE_BUCKETS = (150_000, 300_000, 600_000, 1_000_000, 2_000_000, 4_000_000)

GAUGES = {
    "rooms": ("procon_media_rooms", "Rooms that are open"),
    "seats": ("procon_media_seats", "Seats that are taken"),
    "connections": ("procon_media_connections", "Browsers' connections, two to a seat"),
}
TRAFFIC = {
    "packets_in": ("procon_media_packets_in", "Media packets that arrived"),
    "packets_out": ("procon_media_packets_out", "Media packets that were forwarded"),
    "lost_in": ("procon_media_packets_lost", "Media packets that never arrived"),
    "nacks_sent": ("procon_media_nacks_sent", "Packets that were asked for again"),
    "nacks_received": ("procon_media_nacks_received", "Packets that receivers asked for again"),
    "resent": ("procon_media_packets_resent", "Packets that receivers were sent again"),
}
PASSED = frozenset({"received", "sent"})
"""Counters of the port that are no reason for a drop."""


class Source(Protocol):
    """What is read: ``realtime.fleet.Fleet``."""

    @property
    def health(self) -> Mapping[str, Mapping[str, Any]]:
        """What each living process last said of itself, by name."""
        ...


class MediaCollector(Collector):
    """Makes families of the processes that live at the moment of reading."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def collect(self) -> Iterator[Metric]:
        """Everything, labelled by ``process``."""
        health = self._source.health
        for name, (family, text) in GAUGES.items():
            yield _gauge(family, text, {process: said[name] for process, said in health.items()})
        yield _gauge(
            "procon_media_loop_lag_seconds",
            "How late the media loop was at most in the last second",
            {process: said["lag_ms"] / 1000 for process, said in health.items()},
        )
        yield _counter(
            "procon_media_cpu_seconds",
            "Processor time of the media process",
            {process: said["cpu_s"] for process, said in health.items()},
        )
        for name, (family, text) in TRAFFIC.items():
            yield _counter(
                family,
                text,
                {process: said.get("traffic", {}).get(name, 0) for process, said in health.items()},
            )
        yield _drops(health)
        yield _estimates(health)


def _gauge(family: str, text: str, values: Mapping[str, float]) -> Metric:
    metric = GaugeMetricFamily(family, text, labels=["process"])
    for process, value in values.items():
        metric.add_metric([process], value)
    return metric


def _counter(family: str, text: str, values: Mapping[str, float]) -> Metric:
    metric = CounterMetricFamily(family, text, labels=["process"])
    for process, value in values.items():
        metric.add_metric([process], value)
    return metric


def _drops(health: Mapping[str, Mapping[str, Any]]) -> Metric:
    metric = CounterMetricFamily(
        "procon_media_dropped", "Datagrams that were dropped", labels=["process", "reason"]
    )
    for process, said in health.items():
        for reason, count in said["counters"].items():
            if reason not in PASSED:
                metric.add_metric([process, reason], count)
    return metric


def _estimates(health: Mapping[str, Mapping[str, Any]]) -> Metric:
    metric = GaugeHistogramMetricFamily(
        "procon_media_estimate_bits_per_second",
        "What the receivers' lines are thought to carry at the moment",
        labels=["process"],
    )
    for process, said in health.items():
        estimates = said.get("estimates", ())
        buckets = [
            (str(float(edge)), float(sum(one <= edge for one in estimates))) for edge in ESTIMATE_BUCKETS
        ]
        metric.add_metric([process], [*buckets, ("+Inf", float(len(estimates)))], sum(estimates))
    return metric
