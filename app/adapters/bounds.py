"""Bounded work: so many at once, so many waiting, and ``Busy`` for the next one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, TypeVar

from app.adapters.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")


class BoundedThreads:
    """Threads for blocking work, with a queue that has an end.

    A cancelled caller does not free the place of a call that is still running: the place is taken
    until the thread is done, so the bound holds for the machine and not only for those who wait.
    """

    def __init__(self, name: str, at_once: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._places = threading.BoundedSemaphore(at_once + waiting)

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue one call; raises Busy when every place is taken."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            future = self._pool.submit(work, *args, **kwargs)
        except BaseException:
            self._places.release()
            raise
        future.add_done_callback(self._leave)
        return future

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one call in a thread and wait for it; raises Busy when every place is taken."""
        return await asyncio.wrap_future(self.submit(work, *args, **kwargs))

    def close(self) -> None:
        """Drop what waits and end the threads; what runs is waited for."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _leave(self, _: Future[Any]) -> None:
        self._places.release()


class Turnstile:
    """The same bound for coroutines, on one event loop."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._places = at_once + waiting
        self._inside = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn; raises Busy when every place is taken."""
        if self._inside >= self._places:
            raise Busy
        self._inside += 1
        try:
            async with self._turns:
                yield
        finally:
            self._inside -= 1
