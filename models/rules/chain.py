"""The hash chain of a case: each event's hash covers the one before it.

A row that is changed, removed or put in later breaks every hash after it, so the record of a case can
be checked by whoever holds a copy of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class Link:
    """One event as it is hashed; ``at`` is an aware time, ``facts`` JSON values."""

    case_id: int
    seq: int
    name: str
    sides: str
    actor_id: int | None
    facts: Mapping[str, Any]
    at: datetime


def link_hash(previous: str, link: Link) -> str:
    """SHA-256 (hexadecimal) over the previous hash and the canonical JSON of the event.

    Canonical: UTF-8, keys sorted, no spaces, times in UTC with microseconds (RFC 3339).
    """
    row = {
        "case": link.case_id,
        "seq": link.seq,
        "name": link.name,
        "sides": link.sides,
        "actor": link.actor_id,
        "facts": link.facts,
        "at": link.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def first_broken(links: Iterable[tuple[Link, str, str]]) -> int | None:
    """The ``seq`` of the first event that does not fit, or None when the whole chain holds.

    ``links`` are (event, its stored previous hash, its stored hash), in order of ``seq`` from 1.
    """
    expected_previous = GENESIS
    for number, (link, previous, stored) in enumerate(links, start=1):
        if link.seq != number or previous != expected_previous or link_hash(previous, link) != stored:
            return link.seq
        expected_previous = stored
    return None
