"""A web process's link to a media process: calls with acknowledgement, events, reconnection by itself.

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
RETRY_MIN_S, RETRY_MAX_S = 0.2, 1.0
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
    """One connection to one media process. Events reach the callback one by one, in order.

    `process` is the name of the process that is looked for at `door_url`: another one there refuses the
    link. Without it any will do.
    """

    def __init__(self, door_url: str, secret: str, process: str | None = None) -> None:
        self._url = door_url
        self._auth = {"secret": secret} if process is None else {"secret": secret, "process": process}
        # Its own reconnection stays away after a server's farewell, and that is how a process ends.
        self._client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(MAX_EVENTS)
        self._tasks: list[asyncio.Task[None]] = []
        self._answers: set[asyncio.Future[object]] = set()
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
        # After a connection that failed its HTTP session is still open.
        await self._client.eio.disconnect(abort=True)

    async def call(self, name: str, **fields: Any) -> dict[str, Any]:
        """Make a call and wait for its answer; raises MediaRefused, or MediaUnavailable, at once when the
        connection is lost.
        """
        # The client's own call would wait for its time-out on a connection that is no more.
        answered: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._answers.add(answered)
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await self._client.emit(name, fields, callback=_settle(answered))
                answer = await answered
        except (exceptions.SocketIOError, TimeoutError) as error:
            raise MediaUnavailable(name) from error
        finally:
            self._answers.discard(answered)
        if not isinstance(answer, dict):
            raise MediaUnavailable(name)
        if "error" in answer:
            raise MediaRefused(str(answer["error"]))
        return answer

    async def _connect(self) -> None:
        self._lost.clear()
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await self._client.connect(
                    self._url,
                    auth=self._auth,
                    transports=["websocket"],
                    wait_timeout=2 * CALL_TIMEOUT_S,  # ours is the one that counts
                )
        except (exceptions.ConnectionError, TimeoutError) as error:
            # A process that hangs takes the connection and says nothing: what was begun is dropped.
            await self._client.eio.disconnect(abort=True)
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
        for answered in self._answers:
            if not answered.done():
                answered.set_result(None)
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


def _settle(answered: asyncio.Future[object]) -> Callable[..., None]:
    """What an acknowledgement calls: an answer that comes after the time-out is nobody's."""

    def settle(*answer: object) -> None:
        if not answered.done():
            answered.set_result(answer[0] if answer else None)

    return settle
