"""A prepared clip: pictures and sound, encoded once, that a media process plays over and over.

In a file each part is a head (what it is, a value, its length) and its bytes: no codec is needed to read it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SOUND_S = 0.02
"""Length of each part of sound."""
SOUNDS_PER_PICTURE = 5
"""Ten pictures a second."""
MOST_BYTES = 4 << 20
MOST_CLIPS = 16
"""Clips kept in memory at one time."""
_HEAD = struct.Struct("!cBI")
_PICTURE, _SPEECH, _SILENCE = b"P", b"S", b"Q"


class Unreadable(Exception):
    """No such file, or not a clip."""


@dataclass(frozen=True, slots=True)
class Part:
    """An encoded picture or 20 ms of sound.

    ``value``: of a picture 1 for a keyframe, 0 for another; of sound its level in -dBov (RFC 6464).
    """

    value: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Clip:
    """VP8 pictures, the first a keyframe, and Opus for somebody who speaks and who is silent."""

    pictures: tuple[Part, ...]
    speech: tuple[Part, ...]
    silence: tuple[Part, ...]

    def next_keyframe(self, index: int) -> int:
        """The place of the first keyframe from ``index`` on, around the end."""
        count = len(self.pictures)
        return next(at % count for at in range(index, index + count) if self.pictures[at % count].value)


def pack(clip: Clip) -> bytes:
    """The bytes of a file."""
    kinds = ((_PICTURE, clip.pictures), (_SPEECH, clip.speech), (_SILENCE, clip.silence))
    return b"".join(
        _HEAD.pack(kind, part.value, len(part.data)) + part.data for kind, parts in kinds for part in parts
    )


def unpack(data: bytes) -> Clip:
    """What ``pack`` was given; raises Unreadable."""
    found: dict[bytes, list[Part]] = {_PICTURE: [], _SPEECH: [], _SILENCE: []}
    for kind, part in _parts(data):
        if kind not in found:
            raise Unreadable(kind)
        found[kind].append(part)
    clip = Clip(*(tuple(parts) for parts in found.values()))
    if not (clip.pictures and clip.pictures[0].value and clip.speech and clip.silence):
        raise Unreadable("empty")
    return clip


@lru_cache(MOST_CLIPS)
def load(path: str) -> Clip:
    """The clip of a file, read once: a clip that changes gets another name. Raises Unreadable."""
    file = Path(path)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Unreadable(path)
        return unpack(file.read_bytes())
    except OSError as error:
        raise Unreadable(path) from error


def _parts(data: bytes) -> Iterator[tuple[bytes, Part]]:
    at = 0
    while at < len(data):
        try:
            kind, value, length = _HEAD.unpack_from(data, at)
        except struct.error as error:
            raise Unreadable("head") from error
        at += _HEAD.size
        if at + length > len(data):
            raise Unreadable("cut")
        yield kind, Part(value, data[at : at + length])
        at += length
