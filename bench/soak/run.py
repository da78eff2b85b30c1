"""A whole run: high tide, ebb, high tide, ebb; then the verdict."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.load.engine import Engine
from bench.load.media import encode
from bench.soak.guest import Seen, Stage
from bench.soak.sampling import Sample, Sampler, dropped_by_kernel
from bench.soak.server import COMMAND, serving
from bench.soak.town import LONG_SEATS, Town
from bench.soak.verdict import Trend, trends

EBBS = 20
SHORTEST_TIDE_S = 3.0
SAMPLE_S = 2.0
ACT_S = (0.05, 0.4)
SETTLE_S = 15.0
"""How long after everybody left the engine may still hold their connections."""
HEAR_S = 5.0
LOSS_ALLOWED = 0.001
"""The share of packets that may be gone with the sockets of those who changed their address."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run showed.

    `deaf` counts ebbs at which somebody in the long hearing heard or saw nothing of another, `failures` is
    the engine's own count of datagrams that it stumbled over, `errors` what it logged as such. `dropped` is
    what the kernel threw away meanwhile for want of buffers: a busy machine's doing, not the engine's.
    """

    seconds: float
    samples: list[Sample]
    trends: dict[str, Trend]
    acts: dict[str, int]
    seen: Seen
    dropped: int
    deaf: int
    failures: int
    errors: int
    complaints: list[str]

    @property
    def growing(self) -> list[str]:
        """The figures that grow."""
        return [name for name, trend in self.trends.items() if not trend.flat]

    @property
    def problems(self) -> list[str]:
        """Everything that must not be, in words; empty when all is well."""
        found = [f"{name} grows" for name in self.growing]
        if self.deaf:
            found.append(f"somebody in the long hearing heard nothing at {self.deaf} ebbs")
        if self.failures:
            found.append(f"{self.failures} datagrams failed in the engine")
        if self.errors:
            found.append(f"{self.errors} errors in the engine's log")
        if self.seen.lost - self.dropped > LOSS_ALLOWED * self.seen.packets:
            found.append(f"{self.seen.lost} of {self.seen.packets} packets lost")
        if not self.seen.wraps_sent:
            found.append("no sequence number wrapped")
        return found


async def soak(seconds: float, seed: int, command: Sequence[str] = COMMAND) -> Result:
    """Run for so long (a little more, until the last ebb) against the engine started by `command`."""
    chance = random.Random(seed)
    media = encode()  # before there is a link that would miss its heartbeat meanwhile
    with tempfile.TemporaryDirectory(prefix="procon-soak-") as folder:
        async with serving(command) as server:
            engine = Engine(server.door, server.secret)
            await engine.start()
            stage = Stage(engine, media, chance)
            town = Town(stage, server.udp_port, Path(folder))
            sampler = Sampler(server.pid, engine)
            began, dropped = time.monotonic(), dropped_by_kernel()
            await town.begin()
            deaf = await _tides(town, sampler, chance, seconds)
            failures = (await engine.call("health"))["counters"]["failures"]
            await town.end()
            await engine.stop()
        return Result(
            seconds=time.monotonic() - began,
            samples=sampler.samples,
            trends=trends(sampler.samples),
            acts=dict(sorted(town.acts.items())),
            seen=stage.seen,
            dropped=dropped_by_kernel() - dropped,
            deaf=deaf,
            failures=failures,
            errors=server.errors,
            complaints=server.complaints,
        )


async def _tides(town: Town, sampler: Sampler, chance: random.Random, seconds: float) -> int:
    """Until the time is over; returns at how many ebbs somebody in the long hearing heard nothing."""
    tide = max(SHORTEST_TIDE_S, seconds / EBBS)
    end = time.monotonic() + seconds
    deaf = 0
    sampling = asyncio.create_task(_sample(sampler))
    try:
        while time.monotonic() < end:
            turn = time.monotonic() + tide
            await town.rise()
            while time.monotonic() < turn:
                await town.happen()
                await asyncio.sleep(chance.uniform(*ACT_S))
            await town.empty()
            deaf += not await town.all_hear(within=HEAR_S)
            await sampler.until(connections=2 * LONG_SEATS, within=SETTLE_S)
            await sampler.look(ebb=True)
            left = max(0.0, end - time.monotonic())
            print(f"ebb, {left / 60:.1f} min to go, {sum(town.acts.values())} acts", file=sys.stderr)
    finally:
        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)
    return deaf


async def _sample(sampler: Sampler) -> None:
    while True:
        await asyncio.sleep(SAMPLE_S)
        await sampler.look()
