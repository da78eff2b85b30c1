"""People at the end of a narrow line: a receiver that reports arrivals, a camera that sends three layers."""

import asyncio
import struct
from dataclasses import replace
from typing import Any

from aiortc.rtp import RtcpPsfbPacket

from hearings.bandwidth import WIRE_OVERHEAD
from hearings.bandwidth.arrivals import ArrivalReports
from hearings.forwarding import rtcp
from hearings.forwarding.packet import HEADER, extension, payload_end, payload_start
from hearings.negotiation import OPUS_PT, TWCC_ID, VP8_PT
from hearings.sdp import REPAIRED_RID, RID, TRANSPORT_WIDE, SessionDescription, parse, render
from tests.hearings.bandwidth.line import Line
from tests.hearings.peer import VP8, Peer, audio_packet

FEEDBACK_S = 0.05
RID_ID, RRID_ID, WIDE_ID = 9, 10, 5
RIDS = ("q", "h", "f")
RATES = (150_000, 500_000, 1_200_000)
SSRCS = (3001, 3002, 3003)
FPS = 30
PACKET = 1000


class Far(Peer):
    """A receiver whose media comes through a simulated line, in real time, and who tells what arrived.

    `heard` is (arrival, payload type, layer or -1, bytes) of every media packet; a packet on the RTX stream
    counts for no layer.
    """

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line
        self.heard: list[tuple[float, int, int, int]] = []
        self.delays: list[float] = []
        self.on_rtp = self._hear
        self._loop = asyncio.get_running_loop()
        self._reports = ArrivalReports()
        self._notes: list[tuple[int, float]] = []
        self._task: asyncio.Task[None] | None = None

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self.up or not 127 < data[0] < 192 or 192 <= data[1] <= 223:
            super().datagram_received(data, addr)
            return
        now = self._loop.time()
        out = self.line.carry(len(data) + WIRE_OVERHEAD, now)
        if out is not None:
            self.delays.append(out - now)
            self._loop.call_at(out, super().datagram_received, data, addr)

    def report(self) -> None:
        """Begin to give feedback."""
        self._task = asyncio.create_task(self._report())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.up = False  # what is still on the line falls off it
        await super().close()

    def layers(self, since: float) -> list[int]:
        """The layers of the pictures heard since, one after the other."""
        layers: list[int] = []
        for at, kind, layer, _ in self.heard:
            if at >= since and kind == VP8_PT and (not layers or layers[-1] != layer):
                layers.append(layer)
        return layers

    def sounds(self, since: float) -> int:
        """Packets of sound heard since."""
        return sum(1 for at, kind, _, _ in self.heard if at >= since and kind == OPUS_PT)

    def _hear(self, packet: bytes) -> None:
        now = self._loop.time()
        number = extension(packet, TWCC_ID)
        assert number is not None, "every packet that is sent bears a transport-wide number"
        self._notes.append((int.from_bytes(number, "big"), now))
        body = packet[payload_start(packet) : payload_end(packet)]
        kind = packet[1] & 0x7F
        self.heard.append((now, kind, body[-1] if kind == VP8_PT and body else -1, len(packet)))

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(FEEDBACK_S)
            notes, self._notes = self._notes, []
            for body in self._reports.feedback(notes):
                self.send_rtcp(rtcp.transport_feedback(1, body))


class Layered(Peer):
    """A publisher with three layers and keyframes on request, numbered for feedback, and a microphone.

    `sent` packets bore a transport-wide number; `feedback` is what came of it, `limits` those told by REMB.
    """

    def __init__(self) -> None:
        super().__init__()
        self.feedback: list[bytes] = []
        self.limits: list[int] = []
        self.on_rtcp = self._take
        self._number = [0] * len(RIDS)
        self.sent = 0
        self._keyframe = [True] * len(RIDS)
        self._sound = 0
        self._task: asyncio.Task[None] | None = None

    def offer(self) -> str:
        audio, video = parse(super().offer()).sections
        wide = (WIDE_ID, TRANSPORT_WIDE)
        audio = replace(audio, extensions=(*audio.extensions, wide))
        layered = replace(
            video,
            extensions=(*video.extensions, (RID_ID, RID), (RRID_ID, REPAIRED_RID), wide),
            codecs=tuple(replace(c, feedback=(*c.feedback, "transport-cc")) for c in video.codecs),
            rids=RIDS,
            ssrcs=(),
        )
        return render(SessionDescription(1, 1, (audio, layered)))

    def play(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._play())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        await super().close()

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        start, frame = loop.time(), 0
        while True:
            now = loop.time() - start
            while self._sound < now * 50:
                self.send(audio_packet(self._sound))
                self._sound += 1
            if frame < now * FPS:
                for layer in range(len(RIDS)):
                    self._send_frame(layer, frame * 3000)
                frame += 1
            await asyncio.sleep(0.005)

    def _send_frame(self, layer: int, timestamp: int) -> None:
        left = RATES[layer] // 8 // FPS
        key, self._keyframe[layer] = self._keyframe[layer], False
        left *= 4 if key else 1
        first = True
        while left > 0:
            size = min(PACKET, max(left, 40))
            left -= size
            self._send_packet(layer, timestamp, size, key=key, first=first, last=left <= 0)
            first = False

    def _send_packet(
        self, layer: int, timestamp: int, size: int, *, key: bool, first: bool, last: bool
    ) -> None:
        number = self._number[layer]
        self._number[layer] += 1
        marker = 0x80 if last else 0
        header = HEADER.pack(0x90, marker | VP8, number & 0xFFFF, timestamp & 0xFFFFFFFF, SSRCS[layer])
        rid = bytes([RID_ID << 4]) + RIDS[layer].encode()
        wide = bytes([WIDE_ID << 4 | 1]) + struct.pack("!H", self.sent & 0xFFFF)
        mid = bytes([3 << 4]) + b"1"
        self.sent += 1
        block = (rid + wide + mid).ljust(8, b"\0")
        start = 0x90 if first else 0x80
        picture = struct.pack("!H", 0x8000 | timestamp // 3000 & 0x7FFF)
        descriptor = bytes([start, 0x80]) + picture + bytes([0 if key and first else 1])
        body = descriptor + bytes([layer]) * size
        self.send(header + b"\xbe\xde\x00\x02" + block + body)

    def _take(self, packet: Any) -> None:
        if isinstance(packet, rtcp.TransportFeedback):
            self.feedback.append(packet.body)
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == 1:
            if packet.media_ssrc in SSRCS:
                self._keyframe[SSRCS.index(packet.media_ssrc)] = True
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == 15:
            limit = rtcp.read_bandwidth_limit(packet.fci)
            if limit is not None:
                self.limits.append(limit)
