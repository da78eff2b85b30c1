"""What arrived of a publisher's packets, told back to it.

The packet path notes each packet's transport-wide number and its arrival by the kernel's clock; here the
notes become feedback. A packet that arrives late is told in the next message, which begins with it again.
"""

from collections.abc import Iterable

from hearings.bandwidth.feedback import LARGE, REFERENCE_TICKS, TICK_S, Feedback, build

WINDOW = 2048
"""Numbers remembered and told; what is further behind is old, what is further ahead begins anew."""
MAX_RECEIVED = 400
"""Arrivals told in one message, which so stays below 1 kB."""


class ArrivalReports:
    """The notes of one connection. Numbers are unwrapped, the newest `WINDOW` of them are kept."""

    def __init__(self) -> None:
        self._arrived: dict[int, int] = {}
        self._newest = -1
        self._untold = 0
        self._count = 0

    def feedback(self, notes: Iterable[tuple[int, float]]) -> list[bytes]:
        """The bodies to send now, for `notes` of (16-bit number, seconds) since the last call.

        Empty when nothing arrived: a sender that hears nothing has sent nothing, or nothing got through.
        """
        first = self._take(notes)
        if first is None:
            return []
        # However wildly a hostile sender counts, one call writes no more than a window.
        start = max(min(first, self._untold), self._newest - WINDOW + 1)
        self._untold = self._newest + 1
        bodies = self._write(start)
        self._forget()
        return bodies

    def _take(self, notes: Iterable[tuple[int, float]]) -> int | None:
        """Remember the notes; returns the lowest number that is new."""
        lowest: int | None = None
        for number, seconds in notes:
            unwrapped = self._unwrap(number)
            if unwrapped in self._arrived or unwrapped <= self._newest - WINDOW:
                continue
            self._arrived[unwrapped] = int(seconds / TICK_S)
            if lowest is None or unwrapped < lowest:
                lowest = unwrapped
            if unwrapped > self._newest:
                if unwrapped - self._newest > WINDOW:
                    self._untold = lowest = unwrapped
                self._newest = unwrapped
        return lowest

    def _unwrap(self, number: int) -> int:
        if self._newest < 0:
            # One cycle up, so that a packet that overtook the first one still has a number above zero.
            return number + 0x10000
        return self._newest + ((number - self._newest + 0x8000) & 0xFFFF) - 0x8000

    def _write(self, start: int) -> list[bytes]:
        bodies: list[bytes] = []
        told: list[int | None] = []
        base = start
        previous: int | None = None
        received = 0
        for number in range(start, self._newest + 1):
            arrived = self._arrived.get(number)
            if arrived is not None:
                apart = previous is not None and arrived - previous not in LARGE
                if apart or received == MAX_RECEIVED:
                    bodies.append(self._body(base, told))
                    base, told, received = number, [], 0
                received += 1
                previous = arrived
            told.append(arrived)
        bodies.append(self._body(base, told))
        return bodies

    def _body(self, base: int, told: list[int | None]) -> bytes:
        reference = next(arrived for arrived in told if arrived is not None) // REFERENCE_TICKS
        start = reference * REFERENCE_TICKS
        relative = [None if arrived is None else arrived - start for arrived in told]
        body = build(Feedback(self._count, base & 0xFFFF, reference & 0xFFFFFF, relative))
        self._count = (self._count + 1) & 0xFF
        return body

    def _forget(self) -> None:
        if len(self._arrived) > 2 * WINDOW:
            oldest = self._newest - WINDOW
            self._arrived = {n: at for n, at in self._arrived.items() if n > oldest}
