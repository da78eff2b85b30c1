"""What the engine holds, looked at from outside and asked for at its door."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.load.engine import Engine

NOT_HELD = frozenset({"cpu_s", "lag_ms"})
"""Numbers of the door's health that grow by their nature."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the start, whether only the long hearing was there, and the figures by name."""

    at: float
    ebb: bool
    figures: dict[str, float]


def dropped_by_kernel() -> int:
    """Datagrams that found a full receive buffer since the machine started, anybody's (Linux)."""
    names, values = (
        line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Udp:")
    )
    return int(values[names.index("RcvbufErrors")])


class Sampler:
    """Keeps every sample. Memory in megabytes, all else are counts."""

    def __init__(self, pid: int, engine: Engine) -> None:
        self.samples: list[Sample] = []
        self._process = psutil.Process(pid)
        self._engine = engine
        self._began = time.monotonic()

    async def until(self, *, connections: int, within: float) -> None:
        """Wait until the engine has so many connections; more that stay are sampled as the leak they are."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if (await self._engine.call("health"))["connections"] == connections:
                return
            await asyncio.sleep(0.1)

    async def look(self, *, ebb: bool = False) -> None:
        """Take a sample."""
        health = await self._engine.call("health")
        process = self._process
        figures: dict[str, float] = {
            "memory_mb": process.memory_info().rss / 1e6,
            "descriptors": process.num_fds(),
            "threads": process.num_threads(),
            "children": len(process.children(recursive=True)),
            "udp_sockets": len(process.net_connections("udp")),
            "tcp_sockets": len(process.net_connections("tcp")),
        }
        figures |= {
            name: value
            for name, value in health.items()
            if isinstance(value, int | float) and name not in NOT_HELD
        }
        self.samples.append(Sample(time.monotonic() - self._began, ebb, figures))
