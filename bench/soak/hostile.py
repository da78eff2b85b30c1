"""Datagrams that nobody should send: from strangers, and from people who are let in."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Callable

from aioice import stun

from bench.load import rtcp
from bench.load.publisher import HEADER
from bench.load.wire import Wire

STRANGER = "127.0.0.2"
"""Another host than the guests', whom the engine must still listen to."""
AT_ONCE = 40


class Stranger:
    """A socket that the engine knows nothing of."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((STRANGER, 0))
        self._target = ("127.0.0.1", port)
        self._chance = chance
        self._kinds: tuple[Callable[[], bytes], ...] = (self._noise, self._check, self._cut, self._media)

    def close(self) -> None:
        """Go away."""
        self._socket.close()

    def trouble(self) -> None:
        """Send one kind of nonsense."""
        make = self._chance.choice(self._kinds)
        for _ in range(AT_ONCE):
            self._socket.sendto(make(), self._target)

    def _noise(self) -> bytes:
        return self._chance.randbytes(self._chance.randrange(1, 1400))

    def _check(self) -> bytes:
        """A check with a name and a password that nobody has."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self._chance.getrandbits(32):08x}:stranger"
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(b"guess")
        return bytes(request)

    def _cut(self) -> bytes:
        whole = self._check()
        return whole[: self._chance.randrange(1, len(whole))]

    def _media(self) -> bytes:
        return HEADER.pack(0x80, 96, 1, 1, 1) + self._chance.randbytes(200)


def misbehave(wire: Wire, chance: random.Random) -> None:
    """One kind of nonsense from a connected guest, encrypted as it should be or not at all."""
    kind = chance.randrange(5)
    for _ in range(AT_ONCE):
        if kind == 0:  # the wrong key
            wire.send_raw(HEADER.pack(0x90, 96, chance.getrandbits(16), 1, 1) + chance.randbytes(300))
        elif kind == 1:  # SSRCs and payload types without end
            head = HEADER.pack(0x80, chance.randrange(128), chance.getrandbits(16), 1, chance.getrandbits(32))
            wire.send(head + chance.randbytes(chance.randrange(60)))
        elif kind == 2:  # extensions and padding that lie about their length
            head = HEADER.pack(0xB0, 96, chance.getrandbits(16), 1, chance.getrandbits(32))
            wire.send(head + struct.pack("!HH", 0xBEDE, 2) + chance.randbytes(8) + b"\xff")
        elif kind == 3:  # feedback about everything that was never sent
            numbers = (chance.getrandbits(16) for _ in range(100))
            wire.send_rtcp(rtcp.nack(1, chance.getrandbits(32), numbers))
        else:  # reports that are none
            head = struct.pack("!BBH", 0x80 | chance.randrange(32), 200 + chance.randrange(8), 9)
            wire.send_rtcp(head + chance.randbytes(36))
