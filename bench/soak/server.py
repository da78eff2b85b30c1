"""The engine as a process of its own, with its log read for errors."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.servers import ROOT

COMMAND = (sys.executable, "-m", "hearings", "--address", "127.0.0.1")
START_S, END_S = 30.0, 20.0
KEPT = 20


@dataclass
class Server:
    """Where it is. `errors` counts what it logged as error or exception; the first ones are kept."""

    door: str
    udp_port: int
    pid: int
    secret: str
    errors: int = 0
    complaints: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        """A line of its log."""
        with contextlib.suppress(ValueError):
            if json.loads(line).get("level") not in ("error", "critical", "exception"):
                return
        self.errors += 1
        if len(self.complaints) < KEPT:
            self.complaints.append(line.rstrip())


@asynccontextmanager
async def serving(command: Sequence[str] = COMMAND) -> AsyncIterator[Server]:
    """Start it, end it by SIGTERM on leaving."""
    secret = secrets.token_hex(16)
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**os.environ, "PROCON_MEDIA_SECRET": secret},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    reading: asyncio.Task[None] | None = None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_S)
        if not line:
            raise RuntimeError((await process.stderr.read()).decode())
        ready = json.loads(line)
        server = Server(ready["door"], ready["udp_port"], process.pid, secret)
        reading = asyncio.create_task(_read(process.stderr, server))
        yield server
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), END_S)
        except TimeoutError:
            process.kill()
            await process.wait()
        if reading is not None:
            await reading


async def _read(log: asyncio.StreamReader, server: Server) -> None:
    async for line in log:
        server.read(line.decode(errors="replace"))
