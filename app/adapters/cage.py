"""Runs a script on a stranger's bytes in a process of its own, which may crash or hang (ADR 0011)."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from app.adapters.bounds import Turnstile

ENTRY = Path(__file__).with_name("cage_entry.py")


class Cage:
    """One short-lived process a call: so many at once, so many waiting, so many seconds each."""

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._turnstile = Turnstile(at_once, waiting)
        self._seconds = seconds

    async def run(self, script: Path, *arguments: str, data: bytes | Path) -> bytes:
        """The script's output for ``data`` on its input; nothing at all if it crashed or was killed.

        The script runs isolated, without our environment; a file is read by the script alone, not by us.
        Raises Busy when too many wait; a cancelled caller takes the process along.
        """
        path, stdin = ("-", PIPE) if isinstance(data, bytes) else (str(data), DEVNULL)
        async with self._turnstile.turn():
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", str(ENTRY), path, str(script), *arguments),
                stdin=stdin,
                stdout=PIPE,
                stderr=DEVNULL,
                env={},
            )
            try:
                async with asyncio.timeout(self._seconds):
                    output, _ = await process.communicate(data if isinstance(data, bytes) else None)
            except TimeoutError:
                return b""
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            return output if process.returncode == 0 else b""
