"""Passwords: argon2id off the event loop (RFC 9106; NIST SP 800-63B section 5.1.1.2)."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Protocol

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.adapters.bounds import BoundedThreads

AT_ONCE = 2
WAITING = 32


class Passwords(Protocol):
    """Makes and checks password hashes."""

    async def hash(self, password: str) -> str:
        """A salted hash to be stored; raises Busy when too many wait."""
        ...

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one; ``None`` (unknown person) costs the same time and is False.

        Raises Busy when too many wait.
        """
        ...

    def needs_rehash(self, stored: str) -> bool:
        """Whether the hash was made with older parameters than today's."""
        ...


class Argon2Passwords:
    """argon2id with the library's parameters (64 MiB, 3 passes, 4 lanes): about 130 ms of one core.

    Two at once, because each takes 64 MiB and the machine has other work; a bounded queue, because a
    storm of sign-ins must be refused and not kept in memory.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._hasher = Argon2Hasher()
        self._hashes = PasswordHash((self._hasher,))
        self._threads = BoundedThreads("passwords", at_once, waiting)
        # Someone unknown is checked against this hash, so that the time of the answer tells nothing.
        self._nobody = self._threads.submit(self._hashes.hash, secrets.token_hex())

    async def hash(self, password: str) -> str:
        """See Passwords.hash."""
        return await self._threads.run(self._hashes.hash, _normal(password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """See Passwords.verify."""
        return await self._threads.run(self._verify, _normal(password), stored)

    def needs_rehash(self, stored: str) -> bool:
        """See Passwords.needs_rehash."""
        return not self._hasher.identify(stored) or self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads."""
        self._threads.close()

    def _verify(self, password: str, stored: str | None) -> bool:
        try:
            same = self._hashes.verify(password, stored or self._nobody.result())
        except UnknownHashError:
            return False
        return same and stored is not None


class FakePasswords:
    """Instant and readable, for tests that are not about passwords."""

    async def hash(self, password: str) -> str:
        """The password with a mark."""
        return f"plain:{_normal(password)}"

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the marked password is the one."""
        return stored == f"plain:{_normal(password)}"

    def needs_rehash(self, stored: str) -> bool:
        """Never."""
        return False


def _normal(password: str) -> str:
    # "ç" may be typed as one code point or as two; the person means the same.
    return unicodedata.normalize("NFKC", password)
