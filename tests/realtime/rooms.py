"""A web process's sockets without its pages: namespaces, relay, and media that are only written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import socketio
from hypercorn.asyncio import serve
from hypercorn.config import Config

from app.adapters.segments import SegmentFolders
from app.services import sessions
from app.services.relays import Relays
from app.tasks import Tasks
from app.wake import Wake
from models import MediaProcess
from models.rules.people import Viewer
from realtime.cases import Cases
from realtime.hearings import Hearings
from realtime.media_link import MediaRefused, MediaUnavailable
from realtime.quality import QualityRecord
from realtime.recorder import Recorder
from realtime.relay import Relay
from tests.factories.people import NOW
from tests.servers import free_port

SECOND: dict[str, Any] = {
    "publish": "connected",
    "subscribe": "connected",
    "voice": "speaking",
    "level": 8,
    "video": True,
    "screen": False,
    "up": {"loss": 0.0, "jitter_ms": 4.0, "kbps": {"audio": 30.0, "video": 470.0}},
    "down": {
        "loss": 0.0,
        "jitter_ms": 2.0,
        "kbps": {"audio": 30.0, "video": 970.0},
        "layers": {"9/video": "h"},
        "hears": {"9": [50, 49]},
    },
    "rtt_ms": 40.0,
    "freezes": 0,
    "freeze_ms": 0,
    "concealed_ms": 0,
    "fps": 24.0,
}
"""The figures of one seat, as a media process tells them."""


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        """The time it was set to."""
        return self.at


class WrittenMedia:
    """Stands for the media processes: keeps every call, refuses what it is told to refuse.

    ``alive`` and ``sessions`` are what a test sets; events are said by ``said``.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.at: list[int] = []
        """By call: the process that was called."""
        self.refuse: dict[str, str] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.alive: frozenset[int] = frozenset()
        self.sessions: dict[int, int] = {}
        self.say: Callable[[int, str, dict[str, Any]], Awaitable[None]]
        self.review: Callable[[], Awaitable[None]]

    def lives(self, *processes: int) -> None:
        """These processes live and can be called, no others."""
        self.alive = frozenset(processes)
        self.sessions = dict.fromkeys(processes, 1)

    def on_event(self, told: Callable[[int, str, dict[str, Any]], Awaitable[None]]) -> None:
        """Keep the callback: a test makes a media process speak."""
        self.say = told

    def on_change(self, changed: Callable[[], Awaitable[None]]) -> None:
        """Keep the callback: a test makes a round."""
        self.review = changed

    async def call(self, process: int, name: str, **fields: Any) -> dict[str, Any]:
        """Write the call down."""
        if process not in self.sessions:
            raise MediaUnavailable(name)
        self.calls.append((name, fields))
        self.at.append(process)
        await asyncio.sleep(0.01 if name == "publish" else 0)
        if name in self.refuse:
            raise MediaRefused(self.refuse[name])
        if name == "publish":
            return {"sdp": f"answer to {fields.get('sdp')}"}
        return self.answers.get(name, {})

    def standing(self, seat: int) -> tuple[bool, bool] | None:
        """What was last said of a seat: admitted, muted; None when it left."""
        for name, fields in reversed(self.calls):
            if fields.get("seat") == str(seat) and name in ("join", "leave"):
                return (fields["admitted"], fields["muted"]) if name == "join" else None
        return None

    def called(self, process: int) -> list[str]:
        """What a process was asked, by name."""
        return [name for (name, _), at in zip(self.calls, self.at, strict=True) if at == process]


async def media_row(name: str = "stand-in") -> int:
    """The row of a media process, made if there is none."""
    row, _ = await MediaProcess.get_or_create(
        {"door": "http://127.0.0.1:1", "started_at": NOW, "seen_at": NOW}, name=name
    )
    return int(row.id)


@dataclass
class Browser:
    """A client of ``/hearings`` and what it was told."""

    client: socketio.AsyncClient
    told: list[tuple[str, Any]] = field(default_factory=list)

    async def ask(self, name: str, message: Any = None) -> dict[str, Any]:
        """Send and wait for the answer."""
        answer = await self.client.call(name, message or {}, namespace="/hearings", timeout=5)
        assert isinstance(answer, dict)
        return answer

    def heard(self, name: str) -> list[Any]:
        """What was told under a name."""
        return [message for n, message in self.told if n == name]

    async def until(self, ready: Callable[[], object]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(5):
            while not ready():  # noqa: ASYNC110  what is waited for has no event
                await asyncio.sleep(0.01)


@dataclass
class Process:
    """One web process as browsers meet it."""

    url: str
    media: WrittenMedia
    clock: FixedClock
    wake: Wake
    hearings: Hearings
    quality: QualityRecord
    _open: list[socketio.AsyncClient] = field(default_factory=list)

    async def browser(self, viewer: Viewer, agent: str = "Chrome, Linux") -> Browser:
        """A signed-in person's connected browser."""
        token = await sessions.start(viewer.user_id, now=NOW, address="127.0.0.1", device=agent)
        client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        browser = Browser(client)

        async def keep(name: str, message: Any = None) -> None:
            browser.told.append((name, message))

        client.on("*", keep, namespace="/hearings")
        cookie = f"{sessions.cookie_name(False)}={token}"
        await client.connect(
            self.url,
            headers={"Cookie": cookie, "User-Agent": agent},
            transports=["websocket"],
            namespaces=["/hearings"],
        )
        self._open.append(client)
        return browser

    async def close(self) -> None:
        """Hang up every browser."""
        for client in self._open:
            await client.disconnect()


@asynccontextmanager
async def web_process(folder: Path) -> AsyncIterator[Process]:
    """Serve the namespaces on a free port of the loopback, with a relay; recordings are put in ``folder``."""
    sio = socketio.AsyncServer(async_mode="asgi", transports=["websocket"])
    clock, media, wake, tasks = FixedClock(), WrittenMedia(), Wake(), Tasks()
    media.lives(await media_row())
    quality = QualityRecord(clock)
    hearings = Hearings(
        media,
        clock,
        wake,
        Recorder(SegmentFolders(folder, bytes(32)), clock, wake),
        quality,
        secure=False,
        opens_minutes=30,
        device_label=lambda agent: agent,
        relays=Relays(("turn:relay.example:3478",), "shared with the relay", 600),
    )
    sio.register_namespace(hearings)
    sio.register_namespace(Cases(clock, secure=False))
    relay = Relay(sio, wake.subscribe(), (hearings.relayed,))
    config, ended = Config(), asyncio.Event()
    port = free_port()
    config.bind, config.errorlog = [f"127.0.0.1:{port}"], None
    serving = asyncio.create_task(
        serve(socketio.ASGIApp(sio), config, shutdown_trigger=ended.wait)  # type: ignore[arg-type]
    )
    relaying = tasks.spawn(relay.run(), name="relay")
    process = Process(f"http://127.0.0.1:{port}", media, clock, wake, hearings, quality)
    try:
        await _listening(port)
        yield process
    finally:
        await process.close()
        relaying.cancel()
        await tasks.close()
        ended.set()
        await serving


async def _listening(port: int) -> None:
    async with asyncio.timeout(5):
        while True:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            await writer.wait_closed()
            return
