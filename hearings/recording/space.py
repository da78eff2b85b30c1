"""Room on the disk: what a hearing could need, and when it runs low."""

from __future__ import annotations

import os
from pathlib import Path

SEAT_BYTES_PER_S = (2_500_000 + 64_000) // 8
"""A camera at its ceiling and a voice."""
HEARING_S = 2 * 3600
LEAST_SEATS = 2
LOW_S = 10 * 60


def needed(seats: int, seconds: float = HEARING_S) -> int:
    """The bytes that so many seats could fill in this time."""
    return int(max(seats, LEAST_SEATS) * SEAT_BYTES_PER_S * seconds)


def free(folder: Path) -> int:
    """Bytes free where the folder is or will be. Asks the file system's own memory: no waiting for a disk."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
