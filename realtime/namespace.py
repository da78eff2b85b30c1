"""What the socket namespaces have in common: every message is timed, by the name of its handler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import socketio

Timed = Callable[[str, str, float], None]
"""timed(namespace, message, seconds): a message was handled."""

OTHER = "other"
"""The name of messages that have no handler: browsers may invent any number of them."""


class Namespace(socketio.AsyncNamespace):  # type: ignore[misc]  # python-socketio has no types
    """A namespace that says how long each message took."""

    def __init__(self, name: str, timed: Timed | None = None) -> None:
        super().__init__(name)
        self._timed = timed

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Hand a message to its handler."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            return await super().trigger_event(event, *args)
        finally:
            if self._timed is not None:
                name = event if hasattr(self, f"on_{event}") else OTHER
                self._timed(self.namespace, name, loop.time() - began)
