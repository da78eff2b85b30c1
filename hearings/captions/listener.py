"""`python -m hearings.captions.listener`: the process that listens to one room and writes down what it hears.

Its standard input is a local stream socket, on which the media process sends what its taps give (see
`hearings.recording.channel`), and on which it answers with a JSON line for each caption. It keeps nothing,
and ends when the socket closes, however the media process ended.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator

from hearings.captions.recogniser import Heard, Model, ModelUnusable, load
from hearings.captions.speech import Speech
from hearings.recording.channel import Arrival, Close, Hear, Open, Receiver

TURN_S = 0.1
READ = 256 * 1024
LATE_S = 6.0
"""What was said longer ago is left out: a machine that cannot keep up shows gaps, not yesterday's words."""


class Listener:
    """The speeches of a room, by the number of their flow."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._speeches: dict[int, tuple[str, Speech]] = {}

    def take(self, message: object) -> Iterator[bytes]:
        """Somebody's sound begins, goes on, or is over; what becomes known by it."""
        if isinstance(message, Open):
            self._speeches[message.flow] = message.seat, Speech(self._model.recogniser())
        elif isinstance(message, Close):
            yield from self._close(message.flow)
        elif isinstance(message, Arrival):
            yield from self._arrival(message)

    def _close(self, flow: int) -> Iterator[bytes]:
        seat, speech = self._speeches.pop(flow, ("", None))
        if speech is not None and (heard := speech.finish()):
            yield line(seat, heard)

    def _arrival(self, arrival: Arrival) -> Iterator[bytes]:
        seat, speech = self._speeches.get(arrival.flow, ("", None))
        packet = arrival.packet
        if speech is not None and time.monotonic() - packet.at < LATE_S:
            for heard in speech.packet(packet.number, packet.payload, packet.at):
                yield line(seat, heard)

    def tick(self, now: float) -> Iterator[bytes]:
        """Sentences that a pause has ended."""
        for seat, speech in self._speeches.values():
            if heard := speech.tick(now):
                yield line(seat, heard)


def line(seat: str, heard: Heard) -> bytes:
    """A caption as it is sent."""
    return json.dumps({"seat": seat, "text": heard.text, "final": heard.final}).encode() + b"\n"


def run(sock: socket.socket) -> None:
    """Listen until the socket closes."""
    sock.settimeout(TURN_S)
    receiver = Receiver()
    listener: Listener | None = None
    while True:
        try:
            data = sock.recv(READ)
        except TimeoutError:
            data = None
        if data == b"":
            return
        said: list[bytes] = []
        for message in receiver.feed(data or b""):
            if isinstance(message, Hear):
                listener = Listener(load(message.model))
                said.append(b'{"ready": true}\n')
            elif listener is not None:
                said += listener.take(message)
        if listener is not None:
            said += listener.tick(time.monotonic())
        if said:
            sock.sendall(b"".join(said))


def main() -> None:
    """Run on standard input. Signals to the process group are the media process's business."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(5)  # before captions are late, media must not be
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as sock:
        try:
            run(sock)
        except ModelUnusable as error:
            sock.sendall(json.dumps({"failure": str(error)}).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            return  # the media process is gone


if __name__ == "__main__":
    main()
