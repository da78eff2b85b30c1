"""What the engine takes from aiortc, aioice and pylibsrtp beyond their public interface.

When one of these fails after an upgrade, hearings/dtls.py (or, for STUN and RTCP, hearings/ice.py and
hearings/forwarding/rtcp.py) is the place to mend.
"""

import asyncio
import inspect
import struct
from collections.abc import Callable
from typing import Any

import pytest
from aioice import stun
from aiortc import rtp
from aiortc.rtcdtlstransport import RTCDtlsParameters, RTCDtlsTransport

from hearings.dtls import (
    TRAILER,
    Certificate,
    DtlsSession,
    Memory,
    protect,
    protect_rtcp,
    unprotect,
    unprotect_rtcp,
)

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

    def unsealed(self, sealed: bytes, how: Callable[[Any, Any, Any], int] = unprotect) -> bytes | None:
        """What the client sealed, opened by us; None when it was refused."""
        return self._work(how, self.keys.receive, sealed)

    def sealed(self, plain: bytes, how: Callable[[Any, Any, Any], int] = protect) -> bytes | None:
        """Sealed by us for the client."""
        return self._work(how, self.keys.send, plain)

    def _work(self, how: Callable[[Any, Any, Any], int], key: Any, packet: bytes) -> bytes | None:
        memory = Memory(2048)
        memory.data[: len(packet)] = packet
        memory.length[0] = len(packet)
        refused = how(key, memory.pointer, memory.length)
        return None if refused else bytes(memory.view[: memory.length[0]])

    async def connect(self, fingerprint: str | None = None) -> bool:
        """Both handshakes; True when ours accepted, and `keys` are ours."""
        parameters = RTCDtlsParameters(self.certificate.value.getFingerprints())
        self.keys, _ = await asyncio.gather(
            self.session.handshake(fingerprint or self.client_certificate.fingerprint),
            self.client.start(parameters),
        )
        return self.keys is not None


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
    assert pair.unsealed(pair.client._tx_srtp.protect(packet)) == packet
    assert pair.client._rx_srtp.unprotect(pair.sealed(packet)) == packet
    report = bytes(rtp.RtcpRrPacket(ssrc=1))
    assert pair.unsealed(pair.client._tx_srtp.protect_rtcp(report), unprotect_rtcp) == report
    assert pair.client._rx_srtp.unprotect_rtcp(pair.sealed(report, protect_rtcp)) == report
    await pair.client.stop()
    await pair.session.stop()


async def test_a_foreign_certificate_is_refused() -> None:
    pair = Pair()
    assert not await pair.connect(Certificate().fingerprint)
    await pair.client.stop()
    await pair.session.stop()


async def test_replayed_damaged_and_nonsensical_packets_are_refused_and_not_raised() -> None:
    pair = Pair()
    assert await pair.connect()
    sealed = pair.client._tx_srtp.protect(struct.pack("!BBHII", 0x80, 96, 1, 2, 3) + b"payload")
    assert pair.unsealed(sealed) is not None
    for refused in (sealed, sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:9], b"", bytes(2000)):
        assert pair.unsealed(refused) is None
        assert pair.unsealed(refused, unprotect_rtcp) is None
    await pair.client.stop()
    await pair.session.stop()


async def test_a_full_sized_packet_is_sealed_without_the_wrappers_limit() -> None:
    pair = Pair()
    assert await pair.connect()
    packet = struct.pack("!BBHII", 0x80, 96, 1, 2, 3) + bytes(1380)
    sealed = pair.sealed(packet)
    assert sealed is not None
    assert len(packet) < len(sealed) <= len(packet) + TRAILER
    await pair.client.stop()
    await pair.session.stop()


async def test_a_context_is_freed_and_a_number_resent_is_not_refused() -> None:
    """aiortc lets a number be sent again (RTCP aside); what was never sent is forgotten without a word."""
    pair = Pair()
    assert await pair.connect()
    packet = struct.pack("!BBHII", 0x80, 96, 1, 2, 3) + b"payload"
    assert pair.sealed(packet) == pair.sealed(packet)
    pair.keys.forget_sent(3)
    pair.keys.forget_sent(4)
    assert pair.sealed(packet) is not None
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
