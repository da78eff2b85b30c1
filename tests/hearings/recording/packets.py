"""Encoded frames as a browser would send them: RTP payloads with their numbers and timestamps."""

from __future__ import annotations

from collections.abc import Iterator

from hearings.recording.ordering import Packet
from tests.hearings.recording.making import FPS, Encoded

ROOM = 100
"""Bytes of a frame in a packet: few, so that even plain pictures take several."""


def vp8_payloads(frame: bytes, picture: int = 0) -> list[bytes]:
    """One frame in packets with a wide PictureID and a TL0PICIDX."""
    pieces = [frame[at : at + ROOM] for at in range(0, len(frame), ROOM)]
    extension = bytes([0xC0, 0x80 | picture >> 8 & 0x7F, picture & 0xFF, picture & 0xFF])
    return [bytes([0x90 if index == 0 else 0x80]) + extension + p for index, p in enumerate(pieces)]


def h264_payloads(frame: bytes) -> list[bytes]:
    """One Annex B frame: parameter sets together in a STAP-A, slices alone or in FU-A fragments."""
    units = [unit for unit in frame.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit]
    sets = [unit for unit in units if unit[0] & 31 in (7, 8)]
    payloads = []
    if sets:
        payloads.append(b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in sets))
    for unit in units:
        kind = unit[0] & 31
        if kind in (7, 8, 9):
            continue
        if len(unit) <= ROOM:
            payloads.append(unit)
            continue
        pieces = [unit[at : at + ROOM] for at in range(1, len(unit), ROOM)]
        for index, piece in enumerate(pieces):
            flags = (0x80 if index == 0 else 0) | (0x40 if index == len(pieces) - 1 else 0)
            payloads.append(bytes([unit[0] & 0xE0 | 28, flags | kind]) + piece)
    return payloads


def video(
    frames: list[Encoded],
    number: int = 1,
    timestamp: int = 0,
    at: float = 0.0,
    payloads=vp8_payloads,
) -> Iterator[Packet]:
    """Frames at 20 a second from these first values on; packets of one frame arrive together."""
    for index, frame in enumerate(frames):
        pieces = payloads(frame.data, index) if payloads is vp8_payloads else payloads(frame.data)
        for piece, payload in enumerate(pieces):
            yield Packet(
                number,
                (timestamp + index * 90000 // FPS) & 0xFFFFFFFF,
                piece == len(pieces) - 1,
                payload,
                at + index / FPS,
            )
            number += 1


def audio(frames: list[Encoded], number: int = 1, timestamp: int = 0, at: float = 0.0) -> Iterator[Packet]:
    """Packets of 20 ms."""
    for index, frame in enumerate(frames):
        yield Packet(
            number + index, (timestamp + index * 960) & 0xFFFFFFFF, index == 0, frame.data, at + index / 50
        )
