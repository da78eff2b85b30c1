"""`python -m hearings.recording.writer`: the process that writes one recording.

Its standard input is a local stream socket (see `channel`). It ends its files and itself on `stop`, or when
the socket closes, however the media process ended. It gives up at the first failure of the disk: what is on
disk plays, and the media process starts another. It keeps no log, the media process does; loading one would
be most of the time that it takes to begin.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

from hearings.recording import timeline
from hearings.recording.channel import (
    Arrival,
    Begin,
    Close,
    Control,
    Mark,
    Open,
    Receiver,
    Report,
    Said,
    Stop,
)
from hearings.recording.ordering import Packet
from hearings.recording.segment import Segment
from hearings.recording.sitting import Sitting
from hearings.recording.timeline import Row, Timeline

TURN_S = 0.1
SAY_S = 0.5
SYNC_S = 5.0
READ = 256 * 1024
DISK_FULL, DISK_FAILED = "disk_full", "disk_failed"
_NUMBER = re.compile(r"(?:timeline-)?(\d{4,})[.-]")


class Session:
    """The recording's files. Every method may raise OSError: the disk failed."""

    def __init__(self, begin: Begin) -> None:
        self._folder = Path(begin.folder)
        self._key = bytes.fromhex(begin.key)
        self._wall_ms = begin.wall_ms
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Whoever wrote here before has left files, whole or cut: this process counts on from them.
        self._number = max((_number(path.name) for path in self._folder.iterdir()), default=0) + 1
        self._rows = Timeline(self._folder, self._number, self._key)
        self._sittings: dict[str, Sitting] = {}
        self._of: dict[int, Sitting] = {}
        self._ended_bytes = 0
        self.mark(Mark(begin.at, timeline.BEGUN))

    def open(self, opened: Open) -> None:
        """A track begins; the first of a seat begins a sitting."""
        sitting = self._sittings.setdefault(opened.seat, Sitting(opened.seat, self._new_segment))
        sitting.open(opened)
        self._of[opened.flow] = sitting

    def close(self, flow: int, now: float) -> None:
        """A track ends; with the last of a seat, its sitting and files do."""
        sitting = self._of.pop(flow, None)
        if sitting is None:
            return
        sitting.close(flow, now)
        if not sitting.flows:
            self._ended_bytes += sitting.written
            del self._sittings[sitting.seat]

    def mark(self, mark: Mark) -> None:
        """A row for the timeline."""
        self._rows.add(Row(round(mark.at * 1000 + self._wall_ms), mark.event, mark.seat))

    def packet(self, flow: int, packet: Packet, now: float) -> None:
        """A packet of a track."""
        sitting = self._of.get(flow)
        if sitting is not None:
            sitting.packet(flow, packet, now)

    def report(self, report: Report) -> None:
        """A sender report of a track."""
        sitting = self._of.get(report.flow)
        if sitting is not None:
            sitting.report(report)

    def tick(self, now: float) -> None:
        """Write what is due."""
        for sitting in self._sittings.values():
            sitting.tick(now)

    def sync(self) -> None:
        """Wait until everything written is on the disk."""
        self._rows.sync()
        for sitting in self._sittings.values():
            sitting.sync()

    def stop(self, now: float) -> None:
        """End every file."""
        for flow in list(self._of):
            self.close(flow, now)
        self._rows.close()

    def said(self) -> Said:
        """How it does."""
        disk = os.statvfs(self._folder)
        sittings = self._sittings.values()
        return Said(
            written=self._rows.written + self._ended_bytes + sum(sitting.written for sitting in sittings),
            free=disk.f_bavail * disk.f_frsize,
            awaiting=tuple(flow for sitting in sittings for flow in sitting.awaiting),
            fault=next((sitting.fault for sitting in sittings if sitting.fault), ""),
        )

    def _new_segment(self, seat: str) -> Segment:
        path = self._folder / f"{self._number:04}-{seat}.mkv.enc"
        self._number += 1
        return Segment(path, seat, self._key, self._rows, self._wall_ms)


class Writer:
    """Reads the socket, keeps a session, says each half second how it does."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(TURN_S)
        self._sock = sock
        self._receiver = Receiver()
        self._session: Session | None = None
        self._stopping = False
        self._ticked_at = self._said_at = self._synced_at = 0.0

    def run(self) -> None:
        """Until `stop`, the socket's end or a failure of the disk."""
        try:
            while not self._stopping:
                try:
                    data = self._sock.recv(READ)
                except TimeoutError:
                    self._turn(b"")
                    continue
                except ConnectionResetError:
                    break
                if not data:
                    break
                self._turn(data)
            if self._session is not None:
                self._session.stop(time.monotonic())
                self._say_last(stopped=True)
        except OSError as failure:
            full = failure.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            self._say_last(failure=DISK_FULL if full else DISK_FAILED, fault=str(failure.strerror))

    def _turn(self, data: bytes) -> None:
        now = time.monotonic()
        for message in self._receiver.feed(data):
            self._handle(message, now)
        session = self._session
        if session is None:
            return
        if now - self._ticked_at >= TURN_S:
            self._ticked_at = now
            session.tick(now)
        if now - self._synced_at >= SYNC_S:
            self._synced_at = now
            session.sync()
        if now - self._said_at >= SAY_S:
            self._said_at = now
            said = session.said()
            # A media process that does not listen now is told again soon; that it is gone, `recv` tells.
            with contextlib.suppress(OSError):
                self._sock.send(said.line(), socket.MSG_DONTWAIT)

    def _handle(self, message: Control | Report | Arrival, now: float) -> None:
        if isinstance(message, Begin):
            self._session = Session(message)
        elif self._session is None:
            raise ValueError("the first message begins")
        elif isinstance(message, Arrival):
            self._session.packet(message.flow, message.packet, now)
        elif isinstance(message, Report):
            self._session.report(message)
        elif isinstance(message, Open):
            self._session.open(message)
        elif isinstance(message, Close):
            self._session.close(message.flow, now)
        elif isinstance(message, Mark):
            self._session.mark(message)
        elif isinstance(message, Stop):
            self._stopping = True

    def _say_last(self, *, failure: str = "", stopped: bool = False, fault: str = "") -> None:
        said = Said(0, 0)
        with contextlib.suppress(OSError):
            if self._session is not None:
                said = self._session.said()
        last = replace(said, awaiting=(), failure=failure, stopped=stopped, fault=fault or said.fault)
        with contextlib.suppress(OSError):
            self._sock.sendall(last.line())


def main() -> None:
    """Run on standard input. Signals to the process group are the media process's business."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as sock:
        Writer(sock).run()


def _number(name: str) -> int:
    found = _NUMBER.match(name)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()
