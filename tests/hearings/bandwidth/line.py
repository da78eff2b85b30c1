"""A line of our own: queue, rate, delay, loss and others' traffic, all from a seed, in simulated time."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from hearings.bandwidth import WIRE_OVERHEAD
from hearings.bandwidth.arrivals import ArrivalReports
from hearings.bandwidth.estimator import Estimator
from hearings.bandwidth.feedback import parse
from hearings.forwarding.transport import RING, Departures

PACKET = 1100
AUDIO, PADDING, VIDEO = "audio", "padding", "video"


@dataclass
class Line:
    """`rate` in bit/s by time; a queue of `queue_s` seconds at that rate, drop-tail.

    `loss` is independent, or in bursts of `burst` packets on average. `cross` is others' traffic in bit/s by
    time, sharing the queue. `jitter_s` is added to each packet's delay without reordering.
    """

    rate: Callable[[float], float]
    delay_s: float = 0.03
    queue_s: float = 0.3
    loss: float = 0.0
    burst: float = 1.0
    cross: Callable[[float], float] = lambda at: 0.0
    jitter_s: float = 0.0
    broken: tuple[float, float] = (0.0, 0.0)
    seed: int = 1
    _free: float = 0.0
    _cross_at: float = 0.0
    _last: float = 0.0
    _bad: bool = False

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def carry(self, size: int, now: float) -> float | None:
        """When a packet of `size` bytes comes out, None when it never does."""
        self._let_others_pass(now)
        if self.broken[0] <= now < self.broken[1]:
            return None
        out = self._queue(size, now)
        if out is None or self._lost():
            return None
        self._last = max(self._last, out + self.delay_s + self._chance.uniform(0, self.jitter_s))
        return self._last

    def _queue(self, size: int, now: float) -> float | None:
        begins = max(now, self._free)
        if begins - now > self.queue_s:
            return None
        self._free = begins + size * 8 / self.rate(begins)
        return self._free

    def _let_others_pass(self, now: float) -> None:
        while self._cross_at < now:
            cross = self.cross(self._cross_at)
            if cross <= 0:
                self._cross_at += 0.01
                continue
            self._queue(PACKET, self._cross_at)
            self._cross_at += self._chance.expovariate(cross / (PACKET * 8))

    def _lost(self) -> bool:
        if not self.loss:
            return False
        if self.burst <= 1:
            return self._chance.random() < self.loss
        # Gilbert: a burst ends with chance 1/burst; it begins so often that the mean is `loss`.
        turn = 1 / self.burst if self._bad else self.loss / self.burst / (1 - self.loss)
        if self._chance.random() < turn:
            self._bad = not self._bad
        return self._bad


@dataclass
class BusyReceiver(Line):
    """A line to a machine that has much else to do: the browser's thread runs in slices of `slice_s`, waits
    `off_s` on average for the next, and needs `packet_s` for each packet."""

    wake_s: float = 0.06
    off_s: float = 0.25
    slice_s: float = 0.04
    packet_s: float = 0.0003
    _runs_until: float = 0.0
    _ready: float = 0.0

    def carry(self, size: int, now: float) -> float | None:
        out = super().carry(size, now)
        if out is None:
            return None
        noted = max(self._ready, out)
        if noted > self._runs_until:
            idle = out > self._runs_until
            wait = self._chance.expovariate(1 / (self.wake_s if idle else self.off_s))
            noted = (out if idle else self._runs_until) + wait
            self._runs_until = noted + self.slice_s
        self._ready = noted + self.packet_s
        return noted


@dataclass
class Heard:
    """What came out of the line of one kind."""

    sent: int = 0
    received: int = 0
    octets: int = 0
    delays: list[float] = field(default_factory=list)


@dataclass
class Trip:
    """One receiver behind a line: what is sent to it, what it reports, what we estimate."""

    line: Line
    video: Callable[[Trip], float]
    """Bit/s of video wanted now; frames of a thirtieth of a second leave in a burst, as a forwarder's do."""
    audio: int = 2
    """Voices, each 50 packets of 140 bytes a second."""
    wanted: float = 0.0
    """What a probe may look for."""
    keyframe_every_s: float = 1e9
    back_s: float = 0.03
    now: float = 100.0

    def __post_init__(self) -> None:
        self.departures = Departures()
        self.estimator = Estimator(self.departures)
        self.reports = ArrivalReports()
        self.heard = {AUDIO: Heard(), VIDEO: Heard(), PADDING: Heard()}
        self.estimates: list[tuple[float, int]] = []
        self._notes: list[tuple[float, int]] = []
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._debt = 0.0
        self._keyframe_at = self.now + self.keyframe_every_s
        for every, what in (
            (1 / 30, self._frame),
            (0.02, self._voices),
            (0.02, self._tick),
            (0.1, self._report),
        ):
            self._repeat(every, what)

    def run(self, seconds: float) -> Trip:
        """Let time pass."""
        until = self.now + seconds
        while self._events and self._events[0][0] <= until:
            self.now, _, what = heapq.heappop(self._events)
            what()
        self.now = until
        return self

    def mean(self, since: float) -> float:
        """The mean estimate since that time."""
        values = [value for at, value in self.estimates if at >= since]
        return sum(values) / len(values)

    def worst(self, since: float) -> int:
        """The lowest estimate since that time."""
        return min(value for at, value in self.estimates if at >= since)

    def forget(self) -> Trip:
        """Count what is heard anew."""
        self.heard = {kind: Heard() for kind in self.heard}
        return self

    def carried(self, seconds: float) -> float:
        """Bit/s that came out, of what was counted in so many seconds."""
        return sum(heard.octets for heard in self.heard.values()) * 8 / seconds

    def send(self, kind: str, size: int) -> None:
        slot = self.departures.number & RING - 1
        self.departures.sent_at[slot] = self.now
        self.departures.sent_size[slot] = size
        heard = self.heard[kind]
        heard.sent += 1
        out = self.line.carry(size + WIRE_OVERHEAD, self.now)
        if out is not None:
            heard.received += 1
            heard.octets += size + WIRE_OVERHEAD
            heard.delays.append(out - self.now)
            heapq.heappush(self._notes, (out, self.departures.number))
        self.departures.number += 1

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._events, (self.now + seconds, self._order, what))

    def _repeat(self, every: float, what: Callable[[], None]) -> None:
        def again() -> None:
            what()
            self.later(every, again)

        self.later(every, again)

    def _frame(self) -> None:
        size = self.video(self) / 30 / 8
        if self.now >= self._keyframe_at:
            self._keyframe_at = self.now + self.keyframe_every_s
            size *= 6
        self._debt += size
        while self._debt > PACKET / 2:
            packet = int(min(PACKET, max(self._debt, 200)))
            self.send(VIDEO, packet - WIRE_OVERHEAD)
            self._debt -= packet

    def _voices(self) -> None:
        for _ in range(self.audio):
            self.send(AUDIO, 140)

    def _tick(self) -> None:
        owed = self.estimator.probe(self.wanted, self.now)
        while owed > 0:
            self.send(PADDING, min(PACKET, max(owed, 200)))
            owed -= PACKET
        self.estimates.append((self.now, self.estimator.bits_per_second))

    def _report(self) -> None:
        notes = []
        while self._notes and self._notes[0][0] <= self.now:
            arrived, number = heapq.heappop(self._notes)
            notes.append((number & 0xFFFF, arrived + 5000.0))  # another clock than ours
        for body in self.reports.feedback(notes):
            self.later(self.back_s, partial(self._hear, body))

    def _hear(self, body: bytes) -> None:
        self.estimator.on_feedback(parse(body), self.now)
