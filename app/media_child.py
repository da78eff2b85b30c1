"""A media process as a child of ours: started, watched, started again when it dies, ended with us.

The child holds the reading end of a pipe to us as its standard input and ends when that closes, so it
cannot outlive us even when we are killed. Its standard error is ours: its log lines join ours. On its
standard output it says where it is, and then each second how much it carries.

Beside a healthy child a spare one waits, loaded but idle: people in a hearing are back before a new process
could have been started.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import structlog

from app.tasks import Tasks

log = structlog.get_logger(__name__)

ANNOUNCE_SECONDS = 30.0
END_SECONDS = 5.0
HUNG_SECONDS = 10.0
"""A child that says nothing for so long is ended and started again."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
HEALTHY_SECONDS = 5.0
"""A child that ran for so long is started again at once: people wait for it."""


@dataclass(frozen=True)
class Announcement:
    """What the media process says when it is ready.

    ``name`` is its own from start to end, ``door`` the address of its control door; media goes over
    ``udp_port`` at ``addresses``.
    """

    name: str
    door: str
    udp_port: int
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Load:
    """What a media process carries; ``at`` is the loop's time when it said so."""

    rooms: int = 0
    seats: int = 0
    at: float = 0.0


class MediaChild:
    """Keeps one media process running between ``start`` and ``close``.

    ``announce`` is called with the announcement each time a process is ready, and with None when it
    is gone; it must not block. ``current`` is what it was last called with, ``load`` what the process
    last said.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        announce: Callable[[Announcement | None], None] | None = None,
    ) -> None:
        self._command = command
        self._env = env
        self._announce = announce
        self._tasks = Tasks()
        self._spare: Process | None = None
        self.current: Announcement | None = None
        self.load = Load()

    def start(self) -> None:
        """Begin to keep a process running; it is ready when it is announced."""
        self._tasks.spawn(self._keep_running(), name="media_child")

    async def close(self) -> None:
        """End the process: SIGTERM, and after five seconds SIGKILL."""
        await self._tasks.close()

    async def _keep_running(self) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        try:
            while True:
                began = loop.time()
                status = await self._run_once()
                healthy = loop.time() - began > HEALTHY_SECONDS
                log.warning("media_ended", status=status, again_in_seconds=0 if healthy else pause)
                if not healthy:
                    await asyncio.sleep(pause)
                pause = FIRST_PAUSE if healthy else min(pause * 2, LONGEST_PAUSE)
        finally:
            if self._spare is not None:
                await _end(self._spare)

    async def _run_once(self) -> int | None:
        process, self._spare = self._spare, None
        if process is None or process.returncode is not None:
            process = await self._begin()
        elif process.stdin is not None:
            process.stdin.write(b"begin\n")
        try:
            await self._listen(process)
        finally:
            self._tell(None)
            await _end(process)
        return process.returncode

    async def _begin(self, *more: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._command,
            *more,
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, **self._env},
            start_new_session=True,  # a Ctrl-C in the terminal is for us; we end the child in order
        )

    async def _listen(self, process: Process) -> None:
        """Announce the process by its first line, then hear its load until it closes its output or hangs."""
        if process.stdout is None:
            raise RuntimeError("the media process was started without a pipe")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(ANNOUNCE_SECONDS):
                announcement = _announcement(await process.stdout.readline())
            log.info("media_ready", udp_port=announcement.udp_port, addresses=announcement.addresses)
            ready_at = loop.time()
            self.load = Load(at=ready_at)
            self._tell(announcement)
            while True:
                async with asyncio.timeout(HUNG_SECONDS):
                    line = await process.stdout.readline()
                if not line:
                    return
                self.load = _load(line, loop.time())
                if self._spare is None and loop.time() - ready_at > HEALTHY_SECONDS:
                    self._spare = await self._begin("--spare")
        except (TimeoutError, ValueError, KeyError, TypeError) as error:
            log.error("media_not_heard", ready=self.current is not None, reason=repr(error))

    def _tell(self, announcement: Announcement | None) -> None:
        if announcement != self.current:
            self.current = announcement
            if self._announce is not None:
                self._announce(announcement)


def _announcement(line: bytes) -> Announcement:
    said = orjson.loads(line)
    return Announcement(str(said["name"]), str(said["door"]), int(said["udp_port"]), tuple(said["addresses"]))


def _load(line: bytes, now: float) -> Load:
    said = orjson.loads(line)
    return Load(int(said["rooms"]), int(said["seats"]), now)


async def _end(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
