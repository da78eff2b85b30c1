"""What happened during a recording, kept beside its files: JSON lines in a sealed file.

Each process that writes begins a timeline of its own, `timeline-<nnnn>.enc`; read one after the other they
are one. (Going on in a cut file would use a nonce twice.)
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hearings.recording.sealed import SealedReader, SealedWriter

BEGUN, PAUSED, RESUMED, STOPPED = "begun", "paused", "resumed", "stopped"
SEGMENT, ENDED, SPEAKER = "segment", "ended", "speaker"


@dataclass(frozen=True, slots=True)
class Row:
    """One event at a moment in Unix milliseconds.

    `begun`: a process began to write (the first is the recording's beginning, a later one followed on a
    failure). `segment`: `file` of `seat` begins with the media `media`; `ended`: its last frame ends.
    `speaker`: `seat` is the active speaker from now on, "" for nobody. `paused`, `resumed`, `stopped`: of the
    whole recording.
    """

    at_ms: int
    event: str
    seat: str = ""
    file: str = ""
    media: tuple[str, ...] = ()


class Timeline:
    """Appends rows; each is on its way to the disk when `add` returns."""

    def __init__(self, folder: Path, number: int, key: bytes) -> None:
        self._file = SealedWriter(folder / f"timeline-{number:04}.enc", key)

    def add(self, row: Row) -> None:
        """Write one row."""
        facts = {name: value for name, value in asdict(row).items() if value not in ("", ())}
        self._file.write(json.dumps(facts, separators=(",", ":")).encode() + b"\n")
        self._file.flush()

    @property
    def written(self) -> int:
        """Bytes on disk."""
        return self._file.written

    def sync(self) -> None:
        """Wait for the disk."""
        self._file.sync()

    def close(self) -> None:
        """No more rows."""
        self._file.close()


def read_rows(folder: Path, key: bytes) -> Iterator[Row]:
    """All rows in the order they were written; raises Damaged."""
    for path in sorted(folder.glob("timeline-*.enc")):
        with io.BufferedReader(SealedReader(path, key)) as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield _row(json.loads(line))


def _row(facts: dict[str, Any]) -> Row:
    return Row(**{**facts, "media": tuple(facts.get("media", ()))})
