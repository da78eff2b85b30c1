"""One forwarded track at one receiver."""

from __future__ import annotations

import secrets
import struct
from typing import TYPE_CHECKING, Protocol

from aiortc.rtp import RtcpReceiverInfo

from hearings.forwarding import rtcp, vp8
from hearings.forwarding.continuity import Continuity
from hearings.forwarding.packet import HEADER, Media

if TYPE_CHECKING:
    from hearings.forwarding.incoming import IncomingTrack

HISTORY = 512
"""Packets kept for resending: about four seconds of video. A power of two."""
RESENDS_PER_TICK = 256
REPORTS_KEPT = 8
MAX_PROTECTED = 1356
"""pylibsrtp's largest packet (its 1500 byte buffer less the trailer)."""

Sent = tuple[int, int, int, bytes, bytes]
"""16-bit number, timestamp, marker, extension block, payload: exactly as first sent."""


class PacketSink(Protocol):
    """Where packets leave: a connection that encrypts and sends once it is `up`."""

    up: bool

    def send_rtp(self, packet: bytes) -> None: ...

    def send_rtcp(self, packet: bytes) -> None: ...


class OutgoingTrack:
    """Sends one source's packets under its own SSRC and numbers. `rtx_payload_type` -1: nothing is resent."""

    def __init__(
        self,
        sink: PacketSink,
        *,
        ssrc: int,
        payload_type: int,
        rtx_ssrc: int = 0,
        rtx_payload_type: int = -1,
        name: str = "",
    ) -> None:
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.video = rtx_payload_type >= 0
        self.source: IncomingTrack | None = None
        self.packets = 0
        self.octets = 0
        self.resent = 0
        self.fraction_lost = 0.0
        self.packets_lost = 0
        self.round_trip_s: float | None = None
        self.jitter_s = 0.0
        self._clock_rate = 90000 if self.video else 48000
        self._sink = sink
        self._payload_type = payload_type
        self._rtx_payload_type = rtx_payload_type
        self._name = name
        self._numbers = Continuity(self._clock_rate)
        self._spliced = False
        self._history: list[Sent | None] = [None] * (HISTORY if self.video else 0)
        self._rtx_number = secrets.randbelow(0x7FFF)
        self._budget = RESENDS_PER_TICK
        self._reports: dict[int, float] = {}

    def link(self, source: IncomingTrack | None, now: float) -> None:
        """Take packets from `source` from now on, None: from nobody. The same source is no change."""
        if source is self.source:
            return
        if self.source is not None:
            self.source.sinks.remove(self)
        self.source = source
        self._spliced = False
        if source is not None:
            source.sinks.append(self)
            self.begin(now)

    def begin(self, now: float) -> None:
        """Ask for the keyframe to begin with, once the receiver is there to get it."""
        if self.source is not None and self._sink.up:
            self.source.request_keyframe(now, urgent=True)

    def forward(self, media: Media, now: float) -> None:
        """Send one packet on. Video begins with a keyframe: deltas without one are garbage on the screen."""
        if not self._sink.up:
            return
        numbers = self._numbers
        if not self._spliced or numbers.broken(media):
            if self.video and not media.ids.keyframe:
                self._spliced = False
                if self.source is not None:
                    self.source.request_keyframe(now)
                return
            numbers.splice(media, now)
            self._spliced = True
        placed = numbers.place(media, now)
        if placed is None:
            return
        payload = media.payload
        if numbers.picture_shift or numbers.tl0_shift:
            payload = vp8.rewrite(payload, media.ids, numbers.picture_shift, numbers.tl0_shift)
        number = placed & 0xFFFF
        timestamp = (media.timestamp + numbers.timestamp_shift) & 0xFFFFFFFF
        if self.video:
            self._history[number % HISTORY] = (number, timestamp, media.marker, media.extension, payload)
        first = 0x90 if media.extension else 0x80
        header = HEADER.pack(first, media.marker | self._payload_type, number, timestamp, self.ssrc)
        self.packets += 1
        self.octets += len(payload)
        self._sink.send_rtp(header + media.extension + payload)

    def resend(self, numbers: list[int]) -> None:
        """Answer a NACK on the RTX stream (RFC 4588 section 4), within a budget per tick."""
        if not self.video:
            return
        for wanted in numbers:
            entry = self._history[wanted % HISTORY]
            if entry is None or entry[0] != wanted or not self._budget:
                continue
            number, timestamp, marker, extension, payload = entry
            first = 0x90 if extension else 0x80
            header = HEADER.pack(
                first, marker | self._rtx_payload_type, self._rtx_number, timestamp, self.rtx_ssrc
            )
            packet = header + extension + struct.pack("!H", number) + payload
            if len(packet) > MAX_PROTECTED:
                continue
            self._budget -= 1
            self._rtx_number = (self._rtx_number + 1) & 0xFFFF
            self.resent += 1
            self._sink.send_rtp(packet)

    def tick(self) -> None:
        """Called by the one timer: the resend budget is full again."""
        self._budget = RESENDS_PER_TICK

    def send_report(self, ntp: int, timestamp: int, now: float) -> None:
        """Pass a publisher's sender report on in this receiver's timestamps."""
        if not self._spliced:
            return
        self._reports[ntp >> 16 & 0xFFFFFFFF] = now
        if len(self._reports) > REPORTS_KEPT:
            del self._reports[next(iter(self._reports))]
        self._sink.send_rtcp(
            rtcp.sender_report(
                self.ssrc,
                ntp,
                timestamp + self._numbers.timestamp_shift,
                self.packets,
                self.octets,
                self._name,
            )
        )

    def on_report(self, report: RtcpReceiverInfo, now: float) -> None:
        """What the receiver says of this track: loss, jitter and, by our own send times, the round trip."""
        self.fraction_lost = report.fraction_lost / 256
        self.packets_lost = report.packets_lost
        self.jitter_s = report.jitter / self._clock_rate
        sent = self._reports.get(report.lsr)
        if sent is not None:
            self.round_trip_s = max(0.0, now - sent - report.dlsr / 65536)
