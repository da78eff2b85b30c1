"""Waiting for something that gives no event: another process, a socket, a counter."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], within: float = 5.0) -> None:
    """Ask again until the condition holds; TimeoutError when it does not in time."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - there is nothing to await
            await asyncio.sleep(0.01)
