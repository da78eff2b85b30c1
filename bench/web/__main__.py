"""``make bench-web``: fill a database, check that both sides serve the same pages, measure, report."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import unified_diff
from pathlib import Path

import asyncpg

from bench.web import data, report
from bench.web.rounds import LOADS, Cell, measure
from bench.web.sides import Side, both
from tests import servers

ENGINES = ("sqlite", "postgres")


class NotTheSame(Exception):
    """The two sides serve different pages, so their speeds cannot be compared."""


def main() -> None:
    """Run what the arguments choose; the last line is JSON."""
    chosen = _arguments()
    cells: list[Cell] = []
    for engine in chosen.engines:
        with tempfile.TemporaryDirectory(prefix="procon-bench-") as folder, _database(engine, folder) as url:
            print(f"{engine}: filling {data.CASES} cases…", file=sys.stderr)
            filled = asyncio.run(data.fill(url, Path(folder)))
            with both(url, Path(folder), filled) as sides:
                check_same(sides)
                for load in LOADS:
                    if load.name in chosen.loads:
                        print(f"{engine}: {load.name}…", file=sys.stderr)
                        cell = measure(load, engine, sides, rounds=chosen.rounds, seconds=chosen.seconds)
                        cells.append(cell)
    print(report.table(cells))
    print(report.last_line(cells, chosen.rounds))


def check_same(sides: tuple[Side, Side]) -> None:
    """Raise NotTheSame unless the list and a case are the same text on both sides."""
    ours, peer = sides
    for path in ("/casos", f"/casos/{ours.filled.case_ids[0]}"):
        a, b = ours.body(path).splitlines(), peer.body(path).splitlines()
        if a != b:
            difference: Sequence[str] = list(unified_diff(a, b, ours.name, peer.name, lineterm="", n=0))
            raise NotTheSame("\n".join([path, *difference[:40]]))
        print(f"{path}: the same {len(a)} lines on both sides", file=sys.stderr)


@contextmanager
def _database(engine: str, folder: str) -> Iterator[str]:
    """The address of an empty database."""
    if engine == "sqlite":
        yield f"sqlite://{folder}/bench.sqlite3"
        return
    with servers.postgres() as server:
        asyncio.run(_create_database(server))
        yield f"{server}/bench"


async def _create_database(server: str) -> None:
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute("CREATE DATABASE bench")
    finally:
        await connection.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__)
    names = [load.name for load in LOADS]
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each side (default 5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a round (default 3)")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--loads", nargs="+", choices=names, default=names)
    return parser.parse_args()


if __name__ == "__main__":
    main()
