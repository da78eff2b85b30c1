"""Transport-wide feedback on the wire: what is written is read back, and strangers' bytes harm nothing."""

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearings.bandwidth.feedback import MAX_STATUSES, Feedback, build, parse

steps = st.one_of(
    st.none(),
    st.integers(0, 255),  # a small delta
    st.integers(-0x8000, 0x7FFF),  # a large one, or backwards
)


def arrivals(first: int, deltas: list[int | None]) -> list[int | None]:
    told: list[int | None] = [first]
    clock = first
    for delta in deltas:
        if delta is None:
            told.append(None)
        else:
            clock += delta
            told.append(clock)
    return told


@settings(deadline=None)
@given(
    st.integers(0, 255),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFF),
    st.integers(0, 255),
    st.lists(st.one_of(steps, st.just(None), st.just(10)), max_size=300),
    st.integers(0, 60),
)
def test_what_is_written_is_read_back(
    count: int, base: int, reference: int, first: int, deltas: list[int | None], lead: int
) -> None:
    told = [None] * lead + arrivals(first, deltas)
    feedback = Feedback(count, base, reference, told)
    body = build(feedback)
    assert len(body) % 4 == 0
    assert parse(body) == feedback


def test_the_message_of_another_implementation_is_read() -> None:
    """Written by hand after the draft: a run, a vector of one bit, a vector of two bits, padding."""
    body = struct.pack("!HHI", 0xFFFE, 5 + 14 + 3, 0x000002 << 8 | 7)
    body += struct.pack("!HHH", 0x2000 | 5, 0x8000 | 0b10000000000001, 0xC000 | 0b10_00_01_00_00_00_00)
    body += bytes([4, 0, 1, 1, 1]) + bytes([2, 3]) + struct.pack("!h", -8) + bytes([9]) + bytes(3)
    read = parse(body)
    assert (read.count, read.base, read.reference) == (7, 0xFFFE, 2)
    assert list(read.arrivals) == [
        4,
        4,
        5,
        6,
        7,
        9,
        *[None] * 12,
        12,
        4,
        None,
        13,
    ]


def test_long_silence_and_long_streams_are_short_messages() -> None:
    assert len(build(Feedback(0, 0, 0, [5, *[None] * 4000, 9]))) == 8 + 2 * 3 + 2
    assert len(build(Feedback(0, 0, 0, [5] * 1000))) == 8 + 2 + 1000 + 2
    assert len(build(Feedback(0, 0, 0, [5, None] * 70))) == 8 + 2 * 10 + 70 + 2


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused_or_read_and_never_more_than_their_share(body: bytes) -> None:
    try:
        read = parse(body)
    except ValueError:
        return
    assert 0 < len(read.arrivals) <= MAX_STATUSES


@settings(deadline=None)
@given(
    st.integers(0, 0xFFFF), st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=30), st.binary(max_size=60)
)
def test_any_chunks_are_refused_or_read(statuses: int, chunks: list[int], deltas: bytes) -> None:
    body = struct.pack("!HHI", 0, statuses, 0) + b"".join(c.to_bytes(2, "big") for c in chunks) + deltas
    with contextlib.suppress(ValueError):
        assert len(parse(body).arrivals) == statuses


@pytest.mark.parametrize(
    "body",
    [
        b"",
        bytes(7),
        struct.pack("!HHIH", 0, 0, 0, 0x2001),  # speaks of nothing
        struct.pack("!HHIH", 0, 0xFFFF, 0, 0x1FFF),  # of more than one message may
        struct.pack("!HHI", 0, 1, 0),  # no chunk
        struct.pack("!HHIH", 0, 1, 0, 0x2001),  # no delta
        struct.pack("!HHIHB", 0, 1, 0, 0x4001, 1),  # half a delta
        struct.pack("!HHIHB", 0, 1, 0, 0x6001, 1),  # the reserved symbol
    ],
)
def test_malformed_messages_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        parse(body)


def test_what_cannot_be_written_is_not_written() -> None:
    with pytest.raises(ValueError):
        build(Feedback(0, 0, 0, [0, 0x8000]))
