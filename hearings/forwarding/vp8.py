"""The VP8 payload descriptor (RFC 7741 section 4.2): finding and rewriting PictureID and TL0PICIDX.

A receiver that sees these numbers jump after a switch of source may wait for a picture that never comes, so
they are carried on per receiver exactly like sequence numbers.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureIds:
    """Where the numbers stand in the payload and what they are; -1 for one that is absent."""

    keyframe: bool
    picture: int = -1
    picture_at: int = -1
    wide: bool = False
    tl0: int = -1
    tl0_at: int = -1


NONE = PictureIds(keyframe=False)


def read(payload: bytes) -> PictureIds:
    """Read the descriptor; a payload too short to have one has no ids and is no keyframe."""
    try:
        return _read(payload)
    except IndexError:
        return NONE


def _read(payload: bytes) -> PictureIds:
    first = payload[0]
    start = 1
    picture = picture_at = tl0 = tl0_at = -1
    wide = False
    if first & 0x80:
        extended = payload[1]
        start = 2
        if extended & 0x80:
            picture_at = start
            wide = bool(payload[start] & 0x80)
            picture = ((payload[start] & 0x7F) << 8) | payload[start + 1] if wide else payload[start] & 0x7F
            start += 2 if wide else 1
        if extended & 0x40:
            tl0_at = start
            tl0 = payload[start]
            start += 1
        if extended & 0x30:
            start += 1
    # First packet of the first partition, and the frame header's inverse key frame bit clear.
    keyframe = first & 0x17 == 0x10 and len(payload) > start and not payload[start] & 1
    return PictureIds(keyframe, picture, picture_at, wide, tl0, tl0_at)


def rewrite(payload: bytes, ids: PictureIds, picture_shift: int, tl0_shift: int) -> bytes:
    """The payload with both numbers shifted, each modulo its own width."""
    changed = bytearray(payload)
    if ids.picture_at >= 0:
        if ids.wide:
            picture = (ids.picture + picture_shift) & 0x7FFF
            changed[ids.picture_at] = 0x80 | picture >> 8
            changed[ids.picture_at + 1] = picture & 0xFF
        else:
            changed[ids.picture_at] = (ids.picture + picture_shift) & 0x7F
    if ids.tl0_at >= 0:
        changed[ids.tl0_at] = (ids.tl0 + tl0_shift) & 0xFF
    return bytes(changed)
