"""Everybody's sound as one: each voice brought to a like loudness, added, and kept from clipping.

The graph is libavfilter's: dynaudnorm for each voice (so that who sits far from the microphone is heard),
amix, alimiter. Silence stays silence: below its threshold nothing is raised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import av
from av.filter import Graph

from hearings.recording.strands import RATE, SAMPLE

_SOURCE = f"sample_rate={RATE}:sample_fmt=s16:channel_layout=mono:time_base=1/{RATE}"
_EVEN = "framelen=200:gausssize=11:maxgain=8:threshold=0.005"
_LIMIT = "limit=0.9:level=0"


class Mixer:
    """Takes the same stretch of every voice, gives mixed frames; those lag a few seconds behind."""

    def __init__(self, names: list[str]) -> None:
        self._graph = Graph()
        self._inputs: dict[str, Any] = {}
        mix = self._graph.add("amix", f"inputs={len(names)}:normalize=0:dropout_transition=0")
        for number, name in enumerate(names):
            source = self._graph.add("abuffer", _SOURCE)
            even = self._graph.add("dynaudnorm", _EVEN)
            source.link_to(even)
            even.link_to(mix, 0, number)
            self._inputs[name] = source
        limit = self._graph.add("alimiter", _LIMIT)
        shape = self._graph.add("aformat", f"sample_fmts=fltp:sample_rates={RATE}:channel_layouts=mono")
        self._sink = self._graph.add("abuffersink")
        mix.link_to(limit)
        limit.link_to(shape)
        shape.link_to(self._sink)
        self._graph.configure()
        self._samples = 0

    def mix(self, voices: Mapping[str, bytes]) -> Iterator[av.AudioFrame]:
        """Add a stretch, mono 16-bit samples of equal length by name; gives what is ready."""
        samples = len(next(iter(voices.values()))) // SAMPLE
        for name, voice in voices.items():
            frame = av.AudioFrame("s16", "mono", samples)
            frame.sample_rate = RATE
            frame.pts = self._samples
            frame.planes[0].update(voice)
            self._inputs[name].push(frame)
        self._samples += samples
        yield from self._ready()

    def end(self) -> Iterator[av.AudioFrame]:
        """What is still on its way; nothing may be added afterwards."""
        for source in self._inputs.values():
            source.push(None)
        yield from self._ready()

    def _ready(self) -> Iterator[av.AudioFrame]:
        while True:
            try:
                frame = self._sink.pull()
            except (BlockingIOError, EOFError):
                return
            if isinstance(frame, av.AudioFrame):
                yield frame
