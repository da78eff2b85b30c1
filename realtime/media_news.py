"""What a media process says of a hearing, handed to the browsers that it concerns and to who keeps it.

Voices, words and figures stay among those who may hear them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from realtime.alerts import Alerts
from realtime.conductor import Conductor, hearing_of
from realtime.ladder import Ladders
from realtime.lines import Lines
from realtime.quality import QualityRecord
from realtime.recorder import Recorder
from realtime.sitting import Sittings
from realtime.telling import heard_in, read_by, without_voices

Watched = Callable[[int, Mapping[str, Mapping[str, Any]]], Awaitable[None]]
"""watched(hearing, figures by seat): for who watches over hearings without being in them."""


class Emit(Protocol):
    """Sends a message to one socket."""

    def __call__(self, event: str, data: object, *, to: str) -> Awaitable[None]:
        """emit(name, payload, to=socket)."""


@dataclass
class MediaNews:
    """Takes the events of the hearings whose people have their sockets in this process."""

    conductor: Conductor
    sittings: Sittings
    lines: Lines
    recorder: Recorder
    quality: QualityRecord
    ladders: Ladders
    alerts: Alerts
    emit: Emit
    watched: Watched | None = None

    async def take(self, process: int, name: str, payload: dict[str, Any]) -> None:
        """An event of a media process."""
        hearing = hearing_of(payload.get("room"))
        if hearing is None or not self.conductor.is_home(hearing, process):
            return  # a room that was given up
        if name == "activity":
            await self._tell_activity(hearing, payload)
            return
        if name == "recording":
            await self._tell_recording(hearing, payload)
            return
        if name == "caption":
            await self._tell_caption(hearing, payload)
            return
        if name == "figures":
            await self._tell_figures(hearing, payload)
            return
        seat = str(payload.get("seat", ""))
        if seat.isdecimal():
            for held in self.sittings.at(int(seat)):
                await self.emit(name, payload, to=held.sid)
            if name == "connection":
                await self.lines.connection(hearing, int(seat), payload.get("state"))

    async def _tell_activity(self, hearing: int, payload: dict[str, Any]) -> None:
        """Who speaks is for those of the same circle, not for who waits outside or is in another room."""
        flowing = self.conductor.flowing(hearing)
        for held in self.sittings.inside(hearing):
            if held.seat in flowing:
                circle = {str(seat) for seat, name in flowing.items() if name == flowing[held.seat]}
                await self.emit("activity", heard_in(circle, payload), to=held.sid)

    async def _tell_caption(self, hearing: int, payload: dict[str, Any]) -> None:
        """What somebody says, in words, to those who hear it; of private rooms there are none."""
        told = {name: payload.get(name) for name in ("seat", "text", "final")}
        inside = self.sittings.inside(hearing)
        flowing = self.conductor.flowing(hearing)
        readers = set(read_by(flowing, str(told["seat"]), [held.seat for held in inside]))
        for held in inside:
            if held.seat in readers:
                await self.emit("caption", told, to=held.sid)

    async def _tell_recording(self, hearing: int, payload: dict[str, Any]) -> None:
        """That it is written, each second, is for who conducts the hearing; a failure is for the case."""
        await self.recorder.heard(hearing, payload)
        told = {name: payload.get(name) for name in ("state", "reason", "seconds")}
        for held in self.sittings.inside(hearing):
            if held.mediator:
                await self.emit("recording", told, to=held.sid)

    async def _tell_figures(self, hearing: int, payload: dict[str, Any]) -> None:
        """How each is connected: everybody's to who conducts the hearing, to the others their own."""
        figures = payload.get("seats", {})
        flowing = self.conductor.flowing(hearing)
        measured: dict[str, Any] = {}
        for held in self.sittings.inside(hearing):
            own = {seat: said for seat, said in figures.items() if seat == str(held.seat)}
            if own:
                measured |= own
                await self.lines.figures(hearing, held.seat, own[str(held.seat)])
            if own and held.seat in flowing:
                self.quality.heard(hearing, held.seat, own[str(held.seat)])
                await self.ladders.heard(held.seat, own[str(held.seat)])
                await self.alerts.heard(held.seat, own[str(held.seat)])
            if told := without_voices(figures, flowing, held.seat) if held.mediator else own:
                await self.emit("figures", {"seats": told}, to=held.sid)
        if self.watched is not None:
            await self.watched(hearing, without_voices(measured, flowing))
