"""The picture: frozen time and concealed sound of every case, both sides beside each other (SVG)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bench.network.rounds import Cell

COLOURS = {"ours": "#1351b4", "janus": "#b45f13"}
ROW, BAR, LEFT, PLOT, GAP, TOP = 46, 8, 150, 300, 60, 60
VIEWS = ("down", "up")


@dataclass(frozen=True)
class Panel:
    """One figure: its name, what it is multiplied by and where its axis ends at least."""

    figure: str
    text: str
    scale: float
    least: float


PANELS = (
    Panel("frozen", "frozen picture, seconds", 1.0, 1.0),
    Panel("concealed", "concealed sound, %", 100.0, 5.0),
)


def svg(cells: Sequence[Cell]) -> str:
    """A panel beside the other; a bar is the median, its whisker the least and the most of the rounds."""
    width = LEFT + len(PANELS) * (PLOT + GAP)
    height = TOP + ROW * len(cells) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
        ' font-size="12" role="img" aria-label="Frozen picture and concealed sound by case">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_legend(),
    ]
    for row, cell in enumerate(cells):
        y = TOP + row * ROW + ROW / 2
        parts.append(f'<text x="{LEFT - 40}" y="{y + 4}" text-anchor="end">{escape(cell.case.name)}</text>')
        parts += [
            f'<text x="{LEFT - 8}" y="{y + shift}" text-anchor="end" fill="#555" font-size="10">{view}</text>'
            for view, shift in zip(VIEWS, (-6, 15), strict=True)
        ]
    for number, panel in enumerate(PANELS):
        parts += _panel(panel, cells, LEFT + number * (PLOT + GAP), height)
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    parts = []
    for number, (side, colour) in enumerate(COLOURS.items()):
        x = LEFT + number * 90
        parts.append(f'<rect x="{x}" y="12" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18}" y="22">{side}</text>')
    return parts


def _panel(panel: Panel, cells: Sequence[Cell], left: float, height: float) -> list[str]:
    most = max(
        [panel.least]
        + [
            v * panel.scale
            for c in cells
            for s in COLOURS
            for w in VIEWS
            for v in c.values(s, w, panel.figure)
        ]
    )
    parts = [
        f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{panel.text}</text>',
        f'<line x1="{left}" y1="{TOP - 6}" x2="{left}" y2="{height - 34}" stroke="#888"/>',
        f'<text x="{left + PLOT}" y="{height - 14}" text-anchor="end">{most:.3g}</text>',
        f'<text x="{left}" y="{height - 14}">0</text>',
    ]
    for row, cell in enumerate(cells):
        for number, (view, side) in enumerate((v, s) for v in VIEWS for s in COLOURS):
            y = TOP + row * ROW + 3 + number * (BAR + 1) + (4 if view == "up" else 0)
            values = sorted(v * panel.scale for v in cell.values(side, view, panel.figure))
            middle = (cell.median(side, view, panel.figure) or 0.0) * panel.scale
            parts.append(
                f'<rect x="{left}" y="{y}" width="{middle / most * PLOT:.1f}" height="{BAR}"'
                f' fill="{COLOURS[side]}"/>'
            )
            least, greatest = (value / most * PLOT + left for value in (values[0], values[-1]))
            at = y + BAR / 2
            parts.append(f'<path d="M{least:.1f} {at}H{greatest:.1f}" stroke="black" fill="none"/>')
    return parts
