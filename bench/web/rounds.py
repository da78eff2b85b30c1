"""Rounds: both sides in turn, so that a neighbour's load on the machine falls on both."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from statistics import median

import psutil

from bench.web.client import Job, Outcome
from bench.web.sides import Side
from tests.servers import ROOT

WARM_SECONDS = 1.5
CLIENT_SECONDS = 30
"""How long the client may take beyond its round before it is given up."""


@dataclass(frozen=True)
class Load:
    """One kind of request: how many connections ask, which answer is right.

    ``longer`` stretches its rounds: argon2 lets few answers through in a second.
    """

    name: str
    connections: int
    status: int
    longer: int = 1


LIST = Load("list", 16, 200)
CASE = Load("case", 16, 200)
SIGN_IN = Load("sign_in", 4, 303, longer=2)
LOADS = (LIST, CASE, SIGN_IN)


@dataclass(frozen=True)
class Round:
    """One side in one round: answers per second; latency and the server's processor time of one, in ms."""

    rate: float
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True)
class Cell:
    """Both sides under one load on one engine, round by round."""

    load: Load
    engine: str
    ours: list[Round]
    peer: list[Round]

    @property
    def ratio(self) -> float:
        """Our median of answers per second over the peer's."""
        return median(r.rate for r in self.ours) / median(r.rate for r in self.peer)

    @property
    def cpu_ratio(self) -> float:
        """The peer's median of processor time over ours: what the ratio would be on an idle machine."""
        return median(r.cpu for r in self.peer) / median(r.cpu for r in self.ours)

    @property
    def noise(self) -> float:
        """How far the rounds' own ratios lie apart, as a part of their median."""
        ratios = [a.rate / b.rate for a, b in zip(self.ours, self.peer, strict=True)]
        return (max(ratios) - min(ratios)) / median(ratios)


def measure(load: Load, engine: str, sides: tuple[Side, Side], *, rounds: int, seconds: float) -> Cell:
    """Measure ``rounds`` rounds of ``seconds`` each after a short one that does not count."""
    requests = {side.name: _requests(load, side) for side in sides}
    found: dict[str, list[Round]] = {side.name: [] for side in sides}
    for number in range(rounds + 1):
        for side in sides if number % 2 else reversed(sides):
            length = seconds * load.longer if number else WARM_SECONDS
            one = _round(load, side, _turned(requests[side.name], number, rounds + 1), length)
            if number:
                found[side.name].append(one)
    ours, peer = (found[side.name] for side in sides)
    return Cell(load, engine, ours, peer)


def _requests(load: Load, side: Side) -> list[str]:
    if load is LIST:
        return [side.page("/casos")]
    if load is CASE:
        return [side.page(f"/casos/{case_id}") for case_id in side.filled.case_ids]
    return side.sign_ins()


def _turned(requests: list[str], number: int, parts: int) -> list[str]:
    """The requests from another place on in each round, so that an account's limit is not reached."""
    start = len(requests) * number // parts
    return requests[start:] + requests[:start]


def _round(load: Load, side: Side, requests: list[str], seconds: float) -> Round:
    job = Job(side.server.port, requests, load.status, load.connections, seconds)
    before = _cpu_seconds(side)
    print(f"  {side.name}, {seconds:g} s", file=sys.stderr)
    client = subprocess.run(
        [sys.executable, "-m", "bench.web.client"],
        input=json.dumps(asdict(job)).encode(),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
        timeout=seconds + CLIENT_SECONDS,
    )
    spent = _cpu_seconds(side) - before
    outcome = Outcome(**json.loads(client.stdout))
    return Round(
        rate=outcome.answers / outcome.seconds,
        p50=outcome.p50,
        p99=outcome.p99,
        cpu=spent / outcome.answers * 1000,
    )


def _cpu_seconds(side: Side) -> float:
    times = psutil.Process(side.server.process.pid).cpu_times()
    return float(times.user + times.system)
