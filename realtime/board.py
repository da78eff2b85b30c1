"""The ``/board`` namespace: anybody who looks at the day's board is told that it changed, and nothing else.

It asks for no session, so it says nothing that needs one: the page is fetched again over HTTP, where what a
stranger may read is decided.
"""

from __future__ import annotations

from typing import Any

import socketio
from socketio.exceptions import ConnectionRefusedError as Refusal

from app.services.history import Happening
from realtime.namespace import Namespace, Timed

NAMESPACE = "/board"
MOST = 500
"""Sockets of strangers in one process; who comes after them reads the page without its being live."""
TOLD = frozenset(
    {
        *("hearing_scheduled", "hearing_moved", "hearing_cancelled", "hearing_opened", "hearing_paused"),
        *("hearing_suspended", "hearing_resumed", "hearing_closed"),
    }
)


class Board(Namespace):
    """Counts who listens, and tells them all."""

    def __init__(self, sio: socketio.AsyncServer, timed: Timed | None = None) -> None:
        super().__init__(NAMESPACE, timed)
        self._sio = sio
        self._listening: set[str] = set()

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Let anybody listen, as long as there is room."""
        if len(self._listening) >= MOST:
            raise Refusal("busy")
        self._listening.add(sid)

    async def on_disconnect(self, sid: str, reason: object = None) -> None:
        """Forget who left."""
        self._listening.discard(sid)

    async def relayed(self, happening: Happening) -> None:
        """Tell every listener that a line of the board may have changed."""
        if happening.name in TOLD:
            await self._sio.emit("changed", {}, namespace=NAMESPACE, ignore_queue=True)
