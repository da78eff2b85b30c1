"""Errors of adapters that a person may meet; the rest are in the adapter that raises them."""

from __future__ import annotations

from typing import Any, ClassVar

from models.rules.errors import DomainError


class BadFile(DomainError):
    """A file that is not accepted; the code says why and has its sentence in ``app.web.errors`` (422)."""

    CODES: ClassVar[frozenset[str]] = frozenset(
        {
            "wrong_type",
            "empty",
            "too_large",
            "too_many_pixels",
            "too_many_pages",
            "pdf_encrypted",
            "unreadable",
        }
    )

    def __init__(self, code: str, **facts: Any) -> None:
        if code not in self.CODES:
            raise ValueError(f"unknown code {code!r}")
        super().__init__(code, **facts)


class Busy(DomainError):
    """A bounded queue is full: try again in a moment (503)."""

    def __init__(self) -> None:
        super().__init__("busy")


class SendFailure(Exception):
    """Something was not sent; ``reason`` is safe to log: it has no address and no text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TemporaryFailure(SendFailure):
    """Worth another try later."""


class PermanentFailure(SendFailure):
    """No try will ever succeed: the address or what is sent is wrong."""
