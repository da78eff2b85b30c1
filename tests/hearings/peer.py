"""A browser reduced to its packets: one UDP socket, ICE checks, aiortc's DTLS as the client, raw RTP."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from aioice import stun
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from hearings.dtls import Certificate
from hearings.forwarding import rtcp
from hearings.forwarding.packet import HEADER, payload_end, payload_start
from hearings.negotiation import VIDEO_FEEDBACK
from hearings.sdp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    Codec,
    MediaSection,
    SessionDescription,
    TransportDescription,
    parse,
    render,
)
from tests.hearings.waiting import until

AUDIO_SSRC, VIDEO_SSRC, RTX_SSRC = 1001, 2001, 2002
VP8, RTX, OPUS = 120, 121, 109


class Peer(asyncio.DatagramProtocol):
    """`loss` drops datagrams of media both ways, by a seeded chance."""

    role = "controlling"

    def __init__(self, loss: float = 0.0, seed: int = 1) -> None:
        self.certificate = Certificate()
        self.rtp: list[bytes] = []
        self.rtcp: list[Any] = []
        self.on_rtp: Callable[[bytes], None] = self.rtp.append
        self.on_rtcp: Callable[[Any], None] = self.rtcp.append
        self.loss = loss
        self.dropped = 0
        self.stun_answers = 0
        self._chance = random.Random(seed)
        self._dtls_in: asyncio.Queue[bytes] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport
        self._dtls = RTCDtlsTransport(self, [self.certificate.value])
        self._dtls._set_role("client")
        self.up = False

    async def open(self, remote: tuple[str, int]) -> None:
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, remote_addr=remote
        )

    async def connect(self, description: str) -> None:
        """Check and shake hands with whoever wrote the description."""
        theirs = parse(description).transport
        assert theirs is not None
        self.check(theirs)
        await until(lambda: self.stun_answers)
        async with asyncio.timeout(5):
            algorithm, _, value = theirs.fingerprint.partition(" ")
            await self._dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(algorithm, value)]))
        assert self._dtls.state == "connected"
        self.up = True

    def check(self, theirs: TransportDescription) -> None:
        """One nominating connectivity check."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes = {"USERNAME": f"{theirs.ufrag}:peer", "USE-CANDIDATE": None}
        request.add_message_integrity(theirs.password.encode())
        self._transport.sendto(bytes(request))

    async def close(self) -> None:
        await self._dtls.stop()
        self._transport.close()

    def abort(self) -> None:
        """Vanish without a goodbye."""
        self._dtls._task.cancel()
        self._transport.close()

    def offer(self) -> str:
        """A publish offer of microphone and camera, in the manner of a browser."""
        ours = self._ours("actpass")
        audio = MediaSection(
            "audio",
            "0",
            direction="sendonly",
            codecs=(Codec(OPUS, "opus", 48000, 2),),
            extensions=((1, AUDIO_LEVEL), (3, MID)),
            stream="me",
            ssrcs=(AUDIO_SSRC,),
            transport=ours,
        )
        video = MediaSection(
            "video",
            "1",
            direction="sendonly",
            codecs=(
                Codec(VP8, "VP8", 90000, 1, "", VIDEO_FEEDBACK),
                Codec(RTX, "rtx", 90000, 1, f"apt={VP8}"),
            ),
            extensions=((3, MID), (4, ABS_SEND_TIME)),
            stream="me",
            ssrcs=(VIDEO_SSRC, RTX_SSRC),
            transport=ours,
        )
        return render(SessionDescription(1, 1, (audio, video)))

    def answer(self, offer: str) -> str:
        """The answer to a subscribe offer that takes everything."""
        ours = self._ours("active")
        turned = {"sendonly": "recvonly", "inactive": "inactive"}
        sections = tuple(
            MediaSection(s.kind, s.mid, direction=turned[s.direction], codecs=s.codecs, transport=ours)
            for s in parse(offer).sections
        )
        return render(SessionDescription(2, 1, sections))

    def send(self, packet: bytes) -> None:
        """Encrypt and send an RTP packet, if chance wills."""
        self._send_unless_lost(self._dtls._tx_srtp.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        self._send_unless_lost(self._dtls._tx_srtp.protect_rtcp(packet))

    def send_raw(self, data: bytes) -> None:
        self._transport.sendto(data)

    def nack(self, ssrc: int, numbers: list[int]) -> None:
        self.send_rtcp(rtcp.nack(ssrc, numbers))

    def datagram_received(self, data: bytes, addr: object) -> None:
        first = data[0]
        if first < 4:
            self.stun_answers += 1
        elif 19 < first < 64:
            self._dtls_in.put_nowait(data)
        elif self.up and not self._lost():
            if 192 <= data[1] <= 223:
                for packet in rtcp.read(self._dtls._rx_srtp.unprotect_rtcp(data)):
                    self.on_rtcp(packet)
            else:
                self.on_rtp(self._dtls._rx_srtp.unprotect(data))

    async def _recv(self) -> bytes:
        return await self._dtls_in.get()

    async def _send(self, data: bytes) -> None:
        self._transport.sendto(data)

    def _send_unless_lost(self, data: bytes) -> None:
        if not self._lost():
            self._transport.sendto(data)

    def _lost(self) -> bool:
        lost = self._chance.random() < self.loss
        self.dropped += lost
        return lost

    def _ours(self, setup: str) -> TransportDescription:
        return TransportDescription("peer", "x" * 24, self.certificate.fingerprint, setup)


def payload_of(packet: bytes) -> bytes:
    """Without head, extension and padding."""
    return packet[payload_start(packet) : payload_end(packet)]


def video_packet(
    number: int, *, key: bool = False, picture: int | None = None, size: int = 40, step: int = 3000
) -> bytes:
    """A VP8 packet that is a whole frame, `step` clock units after the last; its body repeats its number."""
    picture = number if picture is None else picture
    header = HEADER.pack(0x80, 0x80 | VP8, number & 0xFFFF, number * step & 0xFFFFFFFF, VIDEO_SSRC)
    descriptor = bytes([0x90, 0x80, 0x80 | picture >> 8 & 0x7F, picture & 0xFF, 0 if key else 1])
    return header + descriptor + (number & 0xFFFF).to_bytes(2, "big") * (size // 2)


def audio_packet(number: int, level: int = 30) -> bytes:
    """An Opus packet with its audio level."""
    header = HEADER.pack(0x90, OPUS, number & 0xFFFF, number * 960 & 0xFFFFFFFF, AUDIO_SSRC)
    return header + b"\xbe\xde\x00\x01" + bytes([0x10, 0x80 | level, 0, 0]) + b"opus"
