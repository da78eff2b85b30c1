"""The job runner: claims due jobs and does them, and runs what happens by the clock.

At most JOBS_AT_ONCE jobs run together; a job that takes longer than its lease is given up by this
worker, so that another may try.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from app.adapters.mail import PermanentFailure
from app.parts import Parts
from app.services import queue
from app.services.queue import Claimed
from app.wake import Bell

log = structlog.get_logger(__name__)

JOBS_AT_ONCE = 4
POLL_SECONDS = 5.0
CLOCK_SECONDS = 60.0

Handler = Callable[[int, Mapping[str, Any], Parts], Awaitable[None]]
Round = Callable[[Parts], Awaitable[None]]


class Runner:
    """Does the queue's jobs by kind and calls each clock round once a minute."""

    def __init__(
        self, parts: Parts, bell: Bell, handlers: Mapping[str, Handler], rounds: tuple[Round, ...]
    ) -> None:
        self._parts = parts
        self._bell = bell
        self._handlers = handlers
        self._rounds = rounds

    async def run_jobs(self) -> None:
        """Do jobs until cancelled; waits for a ring or the poll interval when there are none."""
        while True:
            try:
                claimed = await queue.claim(self._parts.clock.now(), JOBS_AT_ONCE)
                await asyncio.gather(*(self._do(job) for job in claimed))
            except Exception:
                log.exception("jobs_failed")
                claimed = []
            if claimed:
                self._parts.wake.ring()  # what a job recorded is news; more jobs may be due
            else:
                await self._bell.wait(POLL_SECONDS)

    async def run_rounds(self) -> None:
        """Call the clock rounds once a minute until cancelled; one that fails does not stop the others."""
        while True:
            for work in self._rounds:
                try:
                    await work(self._parts)
                except Exception:
                    log.exception("round_failed", round=work.__name__)
            await asyncio.sleep(CLOCK_SECONDS)

    async def _do(self, job: Claimed) -> None:
        try:
            async with asyncio.timeout(queue.LEASE.total_seconds() * 0.8):
                await self._handlers[job.kind](job.id, job.payload, self._parts)
        except Exception as error:
            log.exception("job_failed", job=job.id, kind=job.kind, attempts=job.attempts)
            await queue.failed(
                job,
                type(error).__name__,
                self._parts.clock.now(),
                final=isinstance(error, PermanentFailure | KeyError),
            )
        else:
            await queue.done(job.id, self._parts.clock.now())
