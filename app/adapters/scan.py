"""Antivirus: clamd's INSTREAM command, or nothing when no scanner is configured."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import aiofiles

CHUNK = 256 * 1024
SECONDS = 60.0
MAX_REPLY = 4096


class ScanUnavailable(Exception):
    """The scanner does not answer, or refused to look: the file was neither cleared nor condemned."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner says. ``scanned`` is False when there is none; ``signature`` names what it found."""

    clean: bool
    scanned: bool
    signature: str = ""


class Scanner(Protocol):
    """Looks for known malware."""

    async def scan(self, path: Path) -> Verdict:
        """Judge the file at ``path``; raises ScanUnavailable."""
        ...


class ClamdScanner:
    """Streams the file to clamd, which therefore needs no access to our folders."""

    def __init__(self, address: str, seconds: float = SECONDS) -> None:
        """``address`` is ``host:port`` or the path of a Unix socket."""
        self._host, _, self._port = address.rpartition(":")
        self._address = address
        self._seconds = seconds
        if not address.startswith("/") and not (self._host and self._port.isdigit()):
            raise ValueError("clamd's address is host:port or the path of a socket")

    async def scan(self, path: Path) -> Verdict:
        """See Scanner.scan."""
        try:
            async with asyncio.timeout(self._seconds):
                reply = await self._instream(path)
        except (OSError, asyncio.LimitOverrunError, asyncio.IncompleteReadError) as error:
            raise ScanUnavailable(type(error).__name__) from error
        return _verdict(reply)

    async def _instream(self, path: Path) -> str:
        """Length-prefixed chunks, an empty one at the end, then one answer ending in NUL."""
        reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            async with aiofiles.open(path, "rb") as file:
                while chunk := await file.read(CHUNK):
                    writer.write(len(chunk).to_bytes(4, "big") + chunk)
                    await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            reply = await reader.readuntil(b"\0")
        finally:
            writer.close()
        return reply[:-1].decode("utf-8", "replace")

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address, limit=MAX_REPLY)
        return await asyncio.open_connection(self._host, int(self._port), limit=MAX_REPLY)


class NoScanner:
    """For an agency without an antivirus: lets everything pass and says that nobody looked."""

    async def scan(self, path: Path) -> Verdict:
        """Clean, not scanned."""
        return Verdict(clean=True, scanned=False)


class FakeScanner:
    """Condemns files that contain ``infected``; ``available`` turns it off."""

    def __init__(self) -> None:
        self.available = True

    async def scan(self, path: Path) -> Verdict:
        """See Scanner.scan."""
        if not self.available:
            raise ScanUnavailable("fake")
        if b"infected" in await asyncio.to_thread(path.read_bytes):
            return Verdict(clean=False, scanned=True, signature="Fake.Infected")
        return Verdict(clean=True, scanned=True)


def _verdict(reply: str) -> Verdict:
    """``stream: OK``, ``stream: NAME FOUND``, or an error such as the size limit."""
    answer = reply.removeprefix("stream: ")
    if answer == "OK":
        return Verdict(clean=True, scanned=True)
    if answer.endswith(" FOUND"):
        return Verdict(clean=False, scanned=True, signature=answer.removesuffix(" FOUND"))
    raise ScanUnavailable(answer)
