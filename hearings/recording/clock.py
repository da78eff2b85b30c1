"""When a frame was made, by our clock.

A publisher's sender reports tie each track's timestamps to its own wall clock (RFC 3550 section 6.4.1), which
puts lips and voice together. How far that clock is from ours is the least difference seen between a packet's
arrival and its time: the packet that the network delayed least. Before the first report the arrival alone
says when; what the report then corrects is worked off little by little, so that time never runs backwards. A
report that places a frame far from its arrival is not believed.

All times are seconds; ours are monotonic.
"""

from __future__ import annotations

WINDOW_S = 10.0
"""Least differences older than one or two windows are forgotten: clocks drift against each other."""
TRUST_S = 5.0
SLEW = 0.1
"""Of the time that passes, this part at most is used for correction: below what an ear notices in speech."""
JUMP_S = 1.0
"""More than this is not slewed: it is another place, not another opinion."""


class LeastDelay:
    """The least of what was seen in the last one to two windows."""

    def __init__(self) -> None:
        self._since = float("-inf")
        self._present = self._before = float("inf")

    def see(self, difference: float, now: float) -> float:
        """Take one difference; gives the least."""
        if now - self._since > WINDOW_S:
            stale = now - self._since > 2 * WINDOW_S
            self._before = float("inf") if stale else self._present
            self._present, self._since = difference, now
        self._present = min(self._present, difference)
        return min(self._present, self._before)


class SenderClock:
    """One publisher's wall clock against ours, learnt from all its tracks."""

    def __init__(self) -> None:
        self._delay = LeastDelay()

    def place(self, wall: float, now: float) -> float:
        """A moment of its clock on ours; `now` is when the packet of that moment arrived."""
        return wall + self._delay.see(now - wall, now)


class TrackClock:
    """One track's timestamps on our clock."""

    def __init__(self, rate: int, sender: SenderClock) -> None:
        self._rate = rate
        self._sender = sender
        self._delay = LeastDelay()
        self._newest: int | None = None
        self._report: tuple[float, int] | None = None
        self._shift: float | None = None
        self._placed_at = 0.0

    def report(self, ntp: int, timestamp: int) -> None:
        """A sender report: 64-bit NTP time and the 32-bit timestamp of that moment."""
        if self._newest is None:
            self._newest = timestamp
        self._report = ntp / 4294967296, self._unwrap(timestamp)

    def place(self, timestamp: int, now: float) -> float:
        """When the frame of this timestamp was made; `now` is when it arrived."""
        extended = self._newest = self._unwrap(timestamp)
        here = extended / self._rate
        target = self._target(extended, here, now)
        gone = max(0.0, here - self._placed_at)
        self._placed_at = here
        if self._shift is None or abs(target - self._shift) > JUMP_S:
            self._shift = target
        else:
            step = SLEW * gone
            self._shift += max(-step, min(step, target - self._shift))
        return here + self._shift

    def _target(self, extended: int, here: float, now: float) -> float:
        """What to add to the track's time for ours."""
        by_arrival = self._delay.see(now - here, now)
        if abs(now - here - by_arrival) > TRUST_S:  # the timestamps began anew elsewhere
            self._delay = LeastDelay()
            by_arrival = self._delay.see(now - here, now)
        if self._report is None:
            return by_arrival
        wall, origin = self._report
        by_report = self._sender.place(wall + (extended - origin) / self._rate, now) - here
        return by_report if abs(by_report - by_arrival) <= TRUST_S else by_arrival

    def _unwrap(self, timestamp: int) -> int:
        if self._newest is None:
            return timestamp
        return self._newest + ((timestamp - self._newest + 0x80000000 & 0xFFFFFFFF) - 0x80000000)
