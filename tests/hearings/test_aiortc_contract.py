"""What the engine takes from aiortc, aioice and pylibsrtp beyond their public interface.

When one of these fails after an upgrade, hearings/dtls.py (or, for STUN and RTCP, hearings/ice.py and
hearings/forwarding/rtcp.py) is the place to mend.
"""

import asyncio
import inspect
import struct

import pylibsrtp
import pytest
from aioice import stun
from aiortc import rtp
from aiortc.rtcdtlstransport import RTCDtlsParameters, RTCDtlsTransport

from hearings.dtls import REFUSED, Certificate, DtlsSession

pytestmark = pytest.mark.timeout(20)


class Pair:
    """Our passive session and a plain aiortc client, joined by two queues."""

    def __init__(self) -> None:
        self.certificate = Certificate()
        self.client_certificate = Certificate()
        self.wire = ClientWire(lambda data: self.session.push(data))
        self.session = DtlsSession(self.certificate, lambda data: self.wire.queue.put_nowait(data))
        self.client = RTCDtlsTransport(self.wire, [self.client_certificate.value])
        self.client._set_role("client")

    async def connect(self, fingerprint: str | None = None) -> bool:
        """Both handshakes; True when ours accepted."""
        parameters = RTCDtlsParameters(self.certificate.value.getFingerprints())
        connected, _ = await asyncio.gather(
            self.session.handshake(fingerprint or self.client_certificate.fingerprint),
            self.client.start(parameters),
        )
        return connected


class ClientWire:
    role = "controlling"

    def __init__(self, out) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.out = out

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, data: bytes) -> None:
        self.out(data)


def test_a_dtls_transport_asks_its_transport_for_role_recv_and_send_only() -> None:
    source = inspect.getsource(RTCDtlsTransport)
    asked = {
        part.split("(")[0].split(")")[0].split(":")[0].split(",")[0].split("\n")[0].strip()
        for part in source.split("self.transport.")[1:]
    }
    assert {name.split(" ")[0] for name in asked} == {"role", "_recv", "_send"}


async def test_the_handshake_on_our_own_wire_gives_srtp_contexts() -> None:
    pair = Pair()
    assert await pair.connect()
    packet = struct.pack("!BBHII", 0x80, 96, 1, 2, 3) + b"payload"
    assert pair.session.unprotect(pair.client._tx_srtp.protect(packet)) == packet
    assert pair.client._rx_srtp.unprotect(pair.session.protect(packet)) == packet
    report = bytes(rtp.RtcpRrPacket(ssrc=1))
    assert pair.session.unprotect_rtcp(pair.client._tx_srtp.protect_rtcp(report)) == report
    assert pair.client._rx_srtp.unprotect_rtcp(pair.session.protect_rtcp(report)) == report
    await pair.client.stop()
    await pair.session.stop()


async def test_a_foreign_certificate_is_refused() -> None:
    pair = Pair()
    assert not await pair.connect(Certificate().fingerprint)
    await pair.client.stop()
    await pair.session.stop()


async def test_replayed_damaged_and_oversized_packets_raise_what_we_catch() -> None:
    pair = Pair()
    assert await pair.connect()
    sealed = pair.client._tx_srtp.protect(struct.pack("!BBHII", 0x80, 96, 1, 2, 3) + b"payload")
    pair.session.unprotect(sealed)
    for refused in (sealed, sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:9], b"", bytes(1600)):
        with pytest.raises(REFUSED):
            pair.session.unprotect(refused)
    with pytest.raises(REFUSED):
        pair.session.protect(bytes([0x80]) + bytes(1400))
    await pair.client.stop()
    await pair.session.stop()


async def test_the_end_of_the_association_is_told() -> None:
    pair = Pair()
    assert await pair.connect()
    closed = asyncio.Event()
    pair.session.on_closed(closed.set)
    await pair.client.stop()
    await asyncio.wait_for(closed.wait(), 5)
    await pair.session.stop()


async def test_a_flood_of_dtls_is_dropped_and_not_kept() -> None:
    session = DtlsSession(Certificate(), lambda data: None)
    assert [session.push(b"\x16") for _ in range(100)].count(True) == 64


def test_pylibsrtp_error_is_not_a_value_error() -> None:
    assert not issubclass(pylibsrtp.Error, ValueError), "REFUSED may be shortened"


def test_the_stun_codec_parses_signs_and_checks() -> None:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes={"USERNAME": "a:b"})
    request.add_message_integrity(b"secret")
    parsed = stun.parse_message(bytes(request))
    assert parsed.attributes["USERNAME"] == "a:b"
    assert parsed.check_message_integrity(b"secret")
    assert not parsed.check_message_integrity(b"other")


def test_the_rtcp_parser_knows_what_we_read() -> None:
    nack = struct.pack("!BBHIIHH", 0x81, 205, 3, 1, 9, 100, 0b101)
    pli = struct.pack("!BBHII", 0x81, 206, 2, 1, 9)
    report = struct.pack("!BBHIIIIIII", 0x81, 201, 7, 1, 9, 128 << 24 | 5, 70000, 90, 11, 65536)
    first, second, third = rtp.RtcpPacket.parse(nack + pli + report)
    assert (first.fmt, first.media_ssrc, first.lost) == (1, 9, [100, 101, 103])
    assert (second.fmt, second.media_ssrc) == (1, 9)
    block = third.reports[0]
    assert (block.ssrc, block.fraction_lost, block.packets_lost, block.lsr, block.dlsr) == (
        9,
        128,
        5,
        11,
        65536,
    )
