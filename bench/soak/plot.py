"""The picture of a run: a small diagram for each figure, ebbs marked (SVG)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bench.soak.sampling import Sample
from bench.soak.verdict import Trend

COLUMNS = 3
WIDTH, HEIGHT, GAP, TOP = 300, 120, 50, 30
FLAT, GROWS, BUSY = "#1351b4", "#b41313", "#8db5e8"


def svg(samples: Sequence[Sample], trends: dict[str, Trend]) -> str:
    """One diagram for each trend; time runs from left to right over the whole run."""
    rows = -(-len(trends) // COLUMNS)
    width, height = COLUMNS * (WIDTH + GAP) + GAP, rows * (HEIGHT + GAP) + TOP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
        ' font-size="11" role="img" aria-label="What the media process held during the run">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, (name, trend) in enumerate(trends.items()):
        left = GAP + number % COLUMNS * (WIDTH + GAP)
        parts += _diagram(name, trend, samples, left, TOP + number // COLUMNS * (HEIGHT + GAP))
    return "\n".join([*parts, "</svg>", ""])


def _diagram(name: str, trend: Trend, samples: Sequence[Sample], left: int, top: int) -> list[str]:
    points = [(s.at, s.figures[name], s.ebb) for s in samples if name in s.figures]
    most = max(value for _, value, _ in points) or 1.0
    longest = max(at for at, _, _ in points) or 1.0
    colour = FLAT if trend.flat else GROWS

    def place(at: float, value: float) -> tuple[float, float]:
        return left + at / longest * WIDTH, top + HEIGHT - value / most * HEIGHT

    line = " ".join("{:.1f},{:.1f}".format(*place(at, value)) for at, value, _ in points)
    ebbs = [place(at, value) for at, value, ebb in points if ebb]
    return [
        f'<text x="{left}" y="{top - 8}" font-weight="bold" fill="{colour}">{escape(name)}</text>',
        f'<text x="{left + WIDTH}" y="{top - 8}" text-anchor="end">'
        f"{trend.slope:+.3g} / h, up to {most:.4g}</text>",
        f'<path d="M{left} {top}V{top + HEIGHT}H{left + WIDTH}" stroke="#888" fill="none"/>',
        f'<polyline points="{line}" fill="none" stroke="{BUSY}"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in ebbs),
        f'<text x="{left + WIDTH}" y="{top + HEIGHT + 14}" text-anchor="end">{longest / 60:.1f} min</text>',
    ]
