"""`python -m hearings.recording.compose --into FD`: one MP4 of a recording, in a niced process of its own.

Standard input: one line, the Order as JSON. Standard output: JSON lines, `{"progress": per cent}` at least
once a second, then `{"size": bytes, "duration_ms": …}`, after which the MP4 itself follows into FD; or
`{"error": code}` with exit status 1. Nothing of the hearing touches the disk in clear (`scratch`).

H.264 and AAC, the index first. Each stretch of the hearing is shown as it was, a pause as a card. Memory does
not grow with the length: of each participant one picture and a moment of sound are held.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
from av.container import OutputContainer

from hearings.recording.layout import HEIGHT, WIDTH
from hearings.recording.mixer import Mixer
from hearings.recording.reader import Damaged, Recorded
from hearings.recording.scene import Scene, Words
from hearings.recording.scratch import Scratch
from hearings.recording.strands import PER_MS, RATE, SAMPLE, Voice

FPS = 20
TICK_MS = 1000 // FPS
SOUND_PER_TICK = TICK_MS * PER_MS
KEYFRAME_SECONDS = 2
SOUND_BITS = 64_000
BROWSERS_COLOURS, NARROW = 6, 1
"""What cameras' pictures are in WebRTC, said so that players need not guess (ITU-T H.273: SMPTE 170M)."""
NICEST = 19

DAMAGED, EMPTY = "damaged", "empty"


class Nothing(Exception):
    """Not one frame was recorded of the people in the order."""


@dataclass(frozen=True)
class Stretch:
    """The hearing from `at_ms` on (Unix), shown for `length_ms`; `until_ms` is when it ended."""

    at_ms: int
    until_ms: int
    paused: bool
    length_ms: int


@dataclass(frozen=True)
class Order:
    """What to compose: `names` by seat, in the order in which people stand when nobody speaks."""

    folder: Path
    key: bytes
    font: Path
    timezone: str
    names: dict[str, str]
    words: Words
    stretches: tuple[Stretch, ...]


def read_order(line: str) -> Order:
    """The order as the parent wrote it."""
    given = json.loads(line)
    return Order(
        folder=Path(given["folder"]),
        key=bytes.fromhex(given["key"]),
        font=Path(given["font"]),
        timezone=given["timezone"],
        names=dict(given["names"]),
        words=Words(**given["words"]),
        stretches=tuple(Stretch(**stretch) for stretch in given["stretches"]),
    )


@dataclass(frozen=True)
class Tick:
    """One picture of the video: the moment of the hearing, or the pause that is told."""

    number: int
    now_ms: int
    pause: Stretch | None


def ticks(stretches: tuple[Stretch, ...]) -> Iterator[Tick]:
    """Every picture of the video in order."""
    number, starts_ms = 0, 0
    for stretch in stretches:
        while number * TICK_MS < starts_ms + stretch.length_ms:
            now_ms = stretch.at_ms + number * TICK_MS - starts_ms
            yield Tick(number, now_ms, stretch if stretch.paused else None)
            number += 1
        starts_ms += stretch.length_ms


class Video:
    """The MP4 as it is written."""

    def __init__(self, scratch: Scratch) -> None:
        self._container: OutputContainer = av.open(
            scratch.view(),
            "w",
            format="mp4",
            options={"movflags": "faststart"},
            # The index is put first by reading what was written through a second handle.
            io_open=lambda url, flags, options: scratch.view(),
        )
        self._picture: Any = self._container.add_stream(
            "libx264", rate=FPS, options={"preset": "veryfast", "crf": "25", "threads": "2"}
        )
        self._picture.width, self._picture.height, self._picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._picture.codec_context.gop_size = FPS * KEYFRAME_SECONDS
        self._picture.codec_context.colorspace = BROWSERS_COLOURS
        self._picture.codec_context.color_primaries = BROWSERS_COLOURS
        self._picture.codec_context.color_trc = BROWSERS_COLOURS
        self._picture.codec_context.color_range = NARROW
        self._sound: Any = self._container.add_stream("aac", rate=RATE, layout="mono")
        self._sound.bit_rate = SOUND_BITS

    def show(self, number: int, picture: av.VideoFrame) -> None:
        """Add the picture with this number."""
        picture.pts = number
        self._container.mux(self._picture.encode(picture))

    def play(self, sound: av.AudioFrame) -> None:
        """Add sound where the last ended."""
        self._container.mux(self._sound.encode(sound))

    def end(self) -> None:
        """Write what is on its way and the index."""
        for stream in (self._picture, self._sound):
            self._container.mux(stream.encode(None))
        self._container.close()


def compose(order: Order, scratch: Scratch, told: Callable[[int], None]) -> int:
    """Compose into `scratch`; the video's length in ms. `told` hears the per cent done, again and again.

    Raises Damaged or Nothing.
    """
    recorded = Recorded.open(order.folder, order.key)
    names = {seat: name for seat, name in order.names.items() if _sent(recorded, seat)}
    if not names or not order.stretches:
        raise Nothing
    scene = Scene(recorded, names, order.font, order.words)
    voices = {seat: Voice(recorded, seat) for seat in names}
    mixer, video = Mixer(list(names)), Video(scratch)
    total = sum(stretch.length_ms for stretch in order.stretches)
    count = 0
    for tick in ticks(order.stretches):
        _draw(scene, tick, order)
        video.show(tick.number, scene.taken())
        for sound in mixer.mix({seat: _heard(voice, tick) for seat, voice in voices.items()}):
            video.play(sound)
        count = tick.number + 1
        told(count * TICK_MS * 100 // total)
    for sound in mixer.end():
        video.play(sound)
    video.end()
    return count * TICK_MS


def _sent(recorded: Recorded, seat: str) -> bool:
    return any(segment.seat == seat for segment in recorded.segments)


def _draw(scene: Scene, tick: Tick, order: Order) -> None:
    zone = ZoneInfo(order.timezone)
    if tick.pause is None:
        scene.draw(tick.now_ms)
    else:
        begins, ends = (_local(at, zone) for at in (tick.pause.at_ms, tick.pause.until_ms))
        scene.pause(f"{begins:%H:%M:%S} – {ends:%H:%M:%S}")
    scene.foot(f"{_local(tick.now_ms, zone):%d/%m/%Y %H:%M:%S}")


def _heard(voice: Voice, tick: Tick) -> bytes:
    if tick.pause is not None:
        return bytes(SOUND_PER_TICK * SAMPLE)
    return voice.read(tick.now_ms, SOUND_PER_TICK)


def _local(at_ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, zone)


class Teller:
    """Tells the per cent done, when it is another and at least once a second.

    A parent that is gone ends us here: its end of the pipe is closed.
    """

    def __init__(self) -> None:
        self._said = (-1, 0.0)

    def __call__(self, percent: int) -> None:
        """Tell, if it is time to."""
        now = time.monotonic()
        if percent != self._said[0] or now - self._said[1] >= 1:
            self._said = (percent, now)
            tell(progress=percent)


def tell(**facts: Any) -> None:
    """One line to the parent."""
    print(json.dumps(facts), flush=True)


def main() -> int:
    """Obey one order."""
    parser = argparse.ArgumentParser(prog="python -m hearings.recording.compose")
    parser.add_argument("--into", type=int, required=True, help="the descriptor that takes the MP4")
    into = parser.parse_args().into
    os.nice(NICEST)
    av.logging.set_level(None)
    order = read_order(sys.stdin.readline())
    scratch = Scratch(order.folder)
    try:
        length_ms = compose(order, scratch, Teller())
    except (Damaged, Nothing) as error:
        tell(error=DAMAGED if isinstance(error, Damaged) else EMPTY)
        return 1
    tell(size=scratch.size, duration_ms=length_ms)
    with os.fdopen(into, "wb") as file:
        for piece in scratch.pieces():
            file.write(piece)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
    os._exit(1)  # the parent is gone, and with it where Python would write its last words
