"""What the fake microphone and the fake camera play: made here, nobody's voice and nobody's face."""

from __future__ import annotations

import array
import math
import random
import wave
from fractions import Fraction
from pathlib import Path

import av
import av.filter

SAMPLE_RATE = 48000
SPEECH_S = 12
WIDTH, HEIGHT, FRAME_RATE = 640, 480, 20
PICTURES_S = 4
_VOWELS = ((700, 1200, 2500), (400, 2000, 2600), (300, 2300, 3000), (450, 850, 2400), (320, 700, 2300))
_BANDWIDTHS = (80, 100, 150)


def write_speech(path: Path) -> None:
    """Syllables of voiced vowels and hissing consonants, with a short breath after each few words (WAV)."""
    chance = random.Random(1)
    samples = array.array("h")
    while len(samples) < SPEECH_S * SAMPLE_RATE:
        for _ in range(chance.randint(6, 10)):
            samples.extend(_hiss(chance, chance.uniform(0.03, 0.06)))
            samples.extend(_vowel(chance, chance.uniform(0.10, 0.22)))
        samples.extend([0] * int(SAMPLE_RATE * chance.uniform(0.10, 0.20)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())


def _vowel(chance: random.Random, seconds: float) -> list[int]:
    """Pulses of a throat through three resonances."""
    count = int(seconds * SAMPLE_RATE)
    pitch = chance.uniform(95, 160)
    resonances = [
        _resonance(formant, width) for formant, width in zip(chance.choice(_VOWELS), _BANDWIDTHS, strict=True)
    ]
    memory = [[0.0, 0.0] for _ in resonances]
    phase, sound = 0.0, []
    for n in range(count):
        phase += pitch * (1 + 0.1 * math.sin(n / 9000)) / SAMPLE_RATE
        value = 1.0 if phase >= 1 else chance.uniform(-0.01, 0.01)
        phase %= 1.0
        for (gain, near, far), held in zip(resonances, memory, strict=True):
            value = gain * value + near * held[0] - far * held[1]
            held[1], held[0] = held[0], value
        sound.append(value)
    return _shaped(sound, 9000)


def _hiss(chance: random.Random, seconds: float) -> list[int]:
    return _shaped([chance.uniform(-1, 1) for _ in range(int(seconds * SAMPLE_RATE))], 1500)


def _resonance(frequency: float, width: float) -> tuple[float, float, float]:
    """Gain and feedback of a two-pole resonator."""
    radius = math.exp(-math.pi * width / SAMPLE_RATE)
    near = 2 * radius * math.cos(2 * math.pi * frequency / SAMPLE_RATE)
    return 1 - near + radius * radius, near, radius * radius


def _shaped(sound: list[float], loudness: int) -> list[int]:
    """At this loudness, swelling and fading."""
    peak = max(map(abs, sound)) or 1.0
    last = len(sound)
    return [
        int(value / peak * loudness * math.sin(math.pi * n / last) ** 0.5) for n, value in enumerate(sound)
    ]


def write_pictures(path: Path) -> None:
    """A moving test picture with some grain, as a camera in a room has (YUV4MPEG2)."""
    graph = av.filter.Graph()
    source = graph.add("testsrc2", f"size={WIDTH}x{HEIGHT}:rate={FRAME_RATE}")
    grain = graph.add("noise", "alls=4:allf=t:all_seed=1")
    form = graph.add("format", "pix_fmts=yuv420p")
    sink = graph.add("buffersink")
    for one, other in ((source, grain), (grain, form), (form, sink)):
        one.link_to(other)
    graph.configure()
    with av.open(str(path), "w", format="yuv4mpegpipe") as file:
        stream = file.add_stream("wrapped_avframe", rate=FRAME_RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(PICTURES_S * FRAME_RATE):
            frame = graph.vpull()
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
