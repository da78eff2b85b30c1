"""``make bench-soak MINUTES=30``: rooms and people without end, from a seed; table, picture, JSON."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import uvloop

from bench.soak import plot, report
from bench.soak.run import soak

OUTPUT = Path(__file__).parents[1] / "output"


def main() -> None:
    """Run; the last line is JSON, the exit status 1 when something grows or fails."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="default 30; from half a minute on")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 16), help="default: any, told")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", file=sys.stderr)
    result = uvloop.run(soak(chosen.minutes * 60, chosen.seed))
    OUTPUT.mkdir(exist_ok=True)
    picture = OUTPUT / "soak.svg"
    picture.write_text(plot.svg(result.samples, result.trends), encoding="utf-8")
    print(report.table(result))
    print(f"picture: {picture.relative_to(Path.cwd()) if picture.is_relative_to(Path.cwd()) else picture}")
    print(report.last_line(result, chosen.minutes, chosen.seed))
    sys.exit(1 if result.problems else 0)


if __name__ == "__main__":
    main()
