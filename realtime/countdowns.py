"""Ends countdowns to the opening of a hearing in time. Every web process does; the first one opens it."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from app.adapters.clock import Clock
from app.services import countdown
from app.services.conduct import House
from app.services.history import Happening
from app.wake import Wake

log = structlog.get_logger(__name__)

IDLE_SECONDS = 30.0
"""Without news nobody counts; one that another process began is news here as well."""
AGAIN_SECONDS = 2.0


class Countdowns:
    """Waits for the next countdown's end; what it keeps is only when to look again."""

    def __init__(self, clock: Clock, wake: Wake, house: House) -> None:
        self._clock = clock
        self._wake = wake
        self._house = house
        self._news = asyncio.Event()

    async def relayed(self, happening: Happening) -> None:
        """A committed event (from the relay)."""
        if happening.name == countdown.BEGUN:
            self._news.set()

    async def run(self) -> None:
        """Open what is due, until cancelled; first what a process that ended left behind."""
        while True:
            try:
                wait = await self._round()
            except Exception:
                log.exception("countdown_failed")
                wait = AGAIN_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()
            self._news.clear()

    async def _round(self) -> float:
        done = await countdown.finish(self._house, now=self._clock.now())
        if done.opened:
            self._wake.ring()
        return IDLE_SECONDS if done.following is None else done.following.total_seconds()
