"""The RTCP messages the unit writes, and the one door through which it reads them (RFC 3550, RFC 4585)."""

import struct
from collections.abc import Iterable

from aiortc.rtp import AnyRtcpPacket, RtcpPacket

SENDER = 1
"""The SSRC the unit speaks under; it sends no media of its own."""
_SR, _RR, _SDES, _RTPFB, _PSFB = 200, 201, 202, 205, 206


def read(data: bytes) -> list[AnyRtcpPacket]:
    """The packets of a decrypted compound; raises ValueError when it is malformed."""
    try:
        return RtcpPacket.parse(data)
    except (struct.error, IndexError) as error:
        raise ValueError("malformed RTCP") from error


def keyframe_request(ssrc: int) -> bytes:
    """Picture Loss Indication (RFC 4585 section 6.3.1)."""
    return struct.pack("!BBHII", 0x81, _PSFB, 2, SENDER, ssrc)


def nack(ssrc: int, numbers: Iterable[int]) -> bytes:
    """Generic NACK (RFC 4585 section 6.2.1) for 16-bit numbers in sending order."""
    entries: list[list[int]] = []
    for number in numbers:
        ahead = (number - entries[-1][0] - 1) & 0xFFFF if entries else 0xFFFF
        if ahead < 16:
            entries[-1][1] |= 1 << ahead
        else:
            entries.append([number, 0])
    body = b"".join(struct.pack("!HH", number, mask) for number, mask in entries)
    return struct.pack("!BBHII", 0x81, _RTPFB, 2 + len(entries), SENDER, ssrc) + body


def receiver_report(blocks: list[bytes]) -> bytes:
    """A receiver report of ready-made blocks (see `report_block`)."""
    return struct.pack("!BBHI", 0x80 | len(blocks), _RR, 1 + 6 * len(blocks), SENDER) + b"".join(blocks)


def report_block(
    ssrc: int, fraction: int, lost: int, highest: int, jitter: int, last_report: int, delay: int
) -> bytes:
    """One report block (RFC 3550 section 6.4.1); `jitter` in clock units, `delay` in 1/65536 s."""
    lost = max(0, min(0x7FFFFF, lost))
    return struct.pack(
        "!IIIIII",
        ssrc,
        min(255, fraction) << 24 | lost,
        highest & 0xFFFFFFFF,
        jitter & 0xFFFFFFFF,
        last_report,
        delay & 0xFFFFFFFF,
    )


def bandwidth_limit(bits_per_second: int, ssrcs: list[int]) -> bytes:
    """REMB: what the publisher may send in all (draft-alvestrand-rmcat-remb-03)."""
    exponent = max(0, bits_per_second.bit_length() - 18)
    mantissa = bits_per_second >> exponent
    body = b"REMB" + struct.pack("!I", len(ssrcs) << 24 | exponent << 18 | mantissa)
    body += b"".join(struct.pack("!I", ssrc) for ssrc in ssrcs)
    return struct.pack("!BBHII", 0x8F, _PSFB, 2 + len(body) // 4, SENDER, 0) + body


def sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int, name: str) -> bytes:
    """A sender report with its CNAME; the publisher's clock is kept so that lips and voice stay together."""
    cname = name.encode()[:255]
    chunk = struct.pack("!IBB", ssrc, 1, len(cname)) + cname
    chunk += bytes(4 - len(chunk) % 4)
    return (
        struct.pack(
            "!BBHIQIII",
            0x80,
            _SR,
            6,
            ssrc,
            ntp,
            timestamp & 0xFFFFFFFF,
            packets & 0xFFFFFFFF,
            octets & 0xFFFFFFFF,
        )
        + struct.pack("!BBH", 0x81, _SDES, len(chunk) // 4)
        + chunk
    )
