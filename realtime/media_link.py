"""The web's link to a media process: calls with acknowledgement, events back, reconnection by itself.

The protocol is in docs/hearing-protocol.md; nothing of the media engine is imported here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
import structlog
from socketio import exceptions

log = structlog.get_logger(__name__)

CALL_TIMEOUT_S = 5.0
RETRY_MIN_S, RETRY_MAX_S = 0.2, 5.0
MAX_EVENTS = 2000

EventCallback = Callable[[str, dict[str, Any]], Awaitable[None]]
ReconnectCallback = Callable[[], Awaitable[None]]


class MediaUnavailable(Exception):
    """The media process cannot be reached or did not answer in time."""


class MediaRefused(Exception):
    """The media process refused a call; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MediaLink:
    """One connection to one media process. Events reach the callback one by one, in order."""

    def __init__(self, door_url: str, secret: str) -> None:
        self._url = door_url
        self._secret = secret
        # Its own reconnection stays away after a server's farewell, and that is how a process ends.
        self._client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(MAX_EVENTS)
        self._tasks: list[asyncio.Task[None]] = []
        self._lost = asyncio.Event()
        self._on_event: EventCallback | None = None
        self._on_reconnect: ReconnectCallback | None = None
        self._client.on("disconnect", self._disconnected)
        self._client.on("*", self._received)

    @property
    def connected(self) -> bool:
        """Whether calls can be made now."""
        return bool(self._client.connected)

    def on_event(self, callback: EventCallback) -> None:
        """Call `callback(name, payload)` for each event of the media process."""
        self._on_event = callback

    def on_reconnect(self, callback: ReconnectCallback) -> None:
        """Call back after a lost connection is there again: the process may have forgotten every room."""
        self._on_reconnect = callback

    async def start(self) -> None:
        """Connect; raises MediaUnavailable. Later losses are repaired without being asked."""
        await self._connect()
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._keep())]

    async def stop(self) -> None:
        """Hang up and end the link's tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._client.shutdown()

    async def call(self, name: str, **fields: Any) -> dict[str, Any]:
        """Make a call and wait for its answer; raises MediaUnavailable or MediaRefused."""
        try:
            answer = await self._client.call(name, fields, timeout=CALL_TIMEOUT_S)
        except exceptions.SocketIOError as error:
            raise MediaUnavailable(name) from error
        if not isinstance(answer, dict):
            raise MediaUnavailable(name)
        if "error" in answer:
            raise MediaRefused(str(answer["error"]))
        return answer

    async def _connect(self) -> None:
        self._lost.clear()
        try:
            await self._client.connect(
                self._url,
                auth={"secret": self._secret},
                transports=["websocket"],
                wait_timeout=CALL_TIMEOUT_S,
            )
        except exceptions.ConnectionError as error:
            raise MediaUnavailable(str(error)) from error

    async def _keep(self) -> None:
        """Connect again whenever the connection is lost, after growing pauses."""
        while True:
            await self._lost.wait()
            pause = RETRY_MIN_S
            while True:
                await asyncio.sleep(pause)
                try:
                    await self._connect()
                except MediaUnavailable:
                    pause = min(2 * pause, RETRY_MAX_S)
                else:
                    break
            self._queue("", {})

    async def _disconnected(self, reason: object = None) -> None:
        self._lost.set()

    async def _received(self, name: str, payload: Any = None) -> None:
        if isinstance(payload, dict):
            self._queue(name, payload)

    def _queue(self, name: str, payload: dict[str, Any]) -> None:
        try:
            self._events.put_nowait((name, payload))
        except asyncio.QueueFull:
            log.warning("media_link.event_lost", message=name)

    async def _work(self) -> None:
        """Hand over events; the nameless one means "connected again", in its place among them."""
        while True:
            name, payload = await self._events.get()
            try:
                if name and self._on_event is not None:
                    await self._on_event(name, payload)
                elif not name and self._on_reconnect is not None:
                    await self._on_reconnect()
            except Exception:
                # One event's defect must not deafen the link to all later ones.
                log.exception("media_link.event_failed", message=name)
