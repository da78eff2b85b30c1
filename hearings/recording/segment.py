"""One file of one seat: the tracks that began together, in clusters of half a second."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hearings.negotiation import MEDIA
from hearings.recording import h264, matroska, timeline
from hearings.recording.frames import Frame
from hearings.recording.matroska import BLOCK_SPAN_MS, Block, Track
from hearings.recording.sealed import SealedWriter
from hearings.recording.timeline import Row, Timeline

OPEN_S = 1.0
"""So long a file waits for its other tracks; one that comes later has a file of its own."""
CLUSTER_S = 0.5
CLUSTER_BYTES = 512 * 1024
PICTURE_MS = 33
MAX_PICTURE_MS = 100
_CODECS = {"vp8": "V_VP8", "h264": h264.CODEC, "opus": "A_OPUS"}


@dataclass(slots=True)
class _Written:
    """A track of the file: `newest` and `ends` are ms from the file's beginning."""

    number: int
    newest: int = -1
    ends: int = 0


@dataclass(slots=True)
class _Waiting:
    """A track's frames before the file has begun, with when they were made."""

    codec: str
    frames: list[tuple[float, Frame]] = field(default_factory=list)


class Segment:
    """Takes frames of several tracks. Moments are monotonic seconds, `wall_ms` makes Unix time of them."""

    def __init__(self, path: Path, seat: str, key: bytes, rows: Timeline, wall_ms: float) -> None:
        self._path, self._seat, self._key, self._rows, self._wall_ms = path, seat, key, rows, wall_ms
        self._waiting: dict[str, _Waiting] = {}
        self._tracks: dict[str, _Written] = {}
        self._file: SealedWriter | None = None
        self._zero = 0.0
        self._began_at = float("inf")
        self._blocks: list[Block] = []
        self._bytes = 0
        self._flushed_at = 0.0

    @property
    def written(self) -> int:
        """Bytes on disk."""
        return self._file.written if self._file is not None else 0

    def holds(self, medium: str) -> bool:
        """Whether frames of this medium belong here: it is one of the tracks, or the file has not begun."""
        return self._file is None or medium in self._tracks

    def add(self, medium: str, codec: str, made_at: float, frame: Frame, now: float) -> None:
        """Take one frame, made at that moment."""
        if self._file is not None:
            self._add(self._tracks[medium], made_at, frame)
            return
        self._began_at = min(self._began_at, now)
        self._waiting.setdefault(medium, _Waiting(codec)).frames.append((made_at, frame))

    def tick(self, expected: set[str], now: float) -> None:
        """Begin the file when all that is expected is there or was waited for; write what is due."""
        if self._file is None:
            complete = expected <= self._waiting.keys()
            if self._waiting and (complete or now - self._began_at > OPEN_S):
                self._begin(now)
        elif self._bytes > CLUSTER_BYTES or now - self._flushed_at >= CLUSTER_S:
            self._flush(now)

    def sync(self) -> None:
        """Wait until what was written is on the disk."""
        if self._file is not None:
            self._file.sync()

    def close(self, now: float) -> None:
        """End the file; one that had no frame was never begun."""
        if self._file is None and self._waiting:
            self._begin(now)
        if self._file is None:
            return
        self._flush(now)
        self._file.close()
        ends = max(track.ends for track in self._tracks.values())
        self._rows.add(Row(self._unix(self._zero) + ends, timeline.ENDED, self._seat, self._path.name))

    def _begin(self, now: float) -> None:
        media = [medium for medium in MEDIA if medium in self._waiting]
        self._zero = min(self._waiting[medium].frames[0][0] for medium in media)
        starts = self._unix(self._zero)
        self._rows.add(Row(starts, timeline.SEGMENT, self._seat, self._path.name, tuple(media)))
        self._file = SealedWriter(self._path, self._key)
        tracks = [
            _track(number, medium, self._waiting[medium]) for number, medium in enumerate(media, start=1)
        ]
        self._tracks = {track.name: _Written(track.number) for track in tracks}
        self._file.write(matroska.head(self._seat, starts, tracks))
        waiting, self._waiting = self._waiting, {}
        for medium in media:
            for made_at, frame in waiting[medium].frames:
                self._add(self._tracks[medium], made_at, frame)
        self._flush(now)

    def _add(self, track: _Written, made_at: float, frame: Frame) -> None:
        time = max(round((made_at - self._zero) * 1000), track.newest + 1)
        usual = PICTURE_MS if track.newest < 0 else min(MAX_PICTURE_MS, time - track.newest)
        length = round(frame.length_ms) or usual
        track.newest, track.ends = time, time + length
        if self._blocks and abs(time - self._blocks[0].time) > BLOCK_SPAN_MS // 2:
            self._write()
        self._blocks.append(Block(track.number, time, frame.keyframe, frame.data))
        self._bytes += len(frame.data)

    def _flush(self, now: float) -> None:
        self._flushed_at = now
        if self._blocks:
            self._write()

    def _write(self) -> None:
        if self._file is not None:
            blocks = sorted(self._blocks, key=lambda block: block.time)
            self._blocks, self._bytes = [], 0
            self._file.write(matroska.cluster(blocks))
            self._file.flush()

    def _unix(self, moment: float) -> int:
        return round(moment * 1000 + self._wall_ms)


def _track(number: int, medium: str, waiting: _Waiting) -> Track:
    first = waiting.frames[0][1]
    private = first.private if medium != "audio" else _opus_head(first.channels)
    return Track(number, medium, _CODECS[waiting.codec], private, first.width, first.height, first.channels)


def _opus_head(channels: int) -> bytes:
    """OpusHead (RFC 7845 section 5.1). Nothing is to be skipped: the stream is joined in its middle."""
    return b"OpusHead\x01" + bytes([channels]) + b"\0\0" + (48000).to_bytes(4, "little") + b"\0\0\0"
