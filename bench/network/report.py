"""What is printed: the table, what differs between the sides, and the last line with the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.network.rounds import Cell

LEAST_NOISE = {"frozen": 0.4, "concealed": 0.01}
"""Differences below this say nothing, however steady the rounds: seconds of freeze, part of the sound."""
BLACKOUT_LIMIT_S = 2.0
LOSS_LIMIT = 0.15
WORST_LOSS = "loss-20"

NOTES = """\
Down: what the person on the bad line gets of the others; up: what the others get of that person; others:
what those on good lines (20 ms, no loss) get of each other. Frozen: seconds per case; concealed: part of the
sound. The same on both sides: Chromium, camera 640x480 at 20 frames/s limited to 1.2 Mbit/s, VP8, Opus, the
voice and the picture that are played, ICE restart after 1.5 s without a connection, the lines and their bad
moments. Different, as each does by itself: ours asks Opus for 32 kbit/s mono with DTX and resends lost sound,
takes layers of the camera and chooses one for each receiver; Janus leaves Opus at Chromium's own bitrate
without DTX, does not resend sound, and has one layer."""

_HEAD = (
    f"{'case':12}{'view':8}{'side':7}{'frames/s':>9}{'freezes':>9}{'frozen s':>21}{'concealed %':>22}"
    f"{'kbit/s':>8}{'height':>8}{'rtt ms':>8}{'back s':>8}"
)


@dataclass(frozen=True)
class Worse:
    """Where ours was worse by more than the noise."""

    case: str
    view: str
    figure: str
    ours: float
    janus: float
    noise: float


def noise(cell: Cell, view: str, figure: str) -> float:
    """How far rounds of the same side lie apart, at the worse of the two."""
    spreads = [max(values) - min(values) for values in _both(cell, view, figure) if values]
    return max([LEAST_NOISE[figure], *spreads])


def worse(cells: Sequence[Cell]) -> Iterator[Worse]:
    """Every case, view and figure in which ours is worse than Janus by more than the noise."""
    for cell in cells:
        for view in cell.views:
            for figure in LEAST_NOISE:
                ours, janus = (cell.median(side, view, figure) or 0.0 for side in ("ours", "janus"))
                margin = noise(cell, view, figure)
                if ours - janus > margin:
                    yield Worse(cell.case.name, view, figure, ours, janus, margin)


def table(cells: Sequence[Cell]) -> str:
    """Both sides line by line, medians with the least and the most of the rounds in brackets."""
    lines = [_HEAD]
    for cell in cells:
        lines.append(f"{cell.case.name}: {cell.case.text}")
        for view in cell.views:
            lines += [_line(cell, view, side) for side in ("ours", "janus")]
    return "\n".join([*lines, "", NOTES])


def last_line(cells: Sequence[Cell], rounds: int, seconds: float) -> str:
    """All figures, what was worse, and the verdict, as JSON."""
    found = list(worse(cells))
    back, concealed = _blackout(cells), _at_worst_loss(cells)
    verdict = {
        "never_worse": not found,
        "blackout": None if back is None else back <= BLACKOUT_LIMIT_S,
        "loss_20": None if concealed is None else concealed < LOSS_LIMIT,
    }
    return json.dumps(
        {
            "cases": {cell.case.name: _figures(cell) for cell in cells},
            "worse": [one.__dict__ for one in found],
            "blackout_back_s": back,
            "loss_20_concealed": concealed,
            "rounds": rounds,
            "seconds": seconds,
            "verdict": {**verdict, "all": all(value is not False for value in verdict.values())},
        }
    )


def _both(cell: Cell, view: str, figure: str) -> list[list[float]]:
    return [cell.values(side, view, figure) for side in ("ours", "janus")]


def _line(cell: Cell, view: str, side: str) -> str:
    def number(figure: str, scale: float = 1.0) -> float:
        return (cell.median(side, view, figure) or 0.0) * scale

    def spread(figure: str, scale: float = 1.0) -> str:
        values = [value * scale for value in cell.values(side, view, figure)]
        return f"{number(figure, scale):.2f} ({min(values):.2f}-{max(values):.2f})"

    back = cell.median(side, view, "back")
    returned = "" if back is None else f"{back:.1f}"
    return (
        f"{'':12}{view:8}{side:7}{number('frames'):9.1f}{number('freezes'):9.1f}{spread('frozen'):>21}"
        f"{spread('concealed', 100):>22}{number('kbits'):8.0f}{number('height'):8.0f}"
        f"{number('rtt', 1000):8.0f}{returned:>8}"
    )


def _figures(cell: Cell) -> dict[str, object]:
    return {
        side: [
            {view: figures.payload() for view, figures in outcome.views.items()}
            for outcome in getattr(cell, side)
        ]
        for side in ("ours", "janus")
    }


def _blackout(cells: Sequence[Cell]) -> float | None:
    """The slowest return of picture and sound after the blackout, in any round."""
    backs = [
        value
        for cell in cells
        if cell.case.name == "blackout"
        for view in cell.views
        for value in cell.values("ours", view, "back")
    ]
    return max(backs, default=None)


def _at_worst_loss(cells: Sequence[Cell]) -> float | None:
    """How much sound was concealed at 20 % loss, the worse way."""
    parts = [
        cell.median("ours", view, "concealed") or 0.0
        for cell in cells
        if cell.case.name == WORST_LOSS
        for view in ("down", "up")
    ]
    return max(parts, default=None)
