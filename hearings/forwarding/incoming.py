"""One incoming stream, a layer of a source: what arrives, what is asked of its publisher, who takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hearings.forwarding import h264, rtcp, vp8
from hearings.forwarding.continuity import Edge
from hearings.forwarding.follower import Follower
from hearings.forwarding.keyframes import KeyframeRequests
from hearings.forwarding.packet import SILENCE, TAIL, level_tail, send_time_tail
from hearings.forwarding.pictures import BEGINNING, PictureIds
from hearings.forwarding.reception import Reception
from hearings.forwarding.sequence import AUDIO as AUDIO_PATIENCE
from hearings.forwarding.sequence import VIDEO as VIDEO_PATIENCE
from hearings.forwarding.sequence import SequenceWindow

if TYPE_CHECKING:
    from hearings.forwarding.source import Source

HISTORY = 512
"""Packets of video kept for resending: two to four seconds of it. A power of two."""

OUTAGE_S = 0.5
"""A hole that begins with so much silence is of a line that was dead: a keyframe is there sooner than all
that is missing, if its browser still has that at all."""
LEVELS = 128
"""Levels of sound kept between two looks, which are half a second apart: 25 packets of speech."""
CATCH_UP = 128
"""A keyframe that began so many packets ago is begun with, if it was only waited for."""

Kept = tuple[int, int, int, bytearray]
"""Extended number, timestamp, marker (0x80 or 0), body (tail and payload)."""


def _sound(body: bytes | bytearray, at: int) -> PictureIds:
    return BEGINNING


def _unsaid(message: bytes) -> None:
    """There is no publisher any more."""


READERS: dict[str, Callable[[bytes | bytearray, int], PictureIds]] = {
    "vp8": vp8.read,
    "h264": h264.read,
    "opus": _sound,
}


class IncomingTrack:
    """A layer. `ssrc` is -1 until known.

    `takers` are given every packet; `waiting` become takers at the next packet one can begin with.
    """

    def __init__(
        self, source: Source, feedback: Callable[[bytes], None], due: set[IncomingTrack], rid: str = ""
    ) -> None:
        self.source = source
        self.rid = rid
        self.video = source.video
        self.payload_type = source.track.payload_type
        self.rtx_payload_type = source.track.rtx_payload_type
        self.ssrc = -1
        self.takers: list[Follower] = []
        self.waiting: list[Follower] = []
        self.window = self._new_window(-1)
        self.reception = Reception(90000 if self.video else 48000)
        self.kept: list[Kept | None] = [None] * (HISTORY if self.video else 1)
        self.packets = 0
        self.pictures = 0
        self.octets = 0
        self.bitrate = 0
        self.recovered = 0
        self.asked = 0
        self.keyframe_requests = 0
        self.heard_at = float("-inf")
        self.levels = bytearray()
        self._feedback = feedback
        self._due = due
        self._read = READERS[source.codec]
        self._keyframes = KeyframeRequests()
        self.newest = self._timestamp = -1
        self._octets_before = 0

    def listen(self, ssrc: int) -> None:
        """The layer's SSRC is known, or is another one now: its numbers begin anew."""
        if ssrc == self.ssrc:
            return
        self._interrupt()
        self.ssrc = ssrc
        self.window = self._new_window(self.window.newest)
        self.reception = Reception(self.reception.clock_rate)
        self.newest = self._timestamp = -1

    def close(self) -> None:
        """The medium is over. Receivers keep the layer with their numbers, for hours perhaps: what it held of
        packets, and its way to the publisher, goes now (ADR 0049)."""
        self.kept = [None]
        self._feedback = _unsaid

    def receive(
        self,
        data: bytearray,
        start: int,
        end: int,
        marker: int,
        number: int,
        timestamp: int,
        level: int,
        now: float,
    ) -> None:
        """Take a decrypted media packet and hand it on; `data[start:end]` is its payload.

        A packet of padding alone goes on empty, so that no receiver finds a hole in the numbers. The bytes
        before the payload are overwritten.
        """
        window = self.window
        sequence = window.accept(number, now)
        if sequence is None:
            return
        if window.unsettled:
            self._settle(now)
        if self.video:
            data[start - TAIL : start] = send_time_tail(now)
        else:
            data[start - TAIL : start] = level_tail(level)
            if len(self.levels) < LEVELS:
                self.levels.append(level & 0x7F)
        self.packets += 1
        self.octets += end - start
        kept = (sequence, timestamp, marker, data[start - TAIL : end])
        if sequence == window.newest:
            self._advance(kept, now)
        else:
            self._repair(kept, now)

    def receive_resent(
        self, data: bytearray, start: int, end: int, marker: int, timestamp: int, now: float
    ) -> None:
        """Take an RTX packet (RFC 4588): only one that is missing is worth anything, the rest is probing."""
        if end < start + 2:
            return
        number = data[start] << 8 | data[start + 1]
        if self.window.is_missing(number):
            self.recovered += 1
            self.receive(data, start + 2, end, marker, number, timestamp, SILENCE, now)

    def recall(self, sequence: int) -> Kept | None:
        """A packet of the layer by its extended number, as long as it is kept."""
        kept = self.kept[sequence & len(self.kept) - 1]
        return kept if kept is not None and kept[0] == sequence else None

    def age_s(self, timestamp: int) -> float:
        """How much older than the newest packet one with this timestamp is."""
        behind = (self._timestamp - timestamp + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        return behind / self.reception.clock_rate

    def edge(self) -> Edge:
        """The newest packet that went to the takers."""
        kept = self.recall(self.newest)
        if kept is None:
            raise LookupError("nothing has been received")
        return self._edge(kept, self.heard_at)

    def request_keyframe(self, now: float, *, urgent: bool = False) -> None:
        """Ask the publisher for a keyframe, unless it was asked just now (then a little later)."""
        if not self.video or self.ssrc < 0:
            return
        if self._keyframes.ask(now, urgent=urgent):
            self._send_keyframe_request()
        else:
            self._due.add(self)

    def tick(self, now: float) -> bool:
        """A turn for what is due: ask again for what is missing, give up what is too old, ask for keyframes
        asked for too early. False when nothing more is due."""
        if self._keyframes.due(now):
            self._send_keyframe_request()
        if self.window.has_missing:
            numbers = self.window.due(now)
            if numbers:
                self.asked += len(numbers)
                self._feedback(rtcp.nack(self.ssrc, numbers))
            if self.window.give_up(now):
                self.request_keyframe(now)
        return self.window.has_missing or self._keyframes.pending

    def on_sender_report(self, ntp: int, timestamp: int, now: float) -> None:
        """Remember the publisher's report for our own, and pass it on."""
        self.reception.note(ntp, timestamp, now)
        for taker in self.takers:
            taker.report(ntp, timestamp, now)

    def report(self, now: float) -> bytes | None:
        """This layer's block of the receiver report, None before the first packet. Called each second."""
        self.bitrate = (self.octets - self._octets_before) * 8
        self._octets_before = self.octets
        return self.reception.block(self.ssrc, self.window, now) if self.window.newest >= 0 else None

    def take_levels(self) -> bytes:
        """The sound's levels since the last call, in -dBov (0 loudest, 127 silence), one of each packet."""
        levels = bytes(self.levels)
        self.levels.clear()
        return levels

    @property
    def lost(self) -> int:
        """Packets that never came, repaired ones not counted."""
        return max(0, self.window.expected - self.window.accepted)

    @property
    def jitter_s(self) -> float:
        """Interarrival jitter in seconds."""
        return self.reception.jitter / self.reception.clock_rate

    def _advance(self, kept: Kept, now: float) -> None:
        sequence, timestamp, marker, body = kept
        if timestamp != self._timestamp:
            self.pictures += 1
            self.reception.measure(timestamp, now)
            self._timestamp = timestamp
        self.heard_at = now
        self.newest = sequence
        self.kept[sequence & len(self.kept) - 1] = kept
        if self.waiting:
            self._admit()
        for taker in self.takers:
            taker.take(sequence, timestamp, marker, body, now)

    def _repair(self, kept: Kept, now: float) -> None:
        """A packet from behind: not for those who began after it."""
        sequence, timestamp, marker, body = kept
        if self.newest - sequence < len(self.kept):
            self.kept[sequence & len(self.kept) - 1] = kept
        for taker in self.takers:
            if sequence >= taker.numbers.first:
                taker.take(sequence, timestamp, marker, body, now)
        if self.waiting and self.newest - sequence <= CATCH_UP:
            edge = self._edge(kept, now - self.age_s(timestamp))
            if edge.ids.keyframe:
                self._catch_up(edge, now)

    def _catch_up(self, edge: Edge, now: float) -> None:
        """A keyframe's first packet came late: let those who wait begin there, with all that came since."""
        since = [self.recall(number) for number in range(edge.sequence, self.newest + 1)]
        for follower in list(self.waiting):
            follower.enter(self, edge)
            for kept in since:
                if kept is not None:
                    follower.take(*kept, now)

    def _edge(self, kept: Kept, at: float) -> Edge:
        return Edge(kept[0], kept[1], at, self.reception.captured(kept[1]), self._read(kept[3], TAIL))

    def _settle(self, now: float) -> None:
        """The last packet left a hole: a small one is asked for, a large one is a new beginning."""
        window = self.window
        window.unsettled = False
        if window.jumped:
            window.jumped = False
            self._interrupt()
        if window.has_missing:
            self._due.add(self)
            if now - self.heard_at > OUTAGE_S:
                self.request_keyframe(now)

    def _new_window(self, above: int) -> SequenceWindow:
        return SequenceWindow(VIDEO_PATIENCE if self.video else AUDIO_PATIENCE, above)

    def _admit(self) -> None:
        """Let those who wait begin, if the newest packet is one to begin with."""
        edge = self.edge()
        if edge.ids.keyframe:
            for follower in list(self.waiting):
                follower.enter(self, edge)
        else:
            self.request_keyframe(edge.at)

    def _interrupt(self) -> None:
        for follower in list(self.takers):
            follower.interrupt()

    def _send_keyframe_request(self) -> None:
        self.keyframe_requests += 1
        self._feedback(rtcp.keyframe_request(self.ssrc))
