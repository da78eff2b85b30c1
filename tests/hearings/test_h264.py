"""Where an H264 stream can be entered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.forwarding import h264
from tests.hearings.desk import recorded
from tests.hearings.peer import payload_of

SPS, PPS, IDR, SLICE, DELIMITER = 7, 8, 5, 1, 9


def aggregate(*kinds: int) -> bytes:
    """A STAP-A of units of these kinds."""
    return b"\x18" + b"".join(b"\x00\x05" + bytes([0x60 | kind]) + b"unit" for kind in kinds)


@pytest.mark.parametrize(
    ("payload", "begins"),
    [
        (bytes([0x60 | SPS]) + b"parameters", True),
        (bytes([0x60 | IDR]) + b"slice", False),
        (bytes([0x60 | SLICE]) + b"slice", False),
        (b"\x7c\x85" + b"start of a fragmented IDR", False),
        (b"\x7c\x05" + b"middle of it", False),
        (aggregate(SPS, PPS, IDR), True),
        (aggregate(DELIMITER, SPS, PPS), True),
        (aggregate(SLICE, SLICE), False),
        (b"\x18\x00", False),
        (b"", False),
    ],
)
def test_a_stream_is_entered_where_its_parameters_are(payload: bytes, begins: bool) -> None:
    assert h264.read(b"tail." + payload, 5).keyframe is begins


def test_chromiums_first_packet_is_one_to_begin_with() -> None:
    _, packets = recorded("chromium-h264")
    video = [payload_of(p) for _, p in packets if p[1] & 0x7F == 108]
    assert h264.read(video[0]).keyframe
    assert not any(h264.read(p).keyframe for p in video[1:20])


@given(st.binary(max_size=60))
def test_no_bytes_raise(data: bytes) -> None:
    assert h264.read(data).picture == -1
