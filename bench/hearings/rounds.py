"""Rounds: all servers in turn under one scenario, so that a neighbour's load on the machine falls on all."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

from bench.hearings.load import Counts, Job, Outcome
from bench.hearings.namespace import ADDRESS, Namespace
from bench.hearings.servers import Side
from tests.servers import ROOT

WARM_S = 10.0
"""For all servers alike; ours does not trust a line with a room of six from the first second."""
LOAD_S = 90
"""How long the load may take beyond its window, for connecting mostly, before it is given up."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """So many rooms of so many people; `loss` is the share of media that is lost in each direction."""

    rooms: int
    per_room: int
    loss: float = 0.0

    @property
    def name(self) -> str:
        """As it is asked for on the command line: 6x3, or 6x3-2 with 2 % loss."""
        return f"{self.rooms}x{self.per_room}" + (f"-{self.loss * 100:g}" if self.loss else "")

    @property
    def title(self) -> str:
        """In words."""
        rooms = f"{self.rooms} room{'s' if self.rooms > 1 else ''} of {self.per_room}"
        return f"{rooms}, {self.loss:.0%} of the packets lost each way" if self.loss else rooms


def scenario(text: str) -> Scenario:
    """Read a scenario's name; raises ValueError."""
    size, _, loss = text.partition("-")
    rooms, per_room = map(int, size.split("x"))
    return Scenario(rooms, per_room, float(loss or 0) / 100)


MAIN = Scenario(6, 3)
SCENARIOS = (Scenario(1, 3), MAIN, Scenario(1, 6), Scenario(14, 3), Scenario(6, 3, loss=0.02))


@dataclass(frozen=True, slots=True)
class Series:
    """One server's rounds under one scenario."""

    scenario: Scenario
    outcomes: list[Outcome]

    @property
    def cpu(self) -> list[float]:
        """Seconds of processor time for a room's minute, round by round."""
        return [o.cpu_seconds / o.seconds * 60 / self.scenario.rooms for o in self.outcomes]

    def middle(self, value: Callable[[Outcome], float | None]) -> float | None:
        """The median over the rounds of what is there."""
        found = [v for v in map(value, self.outcomes) if v is not None]
        return median(found) if found else None

    @property
    def delivered(self) -> float:
        """The worst round's share of packets delivered."""
        return min(o.delivered for o in self.outcomes)

    @property
    def saturated(self) -> bool:
        """Whether the server had no processor time left: its figures are then a lower bound."""
        return max(o.cpu_seconds / o.seconds for o in self.outcomes) > 0.95


@dataclass(frozen=True, slots=True)
class Cell:
    """All servers under one scenario, by their keys."""

    scenario: Scenario
    series: dict[str, Series]

    def ratio(self, key: str, to: str) -> float | None:
        """One server's median processor time over another's."""
        if key not in self.series or to not in self.series:
            return None
        return median(self.series[key].cpu) / median(self.series[to].cpu)

    def noise(self, key: str, to: str) -> tuple[float, float]:
        """The lowest and the highest ratio of a single round."""
        pairs = zip(self.series[key].cpu, self.series[to].cpu, strict=True)
        ratios = [one / other for one, other in pairs]
        return min(ratios), max(ratios)


def measure(space: Namespace, what: Scenario, sides: list[Side], *, rounds: int, seconds: float) -> Cell:
    """Each server `rounds` times for `seconds`; who begins changes from round to round."""
    found = {side.key: Series(what, []) for side in sides}
    for number in range(rounds):
        turn = number % len(sides)
        for side in sides[turn:] + sides[:turn]:
            print(f"{what.name} round {number + 1}: {side.title}…", file=sys.stderr, flush=True)
            found[side.key].outcomes.append(_round(space, what, side, seconds))
    return Cell(what, found)


def _round(space: Namespace, what: Scenario, side: Side, seconds: float) -> Outcome:
    with side.start(space) as server:
        job = Job(
            kind=server.kind,
            address=server.address,
            secret=server.secret,
            pid=server.pid,
            host=ADDRESS,
            rooms=what.rooms,
            per_room=what.per_room,
            loss=what.loss,
            warm=WARM_S,
            seconds=seconds,
        )
        load = subprocess.run(
            space.on_load_core([sys.executable, "-m", "bench.hearings.load"]),
            input=json.dumps(asdict(job)).encode(),
            stdout=subprocess.PIPE,
            cwd=ROOT,
            check=True,
            timeout=seconds + LOAD_S,
        )
    found = json.loads(load.stdout)
    return Outcome(**{**found, "counts": Counts(**found["counts"])})
