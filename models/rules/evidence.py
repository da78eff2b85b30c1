"""What the case's chain binds without telling it: files, texts, the evidence of a signature, each as a hash.

Whoever is given the thing itself can compute its hash again (``app.services.offline_check``). Of a signature,
address and device are of the person who signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from models.rules.chain import canonical


@dataclass(frozen=True)
class SignatureEvidence:
    """Who signed what, when, from where, confirmed how; ``at`` aware."""

    user: int
    role: str
    text_hash: str
    method: str
    address: str
    device: str
    at: datetime

    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the canonical JSON, the time in UTC with microseconds."""
        row = asdict(self) | {"at": self.at.astimezone(UTC).isoformat(timespec="microseconds")}
        return hashlib.sha256(canonical(row).encode()).hexdigest()


def digest(words: str | Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) of a text's UTF-8 bytes, or of the canonical JSON of several values."""
    return hashlib.sha256((words if isinstance(words, str) else canonical(words)).encode()).hexdigest()


def bound(
    files: Mapping[UUID, str] | None = None, texts: Mapping[str, str | Mapping[str, Any]] | None = None
) -> dict[str, dict[str, str]]:
    """Facts that bind what an event brought into the case (ADR 0069).

    ``files``: SHA-256 by document. ``texts``: words by ``statement_name``, ``offer_name``,
    ``COMPLAINT_TEXT`` or ``CONFLICT_TEXT``; their hashes are told, not they.
    """
    found = {
        "files": {str(document): sha256 for document, sha256 in (files or {}).items()},
        "texts": {name: digest(words) for name, words in (texts or {}).items()},
    }
    return {name: hashes for name, hashes in found.items() if hashes}


COMPLAINT_TEXT = "complaint"
CONFLICT_TEXT = "conflict"


def statement_name(number: int) -> str:
    """How ``bound`` calls a statement."""
    return f"statement/{number}"


def offer_name(number: int) -> str:
    """How ``bound`` calls an offer; what is bound is its canonical text."""
    return f"offer/{number}"


def old_offer_words(
    text: str, amount_cents: int | None, instalments: int, due_on: date | str | None
) -> dict[str, Any]:
    """What was bound of an offer before it had a canonical text (ADR 0070)."""
    return {"text": text, "amount_cents": amount_cents, "instalments": instalments, "due_on": _day(due_on)}


def complaint_words(
    facts: str, request: str, occurred_on: date | str | None, amount_cents: int | None
) -> dict[str, Any]:
    """What is bound of a complaint."""
    return {
        "facts": facts,
        "request": request,
        "occurred_on": _day(occurred_on),
        "amount_cents": amount_cents,
    }


def _day(day: date | str | None) -> str | None:
    return day.isoformat() if isinstance(day, date) else day
