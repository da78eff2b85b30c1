"""Makes the clip of a scripted person: a drawn card with their name, and a soft sound that resembles speech.

A program of its own, because it encodes: ``python -m hearings.card`` reads an Order as JSON from its standard
input and writes the clip into a file, whole or not at all.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont

from hearings.clip import SOUND_S, SOUNDS_PER_PICTURE, Clip, Part, pack

WIDTH, HEIGHT = 640, 360
SECONDS = 4
PICTURES_PER_S = round(1 / (SOUND_S * SOUNDS_PER_PICTURE))
KEYFRAME_EVERY = PICTURES_PER_S
VIDEO_BITS_PER_S, AUDIO_BITS_PER_S = 120_000, 24_000
RATE = 24_000
SAMPLES = round(RATE * SOUND_S)
LOUDNESS = 0.16
SYLLABLES_PER_S = 3
SYLLABLE = 0.62
"""The part of a syllable's time that sounds."""
FORMANTS = (500.0, 900.0, 1500.0)
WIDTH_HZ = 180.0
HARMONICS = 9
LOWEST_DBOV = 127


@dataclass(frozen=True)
class Order:
    """What to make: ``pitch`` in hertz, ``shade`` the card's colour as ``#rrggbb``, ``font`` a file."""

    into: str
    font: str
    name: str
    caption: str
    pitch: float
    shade: str


def main() -> None:
    """Make the clip that standard input orders."""
    order = Order(**json.load(sys.stdin))
    clip = Clip(tuple(_pictures(order)), tuple(_sounds(order.pitch)), tuple(_sounds(0.0)))
    into = Path(order.into)
    into.parent.mkdir(parents=True, exist_ok=True)
    made = into.with_suffix(".part")
    made.write_bytes(pack(clip))
    made.replace(into)


def _pictures(order: Order) -> Iterator[Part]:
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, PICTURES_PER_S), Fraction(PICTURES_PER_S)
    encoder.bit_rate, encoder.gop_size = VIDEO_BITS_PER_S, KEYFRAME_EVERY
    encoder.options = {"deadline": "realtime", "cpu-used": "6", "lag-in-frames": "0"}
    count = SECONDS * PICTURES_PER_S
    for number in range(count):
        frame = _frame(_card(order, number / count))
        frame.pts = number
        for packet in encoder.encode(frame):
            yield Part(int(packet.is_keyframe), bytes(packet))
    for packet in encoder.encode(None):
        yield Part(int(packet.is_keyframe), bytes(packet))


def _card(order: Order, turn: float) -> Image.Image:
    """The card at a point of its turn, 0 to 1: a bead goes around, so that a frozen picture is seen to be."""
    card = Image.new("RGB", (WIDTH, HEIGHT), order.shade)
    pen = ImageDraw.Draw(card)
    x, y, radius = WIDTH / 2, 148, 66
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill="#ffffff")
    initials = "".join(word[0] for word in order.name.split() if word[0].isupper())[:2]
    pen.text((x, y), initials or order.name[:1], order.shade, _font(order, 60), anchor="mm")
    angle = 2 * math.pi * turn
    at = (x + (radius + 16) * math.sin(angle), y - (radius + 16) * math.cos(angle))
    pen.ellipse((at[0] - 7, at[1] - 7, at[0] + 7, at[1] + 7), fill="#ffffff")
    pen.text((x, 266), order.name, "#ffffff", _font(order, 34), anchor="mm")
    pen.text((x, 308), order.caption, "#ffffff", _font(order, 22), anchor="mm")
    return card


def _frame(card: Image.Image) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "rgb24")
    frame.planes[0].update(card.tobytes())
    return frame.reformat(format="yuv420p")


def _font(order: Order, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(order.font, size)


def _sounds(pitch: float) -> Iterator[Part]:
    """Opus of a voice of this pitch, with the level of each part; a pitch of 0 is silence."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "s16"
    encoder.bit_rate = AUDIO_BITS_PER_S
    encoder.options = {"application": "voip", "frame_duration": "20"}
    levels: list[int] = []
    parts: list[bytes] = []
    for number in range(round(SECONDS / SOUND_S)):
        samples = [_sample(pitch, (number * SAMPLES + at) / RATE) if pitch else 0.0 for at in range(SAMPLES)]
        levels.append(_level(samples))
        frame = av.AudioFrame("s16", "mono", SAMPLES)
        frame.sample_rate, frame.pts = RATE, number * SAMPLES
        frame.planes[0].update(b"".join(round(s * 32767).to_bytes(2, "little", signed=True) for s in samples))
        parts += map(bytes, encoder.encode(frame))
    # The encoder's last, flushed packets would be of another loop: one part for each level.
    yield from (Part(level, data) for level, data in zip(levels, parts, strict=False))


def _sample(pitch: float, at: float) -> float:
    """A tone's harmonics under three formants, in syllables, with a breath at the end of each turn."""
    beat = at * SYLLABLES_PER_S
    inside = beat % 1.0 / SYLLABLE
    if inside >= 1.0 or at > SECONDS - 0.8:
        return 0.0
    envelope = math.sin(math.pi * inside) ** 2
    # Each syllable has its own vowel, and the voice falls a little until the breath.
    open_by = 0.8 + 0.4 * ((int(beat) * 5 % 7) / 6)
    tone = pitch * (1.06 - 0.12 * at / SECONDS)
    cycle = 2 * math.pi * tone * at
    wave = sum(_weight(n * pitch, open_by) * math.sin(n * cycle) for n in range(1, HARMONICS))
    return LOUDNESS * envelope * max(-1.0, min(1.0, wave))


@cache
def _weight(hertz: float, open_by: float) -> float:
    near = sum(math.exp(-(((hertz - f * open_by) / WIDTH_HZ) ** 2)) for f in FORMANTS)
    return 0.15 + 0.5 * near / (1 + hertz / 800)


def _level(samples: list[float]) -> int:
    power = sum(sample * sample for sample in samples) / len(samples)
    return LOWEST_DBOV if power <= 0 else min(LOWEST_DBOV, max(0, round(-10 * math.log10(power))))


if __name__ == "__main__":
    main()
