"""All rooms of a process, and the one timer that drives them."""

import asyncio
from typing import Any

from hearings.captions.captions import CaptionedRooms
from hearings.errors import ROOM_UNKNOWN, TOO_MANY_ROOMS, HearingError
from hearings.negotiation import VP8
from hearings.port import MediaPort
from hearings.recording.recordings import Recordings
from hearings.room import Room, Tell

TICK_S = 0.02
REPORT_S = 1.0
CHECK_S = 0.5
ORPHAN_S = 60.0
"""Seats whose link is gone wait so long for another link to claim them."""


class Registry:
    """Rooms by name. `codec` is the rooms' video codec, `captions` the model of their captions."""

    def __init__(
        self, port: MediaPort, tell: Tell, max_rooms: int, codec: str = VP8, captions: str = ""
    ) -> None:
        self.port = port
        self.rooms: dict[str, Room] = {}
        self.recordings = Recordings(tell, port.clock)
        self.captions = CaptionedRooms(captions, self._caption, port.clock)
        self._tell = tell
        self._max_rooms = max_rooms
        self._codec = codec
        self._lost_links: dict[str, float] = {}
        self._reported = self._checked = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def open(self, name: str) -> Room:
        """The room of this name, made if there is none."""
        if name not in self.rooms:
            if len(self.rooms) >= self._max_rooms:
                raise HearingError(TOO_MANY_ROOMS)
            self.rooms[name] = Room(name, self.port, self._tell, self._codec)
        return self.rooms[name]

    def room(self, name: str) -> Room:
        """The room of this name."""
        try:
            return self.rooms[name]
        except KeyError:
            raise HearingError(ROOM_UNKNOWN) from None

    def close(self, name: str) -> None:
        """End a room; one that is not there is as good as closed."""
        room = self.rooms.pop(name, None)
        self.recordings.stop(name)
        self.captions.stop(name)
        if room is not None:
            room.close()

    def link_lost(self, link: str) -> None:
        """A web process hung up; its seats wait for it."""
        self._lost_links[link] = self.port.clock()

    def start(self) -> None:
        """Start the timer."""
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._turn)

    def stop(self) -> None:
        """Stop the timer and close all rooms."""
        if self._timer is not None:
            self._timer.cancel()
        self.recordings.leave()
        self.captions.close()
        for name in list(self.rooms):
            self.close(name)

    def tick(self, now: float) -> None:
        """One turn at time `now`."""
        self.port.work(now)
        for room in self.rooms.values():
            room.tick(now)
        self.recordings.tick(now)
        self.captions.tick(now)
        if now - self._checked >= CHECK_S:
            self._checked = now
            self.port.check(now)
            for room in list(self.rooms.values()):
                room.observe(now)
        if now - self._reported >= REPORT_S:
            self._reported = now
            self.port.ice.forget_refusals()
            for room in self.rooms.values():
                room.report(now)
            self._clear_orphans(now)

    def _caption(self, name: str, caption: dict[str, Any]) -> None:
        if name in self.rooms:
            self.rooms[name].tell("caption", caption)

    def _turn(self) -> None:
        # Scheduled first: a failure in one turn must not be the last turn.
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._turn)
        self.tick(self.port.clock())

    def _clear_orphans(self, now: float) -> None:
        over = {link for link, since in self._lost_links.items() if now - since > ORPHAN_S}
        for link in over:
            del self._lost_links[link]
            for room in list(self.rooms.values()):
                orphans = [name for name, seat in room.seats.items() if seat.link == link]
                for name in orphans:
                    room.leave(name)
                if orphans and not room.seats:
                    self.close(room.name)
