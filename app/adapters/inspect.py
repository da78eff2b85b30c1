"""What an upload really is, told by its content, and pictures of its pages (ADR 0011).

Parsers of PDF, JPEG, PNG and HEIC are large programs in C and the files come from strangers: each file
is opened in a process of its own, which is killed when it takes too long.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.adapters.cage import Cage
from app.adapters.errors import BadFile
from models.rules.errors import NotFound

WORKER = Path(__file__).with_name("inspect_worker.py")
PREVIEW_MEDIA_TYPE = "image/webp"
MAX_WIDTH = 2400
AT_ONCE = 2
WAITING = 32
SECONDS = 20.0


@dataclass(frozen=True)
class Inspection:
    """What a file is: its media type, how many pages (1 for an image), the extension that fits it."""

    media_type: str
    pages: int
    extension: str


class Inspector(Protocol):
    """Looks into uploads."""

    async def inspect(self, path: Path) -> Inspection:
        """Open the file at ``path``; raises BadFile with its code, or Busy when too many wait."""
        ...

    async def render_page(self, source: Path | bytes, page: int, width: int) -> bytes:
        """Page ``page`` (the first is 1) as a WebP up to ``width`` pixels wide, upright, without metadata.

        Raises NotFound for a page that is not there, BadFile, or Busy when too many wait.
        """
        ...


class SandboxInspector:
    """One short-lived process for each file (about 0.15 s to start), two at once."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, seconds: float = SECONDS) -> None:
        self._cage = Cage(at_once, waiting, seconds)

    async def inspect(self, path: Path) -> Inspection:
        """See Inspector.inspect."""
        answer, _ = await self._ask(path, "inspect")
        return Inspection(answer["media_type"], answer["pages"], answer["extension"])

    async def render_page(self, source: Path | bytes, page: int, width: int) -> bytes:
        """See Inspector.render_page."""
        if page < 1 or width < 1:
            raise NotFound
        _, picture = await self._ask(source, "draw", str(page), str(min(width, MAX_WIDTH)))
        return picture

    async def _ask(self, source: Path | bytes, *arguments: str) -> tuple[dict[str, Any], bytes]:
        return _understood(await self._cage.run(WORKER, *arguments, data=source))


class FakeInspector:
    """Believes the first bytes and draws a constant; for tests that are not about files."""

    async def inspect(self, path: Path) -> Inspection:
        """One page of PDF, or whatever image the first bytes say; anything else is the wrong type."""
        head = (await asyncio.to_thread(path.read_bytes))[:8]
        for magic, kind, extension in (
            (b"%PDF-", "application/pdf", "pdf"),
            (b"\xff\xd8\xff", "image/jpeg", "jpg"),
            (b"\x89PNG", "image/png", "png"),
        ):
            if head.startswith(magic):
                return Inspection(kind, 1, extension)
        raise BadFile("wrong_type")

    async def render_page(self, source: Path | bytes, page: int, width: int) -> bytes:
        """Nothing that a browser could show."""
        if page != 1:
            raise NotFound
        return b"RIFF\x00\x00\x00\x00WEBP"


def _understood(answer: bytes) -> tuple[dict[str, Any], bytes]:
    line, _, body = answer.partition(b"\n")
    facts: dict[str, Any] = json.loads(line or b'{"refused": "unreadable"}')
    match facts.get("refused"):
        case None:
            return facts, body
        case "no_such_page":
            raise NotFound
        case code:
            raise BadFile(code)
