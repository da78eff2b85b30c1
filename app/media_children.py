"""The media processes of this machine, each with a row that says that it lives (ADR 0045)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence

import structlog

from app.adapters.clock import Clock
from app.media_child import Announcement, MediaChild
from app.services import media_processes
from app.tasks import Tasks
from app.wake import Wake

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0
FRESH_SECONDS = 2.5
"""A child that said nothing for longer is not vouched for: it may hang."""


def media_command(
    number: int,
    *,
    host: str,
    door_port: int,
    udp_port: int,
    addresses: Sequence[str],
    codec: str = "vp8",
    captions: str = "",
) -> list[str]:
    """How to start the machine's media process ``number``, from 0.

    Given ports are the first process's, the others take the next ones; 0 is any free port.
    """
    command = [sys.executable, "-m", "hearings", "--child", "--door-host", host]
    command += ["--door-port", str(door_port and door_port + number)]
    command += ["--udp-port", str(udp_port and udp_port + number)]
    command += ["--codec", codec]
    if captions:
        command += ["--captions", captions]
    for address in addresses:
        command += ["--address", address]
    return command


class MediaChildren:
    """Keeps media processes running, and their rows true, between ``start`` and ``close``.

    ``changed`` is called when a process has come or gone, after its row has.
    """

    def __init__(
        self,
        commands: Sequence[Sequence[str]],
        secret: str,
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._news = Wake()
        self._bell = self._news.subscribe()
        self._tasks = Tasks()
        self._written: set[str] = set()
        environment = {"PROCON_MEDIA_SECRET": secret}
        self._children = [MediaChild(command, environment, self._announced) for command in commands]

    def start(self) -> None:
        """Begin; the database must be open."""
        for child in self._children:
            child.start()
        self._tasks.spawn(self._keep_rows(), name="media_rows")

    async def close(self) -> None:
        """End the processes and take their rows away."""
        await self._tasks.close()
        await asyncio.gather(*(child.close() for child in self._children))
        try:
            await self._write_rows()
        except Exception:
            log.exception("media_rows_failed")

    def _announced(self, _: Announcement | None) -> None:
        self._news.ring()

    async def _keep_rows(self) -> None:
        while True:
            try:
                await self._write_rows()
            except Exception:
                # The rows grow old meanwhile; the links of the web processes tell them that all is well.
                log.exception("media_rows_failed")
            await self._bell.wait(BEAT_SECONDS)

    async def _write_rows(self) -> None:
        """A sign of life for each child that gave one; no row for those that ended."""
        present = {child.current.name: child for child in self._children if child.current is not None}
        changed = present.keys() != self._written
        for name in self._written - present.keys():
            await media_processes.ended(name)
            self._written.discard(name)
        fresh = asyncio.get_running_loop().time() - FRESH_SECONDS
        for name, child in present.items():
            announcement, load = child.current, child.load
            if announcement is not None and load.at > fresh:
                await media_processes.beat(
                    name, announcement.door, rooms=load.rooms, seats=load.seats, now=self._clock.now()
                )
                self._written.add(name)
        if changed:
            self._changed()
