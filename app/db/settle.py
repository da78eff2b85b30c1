"""Finish a step of the database even when the task that asked for it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def settle(step: Coroutine[Any, Any, T]) -> T:
    """Run ``step`` to its end and only then let a cancellation through.

    Between "BEGIN was sent" and "BEGIN was answered" nobody knows whether there is a transaction to
    undo. Waiting for the answer, a matter of milliseconds, removes that state.
    """
    task = asyncio.ensure_future(step)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # marks it as seen: the cancellation is what the caller is told
    raise cancelled
