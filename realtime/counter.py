"""The ``/counter`` namespace: desks and calling screens are told that the tickets changed, and nothing else.

Tickets are no part of a case, so the relay does not carry them. Each process looks at the day's tickets when
something was committed here, and each second for what another process did, while anybody listens.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import socketio
import structlog
from socketio.exceptions import ConnectionRefusedError as Refusal

from app.adapters.clock import Clock
from app.services import tickets
from app.wake import Bell
from realtime.identity import identify
from realtime.namespace import Namespace, Timed

log = structlog.get_logger(__name__)

NAMESPACE = "/counter"
LOOK_SECONDS = 1.0


class Counter(Namespace):
    """Sockets of the agency's desks and screens; what they show is fetched over HTTP."""

    def __init__(
        self,
        sio: socketio.AsyncServer,
        clock: Clock,
        zone: ZoneInfo,
        *,
        secure: bool,
        timed: Timed | None = None,
    ) -> None:
        super().__init__(NAMESPACE, timed)
        self._sio = sio
        self._clock = clock
        self._zone = zone
        self._secure = secure
        self._listening: set[str] = set()
        self._known: tuple[tuple[str, int, int], ...] | None = None

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Admit people of the agency."""
        who = await identify(environ, self._clock.now(), secure=self._secure)
        if not who.viewer.is_staff:
            raise Refusal("not_for_role")
        await self.save_session(sid, who)
        self._listening.add(sid)

    async def on_disconnect(self, sid: str, reason: object = None) -> None:
        """Forget who left."""
        self._listening.discard(sid)

    async def run(self, bell: Bell) -> None:
        """Tell of changes until cancelled."""
        while True:
            await bell.wait(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.exception("counter_look_failed")

    async def look(self) -> None:
        """Tell everybody when the day's tickets are not as they were at the last look."""
        if not self._listening:
            self._known = None
            return
        found = await tickets.pulse(self._clock.now().astimezone(self._zone).date())
        if self._known is not None and found != self._known:
            await self._sio.emit("changed", {}, namespace=NAMESPACE, ignore_queue=True)
        self._known = found
