"""The table of a run, and its last line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import median

from bench.web.rounds import Cell, Round

_HEAD = f"{'':22}{'req/s min':>10}{'median':>9}{'max':>9}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}"


def table(cells: Sequence[Cell]) -> str:
    """Each side's rounds, and the ratios with their noise."""
    lines = [_HEAD]
    for cell in cells:
        lines.append(f"{cell.load.name}, {cell.engine}, {cell.load.connections} connections")
        lines += [_line("procon, hypercorn", cell.ours), _line("fastapi, uvicorn", cell.peer)]
        lines.append(
            f"  ratio {cell.ratio:.2f} (noise {cell.noise:.0%}); by processor time {cell.cpu_ratio:.2f}"
        )
    return "\n".join(lines)


def _line(name: str, rounds: Sequence[Round]) -> str:
    rates = [one.rate for one in rounds]
    p50, p99, cpu = (median(getattr(one, field) for one in rounds) for field in ("p50", "p99", "cpu"))
    return f"  {name:20}{min(rates):10.1f}{median(rates):9.1f}{max(rates):9.1f}{p50:9.1f}{p99:9.1f}{cpu:9.2f}"


def last_line(cells: Sequence[Cell], rounds: int) -> str:
    """The ratios as JSON: ``{"list": {"sqlite": 1.3, …}, …, "rounds": 5, "noise": 0.1}``."""
    result: dict[str, object] = {}
    for name in dict.fromkeys(cell.load.name for cell in cells):
        result[name] = {cell.engine: round(cell.ratio, 2) for cell in cells if cell.load.name == name}
    result["rounds"] = rounds
    result["noise"] = round(max(cell.noise for cell in cells), 2)
    return json.dumps(result)
