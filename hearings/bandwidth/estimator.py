"""How much one receiver's line carries, from what its browser reports.

Google congestion control at the sender (draft-ietf-rmcat-gcc-02), with transport-wide feedback: the smaller
of a limit by delay and a limit by loss. A receiver that gives only REMB estimates by itself, and is believed.
"""

from collections import deque

from hearings.bandwidth import WIRE_OVERHEAD
from hearings.bandwidth.aimd import RateControl
from hearings.bandwidth.delay import DelayTrend, Usage
from hearings.bandwidth.feedback import REFERENCE_TICKS, TICK_S, Feedback
from hearings.bandwidth.loss import LossControl
from hearings.bandwidth.probing import Arrived, Prober
from hearings.forwarding.transport import RING, Departures

START, FLOOR, CEILING = 800_000, 40_000, 12_000_000
OUTAGE_S = 0.3
"""Packets lost in a row over so long were lost to a broken line, not to a full one: nothing to learn from."""
STALE_S = 5.0
"""After so long without feedback what was known is old."""
WINDOW_S = 0.5
BASE_S = 10.0
"""The shortest delay of so long a time is the line without a queue."""
LOOK_S, STEADY_S, UNSTEADY_S = 0.5, 1.5, 0.02
"""Shortest delays of half seconds that lie no further apart than this for so long are steady."""
SPARED_S = 0.3
"""For so long after a probe was answered a queue that grew is laid to the probe."""
NOISE_S = 0.015
"""A shorter queue than this is nothing to act upon, however fast it seems to grow."""
CALM_QUEUE_S = 0.06
"""With a longer queue than this nothing is probed."""


class Estimator:
    """One subscribe connection's. `bits_per_second` counts everything on the wire, headers and repair too."""

    def __init__(self, departures: Departures) -> None:
        self.prober = Prober(departures)
        self.round_trip_s: float | None = None
        self.queue_s = 0.0
        self._departures = departures
        self._newest = departures.number - 1
        self._heard_at: float | None = None
        self._reference: int | None = None
        self._remb: int | None = None
        self._delivered = _Delivered()
        self._way = _Way()
        self._spared_until = 0.0
        self._begin()

    def _begin(self) -> None:
        self._trend = DelayTrend()
        self._rate = RateControl(START, FLOOR, CEILING)
        self._loss = LossControl(FLOOR)
        self._delivered.clear()

    @property
    def bits_per_second(self) -> int:
        """The estimate."""
        if self._heard_at is None and self._remb is not None:
            return self._remb
        return int(min(self._rate.rate, self._loss.limit))

    @property
    def loss(self) -> float:
        """The fraction of packets lost lately."""
        return self._loss.loss

    def on_remb(self, bits_per_second: int) -> None:
        """The receiver's own estimate; of use as long as it sends nothing better."""
        self._remb = max(FLOOR, min(bits_per_second, CEILING))

    def on_feedback(self, feedback: Feedback, now: float) -> None:
        """Learn from one feedback. What it says of packets never sent, or long ago, is ignored."""
        behind = (self._departures.number - feedback.base) & 0xFFFF
        if not 0 < behind <= RING:
            return
        if self._heard_at is not None and now - self._heard_at > STALE_S:
            self._begin()
        self._heard_at = now
        before = self.bits_per_second
        self._read(feedback, self._departures.number - behind, now)
        if self.bits_per_second < before:
            self.prober.postpone(now)

    def probe(self, wanted: float, now: float) -> int:
        """Bytes of padding to send now, so that an estimate below `wanted` bit/s can grow."""
        calm = self._trend.usage is not Usage.OVER and self.queue_s < CALM_QUEUE_S and not self._loss.on_trial
        if calm and self._heard_at is not None:
            self.prober.begin(self.bits_per_second, wanted, now)
        return self.prober.owed(now)

    def _read(self, feedback: Feedback, first: int, now: float) -> None:
        newest = self._newest
        told, lost = self._tell(feedback, first)
        if not told:
            return
        _, sent, arrived, _ = told[-1]
        trip = now - sent
        self.round_trip_s = trip if self.round_trip_s is None else 0.8 * self.round_trip_s + 0.2 * trip
        add = self._trend.add
        lowest, octets = arrived - sent, 0
        for _, sent, arrived, size in told:
            add(sent, arrived)
            octets += size
            if arrived - sent < lowest:
                lowest = arrived - sent
        self.queue_s = lowest - self._way.add(lowest, now)
        self._delivered.add(8 * octets, arrived)
        # What was counted as lost and has come all the same was not lost.
        late = sum(told_number <= newest for told_number, _, _, _ in told)
        self._learn(len(told), lost - late, now)
        if self.prober.listening:
            rate = self.prober.hear(told, self._newest, self._loss.inherent, now)
            if rate is not None and self._trend.usage is not Usage.OVER:
                self._rate.raise_to(rate)
                self._loss.raise_to(rate)

    def _tell(self, feedback: Feedback, number: int) -> tuple[list[Arrived], int]:
        """Packets now known to have arrived, and how many of those after the newest known did not."""
        sent_at, sent_size, end = (
            self._departures.sent_at,
            self._departures.sent_size,
            self._departures.number,
        )
        clock = self._clock(feedback.reference)
        told: list[Arrived] = []
        lost = run = 0
        run_from = 0.0
        for ticks in feedback.arrivals[: end - number]:
            at = number & RING - 1
            sent = sent_at[at]
            if ticks is None:
                if number > self._newest:
                    run_from = run_from if run else abs(sent)
                    run += 1
            elif sent > 0:
                sent_at[at] = -sent  # told once
                told.append((number, sent, clock + ticks * TICK_S, sent_size[at] + WIRE_OVERHEAD))
                lost += self._lost_in(run, sent - run_from)
                run = 0
            number += 1
        self._newest = max(self._newest, number - 1)
        return told, lost

    def _lost_in(self, run: int, lasted: float) -> int:
        """How many of a run of missing packets count as lost."""
        if run and lasted > OUTAGE_S:
            self._delivered.clear()
            self._trend.reset()
            return 0
        return run

    def _learn(self, received: int, lost: int, now: float) -> None:
        delivered = self._delivered.rate
        self._loss.add(received, lost, delivered, self.queue_s, now)
        usage = self._trend.usage
        if self.prober.listening:
            self._spared_until = now + SPARED_S
        if usage is Usage.OVER and (now < self._spared_until or self.queue_s < NOISE_S):
            usage = Usage.UNDER  # our own probe's queue, which drains, or none to speak of: wait and see
        self._rate.update(usage, delivered, self.queue_s, self.round_trip_s or 0.1, now)

    def _clock(self, reference: int) -> float:
        """The receiver's clock at a reference time, in seconds that do not wrap."""
        if self._reference is None:
            self._reference = reference
        self._reference += ((reference - self._reference + 0x800000) & 0xFFFFFF) - 0x800000
        return self._reference * REFERENCE_TICKS * TICK_S


class _Delivered:
    """Bits that got through, by the receiver's clock, over the last half second."""

    def __init__(self) -> None:
        self._told: deque[tuple[float, int]] = deque()
        self._bits = 0

    def clear(self) -> None:
        self._told.clear()
        self._bits = 0

    def add(self, bits: int, arrived: float) -> None:
        """`bits` arrived since the last call, the latest of them at `arrived`."""
        self._told.append((arrived, bits))
        self._bits += bits
        while len(self._told) > 2 and arrived - self._told[1][0] >= WINDOW_S:
            self._bits -= self._told.popleft()[1]

    @property
    def rate(self) -> float | None:
        """Bits per second, None while too little is known."""
        if len(self._told) < 2:
            return None
        (begin, first), (end, _) = self._told[0], self._told[-1]
        return (self._bits - first) / (end - begin) if end - begin > 0.1 else None


class _Way:
    """The delay of the way itself: the lowest of the last `BASE_S` to twice that.

    A way that has become longer (mobile network after Wi-Fi) looks like a queue until then. A queue is not
    steady, it grows or drains; what stays the same for `STEADY_S` is the way.
    """

    def __init__(self) -> None:
        self._now = self._before = float("inf")
        self._since = self._look_from = float("-inf")
        self._look = float("inf")
        self._looks: deque[float] = deque(maxlen=round(STEADY_S / LOOK_S))

    def add(self, delay: float, now: float) -> float:
        """Take a delay, returns the way's."""
        if now - self._since > BASE_S:
            self._before, self._now, self._since = self._now, delay, now
        self._now = min(self._now, delay)
        if now - self._look_from > LOOK_S:
            self._looks.append(self._look)
            self._look, self._look_from = delay, now
            self._settle()
        self._look = min(self._look, delay)
        return min(self._now, self._before)

    def _settle(self) -> None:
        looks = self._looks
        least, full = min(looks), len(looks) == looks.maxlen
        if full and max(looks) - least < UNSTEADY_S and least - min(self._now, self._before) > UNSTEADY_S:
            self._now = self._before = least
