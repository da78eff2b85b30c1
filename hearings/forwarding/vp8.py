"""The VP8 payload descriptor (RFC 7741 section 4.2): finding and rewriting PictureID and TL0PICIDX.

A receiver that sees these numbers jump after a switch of source may wait for a picture that never comes, so
they are carried on per receiver exactly like sequence numbers.
"""

from hearings.forwarding.pictures import NONE, PictureIds


def read(body: bytes | bytearray, at: int = 0) -> PictureIds:
    """Read the descriptor at `at`; a payload too short to have one has no ids and is no keyframe."""
    try:
        return _read(body, at)
    except IndexError:
        return NONE


def _read(body: bytes | bytearray, at: int) -> PictureIds:
    first = body[at]
    start = at + 1
    picture = tl0 = -1
    wide = False
    if first & 0x80:
        extended = body[start]
        start += 1
        if extended & 0x80:
            wide = bool(body[start] & 0x80)
            picture = (body[start] & 0x7F) << 8 | body[start + 1] if wide else body[start]
            start += 2 if wide else 1
        if extended & 0x40:
            tl0 = body[start]
            start += 1
        if extended & 0x30:
            start += 1
    # First packet of the first partition, and the frame header's inverse key frame bit clear.
    keyframe = first & 0x17 == 0x10 and not body[start] & 1
    return PictureIds(keyframe, picture, wide, tl0)


def rewrite(buffer: bytearray, at: int, end: int, picture: int, tl0: int) -> None:
    """Shift both numbers of the payload in `buffer[at:end]`, each modulo its own width."""
    if at + 3 > end or not buffer[at] & 0x80:
        return
    extended = buffer[at + 1]
    at += 2
    if extended & 0x80:
        wide = buffer[at] & 0x80
        if at + (2 if wide else 1) > end:
            return
        if wide:
            shifted = ((buffer[at] << 8 | buffer[at + 1]) + picture) & 0x7FFF
            buffer[at] = 0x80 | shifted >> 8
            buffer[at + 1] = shifted & 0xFF
            at += 2
        else:
            buffer[at] = (buffer[at] + picture) & 0x7F
            at += 1
    if extended & 0x40 and at < end:
        buffer[at] = (buffer[at] + tl0) & 0xFF
