"""When a datagram arrived, by the kernel: our own clock would count our stalls as the network's."""

import socket
import struct
import sys

Ancillary = list[tuple[int, int, bytes]]
"""What `recvmsg` tells beside a datagram: (level, kind, value)."""

CONTROL = 64
"""Room for a time stamp: 16 bytes and their head."""
MAX_LAG_S = 0.5
"""A stamp further in the past than this is not believed: somebody set the wall clock."""
MAX_LEAD_S = 0.05
"""Nor is one further in the future; a packet that comes while a socket is being read is a little."""
_SO_TIMESTAMPNS = 35
"""Linux; the socket module has no name for it."""
_TIMESPEC = struct.Struct("@qq")


def note_arrivals(sock: socket.socket) -> None:
    """Let the kernel note the arrival of each datagram of the socket. Elsewhere than on Linux it does not."""
    if sys.platform == "linux":
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


def lag(ancillary: Ancillary, wall: float) -> float:
    """For how many seconds a datagram had been lying in the socket when the wall clock showed `wall`.

    That is a moment for all that is read in one go: packets read one after the other have not been lying the
    longer for it, and must not change their order.
    """
    for level, kind, value in ancillary:
        if kind == _SO_TIMESTAMPNS and level == socket.SOL_SOCKET and len(value) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            waited = wall - seconds - nanoseconds * 1e-9
            return waited if -MAX_LEAD_S <= waited <= MAX_LAG_S else 0.0
    return 0.0
