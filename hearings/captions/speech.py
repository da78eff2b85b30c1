"""From a person's Opus packets to words: put in order, decoded, cut into sentences by their pauses."""

from __future__ import annotations

from collections.abc import Iterator

from av import AudioResampler, CodecContext
from av.error import FFmpegError
from av.packet import Packet as AvPacket

from hearings.captions.recogniser import RATE, Heard, Recogniser

GAP_S = 0.15
"""Packets farther apart than this are those of a silence: browsers send one each 400 ms then (Opus DTX)."""
PAUSE_S = 0.9
"""So long a silence ends a sentence."""
LONGEST_GAP_S = 1.0
"""Of a longer silence a recogniser needs no more."""


class Speech:
    """One person's speech. Late packets are left out: a caption that waits for them comes too late."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._decoder = CodecContext.create("opus", "r")
        self._resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        self._newest = -1
        self._heard_at = self._spoken_at = 0.0
        self._open = False

    def packet(self, number: int, payload: bytes, now: float) -> Iterator[Heard]:
        """What becomes known by a packet."""
        if number <= self._newest or not payload:
            return
        gap = now - self._heard_at
        if self._open and gap > GAP_S:
            yield from self._hear(bytes(2 * int(min(gap, LONGEST_GAP_S) * RATE)))
        if not self._open or gap <= GAP_S:
            self._spoken_at = now
        self._newest, self._heard_at, self._open = number, now, True
        try:
            for frame in self._decoder.decode(AvPacket(payload)):
                for part in self._resampler.resample(frame):
                    yield from self._hear(bytes(part.planes[0])[: part.samples * 2])
        except FFmpegError:
            return  # what a browser sent is no Opus: nothing is heard of it

    def _hear(self, samples: bytes) -> Iterator[Heard]:
        heard = self._recogniser.hear(samples)
        if heard is not None:
            yield heard

    def tick(self, now: float) -> Heard | None:
        """What a pause makes final."""
        if not self._open or now - self._spoken_at < PAUSE_S:
            return None
        return self.finish()

    def finish(self) -> Heard | None:
        """The words so far are the last."""
        self._open = False
        return self._recogniser.finish()
