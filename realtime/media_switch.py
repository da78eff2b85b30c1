"""One link to "the media process", whichever it is at the moment.

A media process that dies is started again on another port. The switch drops the link to the old one,
makes one to the new one, and tells the conductor that everything must be said again.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from realtime.media_link import EventCallback, MediaLink, MediaUnavailable, ReconnectCallback

log = structlog.get_logger(__name__)

RETRY_SECONDS = 1.0


class MediaSwitch:
    """Follows the address of the media process; calls while there is none raise MediaUnavailable."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._link: MediaLink | None = None
        self._door: str | None = None
        self._changed = asyncio.Event()
        self._on_event: EventCallback | None = None
        self._on_reconnect: ReconnectCallback | None = None

    @property
    def connected(self) -> bool:
        """Whether calls can be made now."""
        return self._link is not None and self._link.connected

    def point_to(self, door: str | None) -> None:
        """The media process answers at ``door`` now, or is gone (None)."""
        self._door = door
        self._changed.set()

    def on_event(self, callback: EventCallback) -> None:
        """Call ``callback(name, payload)`` for each event of the media process."""
        self._on_event = callback

    def on_reconnect(self, callback: ReconnectCallback) -> None:
        """Call back when the process may have forgotten everything, the first connection included."""
        self._on_reconnect = callback

    async def call(self, name: str, **fields: Any) -> dict[str, Any]:
        """Ask the media process something; raises MediaUnavailable or MediaRefused."""
        if self._link is None:
            raise MediaUnavailable(name)
        return await self._link.call(name, **fields)

    async def run(self) -> None:
        """Keep the link where it should be until cancelled."""
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                await self._drop()
                if self._door is not None:
                    await self._connect(self._door)
        finally:
            await self._drop()

    async def _connect(self, door: str) -> None:
        link = MediaLink(door, self._secret)
        if self._on_event is not None:
            link.on_event(self._on_event)
        if self._on_reconnect is not None:
            link.on_reconnect(self._on_reconnect)
        try:
            await link.start()
        except MediaUnavailable:
            log.warning("media_unreachable")
            await link.stop()
            await asyncio.sleep(RETRY_SECONDS)
            self._changed.set()
            return
        self._link = link
        if self._on_reconnect is not None:
            await self._on_reconnect()

    async def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.stop()
