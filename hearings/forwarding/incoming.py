"""One published track: what arrives of it, what is asked of its publisher, and to whom it goes."""

from __future__ import annotations

from collections.abc import Callable

from hearings.forwarding import rtcp
from hearings.forwarding.keyframes import KeyframeRequests
from hearings.forwarding.outgoing import OutgoingTrack
from hearings.forwarding.packet import (
    NO_LEVEL,
    Media,
    payload_end,
    payload_start,
    read_audio,
    read_video,
)
from hearings.forwarding.sequence import SequenceWindow
from hearings.negotiation import AUDIO, PublishedTrack


class IncomingTrack:
    """A source. `sinks` are the outgoing tracks linked to it; `ssrc` is -1 until known."""

    def __init__(self, track: PublishedTrack, feedback: Callable[[bytes], None]) -> None:
        self.track = track
        self.media = track.media
        self.video = track.media != AUDIO
        self.ssrc = -1
        self.sinks: list[OutgoingTrack] = []
        self.window = SequenceWindow()
        self.packets = 0
        self.octets = 0
        self.recovered = 0
        self.asked = 0
        self.keyframe_requests = 0
        self.heard_at = float("-inf")
        self.loudest = NO_LEVEL
        self._feedback = feedback
        self._clock_rate = 90000 if self.video else 48000
        self._keyframes = KeyframeRequests()
        self._jitter = 0.0
        self._transit: float | None = None
        self._report_ntp = 0
        self._report_time = 0.0
        self._expected_before = self._accepted_before = 0

    def listen(self, ssrc: int) -> None:
        """The track's SSRC is known, or is another one now: its numbers begin anew."""
        if ssrc == self.ssrc:
            return
        self.ssrc = ssrc
        self.window = SequenceWindow()
        self._transit = None
        self._expected_before = self._accepted_before = 0
        sinks, self.sinks = self.sinks, []
        for sink in sinks:
            sink.source = None
            sink.link(self, self.heard_at)

    def receive(self, data: bytes, second: int, number: int, timestamp: int, now: float) -> None:
        """Take a decrypted media packet and send it on. `second` is its marker and payload type."""
        sequence = self.window.accept(number, now)
        if sequence is None:
            return
        self.packets += 1
        self.octets += len(data)
        self.heard_at = now
        # A packet of padding alone goes on empty, so that no receiver finds a hole in the numbers.
        payload = data[payload_start(data) : payload_end(data)]
        media = Media(sequence, timestamp, second & 0x80, payload)
        if self.video:
            read_video(media, data, self.track.send_time_id)
        else:
            read_audio(media, data, self.track.level_id)
            if 0 <= media.level < self.loudest:
                self.loudest = media.level
        if sequence == self.window.newest:
            self._measure_jitter(timestamp, now)
        for sink in self.sinks:
            sink.forward(media, now)
        if self.window.jumped:
            self.window.jumped = False
            self.request_keyframe(now)

    def receive_resent(self, data: bytes, second: int, timestamp: int, now: float) -> None:
        """Take an RTX packet (RFC 4588): only one that is missing is worth anything, the rest is probing."""
        start = payload_start(data)
        if payload_end(data) < start + 2:
            return
        number = data[start] << 8 | data[start + 1]
        if self.window.is_missing(number):
            self.recovered += 1
            self.receive(data[:start] + data[start + 2 :], second, number, timestamp, now)

    def request_keyframe(self, now: float, *, urgent: bool = False) -> None:
        """Ask the publisher for a keyframe, unless it was asked just now (then a little later)."""
        if self.video and self.ssrc >= 0 and self._keyframes.ask(now, urgent=urgent):
            self._send_keyframe_request()

    def tick(self, now: float) -> None:
        """Called by the one timer: ask again for what is missing, give up what is too old."""
        if self.video and self._keyframes.due(now):
            self._send_keyframe_request()
        if not self.window.has_missing:
            return
        if self.video and self.track.rtx_payload_type >= 0:
            numbers = self.window.due(now)
            if numbers:
                self.asked += len(numbers)
                self._feedback(rtcp.nack(self.ssrc, numbers))
        if self.window.give_up(now):
            self.request_keyframe(now)

    def on_sender_report(self, ntp: int, timestamp: int, now: float) -> None:
        """Remember the publisher's report for our own, and pass it on."""
        self._report_ntp = ntp >> 16 & 0xFFFFFFFF
        self._report_time = now
        for sink in self.sinks:
            sink.send_report(ntp, timestamp, now)

    def report(self, now: float) -> bytes | None:
        """This track's block of the receiver report, None before the first packet."""
        window = self.window
        if window.newest < 0:
            return None
        expected = window.expected - self._expected_before
        accepted = window.accepted - self._accepted_before
        self._expected_before, self._accepted_before = window.expected, window.accepted
        lost = max(0, expected - accepted)
        return rtcp.report_block(
            self.ssrc,
            fraction=lost * 256 // expected if expected > 0 else 0,
            lost=self.lost,
            highest=window.newest - (window.first & ~0xFFFF),
            jitter=int(self._jitter),
            last_report=self._report_ntp,
            delay=int((now - self._report_time) * 65536) if self._report_ntp else 0,
        )

    def take_loudest(self) -> int:
        """The loudest level since the last call, in -dBov (0 loudest, 127 silence)."""
        loudest, self.loudest = self.loudest, NO_LEVEL
        return loudest

    @property
    def lost(self) -> int:
        """Packets that never came, repaired ones not counted."""
        return max(0, self.window.expected - self.window.accepted)

    @property
    def jitter_s(self) -> float:
        """Interarrival jitter in seconds (RFC 3550 section 6.4.1)."""
        return self._jitter / self._clock_rate

    def _measure_jitter(self, timestamp: int, now: float) -> None:
        transit = now * self._clock_rate - timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < self._clock_rate * 10:  # a wrap or a new clock is no jitter
                self._jitter += (change - self._jitter) / 16
        self._transit = transit

    def _send_keyframe_request(self) -> None:
        self.keyframe_requests += 1
        self._feedback(rtcp.keyframe_request(self.ssrc))
