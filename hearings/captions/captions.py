"""The captions of a media process's rooms: each room's sound goes to a listening process of its own.

The media never waits for it: what it cannot take in time is left out, and a listener that dies is replaced
after a pause, twice as long each time.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any, Protocol

import structlog

from hearings.errors import CAPTIONS_OFF, HearingError
from hearings.forwarding.tap import Tap
from hearings.recording.channel import Close, Hear, Open
from hearings.recording.child import Child
from hearings.taps import Recorder

log = structlog.get_logger(__name__)

AGAIN_S, AGAIN_MOST_S = 1.0, 60.0
LONGEST = 500
"""Characters of a caption that is still being spoken; of a longer one, the end."""

Tell = Callable[[str, dict[str, Any]], None]
"""tell(room, payload): a caption to all links of a room."""


class CaptionedRoom(Protocol):
    """The room, as far as captions need it."""

    @property
    def name(self) -> str:
        """Its name."""

    def listen(self, recorder: Recorder | None) -> None:
        """Begin the streams of all sound that may be heard by all; None ends them."""


class _ListenerChild(Child):
    MODULE = "hearings.captions.listener"

    def __init__(self, model: str, at: float) -> None:
        self.lines: list[dict[str, Any]] = []
        super().__init__(Hear(model), at)

    def take(self, line: bytes) -> None:
        self.lines.append(json.loads(line))


class Captions:
    """One room's (see `hearings.taps.Recorder`) until it is stopped; `ready` while a process listens.

    OSError: no process can be started.
    """

    def __init__(self, model: str, room: CaptionedRoom, tell: Tell, now: float) -> None:
        self._model = model
        self._room = room
        self._tell = tell
        self._numbers = itertools.count(1)
        self._flows: dict[tuple[str, str], int] = {}
        self._again_at, self._again_s = float("inf"), AGAIN_S
        self._child = _ListenerChild(model, now)
        self.ready = False
        room.listen(self)

    def begin(self, seat: str, media: str, codec: str) -> Tap:
        """Somebody's sound begins."""
        number = next(self._numbers) & 0xFFFF
        sender = self._child.sender
        sender.control(Open(number, seat, media, codec))
        self._flows[seat, media] = number

        def on_packet(sequence: int, timestamp: int, marker: bool, payload: bytes, at: float) -> None:
            sender.packet(number, sequence, timestamp, marker, payload, at)

        return Tap(on_packet, _unneeded, video=False)

    def end(self, seat: str, media: str) -> None:
        """It is over."""
        self._child.sender.control(Close(self._flows.pop((seat, media))))

    def speaker(self, seat: str | None) -> None:
        """Who speaks is heard anyway."""

    def tick(self, now: float) -> None:
        """Called by the process's one timer."""
        child = self._child
        child.tick(now)
        lines, child.lines = child.lines, []
        for said in lines:
            self._hear(said)
        if child.gone and self._again_at == float("inf"):
            log.error("captions.listener_lost", room=self._room.name)
            self._room.listen(None)
            self.ready = False
            self._again_at = now + self._again_s
            self._again_s = min(2 * self._again_s, AGAIN_MOST_S)
        elif now >= self._again_at:
            self._again_at = float("inf")
            self._child = _ListenerChild(self._model, now)
            self._room.listen(self)

    def stop(self) -> None:
        """Listen no more; `reaped` when nothing of the process is left."""
        if not self._child.gone:
            self._room.listen(None)
            self._child.kill()

    @property
    def reaped(self) -> bool:
        """Whether nothing is left to wait for after `stop`."""
        return self._child.reaped

    def _hear(self, said: dict[str, Any]) -> None:
        if "ready" in said:
            self.ready = True
        elif "failure" in said:
            log.error("captions.model_unusable", room=self._room.name, reason=said["failure"])
        elif "seat" in said:
            self._again_s = AGAIN_S
            caption = {"seat": said["seat"], "text": said["text"][-LONGEST:], "final": said["final"]}
            self._tell(self._room.name, caption)


class CaptionedRooms:
    """By room. ``model`` names the recogniser's model, empty for none."""

    def __init__(self, model: str, tell: Tell, clock: Callable[[], float]) -> None:
        self._model = model
        self._tell = tell
        self._clock = clock
        self._captions: dict[str, Captions] = {}
        self._ending: list[Captions] = []

    def turn(self, room: CaptionedRoom, on: bool) -> None:
        """Begin or end a room's captions; twice changes nothing. HearingError(captions_off): no model."""
        if on and not self._model:
            raise HearingError(CAPTIONS_OFF)
        if not on:
            self.stop(room.name)
        elif room.name not in self._captions:
            try:
                self._captions[room.name] = Captions(self._model, room, self._tell, self._clock())
            except OSError as error:
                raise HearingError(CAPTIONS_OFF) from error

    def ready(self, room: str) -> bool:
        """Whether a room's process has loaded its model and listens."""
        return room in self._captions and self._captions[room].ready

    def stop(self, room: str) -> None:
        """End a room's captions, if there are any."""
        captions = self._captions.pop(room, None)
        if captions is not None:
            captions.stop()
            self._ending.append(captions)

    def tick(self, now: float) -> None:
        """Called by the process's one timer."""
        self._ending = [captions for captions in self._ending if not captions.reaped]
        for captions in self._captions.values():
            try:
                captions.tick(now)
            except OSError:
                log.exception("captions.listener_not_started")  # no memory, no process left: later, perhaps

    def close(self) -> None:
        """End all."""
        for room in list(self._captions):
            self.stop(room)


def _unneeded(ntp: int, timestamp: int, now: float) -> None:
    """Captions need no publisher's clock."""
