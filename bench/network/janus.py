"""Janus's side: the videoroom of the machine's own Janus, over its WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bench.network.candidates import replace_candidates, server_address
from bench.network.people import Person
from bench.network.relay import HOST, Hop, Line, Relay
from bench.peers import janus
from bench.peers.janus import Refused, Session
from tests import servers

NAME = "janus"
KNOWN_S = 15.0
"""How long Janus may take to know a feed that was published."""
START_S = 1.0

ROOM = {"publishers": 6, "videocodec": "vp8", "audiocodec": "opus", "bitrate": 0}
"""Its own defaults otherwise: in-band FEC, transport-wide congestion control, no discontinuous transmission.
No limit from Janus, because the page sets the same one as ours."""


class JanusRoom:
    """A videoroom. A page has a handle to publish and one that receives all the others."""

    name = NAME

    def __init__(self, session: Session, relay: Relay) -> None:
        self._session = session
        self._relay = relay
        self._room = 1000
        self._owner = 0
        self._feeds: dict[str, int] = {}
        self._seated: dict[str, tuple[Person, Line]] = {}
        self._subscribers: dict[str, int] = {}
        self._hops: dict[int, Hop] = {}

    async def open(self) -> None:
        """A fresh room."""
        self._room += 1
        self._owner = await self._session.attach()
        await self._session.message(
            self._owner, {"request": "create", "room": self._room, **ROOM}, at_once=True
        )

    async def sit(self, person: Person, line: Line) -> None:
        """Publish at the end of this line; what the others send is subscribed to by ``ready``."""
        self._seated[person.seat] = (person, line)
        handle = await self._session.attach()
        joined = await self._session.message(
            handle, {"request": "join", "ptype": "publisher", "room": self._room, "display": person.seat}
        )
        self._feeds[person.seat] = joined["id"]

        async def signal(name: str, payload: dict[str, Any]) -> dict[str, Any]:
            if name == "restart":
                await self._restart(person.seat)
                return {}
            again = handle in self._hops
            offer = {"type": "offer", "sdp": self._from_page(handle, line, payload["sdp"])}
            request = {"request": "configure"} if again else {"request": "publish"}
            answer = await self._session.message(handle, request, offer)
            return {"sdp": self._from_server(handle, line, answer["jsep"]["sdp"])}

        await person.open(NAME, signal)
        await person.begin()

    async def ready(self) -> None:
        """Everybody subscribes to everybody else."""
        for seat in self._seated:
            self._subscribers[seat] = await self._session.attach()
            await self._answer(seat, await self._subscribe(seat))

    async def close(self) -> None:
        """End the room and every handle."""
        await self._session.message(self._owner, {"request": "destroy", "room": self._room}, at_once=True)
        for handle in {self._owner, *self._subscribers.values(), *self._hops}:
            with contextlib.suppress(Refused):
                await self._session.detach(handle)
        for held in (self._feeds, self._seated, self._subscribers, self._hops):
            held.clear()

    async def report(self) -> dict[str, Any]:
        """Janus tells nothing here."""
        return {}

    async def _subscribe(self, seat: str) -> dict[str, Any]:
        """The offer of all the others; Janus knows a feed only once its peer connection is up."""
        feeds = [{"feed": feed} for other, feed in self._feeds.items() if other != seat]
        request = {"request": "join", "ptype": "subscriber", "room": self._room, "streams": feeds}
        deadline = time.monotonic() + KNOWN_S
        while True:
            try:
                return await self._session.message(self._subscribers[seat], request)
            except Refused:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)

    async def _restart(self, seat: str) -> None:
        handle = self._subscribers[seat]
        offer = await self._session.message(handle, {"request": "configure", "restart": True})
        await self._answer(seat, offer)

    async def _answer(self, seat: str, offer: dict[str, Any]) -> None:
        person, line = self._seated[seat]
        handle = self._subscribers[seat]
        sdp = self._from_server(handle, line, offer["jsep"]["sdp"])
        offered = [
            {"mid": stream["mid"], "seat": stream["feed_display"], "kind": stream["type"]}
            for stream in offer.get("streams", [])
            if stream.get("active", True)
        ]
        answer = await person.page.evaluate(
            "([sdp, offered]) => window.subscribe(sdp, offered)", [sdp, offered]
        )
        jsep = {"type": "answer", "sdp": self._from_page(handle, line, answer)}
        await self._session.message(handle, {"request": "start"}, jsep)

    def _hop(self, handle: int, line: Line) -> Hop:
        if handle not in self._hops:
            self._hops[handle] = self._relay.hop(line)
        return self._hops[handle]

    def _from_page(self, handle: int, line: Line, sdp: str) -> str:
        """Janus is told the relay instead of the browser: it makes checks of its own."""
        return replace_candidates(sdp, self._hop(handle, line).back_address)

    def _from_server(self, handle: int, line: Line, sdp: str) -> str:
        """The browser is told the relay instead of Janus."""
        hop = self._hop(handle, line)
        self._relay.aim(hop, server_address(sdp))
        return replace_candidates(sdp, hop.front_address)


def _listening(process: subprocess.Popen[bytes], port: int) -> bool:
    """Looked up and not tried out: this Janus crashes on who knocks before it is all there."""
    found = psutil.Process(process.pid).net_connections("tcp")
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in found)


@contextmanager
def _process() -> Iterator[int]:
    """A Janus of our own; gives its WebSocket's port."""
    if not janus.installed():
        raise RuntimeError("Janus is missing: apt-get install janus")
    port = servers.free_port()
    with tempfile.TemporaryDirectory(prefix="procon-janus-") as folder:
        command = janus.configure(Path(folder), host=HOST, port=port, event_loops=1)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            servers.wait_until(lambda: _listening(process, port), process, "janus")
            time.sleep(START_S)
            yield port
        finally:
            servers.end(process, within=5)


@asynccontextmanager
async def janus_side(relay: Relay) -> AsyncIterator[JanusRoom]:
    """A running Janus and a session with it."""
    with _process() as port:
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"ws://127.0.0.1:{port}", protocols=["janus-protocol"]) as wire,
        ):
            session = Session(wire)
            await session.start()
            try:
                yield JanusRoom(session, relay)
            finally:
                await session.stop()
