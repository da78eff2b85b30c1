"""Does a queue grow on the way? The delay-based half of Google congestion control.

draft-ietf-rmcat-gcc-02 sections 5.2 to 5.4, with a least-squares line through the last groups in the place of
its Kalman filter. Seconds come in; inside everything is milliseconds, the unit of the draft's constants.
"""

import enum
from collections import deque

GROUP_S = 0.005
"""Packets sent within this time are one group: a frame leaves in a burst."""
MAX_BURST_S = 0.1
WINDOW = 20
"""Groups that the line is laid through."""
SMOOTHING = 0.9
GAIN = 4.0
MAX_DELTAS = 60
START_THRESHOLD = 12.5
THRESHOLDS = (6.0, 600.0)
RISE, FALL = 0.0087, 0.039
"""How fast the threshold follows a trend above and below it: a rival's full queue must not silence us."""
OUTLIER = 15.0
OVERUSE_MS = 10.0
REBASE_MS = 60_000.0
RESET_S = 3.0
"""After so long a hole between two groups their difference says nothing."""


class Usage(enum.Enum):
    """What the queue does: drains, neither, grows."""

    UNDER = -1
    NORMAL = 0
    OVER = 1


class DelayTrend:
    """Fed with each acknowledged packet in the order of sending; `usage` is the present judgement."""

    def __init__(self) -> None:
        self.usage = Usage.NORMAL
        self.reset()

    def reset(self) -> None:
        """Forget all groups; the threshold starts anew too."""
        self.usage = Usage.NORMAL
        self._first_sent = self._first_arrived = -1.0
        self._last_sent = self._last_arrived = 0.0
        self._before: tuple[float, float] | None = None
        self._slope = _Slope()
        self._deltas = 0
        self._delay = self._smoothed = 0.0
        self._trend = 0.0
        self._over_ms = 0.0
        self._over_count = 0
        self._threshold = START_THRESHOLD

    def add(self, sent: float, arrived: float) -> None:
        """One packet: when it left by our clock and when it arrived by the receiver's."""
        first = self._first_sent
        if first < 0:
            self._begin(sent, arrived)
        elif sent - first <= GROUP_S or self._in_burst(sent, arrived):
            if sent < first:
                return  # of a group that is over
            if sent > self._last_sent:
                self._last_sent = sent
            if arrived > self._last_arrived:
                self._last_arrived = arrived
        else:
            self._end_group()
            self._begin(sent, arrived)

    def _begin(self, sent: float, arrived: float) -> None:
        self._first_sent = self._last_sent = sent
        self._first_arrived = self._last_arrived = arrived

    def _in_burst(self, sent: float, arrived: float) -> bool:
        """Whether it was queued behind the group: sent later, but arriving right after it."""
        gap = arrived - self._last_arrived
        return gap <= GROUP_S and gap < sent - self._last_sent and arrived - self._first_arrived < MAX_BURST_S

    def _end_group(self) -> None:
        sent, arrived = self._last_sent, self._last_arrived
        if self._before is not None:
            sent_delta, arrived_delta = sent - self._before[0], arrived - self._before[1]
            if not 0 <= arrived_delta <= RESET_S or sent_delta > RESET_S:
                self.reset()
                return
            self._lay_line(sent_delta * 1000, (arrived_delta - sent_delta) * 1000, arrived * 1000)
        self._before = (sent, arrived)

    def _lay_line(self, sent_ms: float, grown_ms: float, at_ms: float) -> None:
        self._deltas = min(self._deltas + 1, MAX_DELTAS)
        self._delay += grown_ms
        self._smoothed = SMOOTHING * self._smoothed + (1 - SMOOTHING) * self._delay
        trend = self._slope.add(at_ms, self._smoothed)
        self._judge(trend * self._deltas * GAIN, trend, sent_ms)

    def _judge(self, scaled: float, trend: float, sent_ms: float) -> None:
        if scaled > self._threshold:
            self._over_ms += sent_ms if self._over_count else sent_ms / 2
            self._over_count += 1
            if self._over_ms > OVERUSE_MS and self._over_count > 1 and trend >= self._trend:
                self._over_ms, self._over_count = 0.0, 0
                self.usage = Usage.OVER
        else:
            self._over_ms, self._over_count = 0.0, 0
            self.usage = Usage.UNDER if scaled < -self._threshold else Usage.NORMAL
        self._trend = trend
        self._adapt(abs(scaled), sent_ms)

    def _adapt(self, scaled: float, sent_ms: float) -> None:
        if scaled > self._threshold + OUTLIER:
            return  # a single jump, such as a change of route
        speed = RISE if scaled > self._threshold else FALL
        moved = self._threshold + speed * (scaled - self._threshold) * min(sent_ms, 100.0)
        self._threshold = min(max(moved, THRESHOLDS[0]), THRESHOLDS[1])


class _Slope:
    """Least squares through the last points, kept up by sums: it is asked for some eighty times a second."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._origin = 0.0
        self._begin(0.0)

    def add(self, x: float, y: float) -> float:
        """Take a point, forget one that is too many; returns the slope, 0 while there are few."""
        if not self._points or x - self._origin > REBASE_MS:
            self._begin(x)
        self._weigh(x, y, 1.0)
        self._points.append((x, y))
        if len(self._points) > WINDOW:
            self._weigh(*self._points.popleft(), -1.0)
        if len(self._points) < WINDOW:
            return 0.0
        spread = self._xx - self._x * self._x / WINDOW
        return (self._xy - self._x * self._y / WINDOW) / spread if spread > 0 else 0.0

    def _begin(self, origin: float) -> None:
        """Sum anew, from an origin so near that the numbers are small and exact."""
        self._origin = origin
        self._x = self._y = self._xx = self._xy = 0.0
        for x, y in self._points:
            self._weigh(x, y, 1.0)

    def _weigh(self, x: float, y: float, sign: float) -> None:
        x -= self._origin
        self._x += sign * x
        self._y += sign * y
        self._xx += sign * x * x
        self._xy += sign * x * y
