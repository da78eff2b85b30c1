"""The hash chain of a case: each event's hash covers the one before it.

A row that is changed, removed or put in later breaks every hash after it, so the record of a case can
be checked by whoever holds a copy of it. A copy may withhold an event that its reader may not know: the two
hashes of it stay, so that the chain is whole and only its words are missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
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


class Flaw(StrEnum):
    """What is wrong with an event of a copied chain."""

    MISSING = "missing"
    REPEATED = "repeated"
    MISPLACED = "misplaced"
    UNCHAINED = "unchained"
    CHANGED = "changed"


@dataclass(frozen=True)
class Told:
    """An event as a copy tells it, with the hashes told for it; ``link`` None: its words are withheld."""

    seq: int
    previous: str
    hash: str
    link: Link | None


@dataclass(frozen=True)
class Fault:
    """A flaw and the number of the event it is in."""

    seq: int
    flaw: Flaw


def row_of(link: Link) -> dict[str, Any]:
    """The event as JSON values, the time in UTC with microseconds (RFC 3339)."""
    return {
        "case": link.case_id,
        "seq": link.seq,
        "name": link.name,
        "sides": link.sides,
        "actor": link.actor_id,
        "facts": link.facts,
        "at": link.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def canonical(value: Any) -> str:
    """JSON in the one form that is hashed: keys sorted, no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link_hash(previous: str, link: Link) -> str:
    """SHA-256 (hexadecimal) over the previous hash and the canonical JSON of the event.

    Canonical: UTF-8, keys sorted, no spaces, times in UTC with microseconds (RFC 3339).
    """
    return hashlib.sha256(f"{previous}\n{canonical(row_of(link))}".encode()).hexdigest()


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


def faults(told: Sequence[Told], *, count: int, head: str) -> list[Fault]:
    """What is wrong with a copied chain that should have ``count`` events and end in the hash ``head``.

    A number that is missing, twice or out of its place is said once for it; an event whose words do not give
    its hash is CHANGED, one that does not follow from the event before it UNCHAINED.
    """
    found: list[Fault] = []
    seen: set[int] = set()
    expected, previous = 1, GENESIS
    present = {event.seq for event in told}
    for event in told:
        if event.seq in seen:
            found.append(Fault(event.seq, Flaw.REPEATED))
            continue
        seen.add(event.seq)
        if event.seq < expected:
            found.append(Fault(event.seq, Flaw.MISPLACED))
        absent = [seq for seq in range(expected, event.seq) if seq not in present]
        found += [Fault(seq, Flaw.MISSING) for seq in absent]
        if event.seq == expected and event.previous != previous:
            found.append(Fault(event.seq, Flaw.UNCHAINED))
        if event.link is not None and _changed(event, event.link):
            found.append(Fault(event.seq, Flaw.CHANGED))
        expected, previous = max(expected, event.seq + 1), event.hash
    found += [Fault(seq, Flaw.MISSING) for seq in range(expected, count + 1) if seq not in seen]
    beyond = [seq for seq in sorted(seen) if seq > count]
    found += [Fault(seq, Flaw.REPEATED) for seq in beyond]
    if not found and (len(told) != count or previous != (head or GENESIS)):
        found.append(Fault(count, Flaw.UNCHAINED))
    return found


def _changed(event: Told, link: Link) -> bool:
    return link.seq != event.seq or link_hash(event.previous, link) != event.hash
