"""Our side: a real media process; the bench is the web between it and the pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from playwright.async_api import Error

from bench.network.candidates import replace_candidates
from bench.network.people import Person
from bench.network.relay import HOST, Address, Hop, Line, Relay
from realtime.media_link import MediaLink, MediaRefused
from tests.hearings.process import media_link, media_process

NAME = "ours"


class OurRoom:
    """A room of the media process. Each connection a page makes gets a hop of its own."""

    name = NAME

    def __init__(self, link: MediaLink, server: Address, relay: Relay) -> None:
        self._link = link
        self._server = server
        self._relay = relay
        self._room = ""
        self._number = 0
        self._seated: dict[str, tuple[Person, Line]] = {}
        self._hops: dict[tuple[str, str, int], Hop] = {}
        link.on_event(self._event)

    async def open(self) -> None:
        """A fresh room."""
        self._number += 1
        self._room = f"room-{self._number}"
        await self._link.call("open", room=self._room)

    async def sit(self, person: Person, line: Line) -> None:
        """Seat the person at the end of this line."""
        self._seated[person.seat] = (person, line)
        await self._link.call("join", room=self._room, seat=person.seat, admitted=True, muted=False)

        async def signal(name: str, payload: dict[str, Any]) -> dict[str, Any]:
            try:
                answer = await self._link.call(name, room=self._room, seat=person.seat, **payload)
            except MediaRefused as error:
                return {"error": error.code}
            connection = payload.get("connection", name)
            return self._through_relay(person.seat, connection, payload.get("generation", 0), answer)

        await person.open(NAME, signal)
        await person.begin()

    async def ready(self) -> None:
        """Everybody has been offered everybody: the pages see to it themselves."""

    async def close(self) -> None:
        """End the room."""
        await self._link.call("close", room=self._room)
        self._seated.clear()
        self._hops.clear()

    async def report(self) -> dict[str, Any]:
        """The server's own figures, for those who look into a case."""
        stats = await self._link.call("stats", room=self._room)
        return {**stats, "health": await self._link.call("health")}

    def _through_relay(
        self, seat: str, connection: str, generation: int, message: dict[str, Any]
    ) -> dict[str, Any]:
        """The message with the relay's address where it has the server's."""
        if "sdp" not in message:
            return message
        key = (seat, connection, generation)
        if key not in self._hops:
            self._hops[key] = self._relay.hop(self._seated[seat][1])
            self._relay.aim(self._hops[key], self._server)
        return {**message, "sdp": replace_candidates(message["sdp"], self._hops[key].front_address)}

    async def _event(self, name: str, payload: dict[str, Any]) -> None:
        seat = payload.get("seat")
        if seat not in self._seated or payload.get("room") != self._room:
            return
        person, _ = self._seated[seat]
        told = self._through_relay(seat, "subscribe", payload.get("generation", 0), payload)
        with suppress(Error, asyncio.CancelledError):  # the page was closed meanwhile
            await person.page.evaluate("([name, payload]) => window.receive(name, payload)", [name, told])


@asynccontextmanager
async def our_side(relay: Relay) -> AsyncIterator[OurRoom]:
    """A running media process and a link to it."""
    async with media_process("--address", HOST) as ready, media_link(ready["door"]) as link:
        yield OurRoom(link, (HOST, ready["udp_port"]), relay)
