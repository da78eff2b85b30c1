"""When a datagram arrived, by the kernel: our own clock would count our stalls as the network's."""

import socket
import struct
import sys
import time

Ancillary = list[tuple[int, int, bytes]]
"""What `recvmsg` tells beside a datagram: (level, kind, value)."""

CONTROL = 64
"""Room for a time stamp: 16 bytes and their head."""
MAX_LAG_S = 0.5
"""A stamp further in the past than this (or in the future) is not believed: somebody set the wall clock."""
_SO_TIMESTAMPNS = 35
"""Linux; the socket module has no name for it."""
_TIMESPEC = struct.Struct("@qq")


def note_arrivals(sock: socket.socket) -> None:
    """Let the kernel note the arrival of each datagram of the socket. Elsewhere than on Linux it does not."""
    if sys.platform == "linux":
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


def lag(ancillary: Ancillary) -> float:
    """For how many seconds a datagram just read has been lying in the socket."""
    for level, kind, value in ancillary:
        if kind == _SO_TIMESTAMPNS and level == socket.SOL_SOCKET and len(value) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            waited = time.time() - seconds - nanoseconds * 1e-9
            return waited if 0.0 <= waited <= MAX_LAG_S else 0.0
    return 0.0
