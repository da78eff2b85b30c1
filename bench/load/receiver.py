"""The receiving half of a person: counts by the clear RTP headers and answers as a browser does.

Nothing is decoded, and decrypted are only RTCP and resent packets.
"""

from __future__ import annotations

import asyncio
import random
import struct
import time
from typing import NamedTuple

import pylibsrtp
from aiortc.rtp import (
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSrPacket,
    pack_remb_fci,
)

from bench.load import rtcp, sdp
from bench.load.wire import Wire
from hearings.sdp import MediaSection, parse, render

HEADER = struct.Struct("!BBHII")
TURN_S = 0.025
"""Feedback is written on turns of this length: NACK on each, the rest on each so many."""
TRANSPORT_TURNS, REPORT_TURNS = 4, 40
NACK_AGAIN_S = 0.1
NACK_TRIES = 10
LARGEST_GAP = 500
"""More at once is no loss but another beginning."""
REMB_BITS_PER_S = 20_000_000
"""Where only REMB is negotiated: a line that could carry every room of the bench."""


class Got(NamedTuple):
    """A packet as it came in; `number` is unwrapped, `arrived` the kernel's time in nanoseconds."""

    number: int
    timestamp: int
    marker: bool
    arrived: int


class Stream:
    """One m-line of one sender. `highest` is unwrapped and -1 before the first packet."""

    def __init__(self, kind: str, ssrc: int, rtx_ssrc: int, section: MediaSection) -> None:
        self.kind, self.ssrc, self.rtx_ssrc = kind, ssrc, rtx_ssrc
        codec = next(c for c in section.codecs if c.name.lower() in ("opus", "vp8"))
        self.nacks = "nack" in codec.feedback
        self.transport_id = section.extension(sdp.TRANSPORT_CC) if "transport-cc" in codec.feedback else 0
        self.remb = "goog-remb" in codec.feedback
        self.packets = 0
        self.octets = 0
        self.first = -1
        self.highest = -1
        self.repaired = 0
        self.missing: dict[int, tuple[int, float]] = {}
        self.log: list[Got] | None = None
        self._reported = (0, 0)
        self._report = (0, 0)

    def take(self, number: int, timestamp: int, marker: bool, arrived: int, size: int) -> None:
        """One packet by its 16-bit number."""
        if self.highest < 0:
            self.first = self.highest = unwrapped = number
        else:
            ahead = (number - self.highest + 0x8000 & 0xFFFF) - 0x8000
            unwrapped = self.highest + ahead
            if ahead > 0:
                if ahead > 1:
                    self._note_gap(unwrapped)
                self.highest = unwrapped
            elif self.missing.pop(unwrapped, None) is None:
                return  # a repetition, or too late to be of use
        self.packets += 1
        self.octets += size
        if self.log is not None:
            self.log.append(Got(unwrapped, timestamp, marker, arrived))

    def take_repaired(self, number: int, timestamp: int, marker: bool, arrived: int, size: int) -> None:
        """One packet that came by RTX; only what is missing counts."""
        unwrapped = self.highest + (number - self.highest + 0x8000 & 0xFFFF) - 0x8000
        if unwrapped in self.missing:
            self.repaired += 1
            self.take(number, timestamp, marker, arrived, size)

    @property
    def lost(self) -> int:
        """Packets that were sent and have not come."""
        return self.highest - self.first + 1 - self.packets if self.highest >= 0 else 0

    def due(self, now: float) -> list[int]:
        """Which missing packets are to be asked for (again) now."""
        due = []
        for number, (tries, at) in list(self.missing.items()):
            if at > now:
                continue
            if tries == NACK_TRIES:
                del self.missing[number]
            else:
                self.missing[number] = (tries + 1, now + NACK_AGAIN_S)
                due.append(number & 0xFFFF)
        return due if self.nacks else []

    def on_report(self, ntp: int) -> None:
        """A sender report arrived."""
        self._report = (ntp >> 16 & 0xFFFFFFFF, time.monotonic_ns())

    def block(self) -> RtcpReceiverInfo:
        """The block of a receiver report; jitter is left 0, no server here acts on it."""
        expected, packets = self.highest - self.first + 1, self.packets
        before = self._reported
        self._reported = (expected, packets)
        lost = max(0, (expected - before[0]) - (packets - before[1]))
        ntp, at = self._report
        return RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=min(255, lost * 256 // max(1, expected - before[0])),
            packets_lost=max(0, self.lost),
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=0,
            lsr=ntp,
            dlsr=(time.monotonic_ns() - at) * 65536 // 1_000_000_000 & 0xFFFFFFFF if ntp else 0,
        )

    def _note_gap(self, until: int) -> None:
        if until - self.highest < LARGEST_GAP:
            for number in range(self.highest + 1, until):
                self.missing[number] = (0, 0.0)


class Receiver:
    """Takes offers, counts what comes, gives feedback. `streams` by SSRC, `past` those that have ended."""

    def __init__(self, wire: Wire, *, seed: int) -> None:
        self.wire = wire
        self.streams: dict[int, Stream] = {}
        self.past: list[Stream] = []
        self.unknown = 0
        self._recording = False
        self.nacked = 0
        self.feedback = 0
        chance = random.Random(seed)
        self._ssrc = chance.randrange(1, 1 << 32)
        self._turn_at = chance.random() * TURN_S
        self._session = chance.getrandbits(48)
        self._version = 0
        self._by_rtx: dict[int, Stream] = {}
        self._transport_id = 0
        self._transport_highest = -1
        self._transport_told = -1
        self._arrivals: dict[int, int] = {}
        self._task: asyncio.Task[None] | None = None
        wire.on_rtp = self.on_rtp
        wire.on_rtcp = self.on_rtcp

    def answer(self, offer: str) -> str:
        """Take an offer, the first or a later one, and answer it."""
        self._version += 1
        description = parse(offer)
        live = set()
        for section in description.sections:
            if section.ssrcs and section.direction in ("sendonly", "sendrecv"):
                live.add(self._take(section).ssrc)
        for ssrc in set(self.streams) - live:
            ended = self.streams.pop(ssrc)
            self._by_rtx.pop(ended.rtx_ssrc, None)
            self.past.append(ended)
        ours = self.wire.describe("active")
        return render(sdp.subscribe_answer(description, ours, self._session, self._version))

    async def connect(self, offer: str) -> None:
        """Connect to whoever made the first offer, and begin to give feedback."""
        await self.wire.connect(parse(offer), offered=False)
        self._task = asyncio.create_task(self._give_feedback())

    def hear(self, offer: str) -> None:
        """Take the offer of an ICE restart."""
        self.wire.hear(parse(offer), offered=False)

    async def stop(self) -> None:
        """Give no more feedback."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def record(self) -> None:
        """Keep a log of everything that comes from now on."""
        self._recording = True
        for stream in self.streams.values():
            stream.log = []

    def ask_for_keyframes(self) -> None:
        """A picture loss indication for every video."""
        for stream in self.streams.values():
            if stream.kind == "video":
                self._send_about(stream, bytes(RtcpPsfbPacket(rtcp.PLI, self._ssrc, stream.ssrc)))

    def on_rtp(self, buffer: bytearray, size: int, arrived: int) -> None:
        """A packet, still encrypted behind its header."""
        first, second, number, timestamp, ssrc = HEADER.unpack_from(buffer)
        if self._transport_id and first & 0x10:
            self._note_arrival(buffer, first, arrived)
        stream = self.streams.get(ssrc)
        if stream is not None:
            stream.take(number, timestamp, second > 127, arrived, size)
        elif ssrc in self._by_rtx:
            self._take_rtx(self._by_rtx[ssrc], bytes(buffer[:size]), arrived)
        else:
            self.unknown += 1

    def on_rtcp(self, compound: bytes) -> None:
        """Only sender reports matter here."""
        for packet in RtcpPacket.parse(compound):
            if isinstance(packet, RtcpSrPacket) and packet.ssrc in self.streams:
                self.streams[packet.ssrc].on_report(packet.sender_info.ntp_timestamp)

    def _take(self, section: MediaSection) -> Stream:
        ssrc, rtx_ssrc = (*section.ssrcs, 0)[:2]
        if ssrc not in self.streams:
            stream = Stream(section.kind, ssrc, rtx_ssrc, section)
            stream.log = [] if self._recording else None
            self.streams[ssrc] = stream
            if rtx_ssrc:
                self._by_rtx[rtx_ssrc] = stream
        stream = self.streams[ssrc]
        self._transport_id = stream.transport_id or self._transport_id
        return stream

    def _take_rtx(self, stream: Stream, data: bytes, arrived: int) -> None:
        try:
            plain = self.wire.unprotect(data)
        except pylibsrtp.Error:
            return
        first, second, _, timestamp, _ = HEADER.unpack_from(plain)
        start = 12 + (4 + 4 * int.from_bytes(plain[14:16], "big") if first & 0x10 else 0)
        padding = plain[-1] if first & 0x20 else 0
        if len(plain) - padding >= start + 2:
            number = int.from_bytes(plain[start : start + 2], "big")
            stream.take_repaired(number, timestamp, second > 127, arrived, len(data))

    def _note_arrival(self, buffer: bytearray, first: int, arrived: int) -> None:
        """Find the transport-wide number among the one-byte header extensions (RFC 8285)."""
        at = 16 + 4 * (first & 0x0F)
        end = at + 4 * (buffer[at - 2] << 8 | buffer[at - 1])
        while at < end:
            head = buffer[at]
            if head >> 4 == self._transport_id:
                number = buffer[at + 1] << 8 | buffer[at + 2]
                highest = self._transport_highest
                if highest >= 0:
                    number = highest + (number - highest + 0x8000 & 0xFFFF) - 0x8000
                self._arrivals[number] = arrived
                self._transport_highest = max(highest, number)
                return
            at += 2 + (head & 0x0F) if head else 1

    async def _give_feedback(self) -> None:
        await asyncio.sleep(self._turn_at)
        turn = 0
        while True:
            await asyncio.sleep(TURN_S)
            turn += 1
            self._ask_again()
            if not turn % TRANSPORT_TURNS and self._arrivals:
                self._send_arrivals()
            if not turn % REPORT_TURNS:
                self._send_reports()

    def _ask_again(self) -> None:
        now = time.monotonic()
        for stream in self.streams.values():
            if stream.missing:
                numbers = stream.due(now)
                if numbers:
                    self.nacked += len(numbers)
                    self._send_about(stream, rtcp.nack(self._ssrc, stream.ssrc, numbers))

    def _send_arrivals(self) -> None:
        ssrc = next(iter(self.streams), 0)
        first = min(self._arrivals)
        if 0 <= first - self._transport_told < LARGEST_GAP:
            first = self._transport_told + 1
        self.wire.send_rtcp(rtcp.transport_feedback(self._ssrc, ssrc, self.feedback, first, self._arrivals))
        self.feedback += 1
        self._transport_told = self._transport_highest
        self._arrivals.clear()

    def _send_reports(self) -> None:
        for stream in self.streams.values():
            if stream.highest < 0:
                continue
            remb = b""
            if stream.remb and not self._transport_id:
                limit = pack_remb_fci(REMB_BITS_PER_S, [stream.ssrc])
                remb = bytes(RtcpPsfbPacket(rtcp.REMB, self._ssrc, 0, limit))
            self._send_about(stream, remb)

    def _send_about(self, stream: Stream, more: bytes) -> None:
        """A compound of its own for each stream, led by a report: without rtcp-rsize browsers do it so."""
        blocks = [stream.block()] if stream.highest >= 0 else []
        self.wire.send_rtcp(bytes(RtcpRrPacket(self._ssrc, blocks)) + more)
