"""A file encrypted while it is written, that opens up to wherever it was cut.

    "PDR" version(1) salt(32) | chunk 0 | chunk 1 | …        chunk: head(4) ciphertext tag(16)

The STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, 2015) over AES-256-GCM. The head is the
length of the plain bytes, its highest bit marks the file's last chunk; unlike a stored document's, a chunk is
as long as what there was to flush. The key of a file is derived by HKDF-SHA256 from the recording's key, the
file's random salt and its name; the nonce of a chunk is its number and whether it is the last one. So no
nonce comes twice, and chunks that were changed, swapped, repeated or moved to another file do not open. A cut
file has lost its last chunk and is known by that.
"""

from __future__ import annotations

import io
import os
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KEY = 32
MAGIC = b"PDR\x01"
SALT = 32
BODY = len(MAGIC) + SALT
HEAD = 4
TAG = 16
CHUNK = 64 * 1024
_LAST = 1 << 31


class Damaged(Exception):
    """A file is not what was written: no header of ours, another key, another name, changed bytes."""


class SealedWriter:
    """Appends to a new file. `written` counts the bytes on disk.

    Nothing is written after a failure: a torn chunk must be the file's end.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        salt = os.urandom(SALT)
        self._cipher = _cipher(path.name, key, salt)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._pending = bytearray()
        self._number = 0
        self.written = 0
        self._put(MAGIC + salt)

    def write(self, data: bytes) -> None:
        """Take bytes; whole chunks go to the file, the rest waits for more or for `flush`."""
        self._pending += data
        while len(self._pending) >= CHUNK:
            self._seal(CHUNK)

    def flush(self) -> None:
        """Hand everything so far to the system: it outlives this process."""
        if self._pending:
            self._seal(len(self._pending))

    def sync(self) -> None:
        """Wait until what was flushed is on the disk: it outlives a power cut."""
        os.fdatasync(self._file)

    def close(self) -> None:
        """Write the last chunk, which says that nothing is missing."""
        if self._file >= 0:
            self._seal(len(self._pending), last=True)
            self.sync()
            self._end()

    def _seal(self, length: int, *, last: bool = False) -> None:
        plain = bytes(self._pending[:length])
        del self._pending[:length]
        head = (length | (_LAST if last else 0)).to_bytes(HEAD, "big")
        nonce = _nonce(self._number, last=last)
        self._number += 1
        self._put(head + self._cipher.encrypt(nonce, plain, None))

    def _put(self, data: bytes) -> None:
        if self._file < 0:
            raise ValueError("the file is closed")
        rest = memoryview(data)
        try:
            while rest:
                done = os.write(self._file, rest)
                self.written += done
                rest = rest[done:]
        except OSError:
            self._end()
            raise

    def _end(self) -> None:
        os.close(self._file)
        self._file = -1


class SealedReader(io.RawIOBase):
    """The plain bytes of a file, seekable. `complete` tells whether the file has its last chunk.

    Reads are short at the ends of chunks: put a BufferedReader around it. It reads what was there when it was
    opened, so a file still being written may be read too. Raises Damaged.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._name = path.name
        self._file = path.open("rb")
        try:
            header = self._file.read(BODY)
            if not header.startswith(MAGIC[: len(header)]):
                raise Damaged(self._name)
            self._cipher = _cipher(path.name, key, header[len(MAGIC) :])
            self._held, self._plain = -1, b""
            self._starts, self._places, self.size, self.complete = self._index()
            if self.complete:
                self._open(len(self._places) - 1)  # the mark is true only if its chunk opens
        except BaseException:
            self._file.close()
            raise
        self._position = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position in the plain bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position; beyond the end there is nothing to read."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if origin + offset < 0:
            raise ValueError("a position counts from the beginning")
        self._position = origin + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read to the end of the present chunk at most; 0 at the end."""
        view = memoryview(buffer).cast("B")
        if self._position >= self.size:
            return 0
        number = bisect_right(self._starts, self._position) - 1
        start = self._position - self._starts[number]
        piece = self._open(number)[start : start + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _index(self) -> tuple[list[int], list[int], int, bool]:
        """Plain start and file place of every whole chunk, the plain size, whether the last is there."""
        starts: list[int] = []
        places: list[int] = []
        end = os.fstat(self._file.fileno()).st_size
        place, size, last = BODY, 0, False
        while not last and place + HEAD + TAG <= end:
            head = int.from_bytes(os.pread(self._file.fileno(), HEAD, place), "big")
            length, last = head & ~_LAST, bool(head & _LAST)
            whole = length <= CHUNK and place + HEAD + length + TAG <= end
            if not whole or (length == 0 and not last):
                return starts, places, size, False
            starts.append(size)
            places.append(place)
            size += length
            place += HEAD + length + TAG
        return starts, places, size, last

    def _open(self, number: int) -> bytes:
        if number != self._held:
            self._file.seek(self._places[number])
            head = int.from_bytes(self._file.read(HEAD), "big")
            sealed = self._file.read((head & ~_LAST) + TAG)
            try:
                self._plain = self._cipher.decrypt(_nonce(number, last=bool(head & _LAST)), sealed, None)
            except InvalidTag as error:
                raise Damaged(self._name) from error
            self._held = number
        return self._plain


def _cipher(name: str, key: bytes, salt: bytes) -> AESGCM:
    if len(key) != KEY:
        raise ValueError("the key of a recording has 32 bytes")
    return AESGCM(HKDF(SHA256(), length=KEY, salt=salt, info=MAGIC + name.encode()).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
