"""H264 as it comes in RTP (RFC 6184, packetization mode 1) and as Matroska keeps it (ISO/IEC 14496-15)."""

from __future__ import annotations

from collections.abc import Iterator

_IDR, _SPS, _PPS, _STAP_A, _FU_A = 5, 7, 8, 24, 28
CODEC = "V_MPEG4/ISO/AVC"
_HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)


def units(payloads: list[bytes]) -> list[bytes]:
    """The NAL units of one frame's packets. Raises ValueError for what is malformed."""
    found: list[bytes] = []
    fragments: list[bytes] = []
    for payload in payloads:
        kind = payload[0] & 31
        if kind == _FU_A:
            head = payload[1]
            if head & 0x80:
                fragments = [bytes([payload[0] & 0xE0 | head & 31])]
            elif not fragments:
                raise ValueError("a fragment without its beginning")
            fragments.append(payload[2:])
            if head & 0x40:
                found.append(b"".join(fragments))
                fragments = []
        elif kind == _STAP_A:
            found += _aggregated(payload)
        elif 0 < kind < 24:
            found.append(payload)
        else:
            raise ValueError("not a packet of mode 1")
    if fragments or not found:
        raise ValueError("a fragment without its end")
    return found


def is_keyframe(parts: list[bytes]) -> bool:
    """Whether a picture of these units can be decoded alone."""
    return any(part[0] & 31 == _IDR for part in parts)


def sample(parts: list[bytes]) -> bytes:
    """A frame as Matroska keeps it: each unit behind its length in four bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def configuration(parts: list[bytes]) -> bytes | None:
    """The decoder's configuration (avcC) from a keyframe's parameter sets, None where they are missing."""
    sets = [next((part for part in parts if part[0] & 31 == kind), b"") for kind in (_SPS, _PPS)]
    if len(sets[0]) < 4 or not sets[1]:
        return None
    sequence, picture = ((len(part).to_bytes(2, "big") + part) for part in sets)
    return b"\x01" + sets[0][1:4] + b"\xff\xe1" + sequence + b"\x01" + picture


def size(parts: list[bytes]) -> tuple[int, int]:
    """Width and height in pixels as the sequence parameter set tells them, 0 and 0 without one."""
    for part in parts:
        if part[0] & 31 == _SPS:
            return _size(_Bits(part[1:].replace(b"\0\0\3", b"\0\0")))
    return 0, 0


def _aggregated(payload: bytes) -> Iterator[bytes]:
    at = 1
    while at + 2 <= len(payload):
        length = payload[at] << 8 | payload[at + 1]
        part = payload[at + 2 : at + 2 + length]
        if not part or len(part) < length:
            raise ValueError("an aggregation cut short")
        yield part
        at += 2 + length


class _Bits:
    """Reads bits; beyond the end raises ValueError."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def bits(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("a parameter set cut short")
        return self._value >> self._left & (1 << count) - 1

    def number(self) -> int:
        """An Exp-Golomb code (ITU-T H.264 section 9.1)."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        code = self.number()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def _size(bits: _Bits) -> tuple[int, int]:
    """ITU-T H.264 section 7.3.2.1.1, as far as the frame's cropping."""
    profile = bits.bits(8)
    bits.bits(16)
    bits.number()
    chroma = _chroma(bits) if profile in _HIGH_PROFILES else 1
    bits.number()
    _skip_order(bits)
    bits.number()
    bits.bits(1)
    width, height = (bits.number() + 1) * 16, (bits.number() + 1) * 16
    fields = not bits.bits(1)
    if fields:
        height *= 2
        bits.bits(1)
    bits.bits(1)
    if bits.bits(1):
        left, right, top, bottom = (bits.number() for _ in range(4))
        across, down = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1) * (2 if fields else 1)
        width -= (left + right) * across
        height -= (top + bottom) * down
    if not 0 < width <= 16384 or not 0 < height <= 16384:
        raise ValueError("not a size")
    return width, height


def _chroma(bits: _Bits) -> int:
    chroma = bits.number()
    if chroma == 3:
        bits.bits(1)
    bits.number()
    bits.number()
    bits.bits(1)
    if bits.bits(1):
        for index in range(12 if chroma == 3 else 8):
            if bits.bits(1):
                _skip_scaling(bits, 16 if index < 6 else 64)
    return chroma


def _skip_scaling(bits: _Bits, length: int) -> None:
    last = following = 8
    for _ in range(length):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _skip_order(bits: _Bits) -> None:
    kind = bits.number()
    if kind == 0:
        bits.number()
    elif kind == 1:
        bits.bits(1)
        bits.signed()
        bits.signed()
        for _ in range(min(255, bits.number())):
            bits.signed()
