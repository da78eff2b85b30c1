"""One receiver's unbroken numbering over changing layers and sources.

When what a receiver follows changes (another simulcast layer, a publisher that reconnects with a new SSRC, a
seat that is unmuted), sequence number, timestamp and VP8 picture numbers must carry on as if nothing had
happened (RFC 3550 section 7.1).
"""

import secrets
from dataclasses import dataclass

from hearings.forwarding.pictures import PictureIds

FIRST_LIMIT = 0x7FFF
"""Numbers begin below 2**15, so that a loss at the very start is not taken for a wrap (RFC 3711 section
3.3.1)."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A packet at which a layer is left or entered, in the layer's own numbers.

    `sequence` is extended. `at` is the arrival and `captured` the publisher's wall clock as its sender report
    tells it, both in seconds; `captured` is None before the first report.
    """

    sequence: int
    timestamp: int
    at: float
    captured: float | None
    ids: PictureIds


class Continuity:
    """The shifts from a layer's numbers to the receiver's. `enter` begins a layer, `leave` ends it."""

    def __init__(self, clock_rate: int) -> None:
        self.first = 0
        self.shift = self.timestamp_shift = 0
        self.picture_shift = self.tl0_shift = 0
        self._clock_rate = clock_rate
        self.newest = secrets.randbelow(FIRST_LIMIT)
        self._last: Edge | None = None

    @property
    def rewrites(self) -> bool:
        """Whether picture numbers differ from the layer's own."""
        return bool(self.picture_shift or self.tl0_shift)

    def enter(self, edge: Edge) -> None:
        """Let `edge` follow directly on what was sent last, its timestamp by the time gone since."""
        self.first = edge.sequence
        self.shift = self.newest + 1 - edge.sequence
        last = self._last
        if last is None:
            return
        self.timestamp_shift = (last.timestamp + self._gone(last, edge) - edge.timestamp) & 0xFFFFFFFF
        if edge.ids.picture >= 0 and last.ids.picture >= 0:
            self.picture_shift = (last.ids.picture + 1 - edge.ids.picture) & 0x7FFF
        if edge.ids.tl0 >= 0 and last.ids.tl0 >= 0:
            self.tl0_shift = (last.ids.tl0 + 1 - edge.ids.tl0) & 0xFF

    def leave(self, edge: Edge) -> None:
        """`edge` is the newest packet of the layer that was followed; the next `enter` goes on from it."""
        ids = edge.ids
        picture, tl0 = ids.picture, ids.tl0
        if picture >= 0:
            picture = (picture + self.picture_shift) & (0x7FFF if ids.wide else 0x7F)
        if tl0 >= 0:
            tl0 = (tl0 + self.tl0_shift) & 0xFF
        self.newest = edge.sequence + self.shift
        self._last = Edge(
            self.newest,
            (edge.timestamp + self.timestamp_shift) & 0xFFFFFFFF,
            edge.at,
            edge.captured,
            PictureIds(False, picture, tl0=tl0),
        )

    def _gone(self, last: Edge, edge: Edge) -> int:
        """Clock units between the two: by the publisher's own clock if known, which no jitter distorts."""
        seconds = edge.at - last.at
        if last.captured is not None and edge.captured is not None:
            by_capture = edge.captured - last.captured
            # Two connections of one browser share its clock; one that was set between them does not count.
            if abs(by_capture - seconds) < 1.0:
                seconds = by_capture
        # A layer's keyframe of the very picture that was sent last must still come after it.
        return max(1, int(seconds * self._clock_rate)) & 0x7FFFFFFF
