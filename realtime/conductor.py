"""Tells the media process who may hear whom: after each event of a hearing, derived anew from the table.

Every order is a statement of what holds, so saying it twice changes nothing. A web process speaks for the
seats whose sockets it has (their media events come back to it) and, when a hearing is over, ends its room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
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
        self._joined: dict[int, dict[int, int]] = {}
        """By hearing: the seats that were joined from here, and the generation that sat there."""
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

    async def quality(self, hearing: int) -> dict[str, dict[str, float]]:
        """By seat: packets that came from it, how many were lost, what share it misses of what it is sent."""
        figures = await self._link.call("stats", room=room_name(hearing))
        return {seat: _quality(figure) for seat, figure in figures.get("seats", {}).items()}

    async def _arrange(self, plan: Plan) -> None:
        joined = self._joined.setdefault(plan.hearing, {})
        await self._join(plan, joined)
        await self._let_go(plan, joined)
        if plan.over:
            await self._end("close", room=room_name(plan.hearing))
        if joined:
            self._flowing[plan.hearing] = frozenset(seat.seat for seat in plan.seats if seat.flows)
        else:
            del self._joined[plan.hearing]
            self._flowing.pop(plan.hearing, None)

    async def _join(self, plan: Plan, joined: dict[int, int]) -> None:
        """Say what holds of the seats whose sockets are ours."""
        ours = [] if plan.over else [standing for standing in plan.seats if self._holds(standing)]
        room = room_name(plan.hearing)
        if ours:
            await self._link.call("open", room=room)
        for standing in ours:
            seat = str(standing.seat)
            await self._link.call("join", room=room, seat=seat, admitted=standing.flows, muted=standing.muted)
            joined[standing.seat] = standing.generation

    async def _let_go(self, plan: Plan, joined: dict[int, int]) -> None:
        """End the seats that were left; one taken again through another process is that one's to keep.

        A seat whose connection broke a moment ago is still taken, by the generation that joined it.
        """
        standings = {standing.seat: standing for standing in plan.seats}
        for seat, generation in list(joined.items()):
            standing = standings.get(seat)
            if plan.over or standing is None or not standing.connected:
                await self._end("leave", room=room_name(plan.hearing), seat=str(seat))
                del joined[seat]
            elif standing.generation != generation:
                del joined[seat]

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


def _quality(figure: Mapping[str, Any]) -> dict[str, float]:
    incoming, outgoing = figure["in"].values(), figure["out"].values()
    return {
        "packets": sum(track["packets"] for track in incoming),
        "lost": sum(track["lost"] for track in incoming),
        "loss": max((track["loss"] or 0.0 for track in outgoing), default=0.0),
    }
