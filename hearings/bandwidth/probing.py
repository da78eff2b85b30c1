"""Does the line carry more than we have to send? Short bursts of padding that find out.

Bandwidth that is not used cannot be seen: who sends a small layer learns only that the small layer fits. A
probe sends at a higher rate for a moment and compares the rate of its arrival with that of its sending. All
that left the connection meanwhile belongs to it, media too: it is a range of transport-wide numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hearings.bandwidth import WIRE_OVERHEAD
from hearings.forwarding.transport import RING, Departures

Arrived = tuple[int, float, float, int]
"""A packet that got through: its number, sent by our clock, arrived by the receiver's, bytes on the wire."""

STEP = 2.0
"""A probe asks for so many times the estimate, so that its own queue stays short."""
BEYOND = 1.1
"""Part of what is wanted that is tried, so that a probe that finds it finds it for certain."""
LASTS_S = 0.08
LEAST_BYTES = 1200
BURST_S = 0.005
"""Packets sent within this time left as one."""
ANSWER_S = 1.0
"""Without an answer for so long a probe has failed."""
SATURATED = 0.9
"""A probe that arrives slower than this part of its rate has met the line's end."""
TRUSTED = 0.95
"""Part of what came out at the line's end that is believed."""
GAIN = 1.1
"""A probe that raises the estimate less than so many times was in vain."""
MAX_LOSS = 0.2
"""Loss beyond the line's own that a probe may suffer. A probe is a dozen or two packets, of which one short
burst of a radio link's takes a fifth: with half of this every third probe of such a line said nothing."""
AGAIN_S = 0.5
FIRST_WAIT_S, LAST_WAIT_S = 3.0, 8.0
TURN_S = 0.02
"""Time between two calls of `owed`."""
PATIENCE = 1.6
"""After each probe in vain the next one waits so many times longer."""
REPEAT_S = 1.0
"""A probe that lost too much to say anything is made again after so long, then twice as long, and so on: it
was a bad moment more likely than the line's end, which shows in the times of what arrives."""


@dataclass(slots=True)
class _Probe:
    """`end`, one past its last number, is 0 while it is being sent; its last burst left at `burst`.

    `octets` are those of the numbers from `first` to before `counted`.
    """

    estimate: float
    rate: float
    began: float
    first: int
    counted: int
    octets: int = 0
    burst: float = 0.0
    end: int = 0
    ended: float = 0.0
    arrived: list[Arrived] = field(default_factory=list)


class Prober:
    """At most one probe at a time."""

    def __init__(self, departures: Departures) -> None:
        self._departures = departures
        self._probe: _Probe | None = None
        self._next_at = 0.0
        self._wait_s = FIRST_WAIT_S
        self._repeat_s = REPEAT_S

    @property
    def listening(self) -> bool:
        """Whether `hear` is of use."""
        return self._probe is not None

    def postpone(self, now: float) -> None:
        """The estimate fell just now: no probe soon."""
        self._next_at = max(self._next_at, now + FIRST_WAIT_S)

    def begin(self, estimate: float, wanted: float, now: float) -> None:
        """Start a probe if one is due and `wanted` bit/s is more than the estimate."""
        if self._probe is None and now >= self._next_at and wanted > estimate:
            number = self._departures.number
            self._probe = _Probe(estimate, min(STEP * estimate, BEYOND * wanted), now, number, number)

    def owed(self, now: float) -> int:
        """Bytes of padding to send now, 0 for none. Called every `TURN_S`."""
        probe = self._probe
        if probe is None:
            return 0
        if probe.end:
            if now - probe.ended > ANSWER_S:
                self._in_vain(now)
            return 0
        self._count(probe)
        passed = now - probe.began
        if passed > LASTS_S - TURN_S / 2 and probe.octets >= LEAST_BYTES:
            probe.end, probe.ended = probe.counted, now
            return 0
        # Each burst is sent ahead, at the beginning of the time that it is for.
        owed = max(0, int(probe.rate / 8 * (passed + TURN_S)) - probe.octets)
        if owed:
            probe.burst = now
        return owed

    def hear(self, packets: Iterable[Arrived], newest: int, inherent_loss: float, now: float) -> float | None:
        """What a feedback told, up to number `newest`; gives the rate that got through once that is known."""
        probe = self._probe
        if probe is None:
            return None
        probe.arrived += [p for p in packets if p[0] >= probe.first]
        if not probe.end or newest < probe.end - 1:
            return None
        rate = _result(probe, inherent_loss)
        if rate is None:
            self._repeat_later(now)
        elif rate < GAIN * probe.estimate:
            self._in_vain(now)
        else:
            self._probe = None
            self._wait_s, self._repeat_s = FIRST_WAIT_S, REPEAT_S
            self._next_at = now + AGAIN_S
        return rate

    def _count(self, probe: _Probe) -> None:
        sizes = self._departures.sent_size
        for number in range(max(probe.counted, self._departures.number - RING), self._departures.number):
            probe.octets += sizes[number & RING - 1] + WIRE_OVERHEAD
        probe.counted = self._departures.number

    def _repeat_later(self, now: float) -> None:
        self._probe = None
        self._next_at = now + self._repeat_s
        self._repeat_s = min(self._repeat_s * 2, LAST_WAIT_S)

    def _in_vain(self, now: float) -> None:
        self._probe = None
        self._next_at = now + self._wait_s
        self._wait_s = min(self._wait_s * PATIENCE, LAST_WAIT_S)


def _result(probe: _Probe, inherent_loss: float) -> float | None:
    """The rate that got through, None when too little did to say.

    Measured from the end of the first burst to the end of the last, so that no burst's own length counts.
    """
    arrived = [p for p in probe.arrived if p[0] < probe.end]
    lost = 1 - len(arrived) / (probe.end - probe.first)
    if lost > inherent_loss + MAX_LOSS:
        return None
    packets = [p for p in arrived if p[1] <= probe.burst + BURST_S]
    begin = min((sent for _, sent, _, _ in packets), default=0.0)
    first = [p for p in packets if p[1] <= begin + BURST_S]
    rest = [p for p in packets if p[1] > begin + BURST_S]
    if not first or not rest:
        return None
    bits = 8.0 * sum(size for _, _, _, size in rest)
    sending = max(sent for _, sent, _, _ in rest) - max(sent for _, sent, _, _ in first)
    arriving = max(at for _, _, at, _ in rest) - max(at for _, _, at, _ in first)
    if sending <= 0 or arriving <= 0:
        return None
    # What the line loses whatever we send was no less sent, and is no sign of its end.
    bits /= 1 - min(lost, inherent_loss)
    if sending < SATURATED * arriving:
        return TRUSTED * bits / arriving
    return bits / sending
