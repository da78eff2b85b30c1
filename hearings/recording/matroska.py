"""Matroska (RFC 9559) as it is written live: no index, no duration, short clusters of whole blocks.

A file that ends anywhere plays up to its last whole block. Times are milliseconds, in and out.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_EBML, _SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_TRACK, _VIDEO, _AUDIO, _TIME, _BLOCK = 0xAE, 0xE0, 0xE1, 0xE7, 0xA3
_UNKNOWN_SIZE = b"\x01\xff\xff\xff\xff\xff\xff\xff"
_EPOCH_MS = 978_307_200_000
"""2001-01-01, where Matroska's dates begin, in Unix milliseconds."""
_SEEK_PREROLL_NS = 80_000_000
"""RFC 7845 section 4.6: an Opus decoder is right after 80 ms."""
BLOCK_SPAN_MS = 32_000
"""A block's time is a signed 16-bit number from its cluster's."""


@dataclass(frozen=True, slots=True)
class Track:
    """One track: `name` is the medium, `codec` Matroska's name, `private` its codec's head."""

    number: int
    name: str
    codec: str
    private: bytes = b""
    width: int = 0
    height: int = 0
    channels: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """One frame of a track, `time` in ms from the file's beginning."""

    track: int
    time: int
    keyframe: bool
    data: bytes


def head(title: str, starts_ms: int, tracks: list[Track]) -> bytes:
    """Everything before the first cluster. `starts_ms` is time 0 in Unix milliseconds."""
    ebml = _element(
        _EBML,
        _number(0x4286, 1),
        _number(0x42F7, 1),
        _number(0x42F2, 4),
        _number(0x42F3, 8),
        _element(0x4282, b"matroska"),
        _number(0x4287, 4),
        _number(0x4285, 2),
    )
    info = _element(
        _INFO,
        _number(0x2AD7B1, 1_000_000),
        _element(0x4461, struct.pack("!q", (starts_ms - _EPOCH_MS) * 1_000_000)),
        _element(0x7BA9, title.encode()),
        _element(0x4D80, b"hearings"),
        _element(0x5741, b"hearings"),
    )
    segment = _SEGMENT.to_bytes(4, "big") + _UNKNOWN_SIZE
    return ebml + segment + info + _element(_TRACKS, *(_track(track) for track in tracks))


def cluster(blocks: list[Block]) -> bytes:
    """One cluster. The blocks' times lie within BLOCK_SPAN_MS of each other."""
    start = min(block.time for block in blocks)
    parts = [_number(_TIME, start)]
    for block in blocks:
        flags = 0x80 if block.keyframe else 0
        parts.append(
            _element(_BLOCK, struct.pack("!BhB", 0x80 | block.track, block.time - start, flags), block.data)
        )
    return _element(_CLUSTER, *parts)


def last_time(file: BinaryIO) -> int:
    """The time of the last whole block of a file written here, 0 when there is none."""
    newest = start = 0
    for name, size in _elements(file):
        if name == _TIME:
            start = int.from_bytes(file.read(size), "big")
        elif name == _BLOCK:
            body = file.read(4)
            begun = file.seek(size - len(body), 1)
            if begun > _size(file):
                break  # cut within
            newest = max(newest, start + struct.unpack("!h", body[1:3])[0])
    return newest


def _elements(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Name and size of each element; those that hold others are entered, the rest skipped if unread."""
    while True:
        name = file.read(1)
        if not name:
            return
        length = 9 - name[0].bit_length()
        name += file.read(length - 1)
        first = file.read(1)
        if len(name) < length or not first:
            return
        more = 8 - first[0].bit_length()
        rest = file.read(more)
        if len(rest) < more:
            return
        size = int.from_bytes(first + rest, "big") & (1 << 7 * (more + 1)) - 1
        number = int.from_bytes(name, "big")
        if number in (_SEGMENT, _CLUSTER):
            yield number, size
            continue
        after = file.tell() + size
        yield number, size
        file.seek(after)


def _size(file: BinaryIO) -> int:
    here = file.tell()
    end = file.seek(0, 2)
    file.seek(here)
    return end


def _track(track: Track) -> bytes:
    parts = [
        _number(0xD7, track.number),
        _number(0x73C5, track.number),
        _number(0x83, 2 if track.channels else 1),
        _number(0x9C, 0),
        _element(0x536E, track.name.encode()),
        _element(0x86, track.codec.encode()),
    ]
    if track.private:
        parts.append(_element(0x63A2, track.private))
    if track.channels:
        parts.append(_number(0x56BB, _SEEK_PREROLL_NS))
        parts.append(
            _element(_AUDIO, _element(0xB5, struct.pack("!d", 48000.0)), _number(0x9F, track.channels))
        )
    else:
        parts.append(_element(_VIDEO, _number(0xB0, track.width), _number(0xBA, track.height)))
    return _element(_TRACK, *parts)


def _element(name: int, *parts: bytes) -> bytes:
    """An element; its size always takes eight bytes, which costs little and needs no thought."""
    size = sum(len(part) for part in parts)
    return b"".join(
        (name.to_bytes((name.bit_length() + 7) // 8, "big"), (1 << 56 | size).to_bytes(8, "big"), *parts)
    )


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))
