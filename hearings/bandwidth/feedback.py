"""Transport-wide congestion control feedback, the body of the RTCP message.

draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1: which packets of a connection arrived, and
when, by the numbers that their sender gave them over all its streams.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

TICK_S = 0.00025
"""Unit of an arrival time."""
REFERENCE_TICKS = 256
"""Unit of the reference time, 64 ms. It has 24 bits and wraps."""
MAX_STATUSES = 8192
"""Packets that one message may speak of; a receiver that is heard every 100 ms never needs so many."""
LARGE = range(-0x8000, 0x8000)
"""Differences between two arrivals, in ticks, that can be written."""

_HEAD = struct.Struct("!HHI")
_MISSING, _SMALL, _LARGE = 0, 1, 2
_ONES = tuple(bytes(bits >> shift & 1 for shift in range(6, -1, -1)) for bits in range(128))
_TWOS = tuple(bytes(bits >> shift & 3 for shift in (6, 4, 2, 0)) for bits in range(256))


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a receiver says. Number `base + i` (16 bits) arrived at `arrivals[i]`, None: it did not.

    Arrivals are in ticks after `reference`, which is in units of 64 ms of the receiver's own clock. `count`
    numbers the messages (8 bits).
    """

    count: int
    base: int
    reference: int
    arrivals: Sequence[int | None]


def parse(body: bytes) -> Feedback:
    """Read a body (what follows the two SSRCs); raises ValueError when it is malformed."""
    if len(body) < 8:
        raise ValueError("feedback is cut")
    base, statuses, rest = _HEAD.unpack_from(body)
    if not 0 < statuses <= MAX_STATUSES:
        raise ValueError("feedback speaks of too many packets, or of none")
    symbols, at = _read_chunks(body, statuses)
    return Feedback(rest & 0xFF, base, rest >> 8, _read_deltas(body, at, symbols))


def _read_chunks(body: bytes, statuses: int) -> tuple[bytearray, int]:
    symbols = bytearray()
    at = 8
    end = len(body) - 1
    while len(symbols) < statuses:
        if at >= end:
            raise ValueError("feedback is cut")
        high, low = body[at], body[at + 1]
        at += 2
        if high < 0x80:
            run = min((high & 0x1F) << 8 | low, statuses - len(symbols))
            symbols += bytes((high >> 5,)) * run
        elif high < 0xC0:
            symbols += _ONES[(high & 0x3F) << 1 | low >> 7]
            symbols += _ONES[low & 0x7F]
        else:
            symbols += _TWOS[high & 0x3F][1:]
            symbols += _TWOS[low]
    del symbols[statuses:]
    return symbols, at


def _read_deltas(body: bytes, at: int, symbols: bytearray) -> list[int | None]:
    if 3 in symbols:
        raise ValueError("feedback uses the reserved symbol")
    if at + symbols.count(_SMALL) + 2 * symbols.count(_LARGE) > len(body):
        raise ValueError("feedback is cut")
    arrived = 0
    arrivals: list[int | None] = []
    for symbol in symbols:
        if symbol == _SMALL:
            arrived += body[at]
            at += 1
        elif symbol:
            high = body[at]
            arrived += (high << 8 | body[at + 1]) - (high >> 7 << 16)
            at += 2
        else:
            arrivals.append(None)
            continue
        arrivals.append(arrived)
    return arrivals


def build(feedback: Feedback) -> bytes:
    """Write a body, padded to whole words. ValueError when two arrivals are too far apart (see `LARGE`)."""
    symbols = bytearray()
    deltas = bytearray()
    previous = 0
    for arrived in feedback.arrivals:
        if arrived is None:
            symbols.append(_MISSING)
            continue
        delta = arrived - previous
        previous = arrived
        if 0 <= delta <= 0xFF:
            symbols.append(_SMALL)
            deltas.append(delta)
        elif delta in LARGE:
            symbols.append(_LARGE)
            deltas += (delta & 0xFFFF).to_bytes(2, "big")
        else:
            raise ValueError("arrivals too far apart for one feedback")
    head = _HEAD.pack(feedback.base, len(symbols), feedback.reference << 8 | feedback.count)
    body = head + _write_chunks(bytes(symbols)) + deltas
    return body + bytes(-len(body) % 4)


def _write_chunks(symbols: bytes) -> bytes:
    """Whichever chunk says most: a run, fourteen symbols of one bit or seven of two."""
    chunks = bytearray()
    at = 0
    while at < len(symbols):
        ahead = symbols[at : at + 0x1FFF]
        run = len(ahead) - len(ahead.lstrip(ahead[:1]))
        one_bit = _LARGE not in ahead[:14]
        if run >= (14 if one_bit else 7) or run == len(ahead):
            chunk, taken = ahead[0] << 13 | run, run
        elif one_bit:
            chunk, taken = 0x8000 | _join(ahead[:14], 14, 1), 14
        else:
            chunk, taken = 0xC000 | _join(ahead[:7], 7, 2), 7
        chunks += chunk.to_bytes(2, "big")
        at += taken
    return bytes(chunks)


def _join(symbols: bytes, places: int, bits: int) -> int:
    joined = 0
    for symbol in symbols.ljust(places, b"\0"):
        joined = joined << bits | symbol
    return joined
