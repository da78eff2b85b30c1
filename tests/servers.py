"""Real servers for the tests: PostgreSQL, Redis and the application, on free loopback ports.

Each is a context manager that starts a process of its own and ends it, by its id, on leaving.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
START_SECONDS = 60.0


def free_port() -> int:
    """A TCP port of the loopback that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], what: str) -> None:
    """Poll until ``ready``; fail when the process ends or the time is up."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended at its start with status {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} was not ready in {START_SECONDS:.0f} s")
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM, within: float = 30) -> int:
    """End a process that we started, gently first, and return its status."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        return process.wait(within)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(5)


def listening(port: int) -> bool:
    """Whether somebody takes TCP connections at a port of the loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL server on the machine."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    for folder in reversed(folders):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _unprivileged() -> str | None:
    """Whom to run PostgreSQL as: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own; gives the address of its server, ``postgres://…:port`` without a database.

    It forgets everything at its end, so it need not write anything to the disk safely.
    """
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
    user, port = _unprivileged(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="procon-postgres-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "procon",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        options = {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "max_connections": "200",
            "unix_socket_directories": str(folder),
            "listen_addresses": "127.0.0.1",
            "port": str(port),
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *arguments], user=user, cwd=folder, stdout=log, stderr=log
            )
        try:
            ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
            wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, process, "PostgreSQL")
            yield f"postgres://procon@127.0.0.1:{port}"
        finally:
            end(process, by=signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of our own that keeps nothing; gives its address."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("Redis is missing: apt-get install redis-server")
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        cwd=tempfile.gettempdir(),
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: listening(port), process, "Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        end(process)


@dataclass
class Server:
    """The application in a process of its own."""

    url: str
    port: int
    data_dir: Path
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> int:
        """Ask it to end (SIGTERM) and return its exit status."""
        return end(self.process)

    def kill(self) -> None:
        """End it without warning (SIGKILL)."""
        self.process.kill()
        self.process.wait(5)


def answers(url: str) -> bool:
    """Whether an address answers 200 right now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def serving(
    data_dir: Path,
    *,
    env: Mapping[str, str] | None = None,
    command: list[str] | None = None,
    port: int | None = None,
    ready: str = "/readyz",
) -> Iterator[Server]:
    """``procon serve`` (or ``command``) with a data folder, ready to answer.

    Ended by SIGTERM on leaving if it still runs; its output is in ``data_dir/server.log``.
    """
    port = free_port() if port is None else port
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "server.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PROCON_")},
        "PYTHONUNBUFFERED": "1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PROCON_DATA_DIR": str(data_dir),
        **(env or {}),
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            command or [sys.executable, "-m", "app.cli", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    url = f"http://127.0.0.1:{port}"
    server = Server(url=url, port=port, data_dir=data_dir, process=process, log=log)
    try:
        try:
            wait_until(lambda: answers(url + ready), process, "the application")
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{log.read_text(errors='replace')[-4000:]}") from None
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            end(process)
