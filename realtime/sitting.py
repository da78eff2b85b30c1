"""Which sockets of this process hold which seats. Who really sits there is in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Sitting:
    """A socket that holds a seat; ``turn`` keeps its signalling in order, ``noted_at`` is on the row.

    ``pointed_at`` is when it last pointed at a document.
    """

    sid: str
    hearing: int
    seat: int
    generation: int
    mediator: bool
    noted_at: datetime
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    pointed_at: datetime | None = None


class Sittings:
    """The seats held through this process, by socket and by seat."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Sitting] = {}

    def add(self, sitting: Sitting) -> None:
        """A socket sits down; one socket holds one seat."""
        self._by_sid[sitting.sid] = sitting

    def of(self, sid: str) -> Sitting | None:
        """What a socket holds."""
        return self._by_sid.get(sid)

    def remove(self, sid: str) -> Sitting | None:
        """A socket holds nothing any more; what it held."""
        return self._by_sid.pop(sid, None)

    def at(self, seat: int) -> Iterator[Sitting]:
        """The sockets at a seat: one, or for a moment two."""
        return iter([held for held in self._by_sid.values() if held.seat == seat])

    def inside(self, hearing: int) -> list[Sitting]:
        """The sockets in a hearing."""
        return [held for held in self._by_sid.values() if held.hearing == hearing]

    def hearings(self) -> set[int]:
        """The hearings somebody is in through this process."""
        return {held.hearing for held in self._by_sid.values()}
