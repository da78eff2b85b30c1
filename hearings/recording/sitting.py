"""A seat being recorded, from its first track to its last: the clock they share, the files they go to."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from hearings.recording.channel import Open, Report
from hearings.recording.clock import SenderClock, TrackClock
from hearings.recording.frames import Pictures, Sound
from hearings.recording.ordering import Ordering, Packet
from hearings.recording.segment import Segment

SOUND_RATE, PICTURE_RATE = 48000, 90000


@dataclass(slots=True)
class Flow:
    """One track on its way: packets in, frames out."""

    medium: str
    codec: str
    clock: TrackClock
    frames: Sound | Pictures
    ordering: Ordering = field(default_factory=Ordering)


class Sitting:
    """The flows of one seat. A browser that connects anew ends them all, and begins another sitting.

    `new_segment(seat)` makes the next file. `fault` tells of a packet that could not be handled, which is a
    defect of ours.
    """

    def __init__(self, seat: str, new_segment: Callable[[str], Segment]) -> None:
        self.seat = seat
        self.flows: dict[int, Flow] = {}
        self._new_segment = new_segment
        self._segments: list[Segment] = []
        self._clock = SenderClock()
        self._closed_bytes = 0
        self.fault = ""

    @property
    def written(self) -> int:
        """Bytes on disk of all its files."""
        return self._closed_bytes + sum(segment.written for segment in self._segments)

    @property
    def awaiting(self) -> list[int]:
        """The flows whose pictures wait for a keyframe."""
        return [number for number, flow in self.flows.items() if flow.frames.awaits_keyframe]

    def open(self, opened: Open) -> None:
        """A track begins."""
        sound = opened.codec == "opus"
        clock = TrackClock(SOUND_RATE if sound else PICTURE_RATE, self._clock)
        frames = Sound() if sound else Pictures(opened.codec)
        self.flows[opened.flow] = Flow(opened.medium, opened.codec, clock, frames)

    def packet(self, number: int, packet: Packet, now: float) -> None:
        """A packet of a track, in whatever order."""
        flow = self.flows[number]
        for ordered in flow.ordering.add(packet):
            self._take(flow, ordered, now)

    def report(self, report: Report) -> None:
        """A sender report of a track."""
        self.flows[report.flow].clock.report(report.ntp, report.timestamp)

    def close(self, number: int, now: float) -> None:
        """A track ends; with the last one the files end."""
        flow = self.flows[number]
        for packet in flow.ordering.drain():
            self._take(flow, packet, now)
        del self.flows[number]
        if not self.flows:
            for segment in self._segments:
                segment.close(now)
                self._closed_bytes += segment.written
            self._segments.clear()

    def tick(self, now: float) -> None:
        """Give up what does not come, write what is due."""
        for flow in self.flows.values():
            for packet in flow.ordering.expire(now):
                self._take(flow, packet, now)
        expected = {flow.medium for flow in self.flows.values()}
        for segment in self._segments:
            segment.tick(expected, now)

    def sync(self) -> None:
        """Wait until what was written is on the disk."""
        for segment in self._segments:
            segment.sync()

    def _take(self, flow: Flow, packet: Packet, now: float) -> None:
        try:
            frame = flow.frames.add(packet)
        except Exception:
            # The last net: what a publisher sends may be dropped, but never end the recording.
            self.fault = self.fault or traceback.format_exc(limit=-3)
            return
        if frame is None:
            return
        made_at = flow.clock.place(frame.timestamp, frame.at)
        segment = next((held for held in self._segments if held.holds(flow.medium)), None)
        if segment is None:
            segment = self._new_segment(self.seat)
            self._segments.append(segment)
        segment.add(flow.medium, flow.codec, made_at, frame, now)
