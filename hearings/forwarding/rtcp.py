"""The RTCP messages the unit writes, and the one door through which it reads them (RFC 3550, RFC 4585)."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from aiortc.rtp import AnyRtcpPacket, RtcpPacket

SENDER = 1
"""The SSRC the unit speaks under; it sends no media of its own."""
_SR, _RR, _SDES, _RTPFB, _PSFB = 200, 201, 202, 205, 206
_TRANSPORT_WIDE = 15
_FEEDBACK_HEAD = bytes([0x80 | _TRANSPORT_WIDE, _RTPFB])


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """Transport-wide feedback, its body unread (see `hearings.bandwidth.feedback`)."""

    body: bytes


AnyPacket = AnyRtcpPacket | TransportFeedback


def read(data: bytes) -> list[AnyPacket]:
    """The packets of a decrypted compound; raises ValueError when it is malformed."""
    if data[:2] == _FEEDBACK_HEAD and int.from_bytes(data[2:4], "big") * 4 + 4 == len(data) > 20:
        # By far the most frequent message, and one that aiortc would take for a NACK.
        return [TransportFeedback(data[12:])]
    packets: list[AnyPacket] = []
    at = 0
    try:
        while at < len(data):
            end = at + 4 + int.from_bytes(data[at + 2 : at + 4], "big") * 4
            if data[at + 1] == _RTPFB and data[at] & 0x1F == _TRANSPORT_WIDE:
                if end > len(data):
                    raise ValueError("RTCP packet is truncated")
                packets.append(TransportFeedback(data[at + 12 : end]))
            else:
                packets += RtcpPacket.parse(data[at:end])
            at = end
    except (struct.error, IndexError) as error:
        raise ValueError("malformed RTCP") from error
    return packets


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


def transport_feedback(ssrc: int, body: bytes) -> bytes:
    """Transport-wide feedback of a body that is whole words; `ssrc` is one of the sender's."""
    head = struct.pack("!BBHII", 0x80 | _TRANSPORT_WIDE, _RTPFB, 2 + len(body) // 4, SENDER, ssrc)
    return head + body


def read_bandwidth_limit(fci: bytes) -> int | None:
    """The bit/s of a REMB message's body, None when it is another application's message."""
    if len(fci) < 8 or fci[:4] != b"REMB":
        return None
    return ((fci[5] & 3) << 16 | fci[6] << 8 | fci[7]) << (fci[5] >> 2)


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
