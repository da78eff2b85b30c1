"""The lines that are measured: what each does to every datagram, and what happens on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

BLACKOUT_S = 3.0


@dataclass(frozen=True)
class Condition:
    """One direction of a line; a line has the same condition in both.

    ``loss`` is the part of the time in which nothing arrives, in stretches of ``burst_s`` on average
    (Gilbert-Elliott in continuous time: the same moments are bad whoever sends). ``rate`` is in bit/s, None
    for no limit; ``queue_s`` is how long a datagram may wait for its turn before it is dropped. ``delay_s``
    is one way. ``overtaken`` is the chance of a datagram to be held back and overtaken by later ones.
    """

    loss: float = 0.0
    burst_s: float = 0.030
    rate: int | None = None
    queue_s: float = 0.3
    delay_s: float = 0.010
    jitter_s: float = 0.0
    overtaken: float = 0.0
    dead: bool = False


class Event(StrEnum):
    """What happens once in the middle of a case."""

    BLACKOUT = "blackout"
    ADDRESS = "address"


@dataclass(frozen=True)
class Case:
    """A named line and what happens on it."""

    name: str
    text: str
    condition: Condition
    event: Event | None = None


CLEAN = Condition()
"""What every line is until its case begins, and what the lines of the others stay: 20 ms there and back."""

_LOSSES = (0.02, 0.05, 0.10, 0.20)
_RATES = {"300k": 300_000, "600k": 600_000, "1m": 1_000_000, "2m": 2_000_000}
_ROUND_TRIPS_MS = (100, 200, 400)
_LOSSY = Condition(loss=0.02)

CASES = (
    Case("clean", "0 % loss, 20 ms", CLEAN),
    *(Case(f"loss-{loss * 100:.0f}", f"{loss:.0%} loss in bursts", Condition(loss=loss)) for loss in _LOSSES),
    *(Case(f"rate-{name}", f"{rate // 1000} kbit/s", Condition(rate=rate)) for name, rate in _RATES.items()),
    *(
        Case(f"rtt-{ms}", f"{ms} ms there and back, 2 % loss", replace(_LOSSY, delay_s=ms / 2000))
        for ms in _ROUND_TRIPS_MS
    ),
    Case("disorder", "10 ms jitter, 3 % overtaken", Condition(jitter_s=0.010, overtaken=0.03)),
    Case(
        "mobile",
        "5 % loss, 1 Mbit/s, 150 ms, jitter",
        Condition(loss=0.05, rate=1_000_000, delay_s=0.075, jitter_s=0.020, overtaken=0.01),
    ),
    Case("blackout", f"{BLACKOUT_S:.0f} s of nothing", CLEAN, Event.BLACKOUT),
    Case("address", "another port towards the server", CLEAN, Event.ADDRESS),
)
