"""A network namespace of the bench's own: an address to send media to, and nobody else's packets."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

ADDRESS = "10.77.0.1"


class Unavailable(Exception):
    """This machine lacks something the bench needs; the text says what, for a person."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """Where servers and load run, on a core each."""

    name: str
    server_core: int
    load_core: int

    def on_server_core(self, command: list[str]) -> list[str]:
        """The command, run inside on the server's core. Its process id is that of the command."""
        return self._inside(self.server_core, command)

    def on_load_core(self, command: list[str]) -> list[str]:
        """The command, run inside on the load's core."""
        return self._inside(self.load_core, command)

    def _inside(self, core: int, command: list[str]) -> list[str]:
        return ["ip", "netns", "exec", self.name, "taskset", "-c", str(core), *command]


@contextmanager
def namespace() -> Iterator[Namespace]:
    """Make the namespace, remove it on leaving; raises Unavailable."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise Unavailable("two processor cores are needed: one for the server, one for the load")
    if os.geteuid() != 0:
        raise Unavailable("only root may make a network namespace: sudo make bench-hearings")
    for program, package in (("ip", "iproute2"), ("taskset", "util-linux")):
        if shutil.which(program) is None:
            raise Unavailable(f"`{program}` is missing: apt-get install {package}")
    name = f"procon-bench-{os.getpid()}"
    _ip("netns", "add", name)
    try:
        _ip("-n", name, "link", "set", "lo", "up")
        # An address off the loopback interface: that is what libnice and aioice take for a candidate.
        _ip("-n", name, "link", "add", "media", "type", "veth", "peer", "name", "other")
        _ip("-n", name, "addr", "add", f"{ADDRESS}/24", "dev", "media")
        for link in ("media", "other"):
            _ip("-n", name, "link", "set", link, "up")
        yield Namespace(name, cores[0], cores[1])
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False)


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"`ip {' '.join(arguments)}` is refused here: {done.stderr.strip()}")
