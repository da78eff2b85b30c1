"""Whole frames from ordered packets; nothing is decoded.

Pictures begin with a keyframe. After a loss that nobody repaired they stop until the next one: what is built
on a missing picture is garbage on the screen. Malformed payloads count as lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hearings.recording import h264
from hearings.recording.ordering import Packet

MAX_FRAME = 4 << 20
"""A larger frame is no camera's."""
_OPUS_SILK_MS, _OPUS_CELT_MS = (10, 20, 40, 60), (2.5, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as Matroska keeps it. `at` is the arrival of its first packet in monotonic seconds.

    `length_ms` and `channels` are known of sound alone; `width`, `height` and `private` (the codec's head) of
    keyframes alone.
    """

    timestamp: int
    at: float
    keyframe: bool
    data: bytes
    length_ms: float = 0.0
    width: int = 0
    height: int = 0
    channels: int = 0
    private: bytes = b""


class Sound:
    """Opus: each packet is a frame."""

    awaits_keyframe = False

    def add(self, packet: Packet) -> Frame | None:
        """The frame of a packet, None for one without sound."""
        if not packet.payload:
            return None
        toc = packet.payload[0]
        return Frame(
            packet.timestamp,
            packet.at,
            True,
            packet.payload,
            length_ms=_opus_length(packet.payload),
            channels=2 if toc & 4 else 1,
        )


class Pictures:
    """VP8 or H264: collects the packets of a frame, from its first to its marker.

    `awaits_keyframe` tells that pictures come and none can be used.
    """

    def __init__(self, codec: str) -> None:
        self.awaits_keyframe = False
        self._join, self._begins = JOINERS[codec]
        self._usable = False
        self._expected = -1
        self._packets: list[Packet] = []
        self._size = 0

    def add(self, packet: Packet) -> Frame | None:
        """The frame that this packet completes, if it does and the frame can be used."""
        if packet.number != self._expected and self._expected >= 0:
            self._lose()
        self._expected = packet.number + 1
        if not packet.payload:
            return None
        if self._packets and packet.timestamp != self._packets[0].timestamp:
            self._lose()  # its end was never sent: the source was changed in the middle of a picture
        if not self._packets and not self._begins(packet.payload):
            self._lose()
            return None
        self._packets.append(packet)
        self._size += len(packet.payload)
        if self._size > MAX_FRAME:
            self._lose()
            return None
        return self._complete() if packet.marker else None

    def _complete(self) -> Frame | None:
        try:
            frame = self._join(self._packets)
        except (ValueError, IndexError):
            self._lose()
            return None
        self._clear()
        if frame.keyframe:
            self._usable = True
        self.awaits_keyframe = not self._usable
        return frame if self._usable else None

    def _lose(self) -> None:
        self._usable = False
        self.awaits_keyframe = True
        self._clear()

    def _clear(self) -> None:
        self._packets = []
        self._size = 0


def _vp8(packets: list[Packet]) -> Frame:
    parts = [packet.payload[_vp8_descriptor(packet.payload) :] for packet in packets]
    data = b"".join(parts)
    first = packets[0]
    if not data[0] & 1:  # RFC 6386 section 9.1
        if data[3:6] != b"\x9d\x01\x2a":
            raise ValueError("a keyframe without its start code")
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if not width or not height:
            raise ValueError("a keyframe without a size")
        return Frame(first.timestamp, first.at, True, data, width=width, height=height)
    return Frame(first.timestamp, first.at, False, data)


def _vp8_begins(payload: bytes) -> bool:
    return payload[0] & 0x17 == 0x10


def _vp8_descriptor(payload: bytes) -> int:
    """The descriptor's length (RFC 7741 section 4.2)."""
    if not payload[0] & 0x80:
        return 1
    extended = payload[1]
    length = 2
    if extended & 0x80:
        length += 2 if payload[2] & 0x80 else 1
    if extended & 0x40:
        length += 1
    return length + 1 if extended & 0x30 else length


def _h264(packets: list[Packet]) -> Frame:
    parts = h264.units([packet.payload for packet in packets])
    first = packets[0]
    if not h264.is_keyframe(parts):
        return Frame(first.timestamp, first.at, False, h264.sample(parts))
    private = h264.configuration(parts)
    if private is None:
        raise ValueError("a keyframe without its parameter sets")
    width, height = h264.size(parts)
    return Frame(
        first.timestamp, first.at, True, h264.sample(parts), width=width, height=height, private=private
    )


def _h264_begins(payload: bytes) -> bool:
    return payload[0] & 31 != 28 or payload[1:2] >= b"\x80"


JOINERS: dict[str, tuple[Callable[[list[Packet]], Frame], Callable[[bytes], bool]]] = {
    "vp8": (_vp8, _vp8_begins),
    "h264": (_h264, _h264_begins),
}
"""Per codec: packets of one frame joined, and whether a payload can be a frame's first."""


def _opus_length(payload: bytes) -> float:
    """How much sound a packet holds, in ms (RFC 6716 section 3.1)."""
    toc = payload[0]
    configuration = toc >> 3
    if configuration < 12:
        frame: float = _OPUS_SILK_MS[configuration & 3]
    elif configuration < 16:
        frame = 20 if configuration & 1 else 10
    else:
        frame = _OPUS_CELT_MS[configuration & 3]
    code = toc & 3
    count = 1 if code == 0 else 2 if code < 3 else payload[1] & 63 if len(payload) > 1 else 0
    return min(120.0, frame * count)
