"""From a person's Opus packets to words: put in order, decoded, cut into sentences by their pauses."""

from __future__ import annotations

from collections.abc import Iterator

from av import AudioResampler, CodecContext
from av.error import FFmpegError
from av.packet import Packet as AvPacket

from hearings.captions.recogniser import RATE, Heard, Recogniser

PAUSE_S = 0.9
"""So long without a packet, which is silence that is not sent, ends a sentence."""


class Speech:
    """One person's speech. Late packets are left out: a caption that waits for them comes too late."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._decoder = CodecContext.create("opus", "r")
        self._resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        self._newest = -1
        self._heard_at = 0.0
        self._open = False

    def packet(self, number: int, payload: bytes, now: float) -> Iterator[Heard]:
        """What becomes known by a packet."""
        if number <= self._newest or not payload:
            return
        self._newest, self._heard_at, self._open = number, now, True
        try:
            for frame in self._decoder.decode(AvPacket(payload)):
                for part in self._resampler.resample(frame):
                    heard = self._recogniser.hear(bytes(part.planes[0])[: part.samples * 2])
                    if heard is not None:
                        yield heard
        except FFmpegError:
            return  # what a browser sent is no Opus: nothing is heard of it

    def tick(self, now: float) -> Heard | None:
        """What a pause makes final."""
        if not self._open or now - self._heard_at < PAUSE_S:
            return None
        return self.finish()

    def finish(self) -> Heard | None:
        """The words so far are the last."""
        self._open = False
        return self._recogniser.finish()
