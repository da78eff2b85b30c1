"""The sending half of a person: pre-encoded microphone and camera, as a browser would send them."""

from __future__ import annotations

import asyncio
import random
import struct
import time
from dataclasses import dataclass

from aiortc.rtp import (
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
)

from bench.load import rtcp, sdp
from bench.load.media import AUDIO_CLOCK, AUDIO_PACKETS_PER_S, FRAMES_PER_S, VIDEO_CLOCK, Media
from bench.load.wire import Wire
from hearings.sdp import parse, render

HEADER = struct.Struct("!BBHII")
HISTORY = 512
KEYFRAME_EVERY_S = 0.3
LEVEL = 0x80 | 30
"""Speech at -30 dBov (RFC 6464)."""
NTP_EPOCH = 2208988800
TIMESTAMP_CHANCE = 96
"""Each timestamp is late by a chance of so many ticks, so that a stream is known again behind any server."""
BURST_S = 0.25
"""Later than this the schedule is moved: what a stalled load did not send in time it does not make up for."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A frame or an audio packet: its timestamp, when its last packet left (ns), and how many it had."""

    timestamp: int
    at: int
    packets: int


class OutTrack:
    """Numbers, header and history of one m-line. `number` is unwrapped."""

    def __init__(self, kind: str, chance: random.Random, first_number: int) -> None:
        self.kind = kind
        self.ssrc, self.rtx_ssrc = chance.randrange(1, 1 << 31), chance.randrange(1 << 31, 1 << 32)
        self.number = first_number
        self.rtx_number = first_number
        self.timestamp = chance.randrange(1 << 32)
        self.packets = 0
        self.octets = 0
        self.history: dict[int, bytes] = {}
        self.log: list[Sent] | None = None
        self.spoken_at = 0.0
        self._template = bytearray()
        self._send_time_at = 0
        self._transport_at = 0

    @property
    def ssrcs(self) -> tuple[int, ...]:
        """As an SDP announces them."""
        return (self.ssrc,) if self.kind == "audio" else (self.ssrc, self.rtx_ssrc)

    def agree(self, agreed: sdp.Agreed) -> None:
        """Lay out the header once; a packet only fills its numbers in."""
        self.agreed = agreed
        elements = bytearray()
        if agreed.mid_id:
            elements += bytes([agreed.mid_id << 4 | len(agreed.mid) - 1]) + agreed.mid.encode()
        if agreed.level_id:
            elements += bytes([agreed.level_id << 4, LEVEL])
        if agreed.send_time_id:
            self._send_time_at = 16 + len(elements) + 1
            elements += bytes([agreed.send_time_id << 4 | 2, 0, 0, 0])
        if agreed.transport_id:
            self._transport_at = 16 + len(elements) + 1
            elements += bytes([agreed.transport_id << 4 | 1, 0, 0])
        elements += bytes(-len(elements) % 4)
        self._template = bytearray(12) + struct.pack("!HH", 0xBEDE, len(elements) // 4) + elements

    def packet(self, payload: bytes, marker: bool, timestamp: int, transport: int, *, rtx: bool) -> bytes:
        """One packet; `transport` is its transport-wide number."""
        agreed, head = self.agreed, self._template
        kind = agreed.rtx_payload_type if rtx else agreed.payload_type
        number, ssrc = (self.rtx_number, self.rtx_ssrc) if rtx else (self.number, self.ssrc)
        HEADER.pack_into(head, 0, 0x90, kind | (0x80 if marker else 0), number & 0xFFFF, timestamp, ssrc)
        if self._send_time_at:
            # abs-send-time: seconds in 6.18 fixed point
            stamp = time.time_ns() * (1 << 18) // 1_000_000_000 & 0xFFFFFF
            head[self._send_time_at : self._send_time_at + 3] = stamp.to_bytes(3, "big")
        if self._transport_at:
            head[self._transport_at : self._transport_at + 2] = transport.to_bytes(2, "big")
        return bytes(head) + payload

    def remember(self, packet: bytes) -> None:
        """Count the packet just sent and keep it for a NACK."""
        self.history[self.number & 0xFFFF] = packet
        if len(self.history) > HISTORY:
            del self.history[next(iter(self.history))]
        self.number += 1
        self.packets += 1
        self.octets += len(packet) - len(self._template)

    def repeat(self, number: int, transport: int) -> bytes | None:
        """The packet that answers a NACK: on the RTX stream where there is one, else the very same again."""
        packet = self.history.get(number & 0xFFFF)
        if packet is None or self.agreed.rtx_payload_type < 0:
            return packet
        _, second, _, timestamp, _ = HEADER.unpack_from(packet)
        # RFC 4588 section 4: the original number goes before the payload.
        payload = struct.pack("!H", number & 0xFFFF) + packet[len(self._template) :]
        repeated = self.packet(payload, second > 127, timestamp, transport, rtx=True)
        self.rtx_number += 1
        return repeated

    def report(self) -> bytes:
        """The sender report with its CNAME."""
        ntp = int((self.spoken_at + NTP_EPOCH) * (1 << 32)) & (1 << 64) - 1
        info = RtcpSenderInfo(
            ntp, self.timestamp & 0xFFFFFFFF, self.packets & 0xFFFFFFFF, self.octets & 0xFFFFFFFF
        )
        names = RtcpSdesPacket([RtcpSourceInfo(self.ssrc, [(1, b"load")])])
        return bytes(RtcpSrPacket(self.ssrc, info)) + bytes(names)


class Publisher:
    """Sends from `start` on, paced like a browser, and answers NACK, PLI and FIR.

    `first_number` is where both tracks' sequence numbers begin; near 65535 they wrap soon.
    """

    def __init__(self, wire: Wire, media: Media, *, seed: int, first_number: int | None = None) -> None:
        self.wire = wire
        self._media = media
        self._chance = random.Random(seed)
        begin = self._chance.randrange(0x7FFF) if first_number is None else first_number
        self.tracks = {kind: OutTrack(kind, self._chance, begin) for kind in ("audio", "video")}
        self.resent = 0
        self.keyframe_requests = 0
        self.feedback = 0
        self.late: list[float] | None = None
        self._session = self._chance.getrandbits(48)
        self._version = 0
        self._transport = self._chance.randrange(1 << 16)
        self._frame = 0
        self._picture = self._chance.randrange(1 << 15)
        self._spoken = 0
        self._keyframe_wanted = False
        self._keyframe_at = float("-inf")
        self._task: asyncio.Task[None] | None = None
        wire.on_rtcp = self.on_rtcp

    def offer(self) -> str:
        """An offer of both tracks, the first or a later one."""
        self._version += 1
        ssrcs = {kind: track.ssrcs for kind, track in self.tracks.items()}
        ours = self.wire.describe("actpass")
        return render(sdp.publish_offer(ours, ssrcs, self._session, self._version))

    async def connect(self, answer: str) -> None:
        """Take the answer and connect."""
        description = parse(answer)
        for kind, agreed in sdp.agreed(description).items():
            self.tracks[kind].agree(agreed)
        await self.wire.connect(description, offered=True)

    def hear(self, answer: str) -> None:
        """Take the answer to an ICE restart."""
        self.wire.hear(parse(answer), offered=True)

    def start(self, phase: float = 0.0) -> None:
        """Begin to send after `phase` seconds, so that many publishers do not send in step."""
        self._task = asyncio.create_task(self._pace(phase))

    async def stop(self) -> None:
        """Send no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def record(self) -> None:
        """Keep a log of everything sent from now on, and of how late (seconds)."""
        for track in self.tracks.values():
            track.log = []
        self.late = []

    def on_rtcp(self, compound: bytes) -> None:
        """Requests and reports of the server."""
        for packet in RtcpPacket.parse(compound):
            if isinstance(packet, RtcpPsfbPacket) and packet.fmt in (rtcp.PLI, rtcp.FIR):
                self.keyframe_requests += 1
                self._keyframe_wanted = True
            elif isinstance(packet, RtcpRtpfbPacket) and packet.fmt == rtcp.NACK:
                self._resend(packet.media_ssrc, packet.lost)
            elif isinstance(packet, RtcpRtpfbPacket) and packet.fmt == rtcp.TRANSPORT:
                self.feedback += 1

    async def _pace(self, phase: float) -> None:
        begin = time.monotonic() + phase
        frames = packets = reports = 0
        while True:
            video = begin + frames / FRAMES_PER_S
            audio = begin + 0.004 + packets / AUDIO_PACKETS_PER_S
            report = begin + 0.5 + reports
            due = min(video, audio, report)
            late = time.monotonic() - due
            if late < 0:
                await asyncio.sleep(-late)
                late = time.monotonic() - due
            if late > BURST_S:
                begin += late
            if self.late is not None:
                self.late.append(late)
            if due == video:
                self._send_video()
                frames += 1
            elif due == audio:
                self._send_audio()
                packets += 1
            else:
                self._send_reports()
                reports += 1

    def _send_video(self) -> None:
        track = self.tracks["video"]
        now = time.monotonic()
        if self._keyframe_wanted and now - self._keyframe_at > KEYFRAME_EVERY_S:
            self._keyframe_wanted = False
            self._keyframe_at = now
            self._frame = self._media.next_keyframe(self._frame)
        frame = self._media.frames[self._frame]
        self._frame = (self._frame + 1) % len(self._media.frames)
        self._picture += 1
        self._advance(track, VIDEO_CLOCK // FRAMES_PER_S)
        self._send(track, list(frame.payloads(self._picture)), marked=True)

    def _send_audio(self) -> None:
        track = self.tracks["audio"]
        payload = self._media.audio[self._spoken % len(self._media.audio)]
        # RFC 3551: the marker says that a talk spurt begins.
        self._advance(track, AUDIO_CLOCK // AUDIO_PACKETS_PER_S)
        self._send(track, [payload], marked=not self._spoken)
        self._spoken += 1

    def _advance(self, track: OutTrack, step: int) -> None:
        track.timestamp = (track.timestamp // step + 1) * step + self._chance.randrange(TIMESTAMP_CHANCE)

    def _send(self, track: OutTrack, payloads: list[bytes], *, marked: bool) -> None:
        timestamp = track.timestamp & 0xFFFFFFFF
        track.spoken_at = time.time()
        at, last = 0, len(payloads) - 1
        for index, payload in enumerate(payloads):
            marker = marked and index == last
            packet = track.packet(payload, marker, timestamp, self._next_transport(), rtx=False)
            at = self.wire.send(packet)
            track.remember(packet)
        if track.log is not None:
            track.log.append(Sent(timestamp, at, len(payloads)))

    def _send_reports(self) -> None:
        for track in self.tracks.values():
            if track.packets:
                self.wire.send_rtcp(track.report())

    def _resend(self, ssrc: int, numbers: list[int]) -> None:
        for track in self.tracks.values():
            if track.ssrc != ssrc:
                continue
            for number in numbers:
                packet = track.repeat(number, self._next_transport())
                if packet is not None:
                    self.resent += 1
                    self.wire.send(packet)

    def _next_transport(self) -> int:
        self._transport = self._transport + 1 & 0xFFFF
        return self._transport
