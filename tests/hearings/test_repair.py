"""What the network loses on either side comes again."""

import asyncio
import struct
from typing import Any

import pytest
from aiortc.rtp import RtcpRtpfbPacket

from hearings.stats import room_stats
from tests.hearings.house import House
from tests.hearings.peer import RTX_SSRC, VIDEO_SSRC, Peer, payload_of, video_packet

pytestmark = pytest.mark.timeout(30)


class Repair:
    """The two ends of a lossy road: a publisher that answers NACKs by RTX, a receiver that asks for holes."""

    def __init__(self, camera: Peer, screen: Peer) -> None:
        self.camera, self.screen = camera, screen
        self.sent: dict[int, bytes] = {}
        self.got: dict[int, bytes] = {}
        self._resent = 0
        camera.on_rtcp, screen.on_rtp = self._resend, self._collect

    def send(self, number: int) -> None:
        packet = self.sent[number & 0xFFFF] = video_packet(number, key=True, step=180)
        self.camera.send(packet)

    def holes(self) -> list[int]:
        return [n for n in range(min(self.got), max(self.got)) if n not in self.got] if self.got else []

    def ask(self, ssrc: int) -> None:
        if holes := self.holes():
            self.screen.nack(ssrc, holes)

    def _resend(self, packet: Any) -> None:
        if isinstance(packet, RtcpRtpfbPacket) and packet.media_ssrc == VIDEO_SSRC:
            for number in packet.lost:
                original = self.sent[number & 0xFFFF]
                header = struct.pack("!BBH4sI", 0x80, 0x80 | 121, self._resent, original[4:8], RTX_SSRC)
                self._resent += 1
                self.camera.send(header + original[2:4] + original[12:])

    def _collect(self, packet: bytes) -> None:
        if packet[1] & 0x7F == 96:
            self.got[int.from_bytes(packet[2:4], "big")] = payload_of(packet)
        elif packet[1] & 0x7F == 97:
            original = payload_of(packet)
            self.got[int.from_bytes(original[:2], "big")] = original[2:]


async def test_what_is_lost_is_repaired_in_both_directions(house: House) -> None:
    """10 % of all media datagrams are dropped on both links, feedback included."""
    camera = await house.publish("a", loss=0.1, seed=7)
    screen = await house.subscribe("b", loss=0.1, seed=8)
    road = Repair(camera, screen)
    await house.connected("b")
    out = next(s.out for s in house.room.seats["b"].subscriber.slots if s.stream == ("a", "video"))
    first = 65400  # over the wrap
    for number in range(first, first + 400):
        road.send(number)
        if number % 20 == 0:
            road.ask(out.ssrc)
        await asyncio.sleep(0.002)
    for _ in range(40):
        await asyncio.sleep(0.05)
        road.ask(out.ssrc)
    assert camera.dropped > 20
    assert screen.dropped > 20
    assert road.holes() == []
    assert len(road.got) >= 390
    frames = [int.from_bytes(road.got[number][-2:], "big") for number in sorted(road.got)]
    assert frames == sorted(frames, key=lambda n: (n - first) & 0xFFFF), "each number has its own frame"
    stats = room_stats(house.room)["seats"]
    assert stats["a"]["in"]["video"]["recovered"] > 10
    assert stats["b"]["out"]["a/video"]["resent"] > 10
