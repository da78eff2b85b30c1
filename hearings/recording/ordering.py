"""Packets in the order of their numbers; one that does not come is waited for, but not for ever."""

from __future__ import annotations

from typing import NamedTuple

HOLD_S = 2.0
"""Longer than the engine goes on asking a publisher for a packet."""
MAX_HELD = 2048
MAX_BYTES = 4 << 20


class Packet(NamedTuple):
    """One packet: extended number, 32-bit timestamp, marker, payload, arrival in monotonic seconds."""

    number: int
    timestamp: int
    marker: bool
    payload: bytes
    at: float


class Ordering:
    """Gives packets back by rising numbers. A hole in the numbers it gives is a loss that nobody repaired."""

    def __init__(self) -> None:
        self._next = -1
        self._held: dict[int, Packet] = {}
        self._bytes = 0

    def add(self, packet: Packet) -> list[Packet]:
        """Take one packet; gives those that are now in order, often just this one."""
        if packet.number == self._next and not self._held:
            self._next += 1
            return [packet]
        if self._next < 0:
            self._next = packet.number
        if packet.number < self._next or packet.number in self._held:
            return []
        self._held[packet.number] = packet
        self._bytes += len(packet.payload)
        given = self._run()
        while len(self._held) > MAX_HELD or self._bytes > MAX_BYTES:
            given += self._skip()
        return given

    def expire(self, now: float) -> list[Packet]:
        """Those behind a packet that has been waited for long enough."""
        given: list[Packet] = []
        while self._held and now - next(iter(self._held.values())).at > HOLD_S:
            given += self._skip()
        return given

    def drain(self) -> list[Packet]:
        """Everything held: nothing will come any more."""
        given: list[Packet] = []
        while self._held:
            given += self._skip()
        return given

    def _skip(self) -> list[Packet]:
        self._next = min(self._held)
        return self._run()

    def _run(self) -> list[Packet]:
        given = []
        while (packet := self._held.pop(self._next, None)) is not None:
            self._next += 1
            self._bytes -= len(packet.payload)
            given.append(packet)
        return given
