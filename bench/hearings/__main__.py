"""``make bench-hearings``: the engine beside Janus and MediaRelay, on one core, under one load; report."""

from __future__ import annotations

import argparse
import signal
import sys

from bench.hearings import report
from bench.hearings.namespace import Namespace, Unavailable, namespace
from bench.hearings.rounds import SCENARIOS, Cell, Scenario, measure, scenario
from bench.hearings.servers import SIDES, Side, check_installed

UNAVAILABLE = 3
"""Exit status when the machine cannot run this bench."""


def main() -> None:
    """Run what the arguments choose; the last line is JSON."""
    chosen = _arguments()
    # Ended by its parent it must still remove its namespace and its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    sides = [side for side in SIDES if side.key in chosen.sides]
    try:
        check_installed()
        with namespace() as space:
            cells = [_measure(space, what, sides, chosen) for what in chosen.scenarios]
    except Unavailable as missing:
        print(f"bench-hearings: {missing}", file=sys.stderr)
        sys.exit(UNAVAILABLE)
    print(report.table(cells))
    print(report.last_line(cells, chosen.rounds, chosen.seconds))


def _measure(space: Namespace, what: Scenario, sides: list[Side], chosen: argparse.Namespace) -> Cell:
    able = [side for side in sides if not side.one_room or (what.rooms == 1 and what.per_room <= 3)]
    return measure(space, what, able, rounds=chosen.rounds, seconds=chosen.seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.hearings", description=__doc__)
    keys = [side.key for side in SIDES]
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each server (default 5)")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a round's window (default 8)")
    parser.add_argument(
        "--scenarios",
        nargs="+",
        type=scenario,
        default=SCENARIOS,
        metavar="ROOMSxPEOPLE[-LOSS%]",
        help=f"default: {' '.join(s.name for s in SCENARIOS)}",
    )
    parser.add_argument("--sides", nargs="+", choices=keys, default=keys)
    return parser.parse_args()


if __name__ == "__main__":
    main()
