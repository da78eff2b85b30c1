"""What the media process says to its writer or listener, and how: frames on a local stream socket.

    length(4) kind(1) body        kind: a control message in JSON, a packet, a sender report

The sending end never waits. What the writer cannot take is held up to a bound; beyond it packets are dropped
(and counted) until half has drained, as the writer treats them as lost it goes on with the next keyframe.
Times are seconds of the machine's monotonic clock, which both processes read.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from hearings.recording.ordering import Packet

LIMIT = 10 << 20
"""Held for a writer that is behind: about four seconds of eight cameras at their best."""
_CONTROL, _PACKET, _REPORT = 0, 1, 2
_HEAD = struct.Struct("!IB")
_PACKET_HEAD = struct.Struct("!IBHQIBd")
_PACKET_BODY = struct.Struct("!HQIBd")
_REPORT_BODY = struct.Struct("!HQI")


@dataclass(frozen=True, slots=True)
class Begin:
    """The first message, said at `at`.

    `key` is hexadecimal; `wall_ms` is added to monotonic milliseconds for Unix time.
    """

    folder: str
    key: str
    wall_ms: float
    at: float


@dataclass(frozen=True, slots=True)
class Hear:
    """The first message to a process that listens (`hearings.captions`): the name of the model."""

    model: str


@dataclass(frozen=True, slots=True)
class Open:
    """A track begins: packets under the number `flow`."""

    flow: int
    seat: str
    medium: str
    codec: str


@dataclass(frozen=True, slots=True)
class Close:
    """Nothing more comes under this number."""

    flow: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A row for the timeline at `at` in monotonic seconds."""

    at: float
    event: str
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """End all files."""


@dataclass(frozen=True, slots=True)
class Report:
    """A publisher's sender report in the track's timestamps."""

    flow: int
    ntp: int
    timestamp: int


class Arrival(NamedTuple):
    """A packet of a track."""

    flow: int
    packet: Packet


Control = Begin | Hear | Open | Close | Mark | Stop
_CONTROLS: dict[str, type[Control]] = {
    "begin": Begin,
    "hear": Hear,
    "open": Open,
    "close": Close,
    "mark": Mark,
    "stop": Stop,
}


class Sender:
    """The media process's end. `lagging` while packets are dropped (`dropped` of them), `broken` is final."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._held = bytearray()
        self.lagging = False
        self.broken = False
        self.dropped = 0

    def packet(
        self, flow: int, number: int, timestamp: int, marker: bool, payload: bytes, now: float
    ) -> None:
        """Hold one packet for the next `flush`."""
        if self.lagging:
            self.dropped += 1
            return
        size = _PACKET_BODY.size + len(payload)
        self._held += _PACKET_HEAD.pack(size, _PACKET, flow, number, timestamp, marker, now)
        self._held += payload
        if len(self._held) > LIMIT:
            self.lagging = True

    def report(self, report: Report) -> None:
        """Hold one sender report."""
        if not self.lagging:
            body = _REPORT_BODY.pack(report.flow, report.ntp, report.timestamp)
            self._held += _HEAD.pack(len(body), _REPORT) + body

    def control(self, message: Control) -> None:
        """Hold one control message: few and small, so the bound is not for them."""
        name = next(name for name, kind in _CONTROLS.items() if isinstance(message, kind))
        body = json.dumps([name, asdict(message)]).encode()
        self._held += _HEAD.pack(len(body), _CONTROL) + body

    def flush(self) -> None:
        """Send what the socket takes."""
        try:
            while self._held:
                done = self._sock.send(self._held)
                del self._held[:done]
        except BlockingIOError:
            pass
        except OSError:
            self.broken = True
            self._held.clear()
        if len(self._held) <= LIMIT // 2:
            self.lagging = False


class Receiver:
    """The writer's end: whole messages out of whatever pieces come."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Control | Report | Arrival]:
        """The messages that these bytes complete."""
        held = self._held
        held += data
        at = 0
        try:
            while at + _HEAD.size <= len(held):
                length, kind = _HEAD.unpack_from(held, at)
                start, end = at + _HEAD.size, at + _HEAD.size + length
                if end > len(held):
                    break
                at = end
                yield _read(kind, bytes(held[start:end]))
        finally:
            del held[:at]


def _read(kind: int, body: bytes) -> Control | Report | Arrival:
    if kind == _PACKET:
        flow, number, timestamp, marker, at = _PACKET_BODY.unpack_from(body)
        return Arrival(flow, Packet(number, timestamp, bool(marker), body[_PACKET_BODY.size :], at))
    if kind == _REPORT:
        return Report(*_REPORT_BODY.unpack(body))
    name, fields = json.loads(body)
    return _CONTROLS[name](**fields)


@dataclass(frozen=True, slots=True)
class Said:
    """What the writer says, a JSON line: how it does, each half second and at its end.

    `written` counts bytes on disk since it began, `free` those left on the disk. `awaiting` are the flows
    whose pictures wait for a keyframe. `failure` is why it gives up, `stopped` that all files are complete.
    `fault` is for the log, which the media process keeps: the first thing that should not have happened.
    """

    written: int
    free: int
    awaiting: tuple[int, ...] = ()
    failure: str = ""
    stopped: bool = False
    fault: str = ""

    def line(self) -> bytes:
        """The line with its end."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Said:
        """The other way round."""
        fields: dict[str, Any] = json.loads(line)
        return cls(**{**fields, "awaiting": tuple(fields["awaiting"])})
