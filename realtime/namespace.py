"""What the socket namespaces have in common: every message is timed, by the name of its handler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import socketio
import structlog

log = structlog.get_logger(__name__)

Timed = Callable[[str, str, float], None]
"""timed(namespace, message, seconds): a message was handled."""

LIFE = ("connect", "disconnect")
OTHER = "other"
"""The name of messages that have no handler: browsers may invent any number of them."""


class Namespace(socketio.AsyncNamespace):  # type: ignore[misc]  # python-socketio has no types
    """A namespace that says how long each message took, and answers nobody who left meanwhile."""

    def __init__(self, name: str, timed: Timed | None = None) -> None:
        super().__init__(name)
        self._timed = timed

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Hand a message to its handler."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            return await super().trigger_event(event, *args)
        except (KeyError, ValueError):
            # What the library raises of a socket that closed while its message was handled
            if event in LIFE or self.server.manager.is_connected(args[0], self.namespace):
                raise
            log.info("left_meanwhile", namespace=self.namespace, message=event)
            return None
        finally:
            if self._timed is not None:
                name = event if hasattr(self, f"on_{event}") else OTHER
                self._timed(self.namespace, name, loop.time() - began)
