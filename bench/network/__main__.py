"""``make bench-network``: people on bad lines, at our engine and at Janus; table, picture, JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.network import plot, report
from bench.network.cases import CASES
from bench.network.janus import janus_side
from bench.network.ours import our_side
from bench.network.people import people
from bench.network.relay import Relay
from bench.network.rounds import Bench, Cell

OUTPUT = Path(__file__).parents[1] / "output"


def main() -> None:
    """Run what the arguments choose; the last line is JSON."""
    chosen = _arguments()
    traces: list[dict[str, Any]] = []
    cells = asyncio.run(_measure(chosen, traces))
    OUTPUT.mkdir(exist_ok=True)
    picture = OUTPUT / "network.svg"
    picture.write_text(plot.svg(cells), encoding="utf-8")
    if chosen.traces:
        chosen.traces.write_text(json.dumps(traces), encoding="utf-8")
    print(report.table(cells))
    print(f"picture: {picture.relative_to(Path.cwd()) if picture.is_relative_to(Path.cwd()) else picture}")
    print(report.last_line(cells, chosen.rounds, chosen.seconds))


async def _measure(chosen: argparse.Namespace, traces: list[dict[str, Any]]) -> list[Cell]:
    cases = [case for case in CASES if case.name in chosen.cases]
    with tempfile.TemporaryDirectory(prefix="procon-bench-") as folder, Relay() as relay:
        async with (
            people("abc"[: chosen.people], Path(folder)) as persons,
            our_side(relay) as ours,
            janus_side(relay) as janus,
        ):
            bench = Bench(persons, relay, (ours, janus), chosen.seconds, traces)
            cells = []
            for case in cases:
                cells.append(await bench.measure(case, chosen.rounds))
                print(report.table(cells[-1:]).partition("\n\n")[0], file=sys.stderr)
            return cells


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.network", description=__doc__)
    names = [case.name for case in CASES]
    parser.add_argument(
        "--cases", nargs="+", choices=names, default=names, metavar="CASE", help=", ".join(names)
    )
    parser.add_argument("--rounds", type=int, default=2, help="rounds of each side (default 2)")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a case (default 20)")
    parser.add_argument(
        "--people", type=int, choices=(2, 3), default=3, help="browsers, the first on the bad line"
    )
    parser.add_argument("--traces", type=Path, help="write everything that was noted into this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
