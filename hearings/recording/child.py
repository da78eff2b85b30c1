"""A process fed by taps, seen from the media process: started, fed, listened to, never waited for."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from typing import ClassVar

import structlog

from hearings.recording.channel import Begin, Control, Said, Sender

log = structlog.get_logger(__name__)

LINE = 64 * 1024


class Child:
    """A process that is fed by taps. `heard_at` is when it spoke last, at first when it was started.

    `gone` is final: the process has ended or does not read any more.
    """

    MODULE: ClassVar[str]

    def __init__(self, first: Control, at: float) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            # Its key comes through the socket: a command line and an environment can be read by others.
            self._process = subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-m", self.MODULE],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if not name.startswith("PROCON_")},
            )
        self._sock = ours
        self._line = b""
        self.sender = Sender(ours)
        self.sender.control(first)
        self.heard_at = self.started_at = at
        self.gone = False

    def take(self, line: bytes) -> None:
        """A line that the process says."""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def tick(self, now: float) -> None:
        """Send what it takes, hear what it says, see whether it lives. Never blocks."""
        if self.gone:
            return
        self.sender.flush()
        ended = self._process.poll() is not None  # before listening, so that its last words are heard
        if self._listen(now) or ended or self.sender.broken:
            self._end()

    def kill(self) -> None:
        """End it at once; what it has not written is lost."""
        if not self.gone:
            self._process.kill()
            self._end()

    @property
    def reaped(self) -> bool:
        """Whether nothing of the process is left."""
        return self._process.poll() is not None

    def _listen(self, now: float) -> bool:
        """Take what it says; True at the end of its words."""
        with contextlib.suppress(BlockingIOError, ConnectionResetError):
            while True:
                data = self._sock.recv(LINE)
                if not data:
                    return True
                *lines, self._line = (self._line + data).split(b"\n")
                for line in lines:
                    self.take(line)
                    self.heard_at = now
        return False

    def _end(self) -> None:
        self.gone = True
        self._sock.close()


class WriterChild(Child):
    """One writer process; `said` is what it said last."""

    MODULE = "hearings.recording.writer"

    def __init__(self, begin: Begin) -> None:
        self.said: Said | None = None
        super().__init__(begin, begin.at)

    def take(self, line: bytes) -> None:
        """How it does."""
        self.said = Said.read(line)
