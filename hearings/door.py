"""The control door: a Socket.IO server through which the web directs the rooms.

Loopback or a private network only, WebSocket only, opened by a shared secret. Every call is acknowledged with
a dict, a refusal with `{"error": code}`. See docs/hearing-protocol.md.
"""

import asyncio
import hmac
from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

import socketio
import structlog

from hearings import messages
from hearings.clip import Unreadable, load
from hearings.errors import CLIP_UNREADABLE, HearingError
from hearings.health import health
from hearings.permission import Standing
from hearings.recording.recording import Order
from hearings.registry import Registry
from hearings.stats import room_stats

log = structlog.get_logger(__name__)

MAX_EVENTS = 2000
"""Events waiting to be written; a web process that reads none for so long must reopen its rooms anyway."""

Call = Callable[[str, Any], dict[str, Any]]


class Outbox:
    """Events on their way to the links, in order."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server
        self._events: asyncio.Queue[tuple[str, str, dict[str, Any]]] = asyncio.Queue(MAX_EVENTS)

    def tell(self, link: str, event: str, payload: dict[str, Any]) -> None:
        """Queue an event; when the queue is full the event is lost and logged."""
        try:
            self._events.put_nowait((link, event, payload))
        except asyncio.QueueFull:
            log.warning("hearings.event_lost", message=event)

    async def run(self) -> None:
        """Write events until cancelled."""
        while True:
            link, event, payload = await self._events.get()
            try:
                await self._server.emit(event, payload, to=link)
            except Exception:
                # One event's defect must not silence all later ones.
                log.exception("hearings.event_failed", message=event)


class Calls:
    """What each call does. All of them are synchronous, so a call is never interleaved with another."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def open(self, link: str, message: messages.Open) -> dict[str, Any]:
        self._registry.open(message.room)
        return {}

    def close(self, link: str, message: messages.Close) -> dict[str, Any]:
        self._registry.close(message.room)
        return {}

    def join(self, link: str, message: messages.Join) -> dict[str, Any]:
        standing = Standing(
            message.seat, message.admitted, message.muted, message.circle, message.interpreter
        )
        self._registry.room(message.room).join(standing, link)
        return {}

    def admit(self, link: str, message: messages.Admit) -> dict[str, Any]:
        self._registry.room(message.room).set_admitted(message.seat, message.admitted)
        return {}

    def mute(self, link: str, message: messages.Mute) -> dict[str, Any]:
        self._registry.room(message.room).set_muted(message.seat, message.muted)
        return {}

    def publish(self, link: str, message: messages.Publish) -> dict[str, Any]:
        room = self._registry.room(message.room)
        return {"sdp": room.publish(message.seat, message.generation, message.sdp)}

    def play(self, link: str, message: messages.Play) -> dict[str, Any]:
        room = self._registry.room(message.room)
        try:
            clip = load(message.clip)
        except Unreadable:
            raise HearingError(CLIP_UNREADABLE) from None
        room.play(message.seat, clip, speaks=message.speaks)
        return {}

    def subscribe(self, link: str, message: messages.Subscribe) -> dict[str, Any]:
        return self._registry.room(message.room).subscribe(message.seat, message.generation).payload()

    def answer(self, link: str, message: messages.Answer) -> dict[str, Any]:
        room = self._registry.room(message.room)
        room.answer(message.seat, message.generation, message.version, message.sdp)
        return {}

    def restart(self, link: str, message: messages.Restart) -> dict[str, Any]:
        seat = self._registry.room(message.room).seat(message.seat)
        if message.connection == "publish":
            return {"sdp": seat.current_publisher(message.generation).restart(message.sdp)}
        return seat.current_subscriber(message.generation).restart().payload()

    def view(self, link: str, message: messages.View) -> dict[str, Any]:
        self._registry.room(message.room).seat(message.seat).sizes = message.sizes
        return {}

    def report(self, link: str, message: messages.Report) -> dict[str, Any]:
        self._registry.room(message.room).seat(message.seat).reported = message
        return {}

    def record(self, link: str, message: messages.Record) -> dict[str, Any]:
        room = self._registry.room(message.room)
        order = Order(message.recording, Path(message.folder), message.key, message.paused)
        self._registry.recordings.start(room, link, order)
        return {}

    def record_pause(self, link: str, message: messages.RecordPause) -> dict[str, Any]:
        self._registry.recordings.pause(message.room, message.paused)
        return {}

    def record_stop(self, link: str, message: messages.RecordStop) -> dict[str, Any]:
        self._registry.recordings.stop(message.room)
        return {}

    def captions(self, link: str, message: messages.Captions) -> dict[str, Any]:
        self._registry.captions.turn(self._registry.room(message.room), message.on)
        return {}

    def leave(self, link: str, message: messages.Leave) -> dict[str, Any]:
        self._registry.room(message.room).leave(message.seat)
        return {}

    def stats(self, link: str, message: messages.Stats) -> dict[str, Any]:
        return room_stats(self._registry.room(message.room))

    def health(self, link: str, message: messages.Health) -> dict[str, Any]:
        return health(self._registry)


def new_server() -> socketio.AsyncServer:
    """The Socket.IO server; calls of one link are handled in the order they came."""
    return socketio.AsyncServer(
        async_mode="asgi",
        transports=["websocket"],
        async_handlers=False,
        cors_allowed_origins=[],
        max_http_buffer_size=1 << 18,
        ping_interval=10,
        ping_timeout=10,
    )


def open_door(server: socketio.AsyncServer, registry: Registry, secret: str, name: str) -> Set[str]:
    """Register the handlers; gives the links that there are, now and later.

    A link without the secret is refused with "unauthorized"; one that says which process it looks for, and
    finds this one (another now answers at its address), with "wrong_process".
    """
    calls = Calls(registry)
    links: set[str] = set()

    async def connect(link: str, environ: object, auth: object = None) -> None:
        said = auth if isinstance(auth, dict) else {}
        shown = said.get("secret")
        if not isinstance(shown, str) or not hmac.compare_digest(shown.encode(), secret.encode()):
            raise socketio.exceptions.ConnectionRefusedError("unauthorized")
        if said.get("process", name) != name:
            raise socketio.exceptions.ConnectionRefusedError("wrong_process")
        links.add(link)

    async def disconnect(link: str, reason: object = None) -> None:
        links.discard(link)
        registry.link_lost(link)

    server.on("connect", connect)
    server.on("disconnect", disconnect)
    for call, kind in messages.KINDS.items():
        server.on(call, _handler(call, kind, getattr(calls, call)))
    return links


def _handler(name: str, kind: type[Any], call: Call) -> Callable[..., Any]:
    async def handle(link: str, payload: object = None) -> dict[str, Any]:
        try:
            return call(link, messages.read(kind, payload))
        except HearingError as error:
            return {"error": error.code}
        except Exception:
            # A defect here must not leave the caller waiting for its acknowledgement.
            log.exception("hearings.call_failed", call=name)
            return {"error": "internal"}

    return handle
