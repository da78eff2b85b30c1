"""Composing a recording into one video: a niced child process, whose output goes straight into storage.

The child is ``python -m hearings.recording.compose``. It is told what to do on its standard input, so the key
is in no process list; it tells its progress on its standard output and gives the video through a third pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import orjson

from app.adapters.storage import Kept

STALLED_SECONDS = 120.0
"""The child tells something at least once a second; its last step moves the whole video once."""
PIECE = 256 * 1024
COMMAND = (sys.executable, "-m", "hearings.recording.compose")


class Uncomposable(Exception):
    """No video was made; ``cause`` is "damaged", "empty" (nothing was recorded) or "compose" (all else)."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause

    @property
    def final(self) -> bool:
        """Whether no other try will do better."""
        return self.cause != "compose"


@dataclass(frozen=True)
class Words:
    """What is written into the picture."""

    title: str
    paused: str
    no_picture: str
    screen: str
    nobody: str


@dataclass(frozen=True)
class Stretch:
    """The hearing between two moments in Unix milliseconds, shown for so long: as it was, or as a card."""

    at_ms: int
    until_ms: int
    paused: bool
    length_ms: int


@dataclass(frozen=True)
class VideoOrder:
    """What is to be composed; ``names`` by seat, who comes first stands first."""

    folder: Path
    key: bytes
    timezone: str
    names: Mapping[str, str]
    words: Words
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Video:
    """What was made: what storage keeps of it, and how long it plays."""

    kept: Kept
    length: timedelta


Keep = Callable[[Iterator[bytes]], Awaitable[Kept]]
"""Puts the video's bytes into storage."""
Told = Callable[[int], Awaitable[None]]
"""Hears each per cent done."""


class Composer(Protocol):
    """Makes videos of recordings."""

    async def compose(self, order: VideoOrder, keep: Keep, told: Told) -> Video:
        """Make one; raises Uncomposable, and then nothing was kept."""
        ...


class ChildComposer:
    """Composes in a child process that ends with the call, however that ends; its letters are ``font``'s."""

    def __init__(self, font: Path, command: tuple[str, ...] = COMMAND) -> None:
        self._font = font
        self._command = command

    async def compose(self, order: VideoOrder, keep: Keep, told: Told) -> Video:
        """See Composer.compose."""
        ours, theirs = os.pipe()
        with contextlib.ExitStack() as held:
            video = held.enter_context(os.fdopen(ours, "rb"))
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._command, "--into", str(theirs), stdin=PIPE, stdout=PIPE, pass_fds=(theirs,)
                )
            finally:
                os.close(theirs)
            try:
                await self._tell(process, order)
                async for said in _said(process):
                    if "progress" in said:
                        await told(int(said["progress"]))
                    elif "size" in said:
                        held.pop_all()  # the thread that reads it closes it
                        kept = await keep(_pieces(video, int(said["size"])))
                        return Video(kept, timedelta(milliseconds=int(said["duration_ms"])))
                    else:
                        raise Uncomposable(str(said.get("error", "compose")))
            finally:
                await _end(process)
        raise Uncomposable("compose")

    async def _tell(self, process: Process, order: VideoOrder) -> None:
        if process.stdin is None:
            raise RuntimeError("the composer was started without a pipe")
        given = {
            **asdict(order),
            "folder": str(order.folder),
            "key": order.key.hex(),
            "font": str(self._font),
        }
        with contextlib.suppress(ConnectionError):  # it ended at once: its silence says so
            process.stdin.write(orjson.dumps(given) + b"\n")
            await process.stdin.drain()
        process.stdin.close()


async def _said(process: Process) -> AsyncIterator[dict[str, Any]]:
    """What the child says, line by line; Uncomposable when it says nothing for too long, or no sense."""
    if process.stdout is None:
        raise RuntimeError("the composer was started without a pipe")
    while True:
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                line = await process.stdout.readline()
            if not line:
                return
            yield orjson.loads(line)
        except (TimeoutError, ValueError) as error:
            raise Uncomposable("compose") from error


def _pieces(video: BinaryIO, size: int) -> Iterator[bytes]:
    """The video's bytes; Uncomposable when fewer come than were promised."""
    with video:
        left = size
        while left:
            piece = video.read(min(PIECE, left))
            if not piece:
                raise Uncomposable("compose")
            left -= len(piece)
            yield piece


async def _end(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()


class FakeComposer:
    """Tells half of the way, then gives ``video`` or raises ``error``; ``orders`` are what it was asked."""

    def __init__(self, video: bytes = b"a video", length: timedelta = timedelta(seconds=9)) -> None:
        self.video = video
        self.length = length
        self.error: Exception | None = None
        self.orders: list[VideoOrder] = []

    async def compose(self, order: VideoOrder, keep: Keep, told: Told) -> Video:
        """See Composer.compose."""
        self.orders.append(order)
        await told(50)
        if self.error is not None:
            raise self.error
        return Video(await keep(iter([self.video])), self.length)
