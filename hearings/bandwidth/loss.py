"""Is loss ours? The loss-based half.

A full queue shows as delay before it shows as loss, and is `delay`'s business. Loss without delay is either
the line's own, as radio has it, and then less traffic changes nothing, or that of a policer, and then less
traffic cures it. Which of the two is found by trying: send less for a while and look. A rule by threshold
alone (draft-ietf-rmcat-gcc-02 section 6) starves a receiver whose line loses 15 % whatever one does.
"""

QUEUED_S = 0.1
"""Loss beside a longer queue than this is the queue's."""
INFINITE = float("inf")
OBSERVE_S = 1.0
HEAVY_OBSERVE_S = 0.6
LEAST_PACKETS = 20
HEAVY = 0.6
"""So much loss is judged sooner."""
HIGH = 0.10
LOW = 0.03
SUSPECT_S = 2.0
"""Lighter loss must last so long before it is tried."""
TRIAL_S = 2.0
SETTLE_S = 0.3
CUT = 0.7
CURED = 0.5
"""A trial in which less than this part of the loss remains says that the loss was ours."""
RISE_PER_S = 1.08
FORGET = 0.1
CEASED = 4.0
"""A limit so far above what gets through limits nothing and is lifted."""


class LossControl:
    """`limit` in bit/s, infinite while loss limits nothing; `inherent` is the line's own loss."""

    def __init__(self, floor: int) -> None:
        self.limit = INFINITE
        self.inherent = 0.0
        self.loss = 0.0
        self._floor = floor
        self._received = self._lost = 0
        self._since: float | None = None
        self._queued = 0.0
        self._high_since: float | None = None
        self._trial: _Trial | None = None

    @property
    def excess(self) -> float:
        """Loss beyond the line's own, as a fraction of what the line would let through."""
        return max(0.0, (self.loss - self.inherent) / (1 - self.inherent))

    def add(self, received: int, lost: int, delivered: float | None, queue_s: float, now: float) -> None:
        """After each feedback: packets newly told of, bit/s that got through lately, the queue's length."""
        self._queued = max(self._queued, queue_s)
        if self._since is None:
            self._since = now
        if self._trial is not None and now < self._trial.from_:
            return  # still what was sent before
        self._received += received
        self._lost += lost
        packets = self._received + self._lost
        lasted = now - self._since
        heavy = self._lost > HEAVY * packets
        if packets < LEAST_PACKETS or lasted < (HEAVY_OBSERVE_S if heavy else OBSERVE_S):
            return
        if self._trial is not None and lasted < TRIAL_S and self._lost <= CURED * self._trial.loss * packets:
            return
        loss = self._lost / packets
        self._received = self._lost = 0
        self._since = now
        # Loss comes in bursts: one second says little.
        self.loss = loss if heavy or self._trial is not None else (self.loss + loss) / 2
        queued, self._queued = self._queued, 0.0
        if queued > QUEUED_S:
            self._leave_to_delay()
        else:
            self._judge(delivered or 0.0, lasted, now)

    @property
    def on_trial(self) -> bool:
        """Whether less is sent for a while in order to see what that changes."""
        return self._trial is not None

    def raise_to(self, rate: float) -> None:
        """A probe got through at this rate."""
        self.limit = max(self.limit, rate)

    def _leave_to_delay(self) -> None:
        """A full queue loses packets: nothing can be learnt from them but that it is full."""
        self._high_since = None
        if self._trial is not None:
            self.limit = self._trial.limit
            self._trial = None

    def _judge(self, delivered: float, lasted: float, now: float) -> None:
        if self._trial is not None:
            self._end_trial(self._trial)
        elif self.excess > HIGH + self.inherent / 2:  # a line known to lose loses unevenly
            self._suspect(delivered, now)
        else:
            self._high_since = None
            if self.loss < self.inherent:
                self.inherent += FORGET * (self.loss - self.inherent)
            if self.excess < LOW and self.limit < INFINITE:
                self.limit *= RISE_PER_S**lasted
                if self.limit > CEASED * delivered > 0:
                    self.limit = INFINITE

    def _suspect(self, delivered: float, now: float) -> None:
        if self._high_since is None:
            self._high_since = now
        if self.excess < HEAVY and now - self._high_since < SUSPECT_S:
            return
        sent = delivered / (1 - self.loss) if self.loss < 1 else delivered
        if sent * CUT < self._floor:
            return  # sound alone: there is nothing to take away
        self._trial = _Trial(self.limit, self.loss, now + SETTLE_S)
        self.limit = max(self._floor, min(self.limit, sent * min(CUT, 1 - self.excess)))
        self._since = now + SETTLE_S

    def _end_trial(self, trial: "_Trial") -> None:
        self._trial = None
        self._high_since = None
        # Cured or not, what is lost while little is sent is the line's own.
        if self.loss > CURED * trial.loss:
            self.limit = trial.limit
            self.inherent = (self.loss + trial.loss) / 2
        else:
            self.inherent = self.loss


class _Trial:
    """What was before it, and when its own packets begin to be told of."""

    def __init__(self, limit: float, loss: float, from_: float) -> None:
        self.limit, self.loss, self.from_ = limit, loss, from_
