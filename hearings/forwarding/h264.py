"""Where an H264 stream can be entered (RFC 6184): at a picture that needs no earlier one."""

from hearings.forwarding.pictures import BEGINNING, NONE, PictureIds

_IDR, _PARAMETERS, _STAP_A, _FU_A = 5, 7, 24, 28


def read(body: bytes | bytearray, at: int = 0) -> PictureIds:
    """Whether the payload at `at` begins a keyframe: an IDR slice or the parameter set before it."""
    try:
        kind = body[at] & 31
        if kind == _STAP_A:
            kind = body[at + 3] & 31
        elif kind == _FU_A:
            begins = body[at + 1] & 0x80
            kind = body[at + 1] & 31 if begins else 0
    except IndexError:
        return NONE
    return BEGINNING if kind in (_IDR, _PARAMETERS) else NONE
