"""The load: one process, some kept-alive connections, each with one request in flight at a time.

Run by ``bench.web.rounds`` as a process of its own, so that it never shares an interpreter with what it
measures: reads a ``Job`` as JSON from its input, writes an ``Outcome`` as JSON to its output.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import cast

import httptools
import uvloop


@dataclass(frozen=True)
class Job:
    """What to ask: raw HTTP/1.1 requests, taken in turn, for ``seconds``; each must answer ``status``."""

    port: int
    requests: list[str]
    status: int
    connections: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """Answers counted, the seconds they took, and how long one took in milliseconds."""

    answers: int
    seconds: float
    p50: float
    p99: float


class WrongAnswer(Exception):
    """The server answered something else than the page."""


class Round:
    """What the connections of one round share."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.requests: Iterator[bytes] = itertools.cycle(text.encode() for text in job.requests)
        self.latencies: list[float] = []
        self.deadline = time.perf_counter() + job.seconds
        self.failed: Exception | None = None

    def over(self) -> bool:
        """Whether no further request is to be sent."""
        return self.failed is not None or time.perf_counter() >= self.deadline


class Connection(asyncio.Protocol):
    """One connection; ``closed`` is set when it will send no more."""

    transport: asyncio.Transport

    def __init__(self, round_: Round) -> None:
        self.closed = asyncio.Event()
        self._round = round_
        self._parser = httptools.HttpResponseParser(self)
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to ask."""
        self.transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        """A piece of an answer; httptools calls ``on_message_complete`` at its end."""
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed, by us at the end of the round or by a server that limits requests per connection."""
        self.closed.set()

    def on_message_complete(self) -> None:
        """Count the answer and ask again."""
        self._round.latencies.append(time.perf_counter() - self._asked_at)
        if self._parser.get_status_code() != self._round.job.status:
            self._round.failed = WrongAnswer(f"HTTP {self._parser.get_status_code()}")
        if self._round.over() or not self._parser.should_keep_alive():
            self.transport.close()
        else:
            self._ask()

    def _ask(self) -> None:
        self._asked_at = time.perf_counter()
        self.transport.write(next(self._round.requests))


async def _keep_asking(round_: Round) -> None:
    loop = asyncio.get_running_loop()
    while not round_.over():
        _, connection = await loop.create_connection(lambda: Connection(round_), "127.0.0.1", round_.job.port)
        await connection.closed.wait()


async def run(job: Job) -> Outcome:
    """One round; raises WrongAnswer."""
    round_ = Round(job)
    began = time.perf_counter()
    await asyncio.gather(*(_keep_asking(round_) for _ in range(job.connections)))
    seconds = time.perf_counter() - began
    if round_.failed:
        raise round_.failed
    in_order = sorted(round_.latencies)
    return Outcome(
        answers=len(in_order),
        seconds=seconds,
        p50=in_order[len(in_order) // 2] * 1000,
        p99=in_order[len(in_order) * 99 // 100] * 1000,
    )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(run(Job(**json.load(sys.stdin))))
    json.dump(asdict(outcome), sys.stdout)
