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
from hearings.forwarding.incoming import IncomingTrack, Kept
from hearings.forwarding.leg import Leg
from hearings.forwarding.packet import (
    HEAD,
    HEAD_FIRST,
    HEAD_PROFILE,
    HEAD_TWCC,
    HEAD_WORDS,
    TAIL,
    send_time_tail,
)
from hearings.forwarding.transport import RING

HELD = 256
STALE_S = 1.0
"""A picture so old is of no use to who asks for it: a keyframe is."""
HOLD_S = 0.02
"""A packet is not sent again so soon after the last time (nor before its receiver can have got that)."""
SEALED_KEPT = 64
"""Packets of sound kept as they were sent: a second and more. A power of two."""
REPORTS_KEPT = 8
SPANS_KEPT = 8
PADS_BACK = 64
PADDING = 255
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
        self._resent_at: dict[int, float] = {}
        self._sealed: list[tuple[int, int, bytes] | None] = [None] * (0 if self.video else SEALED_KEPT)
        self._padded_at = 0.0
        self._padded = 0
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
        sealed = leg.send(size, now)
        if sealed and not self.video:
            number = (sequence + numbers.shift) & 0xFFFF
            self._sealed[number & SEALED_KEPT - 1] = (
                number,
                leg.departures.number - 1,
                bytes(leg.buffer[:sealed]),
            )

    def resend(self, wanted: list[int], now: float) -> None:
        """Answer a NACK, as far as the line bears it. What is too old for that is mended by a keyframe."""
        self.nacked += len(wanted)
        if not self._spans or not self._leg.up:
            return
        hold = max(HOLD_S, (self.round_trip_s or 0.0) * 0.8)
        for number in wanted:
            if now - self._resent_at.get(number, float("-inf")) < hold:
                continue
            if self._resend_video(number, now) if self.video else self._resend_sound(number, now):
                self.resent += 1
                self._resent_at.pop(number, None)
                self._resent_at[number] = now
                if len(self._resent_at) > HELD:
                    del self._resent_at[next(iter(self._resent_at))]

    def forget(self) -> None:
        """Its numbers will never be used again: libsrtp need not remember them."""
        if self._leg.keys is not None:
            self._leg.keys.forget_sent(self.ssrc)
            self._leg.keys.forget_sent(self.rtx_ssrc)

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

    def _resend_sound(self, number: int, now: float) -> bool:
        """Send the very datagram again: sealed anew it would differ under a number already used, which
        AES-GCM does not bear (RFC 7714 section 8.1)."""
        kept = self._sealed[number & SEALED_KEPT - 1]
        if kept is None or kept[0] != number:
            return False
        if not self._leg.resends.take(len(kept[2]), now, first=True):
            return False
        self._leg.send_again(kept[1], kept[2], now)
        return True

    def _resend_video(self, number: int, now: float) -> bool:
        """Send a picture's packet again, if it is kept, not stale, and the line bears it."""
        newest = self._newest()
        extended = newest - ((newest - number) & 0xFFFF)
        span = next((s for s in reversed(self._spans) if s.first <= extended), None)
        if span is None:
            return False
        original = extended - span.shift
        kept = span.layer.recall(original)
        if kept is None and span.layer.window.awaits(original):
            # Lost on its way to us, and asked for there: it goes on when it comes. A keyframe would cost the
            # publisher's narrow line a dozen packets for one, and would be needed only if it never came.
            return False
        if kept is None or span.layer.age_s(kept[1]) > STALE_S:
            # Each span begins with a keyframe: only in the present one can the receiver have lost its thread.
            if span is self._spans[-1]:
                self.request_keyframe(now)
            return False
        if not self._leg.resends.take(len(kept[3]), now):
            return False
        return self._send_rtx(span, kept, number, now)

    def _send_rtx(self, span: Span, kept: Kept, number: int, now: float) -> bool:
        """Send on the RTX stream (RFC 4588 section 4) what went out under this 16-bit number."""
        _, timestamp, marker, body = kept
        size = BODY + len(body) + 2
        if size > MAX_PACKET:
            return False
        buffer = self._leg.buffer
        self._write_rtx(HEAD_FIRST, marker, (timestamp + span.timestamp_shift) & 0xFFFFFFFF)
        buffer[BODY : BODY + TAIL] = send_time_tail(now)
        buffer[BODY + TAIL : BODY + TAIL + 2] = _ORIGINAL.pack(number)
        buffer[BODY + TAIL + 2 : size] = body[TAIL:]
        if self.codec == "vp8":
            vp8.rewrite(buffer, BODY + TAIL + 2, size, span.picture_shift, span.tl0_shift)
        self._leg.send(size, now)
        return True

    def pad(self, now: float) -> int:
        """Send something useless on the RTX stream, to find out what the line bears: the newest packets once
        more, one further back with each call of the same moment, or else padding alone. Returns the
        datagram's size, 0 when nothing can be sent."""
        if not self.video or not self._leg.up:
            return 0
        if now != self._padded_at:
            self._padded_at, self._padded = now, 0
        before = self._leg.departures.number
        if not self._repeat(self._padded, now):
            self._write_rtx(HEAD_FIRST | 0x20, 0, 0)
            size = BODY + TAIL + PADDING
            self._leg.buffer[BODY : BODY + TAIL] = send_time_tail(now)
            self._leg.buffer[BODY + TAIL : size] = bytes(PADDING - 1) + bytes([PADDING])
            self._leg.send(size, now)
        self._padded += 1
        return self._leg.departures.sent_size[before & RING - 1]

    def _repeat(self, back: int, now: float) -> bool:
        """Send the packet before the newest by `back` once more, if there is one of this layer."""
        if self.layer is None or back > PADS_BACK:
            return False
        span = self._spans[-1]
        number = self._newest() - back
        kept = self.layer.recall(number - span.shift) if number >= span.first else None
        return kept is not None and self._send_rtx(span, kept, number & 0xFFFF, now)

    def _newest(self) -> int:
        """The extended number sent last."""
        return self.numbers.newest if self.layer is None else self.layer.newest + self.numbers.shift

    def _write_rtx(self, first: int, marker: int, timestamp: int) -> None:
        HEAD.pack_into(
            self._leg.buffer,
            0,
            first,
            marker | self._rtx_payload_type,
            self._rtx_number,
            timestamp,
            self.rtx_ssrc,
            HEAD_PROFILE,
            HEAD_WORDS,
            HEAD_TWCC,
            self._leg.departures.number & 0xFFFF,
        )
        self._rtx_number = (self._rtx_number + 1) & 0xFFFF
