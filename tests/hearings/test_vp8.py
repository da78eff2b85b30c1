"""The VP8 payload descriptor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.forwarding import vp8


def payload(
    *,
    key: bool,
    picture: int | None,
    wide: bool = True,
    tl0: int | None = None,
    start: bool = True,
    frame: bytes = b"frame",
) -> bytes:
    """A payload as an encoder writes it."""
    extended = (0x80 if picture is not None else 0) | (0x40 | 0x20 if tl0 is not None else 0)
    data = bytearray([(0x80 if extended else 0) | (0x10 if start else 0)])
    if extended:
        data.append(extended)
    if picture is not None:
        data += bytes([0x80 | picture >> 8, picture & 255]) if wide else bytes([picture])
    if tl0 is not None:
        data += bytes([tl0, 0x20])
    return bytes(data) + bytes([0 if key else 1]) + frame


def rewritten(data: bytes, picture: int, tl0: int) -> bytes:
    """The payload rewritten between two others, which must not be touched."""
    buffer = bytearray(b"before" + data + b"after")
    vp8.rewrite(buffer, 6, 6 + len(data), picture, tl0)
    assert (buffer[:6], buffer[6 + len(data) :]) == (b"before", b"after")
    return bytes(buffer[6 : 6 + len(data)])


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("tl0", [None, 0, 255])
@pytest.mark.parametrize("key", [True, False])
def test_numbers_are_found(wide: bool, tl0: int | None, key: bool) -> None:
    ids = vp8.read(payload(key=key, picture=100, wide=wide, tl0=tl0))
    assert ids.keyframe is key
    assert ids.picture == 100
    assert ids.wide is wide
    assert ids.tl0 == (-1 if tl0 is None else tl0)


def test_a_key_frame_is_one_at_its_first_packet_only() -> None:
    assert vp8.read(payload(key=True, picture=1)).keyframe
    assert not vp8.read(payload(key=True, picture=1, start=False)).keyframe
    assert vp8.read(payload(key=True, picture=None)).keyframe


@given(
    wide=st.booleans(),
    tl0=st.none() | st.integers(0, 255),
    number=st.integers(0, 0x7FFF),
    shift=st.integers(0, 0x7FFF),
    tl0_shift=st.integers(0, 255),
)
def test_rewriting_changes_the_two_numbers_and_nothing_else(
    wide: bool, tl0: int | None, number: int, shift: int, tl0_shift: int
) -> None:
    width = 0x7FFF if wide else 0x7F
    before = payload(key=True, picture=number & width, wide=wide, tl0=tl0)
    ids = vp8.read(before)
    after = rewritten(before, shift, tl0_shift)
    changed = vp8.read(after)
    assert (changed.keyframe, changed.wide) == (ids.keyframe, ids.wide)
    assert changed.picture == (number + shift) & width
    assert changed.tl0 == (-1 if tl0 is None else (tl0 + tl0_shift) & 255)
    assert rewritten(after, -shift, -tl0_shift) == before


@pytest.mark.parametrize("wide", [True, False])
def test_the_smallest_packet_is_rewritten_too(wide: bool) -> None:
    """A descriptor and one byte: the last of a picture may be so."""
    after = rewritten(payload(key=False, picture=7, wide=wide, frame=b""), 3, 0)
    assert vp8.read(after).picture == 10


@given(st.binary(max_size=12))
def test_no_bytes_raise(data: bytes) -> None:
    assert vp8.read(data).picture < 0x8000
    assert len(rewritten(data, 1, 1)) == len(data)
