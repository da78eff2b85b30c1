"""The public check of a document: by its code, or by the file itself, whose bytes are never kept."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.adapters.seal import Sealer, SealReport
from app.adapters.storage import Damaged, Storage
from models import Document, DocumentKind
from models.rules.public_code import normal_code


class Verdict(StrEnum):
    """What a check of a file says."""

    AUTHENTIC = "authentic"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why it says so."""

    SAME = "same"
    ANOTHER = "another"
    DIFFERENT = "different"
    APPENDED = "appended"
    BROKEN = "broken"
    UNREGISTERED = "unregistered"
    FOREIGN = "foreign"
    UNSEALED = "unsealed"


@dataclass(frozen=True)
class Issued:
    """A document that the agency issued, without personal data: kind, case, moment and hash."""

    code: str
    kind: DocumentKind
    protocol: str
    at: datetime
    sha256: str
    storage_key: str = ""


@dataclass(frozen=True)
class Difference:
    """How a file differs from the document that it was made from.

    ``count`` bytes differ, the first at ``first`` (from 1); ``longer`` is by how many bytes it is longer, or
    shorter when negative. ``pages`` (from 1) have another text.
    """

    count: int
    first: int
    longer: int
    pages: tuple[int, ...]


@dataclass(frozen=True)
class Check:
    """The verdict over a file; ``issued`` is the document it is, or was made from when that is known."""

    verdict: Verdict
    reason: Reason
    sha256: str
    issued: Issued | None = None
    difference: Difference | None = None
    report: SealReport | None = None


async def by_code(typed: str) -> Issued | None:
    """The document with that code."""
    code = normal_code(typed)
    return await _issued(code=code) if code else None


async def check_file(
    chunks: AsyncIterator[bytes], typed_code: str, *, seal: Sealer, storage: Storage
) -> Check:
    """Compare a file with what was issued; its bytes stay in memory while it is checked, and nowhere else.

    Authentic is what equals an issued document byte for byte. A file that differs from the document of
    the code given with it, or of a code in it, or that bears the agency's seal, was changed. The
    caller limits the size of ``chunks``. Raises Busy.
    """
    data = b"".join([chunk async for chunk in chunks])
    sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
    expected = await by_code(typed_code)
    found = await _issued(sha256=sha256)
    if found is not None:
        if expected is not None and expected.code != found.code:
            return Check(Verdict.CHANGED, Reason.ANOTHER, sha256, found)
        return Check(Verdict.AUTHENTIC, Reason.SAME, sha256, found)
    report = await seal.verify(data)
    origin = expected or await _named_in(data)
    if origin is not None:
        difference = await _difference(data, report, origin, seal, storage)
        return Check(Verdict.CHANGED, _altered(report), sha256, origin, difference, report)
    if report.sealed and report.trusted:
        reason = Reason.UNREGISTERED if report.authentic else _altered(report)
        return Check(Verdict.CHANGED, reason, sha256, report=report)
    reason = Reason.FOREIGN if report.sealed else Reason.UNSEALED
    return Check(Verdict.UNKNOWN, reason, sha256, report=report)


def _altered(report: SealReport) -> Reason:
    if not report.sealed:
        return Reason.DIFFERENT
    return Reason.APPENDED if report.intact and not report.covers_whole_file else Reason.BROKEN


_CODE = re.compile(rb"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_MOST_CODES = 20


async def _named_in(data: bytes) -> Issued | None:
    """The document whose code stands in the file's own description (XMP, Info), which is not compressed."""
    for code in list(dict.fromkeys(match.decode() for match in _CODE.findall(data)))[:_MOST_CODES]:
        if (issued := await by_code(code)) is not None:
            return issued
    return None


async def _difference(
    data: bytes, report: SealReport, origin: Issued, seal: Sealer, storage: Storage
) -> Difference | None:
    """None when the original cannot be read any more."""
    try:
        original = b"".join([piece async for piece in storage.read(origin.storage_key)])
    except Damaged:
        return None
    count, first = await asyncio.to_thread(_compared, original, data)
    told = (await seal.verify(original)).pages
    most = max(len(told), len(report.pages)) if report.pages else 0
    pages = tuple(n + 1 for n in range(most) if told[n : n + 1] != report.pages[n : n + 1])
    return Difference(count, first, len(data) - len(original), pages)


def _compared(one: bytes, other: bytes) -> tuple[int, int]:
    """How many bytes differ in the length that both have, and the place of the first difference, from 1."""
    common = min(len(one), len(other))
    apart = int.from_bytes(one[:common], "big") ^ int.from_bytes(other[:common], "big")
    marks = apart.to_bytes(common, "big")
    count = common - marks.count(0)
    first = len(marks) - len(marks.lstrip(b"\0")) if count else common
    return count, first + 1


async def _issued(**wanted: Any) -> Issued | None:
    found = await (
        Document.filter(**wanted, code__isnull=False)
        .limit(1)
        .values("code", "kind", "at", "sha256", "storage_key", protocol="case__protocol")
    )
    if not found:
        return None
    row = found[0]
    return Issued(
        row["code"],
        DocumentKind(row["kind"]),
        row["protocol"] or "",
        row["at"],
        row["sha256"],
        row["storage_key"],
    )
