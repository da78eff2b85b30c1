"""How much a publisher may send, judged by what its receivers get through.

Loss-based, after the sender's half of Google congestion control (draft-ietf-rmcat-gcc-02 section 6): above
10 % loss the limit falls by half the loss, below 2 % it grows. The floor keeps one bad line from ruining the
hearing for the others; audio is never limited.
"""

from collections.abc import Iterable

from hearings.forwarding.outgoing import OutgoingTrack

FLOOR = 150_000
CEILING = 2_500_000
HIGH_LOSS = 0.10
LOW_LOSS = 0.02
GROWTH = 1.08
INTERVAL_S = 1.0


class BandwidthLimit:
    """The REMB of one publisher, in bit/s."""

    def __init__(self) -> None:
        self.bits_per_second = CEILING
        self._changed = float("-inf")

    def update(self, receivers: Iterable[OutgoingTrack], now: float) -> None:
        """Judge by the receivers' last reports; at most once per second."""
        if now - self._changed < INTERVAL_S:
            return
        self._changed = now
        loss = max((receiver.fraction_lost for receiver in receivers), default=0.0)
        if loss > HIGH_LOSS:
            limit = self.bits_per_second * (1 - loss / 2)
        elif loss < LOW_LOSS:
            limit = self.bits_per_second * GROWTH
        else:
            return
        self.bits_per_second = int(max(FLOOR, min(CEILING, limit)))
