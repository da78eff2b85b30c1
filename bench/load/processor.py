"""Processor time and memory of a server and all its children."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Use:
    """Seconds of processor time since the start, resident bytes now."""

    seconds: float
    resident: int


def use(pid: int) -> Use:
    """What the process and its living descendants have used; its dead ones count in their parents."""
    parent = psutil.Process(pid)
    seconds, resident = 0.0, 0
    for process in (parent, *parent.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
            resident += process.memory_info().rss
    return Use(seconds, resident)
