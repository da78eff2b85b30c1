"""The media process as a child of ours: started, watched, started again when it dies, ended with us.

The child holds the reading end of a pipe to us as its standard input and ends when that closes, so it
cannot outlive us even when we are killed. Its standard error is ours: its log lines join ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import structlog

from app.tasks import Tasks

log = structlog.get_logger(__name__)

ANNOUNCE_SECONDS = 30.0
END_SECONDS = 5.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
HEALTHY_SECONDS = 60.0


@dataclass(frozen=True)
class Announcement:
    """What the media process says when it is ready.

    ``door`` is the address of its control door; media goes over ``udp_port`` at ``addresses``.
    """

    door: str
    udp_port: int
    addresses: tuple[str, ...]


def media_command(*, udp_port: int, addresses: Sequence[str]) -> list[str]:
    """How to start ``hearings`` as a child, its door on a free port of the loopback."""
    command = [sys.executable, "-m", "hearings", "--child", "--door-port", "0", "--udp-port", str(udp_port)]
    for address in addresses:
        command += ["--address", address]
    return command


class MediaChild:
    """Keeps one media process running between ``start`` and ``close``.

    ``announce`` is called with the announcement each time a process is ready, and with None when it
    is gone; it must not block. ``current`` is what it was last called with.
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
        self.current: Announcement | None = None

    def start(self) -> None:
        """Begin to keep a process running; it is ready when it is announced."""
        self._tasks.spawn(self._keep_running(), name="media_child")

    async def close(self) -> None:
        """End the process: SIGTERM, and after five seconds SIGKILL."""
        await self._tasks.close()

    async def _keep_running(self) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            began = loop.time()
            status = await self._run_once()
            if loop.time() - began > HEALTHY_SECONDS:
                pause = FIRST_PAUSE
            log.warning("media_ended", status=status, again_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _run_once(self) -> int | None:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, **self._env},
            start_new_session=True,  # a Ctrl-C in the terminal is for us; we end the child in order
        )
        try:
            await self._listen(process)
        finally:
            self._tell(None)
            await _end(process)
        return process.returncode

    async def _listen(self, process: Process) -> None:
        """Announce the process by its first line, then read on until it closes its output."""
        if process.stdout is None:
            raise RuntimeError("the media process was started without a pipe")
        try:
            async with asyncio.timeout(ANNOUNCE_SECONDS):
                line = await process.stdout.readline()
            said = orjson.loads(line)
            announcement = Announcement(str(said["door"]), int(said["udp_port"]), tuple(said["addresses"]))
        except (TimeoutError, ValueError, KeyError, TypeError) as error:
            log.error("media_not_ready", reason=repr(error))
            return
        log.info("media_ready", udp_port=announcement.udp_port, addresses=announcement.addresses)
        self._tell(announcement)
        while await process.stdout.read(4096):
            pass

    def _tell(self, announcement: Announcement | None) -> None:
        if announcement != self.current:
            self.current = announcement
            if self._announce is not None:
                self._announce(announcement)


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
