"""The inside of the cage: bind this process with limits, then run a script (ADR 0011).

Started by ``app.adapters.cage`` in an isolated interpreter as ``INPUT SCRIPT ARGUMENT…``, where INPUT is
the file that becomes the standard input, or ``-``. Imports nothing of the system.
"""

from __future__ import annotations

import os
import resource
import runpy
import sys

MAX_MEMORY = 2 * 1024**3
MAX_CPU_SECONDS = 30


def bind() -> None:
    """Cap memory and processor time; forbid writing to files and dumping memory."""
    for what, most in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    bind()
    if sys.argv[1] != "-":
        os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0)
    sys.argv = sys.argv[2:]
    runpy.run_path(sys.argv[0], run_name="__main__")
