"""What a test sees and hears in decoded frames."""

from __future__ import annotations

import array
import math

import av


def colour_of(frame: av.VideoFrame) -> tuple[float, float, float]:
    """The mean (Y, Cb, Cr) of the picture's lowest rows."""
    means = []
    for plane in frame.reformat(format="yuv420p").planes:
        rows = bytes(plane)[-8 * plane.line_size :]
        seen = [rows[row * plane.line_size + x] for row in range(8) for x in range(plane.width)]
        means.append(sum(seen) / len(seen))
    return means[0], means[1], means[2]


def wave_of(frame: av.AudioFrame) -> list[float]:
    """The first channel's samples, -1 to 1."""
    plain = av.AudioResampler("flt", "mono", frame.sample_rate).resample(frame)[0]
    return array.array("f", bytes(plain.planes[0])[: plain.samples * 4]).tolist()


def tone_of(frame: av.AudioFrame) -> float:
    """The tone's frequency in Hz, from its crossings of zero."""
    wave = wave_of(frame)
    crossings = [i for i in range(1, len(wave)) if wave[i - 1] < 0 <= wave[i]]
    if len(crossings) < 2:
        return 0.0
    return (len(crossings) - 1) * frame.sample_rate / (crossings[-1] - crossings[0])


def loudness_of(frame: av.AudioFrame) -> float:
    """Root mean square of the samples, 0 to 1."""
    wave = wave_of(frame)
    return math.sqrt(sum(sample * sample for sample in wave) / len(wave))
