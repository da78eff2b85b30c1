"""Recordings for tests: real VP8 pictures and real Opus sound, several seats, a pause, a cut.

Each seat has a colour and a tone, so that a test sees and hears who is who.
"""

from __future__ import annotations

import array
import functools
import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from hearings.recording import matroska, timeline
from hearings.recording.matroska import Block, Track
from hearings.recording.sealed import SealedWriter
from hearings.recording.timeline import Row, Timeline

KEY = bytes(range(32))
FPS = 20
SOUND_MS = 20
STARTS = 1_800_000_000_000
"""When the test recordings begin, in Unix milliseconds."""


@dataclass(frozen=True)
class Look:
    """How a seat is known again: its picture's colour (Y, Cb, Cr) and its tone in Hz."""

    colour: tuple[int, int, int]
    tone: int


LOOKS = {
    "s1": Look((80, 100, 200), 400),
    "s2": Look((110, 70, 70), 700),
    "s3": Look((60, 200, 110), 1000),
}


@dataclass(frozen=True)
class Encoded:
    """One encoded frame."""

    data: bytes
    keyframe: bool


@functools.cache
def pictures(
    colour: tuple[int, int, int], seconds: int, width: int = 320, height: int = 240
) -> list[Encoded]:
    """VP8 at 20 frames a second, a keyframe each second; a bright square moves over the colour."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, FPS)
    encoder.bit_rate = 300_000
    encoder.gop_size = FPS
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    frames = []
    for number in range(seconds * FPS):
        frame = picture(colour, number, width, height)
        frames += [Encoded(bytes(packet), packet.is_keyframe) for packet in encoder.encode(frame)]
    frames += [Encoded(bytes(packet), packet.is_keyframe) for packet in encoder.encode(None)]
    return frames


def picture(colour: tuple[int, int, int], number: int, width: int, height: int) -> av.VideoFrame:
    """Frame `number`: one colour, and a bright square that moves 8 pixels a frame along the top."""
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, colour, strict=True):
        rows = [bytes([value]) * plane.line_size] * plane.height
        if plane.width == width:
            at = number * 8 % (width - 40)
            marked = bytearray(rows[0])
            marked[at : at + 40] = b"\xeb" * 40
            rows[20:60] = [bytes(marked)] * 40
        plane.update(b"".join(rows))
    frame.pts = number
    return frame


@functools.cache
def sound(tone: int, seconds: int) -> list[Encoded]:
    """Mono Opus in packets of 20 ms."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "mono", "s16"
    encoder.options = {"application": "voip", "frame_duration": "20"}
    frames = []
    samples = 960
    for number in range(seconds * 50):
        angles = (2 * math.pi * tone * (number * samples + index) / 48000 for index in range(samples))
        wave = array.array("h", (int(8000 * math.sin(angle)) for angle in angles))
        frame = av.AudioFrame("s16", "mono", samples)
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate, frame.pts = 48000, number * samples
        frames += [Encoded(bytes(packet), True) for packet in encoder.encode(frame)]
    return frames


def opus_head() -> bytes:
    """OpusHead (RFC 7845 section 5.1): mono, nothing to skip."""
    return b"OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"


class Maker:
    """Writes a recording's folder row by row and segment by segment; `now` is Unix milliseconds."""

    def __init__(self, folder: Path, key: bytes = KEY, starts: int = STARTS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.key = folder, key
        self.timeline = Timeline(folder, 1, key)
        self._number = 0
        self.row(starts, timeline.BEGUN)

    def row(self, at_ms: int, event: str, seat: str = "") -> None:
        """One row of the timeline."""
        self.timeline.add(Row(at_ms, event, seat))

    def segment(
        self,
        seat: str,
        starts: int,
        seconds: int,
        media: tuple[str, ...] = ("audio", "video"),
        cut: float | None = None,
        quiet: tuple[int, int] = (0, 0),
    ) -> Path:
        """One file of a seat. `cut` leaves that part of its bytes, `quiet` is a gap in its sound, in ms.

        A screen is the seat's colour turned round, 480 x 270.
        """
        self._number += 1
        name = f"{self._number:04}-{seat}.mkv.enc"
        self.timeline.add(Row(starts, timeline.SEGMENT, seat, name, media))
        file = SealedWriter(self.folder / name, self.key)
        tracks, blocks = _content(LOOKS[seat], media, seconds, quiet)
        file.write(matroska.head(seat, starts, tracks))
        for begin in range(0, seconds * 1000, 500):
            inside = [block for block in blocks if begin <= block.time < begin + 500]
            if inside:
                file.write(matroska.cluster(inside))
                file.flush()
        file.close()
        path = self.folder / name
        if cut is None:
            self.timeline.add(Row(starts + seconds * 1000, timeline.ENDED, seat, name))
        else:
            with path.open("r+b") as raw:
                raw.truncate(int(path.stat().st_size * cut))
        return path

    def close(self) -> None:
        """No more rows."""
        self.timeline.close()


def make_recording(folder: Path, key: bytes = KEY) -> None:
    """Ten seconds of three people with a pause of two seconds in the middle.

    0 s: s1 and s2 speak in turn; 1 s: s3 comes; 4 to 6 s: pause; 8 s: s2 shows a screen. s3's last file
    is cut.
    """
    maker = Maker(folder, key)
    maker.row(STARTS, timeline.SPEAKER, "s1")
    maker.segment("s1", STARTS, 4)
    maker.segment("s2", STARTS + 40, 3, quiet=(1000, 2000))
    maker.segment("s3", STARTS + 1000, 3)
    maker.row(STARTS + 2000, timeline.SPEAKER, "s2")
    maker.row(STARTS + 4000, timeline.PAUSED)
    maker.row(STARTS + 6000, timeline.RESUMED)
    maker.segment("s1", STARTS + 6000, 4)
    maker.segment("s2", STARTS + 6010, 2)
    maker.row(STARTS + 7000, timeline.SPEAKER, "s3")
    maker.segment("s3", STARTS + 6020, 4, cut=0.6)
    maker.segment("s2", STARTS + 8010, 2, media=("audio", "video", "screen"))
    maker.row(STARTS + 10000, timeline.STOPPED)
    maker.close()


def _content(
    look: Look, media: tuple[str, ...], seconds: int, quiet: tuple[int, int]
) -> tuple[list[Track], list[Block]]:
    tracks, blocks = [], []
    for number, medium in enumerate(media, 1):
        if medium == "audio":
            tracks.append(Track(number, medium, "A_OPUS", opus_head(), channels=1))
            frames, step = sound(look.tone, seconds), SOUND_MS
        else:
            width, height = (320, 240) if medium == "video" else (480, 270)
            colour = look.colour if medium == "video" else tuple(reversed(look.colour))
            tracks.append(Track(number, medium, "V_VP8", width=width, height=height))
            frames, step = pictures(colour, seconds, width, height), 1000 // FPS
        for index, frame in enumerate(frames):
            time = index * step
            if medium != "audio" or not quiet[0] <= time < quiet[1]:
                blocks.append(Block(number, time, frame.keyframe, frame.data))
    return tracks, sorted(blocks, key=lambda block: block.time)
