"""Reading an RTP packet (RFC 3550 section 5.1, RFC 8285) into what the receivers are sent."""

import struct

from hearings.forwarding import vp8
from hearings.negotiation import LEVEL_ID, SEND_TIME_ID

HEADER = struct.Struct("!BBHII")
_ONE_BYTE_PROFILE = b"\xbe\xde"
_LEVEL_BLOCK = b"\xbe\xde\x00\x01" + bytes([LEVEL_ID << 4])
_SEND_TIME_BLOCK = b"\xbe\xde\x00\x01" + bytes([SEND_TIME_ID << 4 | 2])
NO_LEVEL = 127
"""RFC 6464: 127 is digital silence, in -dBov."""


class Media:
    """One media packet, ready to be sent on: `sequence` is extended (it does not wrap).

    `extension` is the header extension block every receiver gets, `level` the audio level in -dBov (-1 when
    the packet has none), `ids` the VP8 picture numbers.
    """

    __slots__ = ("extension", "ids", "level", "marker", "payload", "sequence", "timestamp", "voice")

    def __init__(self, sequence: int, timestamp: int, marker: int, payload: bytes) -> None:
        self.sequence = sequence
        self.timestamp = timestamp
        self.marker = marker
        self.payload = payload
        self.extension = b""
        self.level = -1
        self.voice = False
        self.ids = vp8.NONE


def payload_start(data: bytes) -> int:
    """Where the payload begins: after the CSRCs and the header extension."""
    start = 12 + 4 * (data[0] & 15)
    if data[0] & 0x10:
        start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
    return start


def payload_end(data: bytes) -> int:
    """Where the payload ends: before the padding."""
    return len(data) - data[-1] if data[0] & 0x20 else len(data)


def extension(data: bytes, number: int) -> bytes | None:
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


def read_audio(media: Media, data: bytes, level_id: int) -> None:
    """Take over the audio level."""
    value = extension(data, level_id)
    if value:
        media.level = value[0] & 0x7F
        media.voice = bool(value[0] & 0x80)
        media.extension = _LEVEL_BLOCK + value[:1] + b"\0\0"


def read_video(media: Media, data: bytes, send_time_id: int) -> None:
    """Take over the send time and the picture numbers."""
    value = extension(data, send_time_id)
    if value and len(value) == 3:
        media.extension = _SEND_TIME_BLOCK + value
    media.ids = vp8.read(media.payload)
