"""Does it grow? Judged by the ebbs: the moments when everybody but the long hearing has gone.

What an engine holds then must not depend on how many people have come and gone before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from bench.soak.sampling import Sample

MEMORY = "memory_mb"
MEMORY_SLACK_MB = 4.0
"""What an allocator may do between the second third of a run and its last."""
MEMORY_SLACK_SHARE = 0.03
LEAST_EBBS = 3


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure at the ebbs. `growth` is from the second third of them to the last, `slope` per hour."""

    first: float
    last: float
    highest: float
    growth: float
    slope: float
    allowed: float

    @property
    def flat(self) -> bool:
        """Whether it does not grow."""
        return self.growth <= self.allowed


def trends(samples: Sequence[Sample]) -> dict[str, Trend]:
    """The trend of every figure that each ebb has; raises ValueError when there are too few ebbs to judge."""
    ebbs = [sample for sample in samples if sample.ebb]
    if len(ebbs) < LEAST_EBBS:
        raise ValueError(f"{len(ebbs)} ebbs are too few to judge by")
    names = set.intersection(*(set(ebb.figures) for ebb in ebbs))
    return {name: _trend(name, ebbs) for name in sorted(names)}


def _trend(name: str, ebbs: list[Sample]) -> Trend:
    values = [ebb.figures[name] for ebb in ebbs]
    third = max(1, len(values) // 3)
    middle, last = median(values[third:-third]), median(values[-third:])
    slack = max(MEMORY_SLACK_MB, middle * MEMORY_SLACK_SHARE) if name == MEMORY else 0.0
    return Trend(
        first=values[0],
        last=values[-1],
        highest=max(values),
        growth=last - middle,
        slope=_slope([(ebb.at, ebb.figures[name]) for ebb in ebbs[third:]]) * 3600,
        allowed=slack,
    )


def _slope(points: list[tuple[float, float]]) -> float:
    """The median of the slopes of all pairs (Theil and Sen), which one odd sample does not move."""
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x2 > x1]
    return median(slopes) if slopes else 0.0
