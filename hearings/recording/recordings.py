"""The recordings of a media process, one to a room at most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hearings.errors import (
    ALREADY_RECORDING,
    NO_SPACE,
    NOT_RECORDING,
    RECORDING_UNAVAILABLE,
    HearingError,
)
from hearings.recording import space
from hearings.recording.recording import Order, Recording
from hearings.room import Room, Tell

END_S = 5.0
POLL_S = 0.02


@dataclass(slots=True)
class _Running:
    """A recording and the link that asked for it last: it is told what the links of the room are told."""

    recording: Recording
    link: str


class Recordings:
    """By room. Those that were stopped are kept until their writers have ended."""

    def __init__(self, tell: Tell, clock: Callable[[], float]) -> None:
        self._tell = tell
        self._clock = clock
        self._running: dict[str, _Running] = {}
        self._ending: list[Recording] = []

    def start(self, room: Room, link: str, order: Order) -> None:
        """Record the room. The same recording again only changes whom it is told.

        Raises HearingError: already_recording (another one), no_space (less than the hearing could need),
        recording_unavailable (no writer can be started, or the folder's disk cannot be asked).
        """
        running = self._running.get(room.name)
        if running is not None:
            if running.recording.name != order.name:
                raise HearingError(ALREADY_RECORDING)
            running.link = link
            return

        def tell(payload: dict[str, Any]) -> None:
            links = {seat.link for seat in room.seats.values()} | {started.link}
            for each in links:
                self._tell(each, "recording", {"room": room.name, **payload})

        try:
            if space.free(order.folder) < space.needed(len(room.seats)):
                raise HearingError(NO_SPACE)
            recording = Recording(order, room, tell, self._clock)
        except OSError as error:
            raise HearingError(RECORDING_UNAVAILABLE) from error
        started = self._running[room.name] = _Running(recording, link)

    def pause(self, room: str, paused: bool) -> None:
        """Record nothing of the room for a while, or go on; raises HearingError(not_recording)."""
        running = self._running.get(room)
        if running is None:
            raise HearingError(NOT_RECORDING)
        running.recording.pause(paused, self._clock())

    def stop(self, room: str) -> None:
        """End the room's recording, if there is one."""
        running = self._running.pop(room, None)
        if running is not None:
            self._ending.append(running.recording)
            running.recording.stop(self._clock())

    def leave(self) -> None:
        """This process ends, the recordings do not: another process may go on with them."""
        for running in self._running.values():
            self._ending.append(running.recording)
            running.recording.stop(self._clock(), over=False)
        self._running.clear()

    def tick(self, now: float) -> None:
        """Called by the process's one timer."""
        for running in self._running.values():
            running.recording.tick(now)
        for recording in self._ending:
            recording.tick(now)
        self._ending = [recording for recording in self._ending if not recording.finished]

    async def finish(self) -> None:
        """Wait until the files of those that end are complete, for so long as is reasonable."""
        by = self._clock() + END_S
        while self._ending and self._clock() < by:
            self.tick(self._clock())
            await asyncio.sleep(POLL_S)
