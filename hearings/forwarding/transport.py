"""What is noted of the packets of a connection for congestion control.

Transport-wide congestion control (draft-holmer-rmcat-transport-wide-cc-extensions-01) numbers every
packet of a connection, whatever its track. On the publish side the numbers and arrivals are noted here
until they are reported; on the subscribe side we number, and remember when each packet went and how large
it was.
"""

from array import array
from collections import deque

RING = 8192
"""Packets remembered of what was sent: at 8 Mbit/s about ten seconds. A power of two."""
MAX_ARRIVALS = 4096
"""Arrivals kept until they are reported; a report is due every 100 ms, so more means nobody reports."""


class Arrivals:
    """The publish side: (16-bit transport-wide number, arrival in monotonic seconds) in order of arrival."""

    def __init__(self) -> None:
        self.notes: deque[tuple[int, float]] = deque(maxlen=MAX_ARRIVALS)

    def take(self) -> list[tuple[int, float]]:
        """What arrived since the last call."""
        taken = list(self.notes)
        self.notes.clear()
        return taken


class Departures:
    """The subscribe side. `number` is the next packet's (it does not wrap; 16 bits of it are on the wire).

    `sent_at` (monotonic seconds) and `sent_size` (bytes of the datagram) hold the last 8192 packets, at
    `number & 8191`. Everything sent under SRTP is numbered, RTX and padding too; RTCP is not. A time made
    negative marks a packet whose arrival is known, or would tell nothing.
    """

    def __init__(self) -> None:
        self.number = 0
        self.sent_at = array("d", bytes(8 * RING))
        self.sent_size = array("H", bytes(2 * RING))


RESEND_RATE = 400_000
RESEND_S = 0.5


class Bucket:
    """How much may be sent again: `rate` bit/s, at most half a second of it at once.

    The rate is a part of what the line is thought to bear; who repairs more only makes it lose more.
    """

    def __init__(self) -> None:
        self.rate: float = RESEND_RATE
        self._level = 0.0
        self._at = float("-inf")

    def take(self, octets: int, now: float, *, first: bool = False) -> bool:
        """Whether so many may go now; they are counted if so. Who goes `first` may overdraw as much again."""
        limit = self.rate / 8 * RESEND_S
        self._level = min(limit, self._level + min(1.0, now - self._at) * self.rate / 8)
        self._at = now
        if self._level + limit * first < octets:
            return False
        self._level -= octets
        return True
