"""Background tasks: each has an owner that ends it, a name, and a context of its own."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Tasks:
    """Owns the tasks it starts and ends them in ``close``.

    A task begins in an empty context: started inside a transaction it would otherwise inherit the
    transaction's connection and share its fate.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Start ``work``; an exception that leaves it is logged under ``name``, not raised."""
        if self._closed:
            work.close()
            raise RuntimeError(f"{name}: its owner is closed")
        task = asyncio.get_running_loop().create_task(work, name=name, context=contextvars.Context())
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait until it has ended."""
        self._closed = True
        running = set(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task_failed", task=task.get_name(), exc_info=error)
