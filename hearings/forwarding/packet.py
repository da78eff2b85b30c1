"""The shape of a packet: what is read of one (RFC 3550 section 5.1, RFC 8285) and how ours begin.

Every packet that leaves has the same head: the fixed header and one extension block of two words,

    BE DE 00 02 | 41 transport-wide number | 20 audio level or 32 send time | padding

of which the last five bytes, the tail, are the same for all receivers. Tail and payload together are the body
of a packet: what is kept of it, and what each receiver's copy is made from.
"""

import struct

from hearings.negotiation import LEVEL_ID, SEND_TIME_ID, TWCC_ID

HEADER = struct.Struct("!BBHII")
HEAD = struct.Struct("!BBHIIHHBH")
"""The head of a packet as it leaves, up to the transport-wide number."""
HEAD_FIRST, HEAD_PROFILE, HEAD_WORDS = 0x90, 0xBEDE, 2
HEAD_TWCC = TWCC_ID << 4 | 1
TAIL = 5
"""Bytes of the extension block in the body, before the payload."""

_TAIL = struct.Struct("!BI")
_LEVEL = LEVEL_ID << 4
_SEND_TIME = SEND_TIME_ID << 4 | 2
_ONE_BYTE_PROFILE = b"\xbe\xde"
SILENCE = 127
"""RFC 6464: digital silence, in -dBov."""


def level_tail(value: int) -> bytes:
    """The tail of an audio packet; `value` is the extension's byte (voice flag and -dBov)."""
    return _TAIL.pack(_LEVEL, value << 24)


def send_time_tail(now: float) -> bytes:
    """The tail of a video packet: when it left, as a 24-bit fixed-point number of 64 s.

    The publisher's own value is replaced: a receiver takes all packets of a connection for those of one
    clock, and ours is the only one that they have in common.
    """
    return _TAIL.pack(_SEND_TIME, (int(now * 262144) & 0xFFFFFF) << 8)


def payload_start(data: bytes | bytearray) -> int:
    """Where the payload begins: after the CSRCs and the header extension."""
    start = 12 + 4 * (data[0] & 15)
    if data[0] & 0x10:
        start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
    return start


def payload_end(data: bytes | bytearray) -> int:
    """Where the payload ends: before the padding."""
    return len(data) - data[-1] if data[0] & 0x20 else len(data)


def extension(data: bytes | bytearray, number: int) -> bytes | bytearray | None:
    """The value of one header extension in its one-byte form, None when absent or not in that form."""
    if not number or not data[0] & 0x10:
        return None
    at = 12 + 4 * (data[0] & 15)
    if data[at : at + 2] != _ONE_BYTE_PROFILE:
        return None
    end = min(len(data), at + 4 + 4 * (data[at + 2] << 8 | data[at + 3]))
    at += 4
    while at < end:
        head = data[at]
        if not head:  # padding
            at += 1
            continue
        length = (head & 15) + 1
        if head >> 4 == number:
            return data[at + 1 : at + 1 + length]
        at += 1 + length
    return None
