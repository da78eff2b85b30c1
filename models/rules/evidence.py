"""The evidence of a signature as one hash, so that the case's chain binds it without telling it to all.

Address and device are of the person who signed; the event holds their hash, and whoever is given the evidence
can compute it again.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

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
