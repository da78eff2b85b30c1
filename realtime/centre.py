"""The ``/centre`` namespace: how the people of today's hearings are connected, for who watches over them.

What is there to do comes with the page, which is renewed after each event as every list is; only what changes
each second comes through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.adapters.clock import Clock
from app.services import centre
from models.rules.errors import DomainError
from realtime.identity import Identity, identify
from realtime.namespace import Namespace, Timed

NAMESPACE = "/centre"
MOST_WATCHED = 200


def _room(hearing: int) -> str:
    return f"watched:{hearing}"


class Centre(Namespace):
    """Sockets of command centres, each in a room for every hearing that it may watch."""

    def __init__(self, clock: Clock, *, secure: bool, timed: Timed | None = None) -> None:
        super().__init__(NAMESPACE, timed)
        self._clock = clock
        self._secure = secure

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Admit a signed-in person; what they may watch is asked with ``watch``."""
        await self.save_session(sid, await identify(environ, self._clock.now(), secure=self._secure))

    async def on_watch(self, sid: str, message: object = None) -> dict[str, Any]:
        """``{hearings: [ids]}`` → those of them that are watched from now on; others are left."""
        wanted = _numbers(message)
        who: Identity = await self.get_session(sid)
        try:
            allowed = await centre.watchable(wanted, who.viewer)
        except DomainError as error:
            return {"error": error.code}
        for room in self.rooms(sid):
            if room.startswith("watched:"):
                await self.leave_room(sid, room)
        for hearing in allowed:
            await self.enter_room(sid, _room(hearing))
        return {"hearings": sorted(allowed)}

    async def figures(self, hearing: int, seats: Mapping[str, Mapping[str, Any]]) -> None:
        """A second of the seats whose sockets this process has, to who watches their hearing anywhere."""
        if seats:
            # Not named on_…: browsers could call it.
            await self.emit("figures", {"hearing": hearing, "seats": seats}, room=_room(hearing))


def _numbers(message: object) -> list[int]:
    found = message.get("hearings") if isinstance(message, dict) else None
    if not isinstance(found, list):
        return []
    return [number for number in found[:MOST_WATCHED] if type(number) is int and 0 < number < 2**31]
