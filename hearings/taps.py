"""What of a room is recorded or made into captions: a tap on each source that `permission` lets out."""

from typing import Protocol

from hearings.forwarding.source import Source
from hearings.forwarding.tap import Tap
from hearings.negotiation import MEDIA
from hearings.participant import Participant
from hearings.permission import may_record

Stream = tuple[str, str]
"""(seat, medium)."""


class Recorder(Protocol):
    """Takes a room down. Between `begin` and `end` of a stream its tap is given packets, as far as allowed.

    A publisher that reconnects ends its streams and begins new ones.
    """

    def begin(self, seat: str, media: str, codec: str) -> Tap:
        """A tap for this medium of the seat; `codec` is "opus", "vp8" or "h264"."""

    def end(self, seat: str, media: str) -> None:
        """The medium is over, or the recording is."""

    def speaker(self, seat: str | None) -> None:
        """Who speaks, told when it changes."""


class Taps:
    """The taps of one room's recording, or, of ``media`` alone, of what else may go out of the forwarding."""

    def __init__(self, recorder: Recorder, media: frozenset[str] = frozenset(MEDIA)) -> None:
        self.recorder = recorder
        self._media = media
        self._held: dict[Stream, tuple[Source, Tap]] = {}

    def refresh(self, seats: dict[str, Participant], now: float) -> None:
        """Make the taps what the seats' sources and standing ask for. Doing it twice changes nothing."""
        sources = {
            (name, media): source
            for name, seat in seats.items()
            if seat.publisher is not None
            for media, source in seat.publisher.sources.items()
            if media in self._media
        }
        for stream, (source, _) in list(self._held.items()):
            if sources.get(stream) is not source:
                self._end(stream, now)
        for (seat, media), source in sources.items():
            if (seat, media) not in self._held:
                self._held[seat, media] = source, self.recorder.begin(seat, media, source.codec)
            tap = self._held[seat, media][1]
            tap.link(source if may_record(seats[seat].standing, media) else None, now)

    def close(self, now: float) -> None:
        """End every stream."""
        for stream in list(self._held):
            self._end(stream, now)

    def _end(self, stream: Stream, now: float) -> None:
        _, tap = self._held.pop(stream)
        tap.link(None, now)
        self.recorder.end(*stream)
