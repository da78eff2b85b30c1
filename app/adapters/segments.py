"""Where the media process writes a recording: a folder, and a key of its own that only we can give out.

The folders are ``data_dir/recordings/<random>``; what is in them is encrypted by the media process under the
recording's key (hearings.recording). A key is 32 random bytes and is kept wrapped: AES-256-GCM under a key
derived from the storage's master key, the recording's id as associated data, so that it opens for no other
row (ADR 0044).
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.adapters.storage import Damaged

KEY = 32
NONCE = 12
_PURPOSE = b"procon recording keys v1"


@dataclass(frozen=True)
class Place:
    """A recording's folder by its name, and its key as it may be kept in a table."""

    folder: str
    wrapped: bytes


class Segments(Protocol):
    """Folders of recordings that are being made, and their keys."""

    def new(self, recording: UUID) -> Place:
        """A new place for a recording; nothing is on the disk yet."""
        ...

    def path(self, folder: str) -> Path:
        """Where a folder is."""
        ...

    def unwrap(self, recording: UUID, wrapped: bytes) -> bytes:
        """The key of a recording, 32 bytes; raises Damaged when it is not that recording's."""
        ...

    def free(self) -> int:
        """How many bytes the disk has left for us."""
        ...

    def written(self, folder: str) -> bool:
        """Whether anything was written there."""
        ...

    def remove(self, folder: str) -> None:
        """Forget a folder with all that is in it; one that is gone already is no error."""
        ...


class SegmentFolders:
    """Folders under ``root``; ``measure`` answers the free bytes of a path's disk."""

    def __init__(self, root: Path, master: bytes, measure: Callable[[Path], int] | None = None) -> None:
        self._root = root
        self._cipher = AESGCM(HKDF(SHA256(), length=KEY, salt=None, info=_PURPOSE).derive(master))
        self._measure = measure or _free
        root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def new(self, recording: UUID) -> Place:
        """See Segments.new."""
        nonce = os.urandom(NONCE)
        sealed = self._cipher.encrypt(nonce, secrets.token_bytes(KEY), recording.bytes)
        return Place(secrets.token_hex(16), nonce + sealed)

    def path(self, folder: str) -> Path:
        """See Segments.path."""
        if len(folder) != 32 or not folder.isalnum():
            raise ValueError("not a recording's folder")
        return self._root / folder

    def unwrap(self, recording: UUID, wrapped: bytes) -> bytes:
        """See Segments.unwrap."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], recording.bytes)
        except InvalidTag as error:
            raise Damaged(recording.hex) from error

    def free(self) -> int:
        """See Segments.free."""
        return self._measure(self._root)

    def written(self, folder: str) -> bool:
        """See Segments.written."""
        path = self.path(folder)
        return path.is_dir() and any(path.iterdir())

    def remove(self, folder: str) -> None:
        """See Segments.remove."""
        path = self.path(folder)
        if path.exists():
            shutil.rmtree(path)


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free
