"""Janus's side: the videoroom of the machine's own Janus, over its WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import shutil
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
from tests import servers

NAME = "janus"
PROGRAM = "janus"
MODULES = next(Path("/usr/lib").glob("*/janus"), Path("/usr/lib/janus"))
NEEDED = ("plugins/libjanus_videoroom.so", "transports/libjanus_websockets.so")
"""Janus loads whatever it finds in its folders, so it is given folders with these alone."""
PLUGIN = "janus.plugin.videoroom"
KEEPALIVE_S = 20
ANSWER_S = 15.0
START_S = 1.0

_CONFIG = """
general: {{
  configs_folder = "{folder}"; plugins_folder = "{folder}/plugins"; transports_folder = "{folder}/transports";
  events_folder = "{folder}/none"; loggers_folder = "{folder}/none";
  debug_level = 3; admin_secret = "{secret}"; event_loops = 1;
}}
media: {{ ipv6 = false; }}
nat: {{ ice_enforce_list = "{host}"; ice_tcp = false; full_trickle = false; ice_lite = false; }}
"""
_SOCKET = """
general: {{ json = "compact"; ws = true; ws_port = {port}; ws_ip = "127.0.0.1"; wss = false; }}
admin: {{ admin_ws = false; admin_wss = false; }}
"""
ROOM = {"publishers": 6, "videocodec": "vp8", "audiocodec": "opus", "bitrate": 0}
"""Its own defaults otherwise: in-band FEC, transport-wide congestion control, no discontinuous transmission.
No limit from Janus, because the page sets the same one as ours."""


class JanusRefused(Exception):
    """Janus answered with an error."""


class Session:
    """One session on Janus's WebSocket: requests with their answers, events by handle."""

    def __init__(self, wire: aiohttp.ClientWebSocketResponse) -> None:
        self._wire = wire
        self._id: int | None = None
        self._waiting: dict[str, tuple[asyncio.Future[dict[str, Any]], bool]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to read, create the session, keep it alive."""
        self._tasks.append(asyncio.create_task(self._read()))
        created = await self._ask({"janus": "create"})
        self._id = created["data"]["id"]
        self._tasks.append(asyncio.create_task(self._keep()))

    async def stop(self) -> None:
        """End the session's tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def attach(self) -> int:
        """A handle of the videoroom."""
        answer = await self._ask({"janus": "attach", "plugin": PLUGIN})
        handle: int = answer["data"]["id"]
        return handle

    async def message(
        self, handle: int, body: dict[str, Any], jsep: dict[str, Any] | None = None, *, at_once: bool = False
    ) -> dict[str, Any]:
        """A request to the plugin; ``at_once`` for those it answers without an event. Gives data and jsep."""
        request: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            request["jsep"] = jsep
        answer = await self._ask(request, event=not at_once)
        data: dict[str, Any] = answer["plugindata"]["data"]
        if "error" in data:
            raise JanusRefused(f"{body['request']}: {data['error']}")
        return {**data, "jsep": answer.get("jsep")}

    async def detach(self, handle: int) -> None:
        """Give the handle up, and its peer connection with it."""
        await self._ask({"janus": "detach", "handle_id": handle})

    async def _ask(self, request: dict[str, Any], *, event: bool = False) -> dict[str, Any]:
        transaction = secrets.token_hex(8)
        request = {**request, "transaction": transaction}
        if self._id is not None:
            request["session_id"] = self._id
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = (answer, event)
        await self._wire.send_str(json.dumps(request))
        told = await asyncio.wait_for(answer, ANSWER_S)
        if told["janus"] == "error":
            raise JanusRefused(f"{request['janus']}: {told['error']['reason']}")
        return told

    async def _read(self) -> None:
        async for frame in self._wire:
            told = json.loads(frame.data)
            answer, event = self._waiting.get(told.get("transaction", ""), (None, False))
            if answer is None or (told["janus"] == "ack" and event):
                continue
            del self._waiting[told["transaction"]]
            if not answer.done():
                answer.set_result(told)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(KEEPALIVE_S)
            await self._ask({"janus": "keepalive"})


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
            with contextlib.suppress(JanusRefused):
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
        deadline = time.monotonic() + ANSWER_S
        while True:
            try:
                return await self._session.message(self._subscribers[seat], request)
            except JanusRefused:
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
    if not (MODULES.exists() and shutil.which(PROGRAM)):
        raise RuntimeError("Janus is missing: apt-get install janus")
    port = servers.free_port()
    with tempfile.TemporaryDirectory(prefix="procon-janus-") as name:
        folder = Path(name)
        config = _CONFIG.format(folder=folder, secret=secrets.token_hex(8), host=HOST)
        (folder / "janus.jcfg").write_text(config)
        for module in NEEDED:
            (folder / module).parent.mkdir(exist_ok=True)
            (folder / module).symlink_to(MODULES / module)
        (folder / "janus.transport.websockets.jcfg").write_text(_SOCKET.format(port=port))
        (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [PROGRAM, "-C", folder / "janus.jcfg", "-F", folder], stdout=log, stderr=subprocess.STDOUT
            )
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
