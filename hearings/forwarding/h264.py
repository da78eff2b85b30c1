"""Where an H264 stream can be entered (RFC 6184): at the parameter sets that a keyframe begins with.

An IDR slice alone will not do: a decoder that has not seen the parameters cannot read it. Browsers send them
before each keyframe, mostly in one aggregate with it.
"""

from hearings.forwarding.pictures import BEGINNING, NONE, PictureIds

_SEQUENCE_PARAMETERS, _STAP_A = 7, 24


def read(body: bytes | bytearray, at: int = 0) -> PictureIds:
    """Whether the payload at `at` has a sequence parameter set."""
    end = len(body)
    if at >= end:
        return NONE
    kind = body[at] & 31
    if kind != _STAP_A:
        return BEGINNING if kind == _SEQUENCE_PARAMETERS else NONE
    at += 1
    while at + 2 < end:
        if body[at + 2] & 31 == _SEQUENCE_PARAMETERS:
            return BEGINNING
        at += 2 + (body[at] << 8 | body[at + 1])
    return NONE
