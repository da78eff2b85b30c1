"""The clips of the rehearsal's scripted people: made once by a child process, kept in a folder.

The child is ``python -m hearings.card``; nothing is encoded on the event loop. A file's name says what it was
made from, so a changed card is another file.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import orjson

COMMAND = (sys.executable, "-m", "hearings.card")
SECONDS = 60.0
EDITION = 1
"""Counts the changes of how ``hearings.card`` draws and speaks: a new edition is made anew."""


class CardsUnavailable(Exception):
    """A clip could not be made."""


@dataclass(frozen=True)
class Card:
    """A scripted person: what is written on the card, its colour (``#rrggbb``) and the voice in Hz."""

    name: str
    caption: str
    shade: str
    pitch: float


class Cards(Protocol):
    """Gives clips to play."""

    async def clip(self, card: Card) -> Path:
        """The file of a card's clip, as the media processes see it; raises CardsUnavailable."""
        ...


class ChildCards:
    """Makes what is missing, one at a time; the letters are ``font``'s."""

    def __init__(self, folder: Path, font: Path, command: tuple[str, ...] = COMMAND) -> None:
        self._folder = folder
        self._font = font
        self._command = command
        self._turn = asyncio.Lock()

    async def clip(self, card: Card) -> Path:
        """See Cards.clip."""
        made_from = orjson.dumps([EDITION, asdict(card)])
        into = self._folder / f"{hashlib.sha256(made_from).hexdigest()[:24]}.clip"
        async with self._turn:
            if not await asyncio.to_thread(into.exists):
                await self._make(orjson.dumps({**asdict(card), "into": str(into), "font": str(self._font)}))
        return into

    async def _make(self, order: bytes) -> None:
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=DEVNULL)
        try:
            async with asyncio.timeout(SECONDS):
                await process.communicate(order)
        except TimeoutError as error:
            raise CardsUnavailable("slow") from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            raise CardsUnavailable(f"status {process.returncode}")
