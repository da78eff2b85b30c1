"""The sending half of a connection as the packet path sees it."""

from __future__ import annotations

from collections.abc import Callable

from hearings.forwarding.transport import RING, Departures

BUFFER = 2048


class Leg:
    """A packet is written into `buffer` and goes out by `send`; nothing is sent while not `up`."""

    def __init__(self, send_rtp: Callable[[bytes], None], send_rtcp: Callable[[bytes], None]) -> None:
        self.up = False
        self.buffer = bytearray(BUFFER)
        self.departures = Departures()
        self.send_rtcp = send_rtcp
        self._send_rtp = send_rtp

    def send(self, size: int, now: float) -> None:
        """Encrypt and send the packet of `size` bytes in `buffer`, which bears the number that is next."""
        departures = self.departures
        slot = departures.number & RING - 1
        departures.sent_at[slot] = now
        departures.sent_size[slot] = size
        departures.number += 1
        self._send_rtp(bytes(self.buffer[:size]))
