"""Small secrets in the database, encrypted: whoever reads a table or a backup learns nothing from it.

AES-256-GCM under a key derived from the installation's storage key (HKDF-SHA256, its own purpose), so there
is no further key to keep. What is sealed is bound to the place it was made for.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class VaultError(Exception):
    """What was to be opened was not sealed here, for this place, or was changed."""


class Vault:
    """Seals and opens short values in memory; nothing here waits."""

    def __init__(self, storage_key: bytes) -> None:
        """``storage_key`` is the installation's, 32 bytes."""
        key = HKDF(SHA256(), length=32, salt=None, info=b"procon:vault:1").derive(storage_key)
        self._cipher = AESGCM(key)

    def seal(self, value: bytes, place: str) -> bytes:
        """``value`` encrypted for ``place``, which names the row and column that it is kept in."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The value again; VaultError."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise VaultError(place) from error
