"""A case as one archive: written piece by piece, and read again by the check without trusting a byte of it.

A ZIP whose entries are stored as they are, in a fixed order, all dated alike. The same content is the same
archive, byte for byte, so a change outside of the entries is found as well (ADR 0065).
"""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FORMAT = "procon-caso/1"
README, MANIFEST, SIGNATURE = "LEIA-ME.txt", "manifesto.json", "manifesto.p7s"
EVENTS, DATA, STORY = "eventos.jsonl", "caso.json", "andamento.txt"
DOCUMENTS = "documentos"
MOST_ENTRIES = 5000
MOST_TEXT = 64 * 1024 * 1024
"""Bytes of an entry that is read whole: manifest, events, data."""
PIECE = 1024 * 1024
_DATED = (1980, 1, 1, 0, 0, 0)


class Unreadable(Exception):
    """Not an archive of a case, or too damaged to be looked into."""


@dataclass(frozen=True)
class Entry:
    """A file of the archive; ``size`` in bytes is known before its ``pieces`` come."""

    name: str
    size: int
    pieces: AsyncIterator[bytes]


async def written(entries: Iterable[Entry]) -> AsyncIterator[bytes]:
    """The archive's bytes."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            with archive.open(_info(entry.name, entry.size), "w") as file:
                async for piece in entry.pieces:
                    file.write(piece)
                    yield sink.taken()
            yield sink.taken()
    yield sink.taken()


def _info(name: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATED)
    info.file_size, info.create_system, info.external_attr = size, 3, 0o600 << 16
    return info


class _Sink:
    """What the archive writes into: it cannot seek, so nothing that was written is changed afterwards."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        """Keep the bytes until they are taken."""
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = bytes(self._written)
        self._written.clear()
        return data


class Archive:
    """An archive that is looked into: a ZIP file, or the folder that it was unpacked to."""

    def __init__(self, path: Path) -> None:
        """Open it; raises Unreadable."""
        self._path = path
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            found = (file for file in sorted(path.rglob("*")) if file.is_file())
            self.names = [file.relative_to(path).as_posix() for file in found]
            return
        try:
            self._zip = zipfile.ZipFile(path)
            self.names = self._zip.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unreadable from error
        if len(self.names) > MOST_ENTRIES:
            raise Unreadable

    def close(self) -> None:
        """Let go of the file."""
        if self._zip is not None:
            self._zip.close()

    def text(self, name: str) -> bytes:
        """An entry, whole; raises Unreadable, also for one that is larger than texts are."""
        data = bytearray()
        for piece in self.pieces(name):
            data += piece
            if len(data) > MOST_TEXT:
                raise Unreadable
        return bytes(data)

    def pieces(self, name: str) -> Iterator[bytes]:
        """An entry, piece by piece; raises Unreadable in the middle for one that is damaged."""
        try:
            with self._opened(name) as file:
                while piece := file.read(PIECE):
                    yield piece
        except (zipfile.BadZipFile, OSError, KeyError, ValueError, EOFError, NotImplementedError) as error:
            raise Unreadable from error

    def _opened(self, name: str) -> IO[bytes]:
        if self._zip is None:
            return (self._path / name).open("rb")
        if self._zip.getinfo(name).compress_type != zipfile.ZIP_STORED:
            raise Unreadable
        return self._zip.open(name)

    def exact(self) -> bool:
        """Whether it is, byte for byte, what ``written`` makes of its entries; a folder always is."""
        if self._zip is None:
            return True
        try:
            with self._path.open("rb") as file:
                comparison = _Comparison(file)
                with zipfile.ZipFile(comparison, "w", zipfile.ZIP_STORED) as again:
                    for info in self._zip.infolist():
                        with again.open(_info(info.filename, info.file_size), "w") as entry:
                            for piece in self.pieces(info.filename):
                                entry.write(piece)
                return comparison.same and not file.read(1)
        except (Unreadable, ValueError, OSError, zipfile.BadZipFile, zipfile.LargeZipFile):
            return False


class _Comparison:
    """A file to write into that only compares with another one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.same = True

    def write(self, data: bytes) -> int:
        """Compare the next bytes."""
        self.same = self.same and self._file.read(len(data)) == bytes(data)
        return len(data)

    def flush(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""
