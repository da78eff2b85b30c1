"""Tells the media process who may hear whom: after each event of a hearing, derived anew from the table.

Every order is a statement of what holds, so saying it twice changes nothing. A web process speaks for the
seats whose sockets it has (their media events come back to it) and, when a hearing is over, ends its room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog

from app.services import media_plan
from app.services.history import Happening
from app.services.media_plan import Plan, Standing
from models.rules.events import HEARING_EVENTS
from realtime.media_link import MediaRefused, MediaUnavailable
from realtime.sitting import Sittings

log = structlog.get_logger(__name__)

ARRANGING = HEARING_EVENTS | {"hearing_cancelled"}
GONE = frozenset({"room_unknown", "seat_unknown"})
"""Refusals that say: what should end is not there."""


class Link(Protocol):
    """What the conductor needs of ``realtime.media_link.MediaLink``."""

    def on_event(self, callback: Callable[[str, dict[str, Any]], Awaitable[None]]) -> None:
        """Have the media process's events."""
        ...

    def on_reconnect(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Be told when the process may have forgotten everything."""
        ...

    async def call(self, name: str, **fields: Any) -> dict[str, Any]:
        """Ask the media process something."""
        ...


def room_name(hearing: int) -> str:
    """A hearing's room in the media process."""
    return f"hearing-{hearing}"


class Conductor:
    """Keeps the media process's rooms as the database says."""

    def __init__(self, link: Link, sittings: Sittings) -> None:
        self._link = link
        self._sittings = sittings
        self._joined: dict[int, set[int]] = {}
        self._flowing: dict[int, frozenset[int]] = {}
        self._turn = asyncio.Lock()

    async def on_event(self, happening: Happening) -> None:
        """A committed event: rearrange its hearing, if somebody is there through this process."""
        hearing = happening.facts.get("hearing")
        if happening.name in ARRANGING and isinstance(hearing, int) and self._concerned(hearing):
            await self.arrange(hearing)

    def _concerned(self, hearing: int) -> bool:
        return hearing in self._joined or hearing in self._sittings.hearings()

    async def arrange(self, hearing: int) -> None:
        """Make the room what the table says; a media process that is away is told when it is back."""
        async with self._turn:
            try:
                await self._arrange(await media_plan.plan(hearing))
            except (MediaUnavailable, MediaRefused) as error:
                log.warning("media_not_arranged", hearing=hearing, error=type(error).__name__)

    async def arrange_all(self) -> None:
        """Say everything again: the media process was replaced."""
        self._joined.clear()
        for hearing in sorted(self._sittings.hearings()):
            await self.arrange(hearing)

    def flowing(self, hearing: int) -> frozenset[int]:
        """The seats whose media flowed when the hearing was last arranged."""
        return self._flowing.get(hearing, frozenset())

    async def signal(self, hearing: int, seat: int, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        """A browser's media call for its own seat; raises MediaRefused or MediaUnavailable."""
        return await self._link.call(name, room=room_name(hearing), seat=str(seat), **fields)

    async def _arrange(self, plan: Plan) -> None:
        room = room_name(plan.hearing)
        joined = self._joined.setdefault(plan.hearing, set())
        present = [] if plan.over else [seat for seat in plan.seats if self._holds(seat)]
        if present:
            await self._link.call("open", room=room)
        for standing in present:
            await self._link.call(
                "join",
                room=room,
                seat=str(standing.seat),
                admitted=standing.flows,
                muted=standing.muted,
            )
            joined.add(standing.seat)
        connected = {standing.seat for standing in plan.seats if standing.connected}
        for seat in joined - {standing.seat for standing in present}:
            if plan.over or seat not in connected:
                await self._end("leave", room=room, seat=str(seat))
            joined.discard(seat)
        if plan.over:
            await self._end("close", room=room)
        if joined:
            self._flowing[plan.hearing] = frozenset(seat.seat for seat in plan.seats if seat.flows)
        else:
            del self._joined[plan.hearing]
            self._flowing.pop(plan.hearing, None)

    def _holds(self, standing: Standing) -> bool:
        """Whether the connection that holds the seat is one of ours."""
        return standing.connected and any(
            held.generation == standing.generation for held in self._sittings.at(standing.seat)
        )

    async def _end(self, name: str, **fields: Any) -> None:
        try:
            await self._link.call(name, **fields)
        except MediaRefused as refused:
            if refused.code not in GONE:
                raise
