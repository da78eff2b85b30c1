"""The job runner: claims due jobs and does them, lane by lane, and runs what happens by the clock.

A lane is what may run side by side. A job's lease is prolonged while it runs, so that a worker that dies
gives its jobs to another within minutes, and one that only takes long keeps them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from app.adapters.errors import PermanentFailure
from app.parts import Parts
from app.services import queue
from app.services.queue import Claimed
from app.wake import Bell

log = structlog.get_logger(__name__)

POLL_SECONDS = 5.0
CLOCK_SECONDS = 60.0
KEEP_SECONDS = queue.LEASE.total_seconds() / 4

Handler = Callable[[int, Mapping[str, Any], Parts], Awaitable[None]]
Round = Callable[[Parts], Awaitable[None]]


class Hopeless(Exception):
    """A job that no other try will do better; it is given up at once."""


class Later(Exception):
    """A job that is to be done at another moment: no try of it is used up."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


@dataclass(frozen=True)
class Lane:
    """Jobs of some kinds, by their handlers: how many at once, and after how many seconds one is stopped."""

    handlers: Mapping[str, Handler]
    at_once: int
    seconds: float


class Runner:
    """Does the queue's jobs by kind and calls each clock round once a minute."""

    def __init__(self, parts: Parts, rounds: tuple[Round, ...]) -> None:
        self._parts = parts
        self._rounds = rounds

    async def run_jobs(self, lane: Lane, bell: Bell) -> None:
        """Do a lane's jobs until cancelled; waits for a ring or the poll interval when there are none."""
        while True:
            try:
                claimed = await queue.claim(self._parts.clock.now(), lane.at_once, lane.handlers)
                await asyncio.gather(*(self._do(job, lane) for job in claimed))
            except Exception:
                log.exception("jobs_failed")
                claimed = []
            if claimed:
                self._parts.wake.ring()  # what a job recorded is news; more jobs may be due
            else:
                await bell.wait(POLL_SECONDS)

    async def run_rounds(self) -> None:
        """Call the clock rounds once a minute until cancelled; one that fails does not stop the others."""
        while True:
            for work in self._rounds:
                try:
                    await work(self._parts)
                except Exception:
                    log.exception("round_failed", round=work.__name__)
            await asyncio.sleep(CLOCK_SECONDS)

    async def _do(self, job: Claimed, lane: Lane) -> None:
        keeping = asyncio.create_task(self._keep(job))
        try:
            async with asyncio.timeout(lane.seconds):
                await lane.handlers[job.kind](job.id, job.payload, self._parts)
        except Later as later:
            await queue.postpone(job, later.at)
        except Exception as error:
            log.exception("job_failed", job=job.id, kind=job.kind, attempts=job.attempts)
            await queue.failed(
                job,
                type(error).__name__,
                self._parts.clock.now(),
                final=isinstance(error, PermanentFailure | Hopeless | KeyError),
            )
        else:
            await queue.done(job.id, self._parts.clock.now())
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep(self, job: Claimed) -> None:
        """Prolong a job's lease until cancelled, or until somebody else has it."""
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            try:
                if not await queue.keep(job, self._parts.clock.now()):
                    return
            except Exception:
                log.exception("job_lease_not_kept", job=job.id)
