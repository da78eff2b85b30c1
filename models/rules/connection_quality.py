"""How well somebody was connected: stretches of a hearing as they were measured, and a word for them.

The word is for people: below the first bounds speech and picture get through as they should (lost packets are
asked for again, and Opus conceals the rest), beyond the second ones people do not understand each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

BOUNDS: Mapping[str, tuple[float, float]] = {
    "loss": (0.10, 0.15),
    "rtt_ms": (400.0, 1000.0),
    "frozen": (0.05, 0.2),
}
"""From which value on a connection is regular, and bad: the fraction of packets lost (as
courts count it; what is lost below the first is asked for again), the round trip (people
begin to talk at cross-purposes when a voice takes 150 to 400 ms, ITU-T G.114), the fraction of the time in
which a picture stood still."""


class Quality(StrEnum):
    """The word."""

    GOOD = "good"
    REGULAR = "regular"
    BAD = "bad"


@dataclass(frozen=True)
class Heard:
    """What came to one seat of another's sound: in ``seconds`` of the ``of`` in which any was sent to it.

    A second counts when at least half arrived of its packets; ``sent`` and ``arrived`` count these.
    """

    seconds: int = 0
    of: int = 0
    sent: int = 0
    arrived: int = 0

    def __add__(self, other: Heard) -> Heard:
        return Heard(
            self.seconds + other.seconds,
            self.of + other.of,
            self.sent + other.sent,
            self.arrived + other.arrived,
        )


@dataclass
class Stretch:
    """A second, a minute or a whole hearing of one seat.

    ``in`` is what came from it, ``out`` what was sent to it. The seconds count in how many it was connected,
    heard (sound arrived) and seen (pictures arrived). Rates (kbit/s) and losses (fractions) are means over
    the connected seconds, jitter and round trip those of the worst second; freezes are its browser's count.
    ``layer`` is the mean size of the pictures that it was sent, from 0 (none) to 3 (whole), over the
    ``pictured_s`` seconds in which there were any for it. ``hears`` says, by seat, what came of their sound.
    """

    connected_s: int = 0
    heard_s: int = 0
    seen_s: int = 0
    kbps_in: float = 0.0
    kbps_out: float = 0.0
    loss_in: float = 0.0
    loss_out: float = 0.0
    jitter_ms: float = 0.0
    rtt_ms: float | None = None
    freezes: int = 0
    freeze_ms: int = 0
    pictured_s: int = 0
    layer: float = 0.0
    hears: dict[int, Heard] = field(default_factory=dict)

    def add(self, other: Stretch) -> None:
        """Another stretch of the same seat, measured before, afterwards or elsewhere."""
        before, more = self.connected_s, other.connected_s
        for name in ("kbps_in", "kbps_out", "loss_in", "loss_out"):
            mean = before * getattr(self, name) + more * getattr(other, name)
            setattr(self, name, mean / (before + more) if before + more else 0.0)
        pictured = self.pictured_s + other.pictured_s
        if pictured:
            mean = self.pictured_s * self.layer + other.pictured_s * other.layer
            self.layer = mean / pictured
        for name in ("connected_s", "heard_s", "seen_s", "freezes", "freeze_ms", "pictured_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.jitter_ms = max(self.jitter_ms, other.jitter_ms)
        known = [value for value in (self.rtt_ms, other.rtt_ms) if value is not None]
        self.rtt_ms = max(known, default=None)
        for seat, heard in other.hears.items():
            self.hears[seat] = self.hears.get(seat, Heard()) + heard

    @property
    def quality(self) -> Quality:
        """The word; a stretch without a connection is a bad one."""
        measured = {
            "loss": max(self.loss_in, self.loss_out),
            "rtt_ms": self.rtt_ms or 0.0,
            "frozen": self.freeze_ms / 1000 / self.connected_s if self.connected_s else 1.0,
        }
        reached = [sum(value >= bound for bound in BOUNDS[name]) for name, value in measured.items()]
        return (Quality.GOOD, Quality.REGULAR, Quality.BAD)[max(reached)]


LAYER_SIZES = {None: 0, "q": 1, "h": 2, "f": 3}
"""Of a picture sent in layers; one that has none is sent whole."""


def layer_size(name: str | None) -> int:
    """How large a layer is, from 0 (nothing is sent) to 3 (whole)."""
    return LAYER_SIZES.get(name, 3)


def together(stretches: Iterable[Stretch]) -> Stretch:
    """All of them as one."""
    whole = Stretch()
    for stretch in stretches:
        whole.add(stretch)
    return whole
