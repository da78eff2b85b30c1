"""A file for the time of one process: nameless on the disk, encrypted under a key that only it has.

An MP4 whose index comes first is written out of order and moved at the end, so it cannot go straight into
storage, and a hearing does not lie on a disk in clear. The file has no name (it is gone with the process,
however that ends) and its sectors are encrypted by AES-256-XTS, as disks are.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import XTS

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

SECTOR = 16 * 1024
PIECE = 16 * SECTOR


class Scratch:
    """The file; `view` gives readers and writers with a position of their own. `size` counts plain bytes."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed by close()
        self._key = os.urandom(64)
        self._written: set[int] = set()
        self.size = 0

    def view(self) -> View:
        """The file from its beginning."""
        return View(self)

    def pieces(self) -> Iterator[bytes]:
        """All bytes in order."""
        for start in range(0, self.size, PIECE):
            yield self.read(start, min(PIECE, self.size - start))

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def read(self, start: int, length: int) -> bytes:
        """The bytes from `start` on, fewer at the end."""
        length = max(0, min(length, self.size - start))
        first = start // SECTOR
        sectors = (self._open(number) for number in range(first, -(-(start + length) // SECTOR)))
        offset = start - first * SECTOR
        return b"".join(sectors)[offset : offset + length]

    def write(self, start: int, data: ReadableBuffer) -> int:
        """Put bytes at `start`; a part of a sector is read and written back whole."""
        rest, place = memoryview(data).cast("B"), start
        while rest:
            number, offset = divmod(place, SECTOR)
            part = rest[: SECTOR - offset]
            sector = bytearray(self._open(number)) if len(part) < SECTOR else bytearray(SECTOR)
            sector[offset : offset + len(part)] = part
            self._seal(number, bytes(sector))
            rest, place = rest[len(part) :], place + len(part)
        self.size = max(self.size, place)
        return place - start

    def _open(self, number: int) -> bytes:
        if number not in self._written:
            return bytes(SECTOR)
        sealed = os.pread(self._file.fileno(), SECTOR, number * SECTOR)
        opener = self._cipher(number).decryptor()
        return opener.update(sealed) + opener.finalize()

    def _seal(self, number: int, sector: bytes) -> None:
        sealer = self._cipher(number).encryptor()
        sealed = memoryview(sealer.update(sector) + sealer.finalize())
        place = number * SECTOR
        while sealed:
            done = os.pwrite(self._file.fileno(), sealed, place)
            sealed, place = sealed[done:], place + done
        self._written.add(number)

    def _cipher(self, number: int) -> Cipher[XTS]:
        return Cipher(AES(self._key), XTS(number.to_bytes(16, "little")))


class View(io.RawIOBase):
    """A position in a Scratch, as a binary file that reads, writes and seeks."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._position = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position; one behind the end may be written to."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._scratch.size}[whence]
        self._position = origin + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read up to what there is; 0 at the end."""
        into = memoryview(buffer).cast("B")
        found = self._scratch.read(self._position, len(into))
        into[: len(found)] = found
        self._position += len(found)
        return len(found)

    def write(self, data: ReadableBuffer) -> int:
        """Write all of it."""
        done = self._scratch.write(self._position, data)
        self._position += done
        return done
