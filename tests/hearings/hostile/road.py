"""A peer at the end of a lossy line who knows the keys and sees each datagram before chance takes it."""

import random
from collections import Counter
from typing import Any

import pylibsrtp
from aiortc.rtp import RtcpRtpfbPacket

from hearings.forwarding import rtcp
from hearings.forwarding.packet import HEADER
from tests.hearings.peer import RTX, RTX_SSRC, VIDEO_SSRC, Peer, payload_of

Number = tuple[int, int]
"""(SSRC, 16-bit sequence number)."""


class Bursts:
    """Gilbert-Elliott by packet: `loss` of them all, in bursts of `length` on average."""

    def __init__(self, loss: float, length: float, seed: int) -> None:
        self._chance = random.Random(seed)
        self._leave = 1 / length
        self._enter = self._leave * loss / (1 - loss)
        self._bad = False

    def takes(self) -> bool:
        """Whether the next packet is lost."""
        self._bad = self._chance.random() < (1 - self._leave if self._bad else self._enter)
        return self._bad


class Road(Peer):
    """Loses media and RTCP both ways. `wire` has every SRTP datagram of the server by its number."""

    def __init__(self, loss: float, seed: int, length: float = 3.0) -> None:
        super().__init__()
        self._there, self._back = Bursts(loss, length, seed), Bursts(loss, length, seed + 1)
        self.wire: dict[Number, set[bytes]] = {}
        self.plain: dict[Number, bytes] = {}
        """The same decrypted, whether it was lost on the way or not."""
        self.lost = 0

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not (self.up and 127 < data[0] < 192):
            super().datagram_received(data, addr)
            return
        gone = self._back.takes()
        self.lost += gone
        try:
            if 192 <= data[1] <= 223:
                self._control(rtcp.read(self._dtls._rx_srtp.unprotect_rtcp(data)), gone)
            else:
                _, _, number, _, ssrc = HEADER.unpack_from(data)
                self.wire.setdefault((ssrc, number), set()).add(data)
                packet = self.plain.get((ssrc, number)) or self._dtls._rx_srtp.unprotect(data)
                self.plain[ssrc, number] = packet
                if not gone:
                    self.on_rtp(packet)
        except pylibsrtp.Error:
            self.refused = data

    def _control(self, packets: list[Any], gone: bool) -> None:
        for packet in packets:
            self.overhear(packet)
            if not gone:
                self.on_rtcp(packet)

    def overhear(self, packet: Any) -> None:
        """An RTCP packet of the server, lost or not."""

    def _send_unless_lost(self, data: bytes) -> None:
        gone = self._there.takes()
        self.lost += gone
        if not gone:
            self._transport.sendto(data)


class Camera(Road):
    """Publishes and answers NACKs: pictures by RTX, sound by the same packet again."""

    def __init__(self, loss: float, seed: int) -> None:
        super().__init__(loss, seed)
        self.sent: dict[Number, bytes] = {}
        self.reached: set[Number] = set()
        """What has come to the server, at once or after it was asked for."""
        self.asked: Counter[Number] = Counter()
        """How often the server asked, whether that came here or not."""
        self._rtx_number = 0
        self._sending: Number | None = None
        self.on_rtcp = self._answer

    def publish(self, packet: bytes) -> None:
        """Send a packet of a stream."""
        _, _, number, _, ssrc = HEADER.unpack_from(packet)
        self.sent[ssrc, number] = packet
        self._deliver((ssrc, number), packet)

    def overhear(self, packet: Any) -> None:
        if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == 1:
            self.asked.update((packet.media_ssrc, number) for number in packet.lost)

    def _answer(self, packet: Any) -> None:
        if not isinstance(packet, RtcpRtpfbPacket) or packet.fmt != 1:
            return
        for number in packet.lost:
            original = self.sent[packet.media_ssrc, number]
            if packet.media_ssrc == VIDEO_SSRC:
                _, second, _, timestamp, _ = HEADER.unpack_from(original)
                head = HEADER.pack(0x80, second & 0x80 | RTX, self._rtx_number, timestamp, RTX_SSRC)
                self._rtx_number += 1
                original = head + number.to_bytes(2, "big") + original[12:]
            self._deliver((packet.media_ssrc, number), original)

    def _deliver(self, number: Number, packet: bytes) -> None:
        self._sending = number
        self.send(packet)

    def _send_unless_lost(self, data: bytes) -> None:
        before = self.lost
        super()._send_unless_lost(data)
        if self.lost == before and self._sending is not None:
            self.reached.add(self._sending)
        self._sending = None


class Screen(Road):
    """Receives, and asks for every hole until it is filled."""

    def __init__(self, loss: float, seed: int) -> None:
        super().__init__(loss, seed)
        self.got: dict[int, dict[int, bytes]] = {}
        """Payloads by the server's payload type (96, 111) and by number."""
        self.ssrcs: dict[int, int] = {}
        self.on_rtp = self._collect

    def ask(self) -> None:
        """Ask for what is missing between the first and the last packet of each stream."""
        for payload_type, ssrc in self.ssrcs.items():
            holes = self.holes(payload_type)
            if holes:
                self.nack(ssrc, holes[:200])

    def holes(self, payload_type: int) -> list[int]:
        """The numbers still missing of a stream."""
        got = self.got.get(payload_type, {})
        return [n for n in range(min(got), max(got)) if n not in got] if got else []

    def _collect(self, packet: bytes) -> None:
        _, second, number, _, ssrc = HEADER.unpack_from(packet)
        payload_type, body = second & 0x7F, payload_of(packet)
        if payload_type == 97:
            payload_type, number, body = 96, int.from_bytes(body[:2], "big"), body[2:]
        else:
            self.ssrcs[payload_type] = ssrc
        before = self.got.setdefault(payload_type, {}).setdefault(number, body)
        assert before == body, "a number stands for one packet"
