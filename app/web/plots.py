"""Plots of columns as SVG: what parts a figure has, one column beside the other on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

WIDTH, HEIGHT = 640, 160
"""The plot in its own units; the page scales it."""
NARROW = 320
"""A plot of few columns is no narrower, and a phone shows it at its size."""
WIDEST = 56
"""A column of a plot of few is no wider."""
BAR = 0.72
"""Of a column's room, what its bar takes."""
NAME = 64
"""The room that a name below the floor needs in a wide plot, whose letters a phone makes small."""

Amount = int | Decimal


@dataclass(frozen=True)
class Part:
    """A part of a column; ``kind`` says what it counts and how it is drawn."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Plot:
    """The parts, the names below (x, text), and where the floor, the amount of nothing, is."""

    parts: tuple[Part, ...]
    names: tuple[tuple[float, str], ...]
    floor: float
    width: float
    height: float = HEIGHT

    @property
    def wide(self) -> bool:
        """Whether a phone shows it smaller than it is."""
        return self.width > NARROW


def stacked(columns: Sequence[tuple[str, Sequence[tuple[str, Amount]]]]) -> Plot:
    """Columns of parts, each part on the one before it; amounts below nothing hang from the floor."""
    highest = max((sum(max(amount, 0) for _kind, amount in parts) for _name, parts in columns), default=0)
    lowest = min((sum(min(amount, 0) for _kind, amount in parts) for _name, parts in columns), default=0)
    scale = HEIGHT / float(highest - lowest or 1)
    floor = float(highest) * scale
    step = min(WIDTH / max(len(columns), 1), WIDEST)
    width = max(step * len(columns), NARROW)
    every = ceil(NAME / step) if width > NARROW else 1
    drawn, names = [], []
    for index, (name, parts) in enumerate(columns):
        x, up, down = index * step, floor, floor
        for kind, amount in parts:
            length = abs(float(amount)) * scale
            top = up - length if amount > 0 else down
            up, down = (top, down) if amount > 0 else (up, down + length)
            if length:
                drawn.append(Part(kind, *(round(n, 2) for n in (x, top, step * BAR, length))))
        if index % every == 0:
            names.append((round(x + step * BAR / 2, 2), name))
    return Plot(tuple(drawn), tuple(names), round(floor, 2), round(width, 2))
