"""One forwarded track at one receiver."""

from __future__ import annotations

import secrets
import struct
from collections import deque
from dataclasses import dataclass

from aiortc.rtp import RtcpReceiverInfo

from hearings.forwarding import rtcp, vp8
from hearings.forwarding.continuity import Edge
from hearings.forwarding.follower import Follower
from hearings.forwarding.incoming import IncomingTrack
from hearings.forwarding.leg import Leg
from hearings.forwarding.packet import HEAD, HEAD_FIRST, HEAD_PROFILE, HEAD_TWCC, HEAD_WORDS, TAIL

RESENDS_PER_TICK = 256
REPORTS_KEPT = 8
SPANS_KEPT = 8
MAX_PACKET = 1400
"""An RTX packet larger than this (two bytes more than the one it repeats) would be fragmented: not sent."""
BODY = HEAD.size
_ORIGINAL = struct.Struct("!H")


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from `first` on (extended, the receiver's) came from `layer` under these shifts."""

    first: int
    layer: IncomingTrack
    shift: int
    timestamp_shift: int
    picture_shift: int
    tl0_shift: int


class OutgoingTrack(Follower):
    """Sends the packets of what it follows under its own SSRC and numbers.

    `rtx_payload_type` -1: lost packets are sent again as they were (sound); else on the RTX stream.
    """

    def __init__(
        self,
        leg: Leg,
        *,
        ssrc: int,
        payload_type: int,
        rtx_ssrc: int = 0,
        rtx_payload_type: int = -1,
        codec: str = "vp8",
        name: str = "",
    ) -> None:
        super().__init__(video=rtx_payload_type >= 0)
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.codec = codec
        self.packets = 0
        self.octets = 0
        self.resent = 0
        self.nacked = 0
        self.fraction_lost = 0.0
        self.packets_lost = 0
        self.round_trip_s: float | None = None
        self.jitter_s = 0.0
        self._leg = leg
        self._payload_type = payload_type
        self._rtx_payload_type = rtx_payload_type
        self._name = name
        self._rewrites = False
        self._spans: deque[Span] = deque(maxlen=SPANS_KEPT)
        self._rtx_number = secrets.randbelow(0x7FFF)
        self._budget = RESENDS_PER_TICK
        self._reports: dict[int, float] = {}

    @property
    def ready(self) -> bool:
        return self._leg.up

    def enter(self, layer: IncomingTrack, edge: Edge) -> None:
        """Begin with `edge`; the way back to the layer's own numbers is kept for resending."""
        super().enter(layer, edge)
        numbers = self.numbers
        self._rewrites = self.codec == "vp8" and numbers.rewrites
        self._spans.append(
            Span(
                edge.sequence + numbers.shift,
                layer,
                numbers.shift,
                numbers.timestamp_shift,
                numbers.picture_shift,
                numbers.tl0_shift,
            )
        )

    def take(self, sequence: int, timestamp: int, marker: int, body: bytearray, now: float) -> None:
        """Send one packet of the layer on."""
        leg = self._leg
        numbers = self.numbers
        size = BODY + len(body)
        HEAD.pack_into(
            leg.buffer,
            0,
            HEAD_FIRST,
            marker | self._payload_type,
            (sequence + numbers.shift) & 0xFFFF,
            (timestamp + numbers.timestamp_shift) & 0xFFFFFFFF,
            self.ssrc,
            HEAD_PROFILE,
            HEAD_WORDS,
            HEAD_TWCC,
            leg.departures.number & 0xFFFF,
        )
        leg.buffer[BODY:size] = body
        if self._rewrites:
            vp8.rewrite(leg.buffer, BODY + TAIL, size, numbers.picture_shift, numbers.tl0_shift)
        self.packets += 1
        self.octets += len(body) - TAIL
        leg.send(size, now)

    def resend(self, wanted: list[int], now: float) -> None:
        """Answer a NACK, within a budget per tick."""
        self.nacked += len(wanted)
        if not self.video or not self._spans:
            return
        for number in wanted:
            if self._budget and self._resend_video(number, now):
                self._budget -= 1
                self.resent += 1

    def tick(self) -> None:
        """Called by the one timer: the resend budget is full again."""
        self._budget = RESENDS_PER_TICK

    def report(self, ntp: int, timestamp: int, now: float) -> None:
        """Pass a publisher's sender report on in this receiver's timestamps."""
        self._reports[ntp >> 16 & 0xFFFFFFFF] = now
        if len(self._reports) > REPORTS_KEPT:
            del self._reports[next(iter(self._reports))]
        shifted = timestamp + self.numbers.timestamp_shift
        self._leg.send_rtcp(
            rtcp.sender_report(self.ssrc, ntp, shifted, self.packets, self.octets, self._name)
        )

    def on_report(self, report: RtcpReceiverInfo, now: float) -> None:
        """What the receiver says of this track: loss, jitter and, by our own send times, the round trip."""
        self.fraction_lost = report.fraction_lost / 256
        self.packets_lost = report.packets_lost
        self.jitter_s = report.jitter / self.clock_rate
        sent = self._reports.get(report.lsr)
        if sent is not None:
            self.round_trip_s = max(0.0, now - sent - report.dlsr / 65536)

    def _resend_video(self, number: int, now: float) -> bool:
        """Send the packet of this 16-bit number again on the RTX stream (RFC 4588 section 4)."""
        newest = self.numbers.newest if self.layer is None else self.layer.newest + self.numbers.shift
        extended = newest - ((newest - number) & 0xFFFF)
        span = next((s for s in reversed(self._spans) if s.first <= extended), None)
        kept = span.layer.recall(extended - span.shift) if span is not None else None
        if span is None or kept is None:
            return False
        _, timestamp, marker, body = kept
        size = BODY + len(body) + 2
        if size > MAX_PACKET:
            return False
        leg = self._leg
        HEAD.pack_into(
            leg.buffer,
            0,
            HEAD_FIRST,
            marker | self._rtx_payload_type,
            self._rtx_number,
            (timestamp + span.timestamp_shift) & 0xFFFFFFFF,
            self.rtx_ssrc,
            HEAD_PROFILE,
            HEAD_WORDS,
            HEAD_TWCC,
            leg.departures.number & 0xFFFF,
        )
        leg.buffer[BODY:size] = body[:TAIL] + _ORIGINAL.pack(number) + body[TAIL:]
        if self.codec == "vp8":
            vp8.rewrite(leg.buffer, BODY + TAIL + 2, size, span.picture_shift, span.tl0_shift)
        self._rtx_number = (self._rtx_number + 1) & 0xFFFF
        leg.send(size, now)
        return True
