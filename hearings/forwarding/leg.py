"""One connection as the packet path sees it: its keys, its address, and what goes over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hearings.counters import Counters
from hearings.dtls import Keys, Memory, protect, protect_rtcp
from hearings.forwarding.routing import Routes
from hearings.forwarding.transport import RING, Arrivals, Bucket, Departures


class Leg:
    """The path of one connection. Nothing is sent or taken while it is not `up`.

    `routes` and `arrivals` are used on the publish side, `departures` and `resends` on the subscribe side.
    `owner` is whoever the rare packets (RTCP) are for, None once it is closed. A packet to be sent is written
    into `memory`, which all legs of a process share, and goes out by `send`.
    """

    def __init__(self, memory: Memory, counters: Counters, owner: object | None) -> None:
        self.owner = owner
        self.up = False
        self.heard_at = 0.0
        self.memory = memory
        self.buffer = memory.data
        self.routes = Routes()
        self.arrivals = Arrivals()
        self.departures = Departures()
        self.resends = Bucket()
        self.receive_key: Any = None
        self.keys: Keys | None = None
        self._counters = counters
        self._send_key: Any = None
        self._sendto: Callable[[memoryview | bytes, Any], int] | None = None
        self._address: Any = None

    def open(self, keys: Keys) -> None:
        """The handshake is over."""
        self.keys = keys
        self.receive_key, self._send_key = keys.receive, keys.send
        self.up = True

    def close(self) -> None:
        """Take and send nothing more, and be nobody's."""
        self.up = False
        self.owner = None

    def move(self, sendto: Callable[[memoryview | bytes, Any], int] | None, address: Any) -> None:
        """Send to another address from now on, through this socket; None: to nowhere."""
        self._sendto, self._address = sendto, address

    def send(self, size: int, now: float) -> int:
        """Seal and send the packet of `size` bytes in `memory`, which bears the transport-wide number that is
        next. Returns the size of the datagram, 0 when there is none."""
        memory = self.memory
        length = memory.length
        length[0] = size
        if protect(self._send_key, memory.pointer, length):
            self._counters.srtp_refused += 1
            return 0
        sealed: int = length[0]
        departures = self.departures
        slot = departures.number & RING - 1
        departures.number += 1
        departures.sent_at[slot] = now
        departures.sent_size[slot] = sealed
        self.send_sealed(memory.view[:sealed])
        return sealed

    def send_again(self, number: int, datagram: bytes, now: float) -> None:
        """Send a sealed packet once more. Which of the two arrives nobody can tell, so that its number tells
        nothing of the line any more (see `Departures`)."""
        departures = self.departures
        if departures.number - number <= RING:
            departures.sent_at[number & RING - 1] = -now
        self.send_sealed(datagram)

    def send_sealed(self, datagram: memoryview | bytes) -> None:
        """Send without waiting; a full buffer drops the packet, as a full network would."""
        if self._sendto is None:
            return
        try:
            self._sendto(datagram, self._address)
            self._counters.sent += 1
        except OSError:
            self._counters.send_blocked += 1

    def send_rtcp(self, message: bytes) -> None:
        """Seal and send; dropped while not up."""
        if not self.up:
            return
        memory = self.memory
        memory.data[: len(message)] = message
        memory.length[0] = len(message)
        if protect_rtcp(self._send_key, memory.pointer, memory.length):
            self._counters.srtp_refused += 1
            return
        self.send_sealed(memory.view[: memory.length[0]])
