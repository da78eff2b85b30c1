"""The network test: a room of one page's own in a real media process, where it receives what it sends.

The page's publishing connection is one seat of that room, its receiving connection the other. A room lives a
minute at most; nobody else is ever in it, and nothing of it is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from realtime.media_link import MediaRefused, MediaUnavailable

log = structlog.get_logger(__name__)

PREFIX = "echo-"
OUT, BACK = "out", "back"
"""The seats of a room: what the page sends from, and where it receives."""
LIFE = timedelta(seconds=60)
MOST = 8
"""Rooms of this web process at one time."""
MOST_AN_HOUR = 20
"""Tests of one person."""
_HOUR = timedelta(hours=1)

Tell = Callable[[str, str, dict[str, Any]], Awaitable[None]]
"""tell(sid, name, payload): a message to a browser."""


class Busy(Exception):
    """Too many tests are running, or this person has made too many."""


class Media(Protocol):
    """What is needed of ``realtime.fleet.Fleet``."""

    @property
    def sessions(self) -> Mapping[int, int]:
        """The processes that can be called now."""
        ...

    async def call(self, process: int, name: str, **fields: Any) -> dict[str, Any]:
        """Ask a process something."""
        ...


@dataclass(frozen=True)
class Echo:
    """A test that is running."""

    sid: str
    user_id: int
    process: int
    room: str
    begun_at: datetime


class Echoes:
    """The tests that run through this web process; ``name`` tells its rooms from those of the others."""

    def __init__(self, media: Media, tell: Tell, name: str) -> None:
        self._media = media
        self._tell = tell
        self._name = name
        self._running: dict[str, Echo] = {}
        self._made = 0
        self._recent: deque[tuple[datetime, int]] = deque()

    async def begin(self, sid: str, user_id: int, *, now: datetime) -> None:
        """Open a room for a page; raises Busy, MediaUnavailable or MediaRefused."""
        await self.end(sid)
        self._count(user_id, now)
        processes = self._media.sessions
        if not processes:
            raise MediaUnavailable("echo")
        self._made += 1
        process = min(processes)
        echo = Echo(sid, user_id, process, f"{PREFIX}{self._name}-{self._made}", now)
        self._running[sid] = echo  # kept first: what fails half-way is closed by the sweep
        await self._media.call(process, "open", room=echo.room)
        for seat in (OUT, BACK):
            await self._media.call(process, "join", room=echo.room, seat=seat, admitted=True, muted=False)

    async def call(self, sid: str, name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """A media call of the page, for the seat that the call is of."""
        echo = self._running.get(sid)
        if echo is None:
            raise MediaRefused("room_unknown")
        sends = name == "publish" or (name == "restart" and fields.get("connection") == "publish")
        seat = OUT if sends else BACK
        return await self._media.call(echo.process, name, room=echo.room, seat=seat, **fields)

    async def heard(self, process: int, name: str, payload: dict[str, Any]) -> bool:
        """An event of a media process; True when its room is one of a test."""
        room = payload.get("room")
        if not isinstance(room, str) or not room.startswith(PREFIX):
            return False
        for echo in list(self._running.values()):
            if (echo.room, echo.process) == (room, process) and name in ("offer", "connection"):
                await self._tell(echo.sid, f"echo_{name}", payload)
        return True

    async def end(self, sid: str) -> None:
        """A page's test is over."""
        echo = self._running.pop(sid, None)
        if echo is None:
            return
        try:
            await self._media.call(echo.process, "close", room=echo.room)
        except (MediaUnavailable, MediaRefused) as error:
            log.info("echo_not_closed", room=echo.room, error=str(error))

    async def sweep(self, now: datetime) -> None:
        """Close the rooms whose minute is over."""
        for echo in list(self._running.values()):
            if now - echo.begun_at > LIFE:
                await self.end(echo.sid)

    def _count(self, user_id: int, now: datetime) -> None:
        while self._recent and now - self._recent[0][0] > _HOUR:
            self._recent.popleft()
        mine = sum(user == user_id for _, user in self._recent)
        together = any(echo.user_id == user_id for echo in self._running.values())
        if together or len(self._running) >= MOST or mine >= MOST_AN_HOUR:
            raise Busy
        self._recent.append((now, user_id))
