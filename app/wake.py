"""A bell for loops that wait for committed work: rung after a write, heard by each listener once."""

from __future__ import annotations

import asyncio


class Wake:
    """Rings every subscribed loop. A lost ring costs at most the listener's own poll interval."""

    def __init__(self) -> None:
        self._bells: list[asyncio.Event] = []

    def ring(self) -> None:
        """Something was committed."""
        for bell in self._bells:
            bell.set()

    def subscribe(self) -> Bell:
        """A bell of one's own; loops subscribe once, when they are made."""
        event = asyncio.Event()
        self._bells.append(event)
        return Bell(event)


class Bell:
    """One listener's side of a Wake."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, seconds: float) -> None:
        """Return when rung, or after ``seconds``; rings during the caller's work are kept."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()
