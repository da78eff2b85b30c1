"""Figures for Prometheus: one registry per application, read at ``/metrics``.

No figure names a person, a case or a hearing, and every label has few values: routes, events that we
handle, kinds of jobs, media processes that live.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
HTTP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
LAG_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1)
LAG_SAMPLE_SECONDS = 0.25

Sample = Callable[[], Awaitable[None]]
"""Sets gauges that are only known by looking."""


class Metrics:
    """The figures of this process. ``samples`` are taken at each reading."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.samples: list[Sample] = []
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = Histogram(
            "procon_http_request_seconds",
            "Time from a request's arrival to its answer",
            ("method", "route", "status"),
            buckets=HTTP_BUCKETS,
            registry=self.registry,
        )
        self.messages = Histogram(
            "procon_socket_message_seconds",
            "Time that a message of a browser's socket took",
            ("namespace", "message"),
            buckets=HTTP_BUCKETS,
            registry=self.registry,
        )
        self.sockets = Gauge(
            "procon_sockets", "Browsers' sockets that are open", ("namespace",), registry=self.registry
        )
        self.jobs = Gauge(
            "procon_jobs", "Jobs in the database that are not done", ("kind", "state"), registry=self.registry
        )
        self.job_age = Gauge(
            "procon_job_waiting_seconds", "How long the longest waiting job is due", registry=self.registry
        )
        self.alerts = Gauge(
            "procon_alerts",
            "Tasks of the command centre that are open",
            ("kind", "taken"),
            registry=self.registry,
        )
        self.lag = Histogram(
            "procon_loop_lag_seconds",
            "How late the event loop ran what was due",
            buckets=LAG_BUCKETS,
            registry=self.registry,
        )
        self.alarms = Counter(
            "procon_sample_failures", "Figures that could not be had at a reading", registry=self.registry
        )

    async def text(self) -> bytes:
        """Everything, in Prometheus's text format; what cannot be had now is left as it was."""
        for sample in self.samples:
            try:
                await sample()
            except Exception:
                self.alarms.inc()
        return generate_latest(self.registry)

    async def watch_loop(self) -> None:
        """Measure the event loop's lateness until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_SAMPLE_SECONDS
            await asyncio.sleep(LAG_SAMPLE_SECONDS)
            self.lag.observe(max(0.0, loop.time() - due))
