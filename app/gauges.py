"""Joins the figures of ``/metrics`` to what they measure: sockets, jobs, alerts, media, the event loop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.adapters.clock import Clock
from app.metrics import Metrics
from app.services import alerts, queue
from realtime.media_metrics import MediaCollector, Source


def join(metrics: Metrics, sio: Any, namespaces: Iterable[str], media: Source, clock: Clock) -> None:
    """Give ``metrics`` what it reads at each look; once per application."""
    metrics.registry.register(MediaCollector(media))

    async def sockets() -> None:
        for namespace in namespaces:
            metrics.sockets.labels(namespace).set(len(list(sio.manager.get_participants(namespace, None))))

    async def jobs() -> None:
        now = clock.now()
        backlogs = await queue.backlog(now)
        metrics.jobs.clear()
        for backlog in backlogs:
            for state in ("due", "later", "failed"):
                metrics.jobs.labels(backlog.kind, state).set(getattr(backlog, state))
        oldest = min((one.oldest for one in backlogs if one.oldest is not None), default=now)
        metrics.job_age.set((now - oldest).total_seconds())

    async def tasks() -> None:
        for (kind, taken), count in (await alerts.open_counts()).items():
            metrics.alerts.labels(kind, "yes" if taken else "no").set(count)

    metrics.samples += [sockets, jobs, tasks]
