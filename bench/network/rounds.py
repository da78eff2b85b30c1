"""Rounds: every case on both sides in turn, so that a neighbour's load on the machine falls on both."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import Any, Protocol

from bench.network.cases import BLACKOUT_S, Case, Condition, Event
from bench.network.figures import Figures, Sample, mean, read
from bench.network.people import Person
from bench.network.relay import Line, Relay

SETTLE_S = 5.0
"""How long everybody sees everybody on clean lines before the case begins."""
EVENT_AFTER_S = 4.0
SEATED_S = 20.0
LINE_SEED = 17
"""The same in every round and on both sides, so that rounds differ by chance alone."""


class Side(Protocol):
    """A system under measurement."""

    name: str

    async def open(self) -> None: ...

    async def sit(self, person: Person, line: Line) -> None: ...

    async def ready(self) -> None: ...

    async def close(self) -> None: ...

    async def report(self) -> dict[str, Any]: ...


class NotSeated(Exception):
    """Not everybody saw everybody in time, so there is nothing to measure."""


@dataclass(frozen=True)
class Outcome:
    """One side in one round of one case, from three points of view.

    ``down`` is what the person on the bad line gets of the others, ``up`` what the others get of that person,
    ``others`` what those on good lines get of each other (None when there is but one).
    """

    down: Figures
    up: Figures
    others: Figures | None

    @property
    def views(self) -> dict[str, Figures]:
        """The points of view by name."""
        views = {"down": self.down, "up": self.up}
        return views if self.others is None else {**views, "others": self.others}


@dataclass(frozen=True)
class Cell:
    """Both sides in one case, round by round."""

    case: Case
    ours: list[Outcome]
    janus: list[Outcome]

    def values(self, side: str, view: str, figure: str) -> list[float]:
        """A figure in every round."""
        outcomes: list[Outcome] = getattr(self, side)
        found = [getattr(outcome.views[view], figure) for outcome in outcomes if view in outcome.views]
        return [value for value in found if value is not None]

    def median(self, side: str, view: str, figure: str) -> float | None:
        """A figure's median over the rounds, None where there is none."""
        values = self.values(side, view, figure)
        return median(values) if values else None

    @property
    def views(self) -> list[str]:
        """The points of view that there are."""
        return list(self.ours[0].views)


@dataclass
class Bench:
    """What the rounds need: everybody, the relay, and the sides."""

    persons: list[Person]
    relay: Relay
    sides: tuple[Side, Side]
    seconds: float
    traces: list[dict[str, Any]]

    async def measure(self, case: Case, rounds: int) -> Cell:
        """Measure a case ``rounds`` times on each side."""
        found: dict[str, list[Outcome]] = {side.name: [] for side in self.sides}
        for number in range(rounds):
            for side in self.sides if number % 2 == 0 else reversed(self.sides):
                print(f"{case.name}: {side.name}, round {number + 1}", file=sys.stderr, flush=True)
                found[side.name].append(await self._round(case, side, number))
        return Cell(case, found["ours"], found["janus"])

    async def _round(self, case: Case, side: Side, number: int) -> Outcome:
        lines = {person.seat: Line(LINE_SEED) for person in self.persons}
        await side.open()
        try:
            await asyncio.gather(*(side.sit(person, lines[person.seat]) for person in self.persons))
            await side.ready()
            await self._everyone_sees_everyone()
            await asyncio.sleep(SETTLE_S)
            begin, end, over = await self._happen(case, lines[self.persons[0].seat])
            samples = {person.seat: await person.samples() for person in self.persons}
            await self._trace(case, side, number, (begin, end, over), samples, lines)
        finally:
            for person in self.persons:
                await person.close()
            await side.close()
            for line in lines.values():
                self.relay.clear(line)
        return self._outcome(samples, begin, end, over)

    async def _happen(self, case: Case, line: Line) -> tuple[float, float, float | None]:
        """Let the case happen on the line; gives its begin, its end and the end of its event."""
        over = None
        begin = self.relay.set(line, case.condition)
        if case.event is not None:
            await asyncio.sleep(EVENT_AFTER_S)
            over = await self._event(case.event, case.condition, line)
        await asyncio.sleep(max(0.0, begin + self.seconds - time.time()))
        return begin, time.time(), over

    async def _event(self, event: Event, condition: Condition, line: Line) -> float:
        if event is Event.ADDRESS:
            return self.relay.move(line)
        self.relay.set(line, Condition(dead=True))
        await asyncio.sleep(BLACKOUT_S)
        return self.relay.set(line, condition)

    async def _everyone_sees_everyone(self) -> None:
        names = [person.seat for person in self.persons]
        deadline = time.monotonic() + SEATED_S
        waiting = {(one.seat, other) for one in self.persons for other in names if other != one.seat}
        while waiting:
            if time.monotonic() > deadline:
                raise NotSeated(f"nothing seen: {sorted(waiting)}")
            await asyncio.sleep(0.2)
            for person in self.persons:
                for sample in await person.samples():
                    waiting -= {(person.seat, other) for other in names if _flows(sample, other)}

    async def _trace(
        self,
        case: Case,
        side: Side,
        number: int,
        times: tuple[float, float, float | None],
        samples: dict[str, list[Sample]],
        lines: dict[str, Line],
    ) -> None:
        """Everything that was noted, for whoever looks into a case."""
        line = lines[self.persons[0].seat]
        self.traces.append(
            {
                "case": case.name,
                "side": side.name,
                "round": number,
                "begin": times[0],
                "end": times[1],
                "over": times[2],
                "samples": samples,
                "states": {person.seat: await person.states() for person in self.persons},
                "lanes": {
                    name: {
                        "passed": lane.passed,
                        "lost": lane.lost,
                        "crowded": lane.crowded,
                        "bytes": lane.bytes,
                    }
                    for name, lane in (("up", line.up), ("down", line.down))
                },
                "server": await side.report(),
            }
        )

    def _outcome(
        self, samples: dict[str, list[Sample]], begin: float, end: float, over: float | None
    ) -> Outcome:
        bad, *good = [person.seat for person in self.persons]
        others = [read(samples[a], b, begin, end) for a in good for b in good if a != b]
        return Outcome(
            down=mean([read(samples[bad], other, begin, end, over) for other in good]),
            up=mean([read(samples[other], bad, begin, end, over) for other in good]),
            others=mean(others) if others else None,
        )


def _flows(sample: Sample, seat: str) -> bool:
    video, audio = (sample["streams"].get(f"{seat}/{kind}") for kind in ("video", "audio"))
    return bool(video and audio and video["frames"] > 10 and audio["heard"] - audio["concealed"] > 4800)
