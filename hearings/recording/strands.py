"""One medium of one seat over all its files, decoded as the time of the hearing goes on.

Nothing is read ahead but one frame, so a hearing of hours takes no more memory than one of minutes. What
cannot be decoded is left out: a recording holds what arrived, and the network loses packets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
from av.error import FFmpegError

from hearings.recording.reader import Recorded, Segment

CAMERA_HELD_MS = 2500
SCREEN_HELD_MS = 15_000
"""So long the last picture stands when no other comes: a camera is off then; a screen may just be still."""

RATE = 48_000
SAMPLE = 2
PER_MS = RATE // 1000
JOIN_MS = 30
"""Sound that comes this little early or late goes on where the last ended: clocks differ."""

Frame = av.VideoFrame | av.AudioFrame


@dataclass(frozen=True, slots=True)
class Timed:
    """A decoded frame, or the end of a file (None), at a moment in Unix milliseconds."""

    at_ms: int
    frame: Frame | None


def read(recorded: Recorded, seat: str, medium: str) -> Iterator[Timed]:
    """Every frame of `medium` that `seat` sent, in order, each file followed by its end."""
    for segment in recorded.segments:
        if segment.seat == seat and medium in segment.media:
            yield from _segment(recorded, segment, segment.media.index(medium))
            yield Timed(segment.ends_ms, None)


def _segment(recorded: Recorded, segment: Segment, index: int) -> Iterator[Timed]:
    try:
        with recorded.read(segment) as file, av.open(file, "r", format="matroska") as container:
            stream = container.streams[index]
            stream.codec_context.thread_count = 1
            for packet in container.demux(stream):
                for frame in _decoded(packet):
                    if frame.time is not None:
                        yield Timed(segment.starts_ms + round(frame.time * 1000), frame)
    except FFmpegError:
        return  # a file cut in its first bytes


def _decoded(packet: av.Packet[Any]) -> list[Frame]:
    try:
        return [frame for frame in packet.decode() if isinstance(frame, Frame)]
    except FFmpegError:
        return []


class Pictures:
    """What a seat's camera or screen shows, asked for forward in time."""

    def __init__(self, recorded: Recorded, seat: str, medium: str) -> None:
        self._frames = read(recorded, seat, medium)
        self._next = next(self._frames, None)
        self._shown: Timed | None = None
        self._held_ms = SCREEN_HELD_MS if medium == "screen" else CAMERA_HELD_MS

    def at(self, now_ms: int) -> av.VideoFrame | None:
        """The picture at a moment, the same object while it does not change; None when there is none."""
        while self._next is not None and self._next.at_ms <= now_ms:
            self._shown = self._next
            self._next = next(self._frames, None)
        if self._shown is None or now_ms - self._shown.at_ms > self._held_ms:
            return None
        return self._shown.frame if isinstance(self._shown.frame, av.VideoFrame) else None


class Voice:
    """What a seat's microphone gave, asked for forward in time as mono 16-bit samples at 48 kHz."""

    def __init__(self, recorded: Recorded, seat: str) -> None:
        self._frames = read(recorded, seat, "audio")
        self._next = next(self._frames, None)
        self._plain = av.AudioResampler("s16", "mono", RATE)
        self._held = bytearray()
        self._starts = 0
        """The sample number, counted from 1970, at which `_held` begins."""

    def read(self, at_ms: int, samples: int) -> bytes:
        """`samples` samples from a moment on; silence where nothing was sent."""
        first = at_ms * PER_MS
        self._forget(first)
        while self._next is not None and self._next.at_ms * PER_MS < first + samples:
            if isinstance(self._next.frame, av.AudioFrame):
                self._take(self._next.at_ms, self._next.frame)
            self._next = next(self._frames, None)
        self._forget(first)
        lead = min(max(0, self._starts - first), samples) if self._held else samples
        found = self._held[: (samples - lead) * SAMPLE]
        return bytes(lead * SAMPLE) + found + bytes((samples - lead) * SAMPLE - len(found))

    def _take(self, at_ms: int, frame: av.AudioFrame) -> None:
        ends = self._starts + len(self._held) // SAMPLE
        place = at_ms * PER_MS
        if not self._held:
            self._starts = ends = place
        elif abs(place - ends) > JOIN_MS * PER_MS:
            gap = place - ends
            if gap < 0:
                return  # it was heard already
            self._held += bytes(gap * SAMPLE)
        frame.pts = None
        for plain in self._plain.resample(frame):
            self._held += bytes(plain.planes[0])[: plain.samples * SAMPLE]

    def _forget(self, first: int) -> None:
        """Drop the samples before `first`."""
        if self._starts < first:
            del self._held[: (first - self._starts) * SAMPLE]
            self._starts = first
