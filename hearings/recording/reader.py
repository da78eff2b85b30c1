"""Opening a recording: its segments, its timeline, and each segment's bytes for `av.open`.

    recorded = Recorded.open(folder, key)
    for segment in recorded.segments:
        with recorded.read(segment) as file, av.open(file, format="matroska") as container:
            for stream, medium in zip(container.streams, segment.media): ...

What a composer must expect: times within a file begin at 0 or later and are milliseconds from
`segment.starts_ms`; sound has gaps (silence is not sent, nor anything while a seat is muted), and so have
pictures (a camera that is off, frames lost); the size of the pictures changes within a stream; a file that
was cut ends early, without error.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from hearings.recording import matroska, timeline
from hearings.recording.sealed import Damaged, SealedReader
from hearings.recording.timeline import Row

FRAME_MS = 20
"""What the last frame of a cut file lasts: nobody wrote down when it ended."""

__all__ = ["Damaged", "Recorded", "Row", "Segment"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of one seat. `media[i]` ("audio", "video", "screen") is what stream i carries.

    `starts_ms` (Unix milliseconds) is time 0 of the file, `ends_ms` when its last frame ends. `complete` is
    False when the file was cut: its writer died, or writes still.
    """

    path: Path
    seat: str
    media: tuple[str, ...]
    starts_ms: int
    ends_ms: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording's folder. Segments are in the order of their files, rows in the order of their time."""

    folder: Path
    key: bytes
    segments: tuple[Segment, ...]
    timeline: tuple[Row, ...]

    @classmethod
    def open(cls, folder: Path, key: bytes) -> Recorded:
        """Read the timeline and look at every file; `key` has 32 bytes. Raises Damaged.

        Files without one frame (cut at once) are left out.
        """
        rows = sorted(timeline.read_rows(folder, key), key=lambda row: row.at_ms)
        ended = {row.file: row.at_ms for row in rows if row.event == timeline.ENDED}
        found = (
            _segment(folder / row.file, row, ended.get(row.file), key)
            for row in rows
            if row.event == timeline.SEGMENT
        )
        return cls(folder, key, tuple(segment for segment in found if segment is not None), tuple(rows))

    def read(self, segment: Segment) -> io.BufferedReader:
        """The Matroska bytes of a segment, readable and seekable; close it. Raises Damaged."""
        return io.BufferedReader(SealedReader(segment.path, self.key))


def _segment(path: Path, row: Row, ended: int | None, key: bytes) -> Segment | None:
    try:
        sealed = SealedReader(path, key)
    except FileNotFoundError:
        return None
    with io.BufferedReader(sealed) as file:
        if not sealed.size:
            return None
        ends = ended if ended is not None else row.at_ms + matroska.last_time(file) + FRAME_MS
        return Segment(path, row.seat, row.media, row.at_ms, ends, sealed.complete)
