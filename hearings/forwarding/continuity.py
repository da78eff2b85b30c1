"""One receiver's unbroken numbering over changing sources.

When the source of a forwarded track changes (a publisher reconnects with a new SSRC, or is unmuted), sequence
number, timestamp and VP8 picture numbers must carry on as if nothing had happened (RFC 3550 section 7.1).
"""

import secrets

from hearings.forwarding.packet import Media

MAX_JUMP = 3000
"""A larger hole in the source's numbers is closed, well before it could confuse SRTP's rollover counter."""


class Continuity:
    """Maps a source's numbers to the receiver's. `splice` begins a new source, `place` maps a packet."""

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        # Below 2**15, so that a loss at the very start cannot be taken for a wrap (RFC 3711 section 3.3.1).
        self._newest = secrets.randbelow(0x7FFF)
        self._source_first = 0
        self._source_newest = 0
        self._shift = 0
        self._last_timestamp = 0
        self._last_time = 0.0
        self._last_picture = self._last_tl0 = -1
        self._started = False
        self.timestamp_shift = 0
        self.picture_shift = 0
        self.tl0_shift = 0

    def splice(self, media: Media, now: float) -> None:
        """Let `media` follow directly on what was sent last, its timestamp by the time gone since."""
        self._source_first = self._source_newest = media.sequence
        self._shift = self._newest + 1 - media.sequence
        if self._started:
            gone = max(1, int((now - self._last_time) * self._clock_rate)) & 0x7FFFFFFF
            self.timestamp_shift = (self._last_timestamp + gone - media.timestamp) & 0xFFFFFFFF
        self._started = True
        ids = media.ids
        if ids.picture >= 0 and self._last_picture >= 0:
            self.picture_shift = (self._last_picture + 1 - ids.picture) & 0x7FFF
        if ids.tl0 >= 0 and self._last_tl0 >= 0:
            self.tl0_shift = (self._last_tl0 + 1 - ids.tl0) & 0xFF

    def broken(self, media: Media) -> bool:
        """Whether the source itself jumped so far that it must be spliced again."""
        return media.sequence - self._source_newest > MAX_JUMP

    def place(self, media: Media, now: float) -> int | None:
        """The receiver's extended sequence number, None for a packet from before the splice."""
        number = media.sequence
        if number < self._source_first:
            return None
        placed = number + self._shift
        if number >= self._source_newest:
            self._source_newest = number
            self._newest = placed
            self._last_timestamp = (media.timestamp + self.timestamp_shift) & 0xFFFFFFFF
            self._last_time = now
            ids = media.ids
            if ids.picture >= 0:
                self._last_picture = (ids.picture + self.picture_shift) & (0x7FFF if ids.wide else 0x7F)
            if ids.tl0 >= 0:
                self._last_tl0 = (ids.tl0 + self.tl0_shift) & 0xFF
        return placed
