"""The feedback a browser gives, as far as aiortc's own RTCP classes do not write it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

NACK, TRANSPORT = 1, 15
"""Formats of RTP feedback (RFC 4585; draft-holmer-rmcat-transport-wide-cc-extensions-01)."""
PLI, FIR, REMB = 1, 4, 15
"""Formats of payload-specific feedback."""
_RTPFB = 205
TICK_NS = 250_000
"""Unit of arrival times in transport-wide feedback; its reference time counts 256 of them."""
_NOT_RECEIVED, _SMALL, _LARGE = 0, 1, 2


def nack(sender: int, ssrc: int, numbers: Iterable[int]) -> bytes:
    """Generic NACK of 16-bit numbers in sending order; they may cross the wrap."""
    entries: list[tuple[int, int]] = []
    for number in numbers:
        if entries and 0 < (ahead := number - entries[-1][0] & 0xFFFF) <= 16:
            entries[-1] = (entries[-1][0], entries[-1][1] | 1 << ahead - 1)
        else:
            entries.append((number, 0))
    body = b"".join(struct.pack("!HH", *entry) for entry in entries)
    return _feedback(NACK, sender, ssrc, body)


def transport_feedback(sender: int, ssrc: int, count: int, first: int, arrivals: Mapping[int, int]) -> bytes:
    """Which transport-wide numbers (unwrapped) arrived when (nanoseconds); `count` numbers the feedback.

    Covers `first` to the highest number; those that are not there are told as not received.
    """
    last = max(arrivals)
    reference = arrivals[min(arrivals)] // (TICK_NS * 256)
    at = reference * 256
    symbols: list[int] = []
    deltas = bytearray()
    for number in range(first, last + 1):
        arrived = arrivals.get(number)
        if arrived is None:
            symbols.append(_NOT_RECEIVED)
            continue
        delta = max(-0x8000, min(0x7FFF, arrived // TICK_NS - at))
        at += delta
        if 0 <= delta <= 0xFF:
            symbols.append(_SMALL)
            deltas.append(delta)
        else:
            symbols.append(_LARGE)
            deltas += struct.pack("!h", delta)
    head = struct.pack("!HHI", first & 0xFFFF, len(symbols), (reference & 0xFFFFFF) << 8 | count & 0xFF)
    return _feedback(TRANSPORT, sender, ssrc, head + _chunks(symbols) + bytes(deltas))


def _chunks(symbols: list[int]) -> bytes:
    """One run when nothing is special, vectors of seven two-bit symbols otherwise."""
    if set(symbols) == {_SMALL} and len(symbols) < 0x2000:
        return struct.pack("!H", _SMALL << 13 | len(symbols))
    chunks = bytearray()
    for at in range(0, len(symbols), 7):
        vector = 0
        for symbol in (symbols[at : at + 7] + [_NOT_RECEIVED] * 7)[:7]:
            vector = vector << 2 | symbol
        chunks += struct.pack("!H", 0xC000 | vector)
    return bytes(chunks)


def _feedback(kind: int, sender: int, ssrc: int, body: bytes) -> bytes:
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes([padding])
    first = 0x80 | (0x20 if padding else 0) | kind
    return struct.pack("!BBHII", first, _RTPFB, 2 + len(body) // 4, sender, ssrc) + body
