"""The servers under measurement, each started anew for each round."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.hearings.namespace import ADDRESS, Namespace, Unavailable
from bench.peers.janus import configure, installed
from tests.servers import ROOT, end, wait_until

JANUS_PORT, RELAY_PORT = 8188, 8080
SETTLE_S = 1.0
"""Janus listens before it is all there, and does not survive an early caller."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that is ready: what kind its signalling is, where, and whom to watch."""

    kind: str
    address: str
    secret: str
    pid: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of the compared. `key` is its name in the last line; `one_room`: more is too much for it."""

    key: str
    title: str
    start: Callable[[Namespace], AbstractContextManager[Running]]
    one_room: bool = False


@contextmanager
def engine(space: Namespace) -> Iterator[Running]:
    """`python -m hearings`, a media process that stands alone."""
    secret = secrets.token_hex(16)
    command = [sys.executable, "-m", "hearings", "--address", ADDRESS]
    process = subprocess.Popen(
        space.on_server_core(command),
        cwd=ROOT,
        env={**os.environ, "PROCON_MEDIA_SECRET": secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the engine ended at its start")
        yield Running("engine", json.loads(line)["door"], secret, process.pid)
    finally:
        end(process)


@contextmanager
def janus(space: Namespace, *, event_loops: int) -> Iterator[Running]:
    """Debian's Janus with the videoroom over WebSocket; `event_loops` 0 is a thread per connection."""
    with tempfile.TemporaryDirectory(prefix="procon-janus-") as folder:
        command = configure(Path(folder), host=ADDRESS, port=JANUS_PORT, event_loops=event_loops)
        with _serving(space, command, JANUS_PORT, "Janus") as pid:
            yield Running("janus", f"ws://127.0.0.1:{JANUS_PORT}", "", pid)


@contextmanager
def mediarelay(space: Namespace) -> Iterator[Running]:
    """What an aiortc user does today."""
    command = [sys.executable, "-m", "bench.peers.mediarelay", "--port", str(RELAY_PORT)]
    with _serving(space, command, RELAY_PORT, "MediaRelay") as pid:
        yield Running("mediarelay", f"http://127.0.0.1:{RELAY_PORT}", "", pid)


OURS = Side("ours", "this engine", engine)
JANUS_ONE_LOOP = Side("janus_el1", "Janus, event_loops=1", partial(janus, event_loops=1))
JANUS = Side("janus", "Janus, default", partial(janus, event_loops=0))
MEDIARELAY = Side("mediarelay", "MediaRelay", mediarelay, one_room=True)
SIDES = (OURS, JANUS_ONE_LOOP, JANUS, MEDIARELAY)


def check_installed() -> None:
    """Raise Unavailable now rather than in the middle of the first round."""
    if not installed():
        raise Unavailable("Janus is missing: apt-get install janus")


@contextmanager
def _serving(space: Namespace, command: list[str], port: int, name: str) -> Iterator[int]:
    process = subprocess.Popen(
        space.on_server_core(command), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: _listens(process.pid, port), process, name)
        time.sleep(SETTLE_S)
        yield process.pid
    finally:
        end(process)


def _listens(pid: int, port: int) -> bool:
    """Whether a TCP port is open in the namespace of a process, which we cannot connect to from here."""
    lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    sockets = (line.split() for line in lines)
    return any(fields[1].endswith(f":{port:04X}") and fields[3] == "0A" for fields in sockets)
