"""One direction of a line: which datagram is lost, and when does one that is not arrive?"""

from __future__ import annotations

import random

from bench.network.cases import CLEAN, Condition

BUCKET_BITS = 8 * 6000
"""What a limited lane lets through at once after a pause: four full datagrams."""
HELD_S = (0.005, 0.030)


class Lane:
    """Seeded; times are seconds of one clock, handed in.

    The bad moments are drawn by a generator of their own, so they depend on the seed and the clock alone and
    not on what is sent: both systems meet the same ones.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.passed = self.lost = self.crowded = 0
        self.bytes = 0
        self.set(CLEAN, 0.0)

    def set(self, condition: Condition, now: float) -> None:
        """Be like this from now on; the pattern begins anew, and with a good moment."""
        self._condition = condition
        self._weather = random.Random(self._seed)
        self._chance = random.Random(self._seed + 1)
        self._bad = False
        self._turns_at = now + self._good_s() if condition.loss else float("inf")
        self._free_at = self._newest = now

    def admit(self, size: int, now: float) -> float | None:
        """When a datagram of ``size`` bytes arrives, None when it never does."""
        condition = self._condition
        if condition.dead or self._bad_at(now):
            self.lost += 1
            return None
        leaves = now if condition.rate is None else self._queue(size, now, condition.rate)
        if leaves is None:
            self.crowded += 1
            return None
        self.passed += 1
        self.bytes += size
        arrives = leaves + condition.delay_s + self._chance.random() * condition.jitter_s
        if self._chance.random() < condition.overtaken:
            return arrives + self._chance.uniform(*HELD_S)
        # Jitter on a line is a queue's: what is not held back keeps its order.
        self._newest = max(self._newest, arrives)
        return self._newest

    def _bad_at(self, now: float) -> bool:
        while now >= self._turns_at:
            self._bad = not self._bad
            mean = self._condition.burst_s
            self._turns_at += self._weather.expovariate(1 / mean) if self._bad else self._good_s()
        return self._bad

    def _good_s(self) -> float:
        condition = self._condition
        return self._weather.expovariate(condition.loss / (condition.burst_s * (1 - condition.loss)))

    def _queue(self, size: int, now: float, rate: int) -> float | None:
        finish = max(self._free_at, now - BUCKET_BITS / rate) + size * 8 / rate
        if finish - now > self._condition.queue_s:
            return None
        self._free_at = finish
        return max(now, finish)
