"""The rate that follows the judgement of the queue: additive or multiplicative rise, multiplicative fall.

draft-ietf-rmcat-gcc-02 section 5.5. Bits per second, monotonic seconds.
"""

import math

from hearings.bandwidth.delay import Usage

FALL = 0.85
"""Of what got through while the queue grew."""
SHORT_QUEUE_S, LEAST = 0.15, 0.6
"""With a shorter queue than this no one fall goes lower than this part of the rate. While a receiver's
processor is busy elsewhere next to nothing gets through either, and a rate that fell to that would take its
pictures away for seconds. A line that really became so narrow has a longer queue at once, and a next fall."""
RISE_PER_S = 1.08
MIN_RISE = 1_000
HEADROOM = 1.1
"""A rate is never believed further above what really got through, other than by a probe."""
HEADROOM_PLUS = 10_000
MIN_RESPONSE_S, MAX_RESPONSE_S = 0.05, 0.5
PACKET_BITS = 1200 * 8


class RateControl:
    """`rate` between `floor` and `ceiling`."""

    def __init__(self, start: int, floor: int, ceiling: int) -> None:
        self.rate = float(start)
        self.fell_at = float("-inf")
        self._floor, self._ceiling = floor, ceiling
        self._changed_at: float | None = None
        self._hold = False
        self._capacity = _Capacity()

    def update(
        self, usage: Usage, delivered: float | None, queue_s: float, round_trip: float, now: float
    ) -> None:
        """After each feedback. `delivered`: what got through lately, None when not known; `queue_s`: how long
        the queue is in seconds."""
        since = 0.0 if self._changed_at is None else min(1.0, now - self._changed_at)
        if usage is Usage.OVER:
            self._fall(delivered, queue_s, round_trip, now)
        elif usage is Usage.NORMAL and not self._hold:
            self._rise(delivered, round_trip, since)
        # A queue that drains, or has only just ceased to grow, is given time.
        self._hold = usage is not Usage.NORMAL
        self._changed_at = now

    def raise_to(self, rate: float) -> None:
        """A probe got through at this rate."""
        self.rate = max(self.rate, min(rate, self._ceiling))
        self._capacity.forget_below(rate)

    def _fall(self, delivered: float | None, queue_s: float, round_trip: float, now: float) -> None:
        if now - self.fell_at < max(MIN_RESPONSE_S, min(round_trip, MAX_RESPONSE_S)):
            return
        through = self.rate if delivered is None else delivered
        self._capacity.add(through)
        least = LEAST * self.rate if queue_s < SHORT_QUEUE_S else self._floor
        self.rate = max(self._floor, least, min(self.rate, FALL * through))
        self.fell_at = now

    def _rise(self, delivered: float | None, round_trip: float, since: float) -> None:
        if delivered is not None:
            self._capacity.forget_below(delivered)
        if self._capacity.known:
            response = min(max(round_trip, MIN_RESPONSE_S), MAX_RESPONSE_S) + 0.1
            risen = self.rate + max(4_000.0, PACKET_BITS / response) * since
        else:
            risen = self.rate + max(MIN_RISE, self.rate * (RISE_PER_S**since - 1))
        if delivered is not None:
            risen = min(risen, HEADROOM * delivered + HEADROOM_PLUS)
        self.rate = min(max(self.rate, risen), self._ceiling)


class _Capacity:
    """At which throughput the queue grew: near it one goes carefully."""

    def __init__(self) -> None:
        self._mean = 0.0
        self._spread = 0.4
        """Variance over the mean, in kbit/s as in the draft's implementations."""

    @property
    def known(self) -> bool:
        return self._mean > 0

    def add(self, rate: float) -> None:
        if not self.known or rate < self._mean - self._width():
            self._mean = rate
        kilo = self._mean / 1000
        error = kilo - rate / 1000
        self._mean += 0.05 * (rate - self._mean)
        self._spread = min(2.5, max(0.4, 0.95 * self._spread + 0.05 * error * error / max(kilo, 1.0)))

    def forget_below(self, rate: float) -> None:
        """More than ever got through: the line is another one now."""
        if self.known and rate > self._mean + self._width():
            self._mean = 0.0

    def _width(self) -> float:
        return 3 * math.sqrt(self._spread * self._mean * 1000)
