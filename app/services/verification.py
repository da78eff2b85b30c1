"""The public check of a document: by its code, or by the file itself, whose bytes are never kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.adapters.seal import Sealer
from models import Document, DocumentKind
from models.rules.public_code import normal_code


class Verdict(StrEnum):
    """What a check of a file says."""

    AUTHENTIC = "authentic"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Issued:
    """A document that the agency issued, without personal data: kind, case, moment and hash."""

    code: str
    kind: DocumentKind
    protocol: str
    at: datetime
    sha256: str


@dataclass(frozen=True)
class Check:
    """The verdict over a file; ``issued`` is the document it is, or was made from when that is known."""

    verdict: Verdict
    sha256: str
    issued: Issued | None = None


async def by_code(typed: str) -> Issued | None:
    """The document with that code."""
    code = normal_code(typed)
    return await _issued(code=code) if code else None


async def check_file(chunks: AsyncIterator[bytes], typed_code: str, *, seal: Sealer) -> Check:
    """Compare a file with what was issued; its bytes stay in memory while it is checked.

    Authentic is what equals an issued document byte for byte. A file that differs from the document of
    the code given with it, or that bears the agency's seal without being intact, was changed. The
    caller limits the size of ``chunks``. Raises Busy.
    """
    data = b"".join([chunk async for chunk in chunks])
    sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
    expected = await by_code(typed_code)
    found = await _issued(sha256=sha256)
    if found is not None:
        other = expected is not None and expected.code != found.code
        return Check(Verdict.CHANGED if other else Verdict.AUTHENTIC, sha256, expected if other else found)
    if expected is not None:
        return Check(Verdict.CHANGED, sha256, expected)
    report = await seal.verify(data)
    if report.authentic or (report.sealed and report.trusted):
        # Sealed by the agency, yet no issued document has these bytes: something was added or altered.
        return Check(Verdict.CHANGED, sha256)
    return Check(Verdict.UNKNOWN, sha256)


async def _issued(**wanted: Any) -> Issued | None:
    found = await (
        Document.filter(**wanted, code__isnull=False)
        .limit(1)
        .values("code", "kind", "at", "sha256", protocol="case__protocol")
    )
    if not found:
        return None
    row = found[0]
    return Issued(row["code"], DocumentKind(row["kind"]), row["protocol"] or "", row["at"], row["sha256"])
