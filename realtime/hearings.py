"""The ``/hearings`` namespace: sitting down in a room, staying there, and the signalling of its media.

A browser speaks for the one seat that it holds. The seat is in the database; what is kept here is only
which socket holds it, so a lost process loses nothing but its connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from secrets import token_hex
from typing import Any

import structlog

from app.adapters.clock import Clock
from app.services import consultations, media_plan, outages, seats
from app.services.history import Happening
from app.services.relays import Relays
from app.wake import Wake
from models.rules.errors import DomainError
from models.rules.hearing import SeatRole
from realtime.alerts import Alerts
from realtime.conductor import Conductor, Media
from realtime.echo import Busy, Echoes
from realtime.hearing_messages import (
    Entered,
    Refusal,
    Unreadable,
    read_devices,
    read_echo,
    read_enter,
    read_point,
)
from realtime.identity import Identity, identify
from realtime.ladder import Ladders
from realtime.lines import Lines
from realtime.media_link import MediaRefused, MediaUnavailable
from realtime.media_news import MediaNews, Watched
from realtime.namespace import Namespace, Timed
from realtime.quality import QualityRecord
from realtime.recorder import Recorder
from realtime.signals import Answer, MediaSignals
from realtime.sitting import Sitting, Sittings

log = structlog.get_logger(__name__)

NAMESPACE = "/hearings"
NOTE_EVERY = timedelta(seconds=15)
POINT_EVERY = timedelta(milliseconds=80)
"""Pages point ten times a second; what comes faster is passed over."""
SWEEP_SECONDS = 2.0
GENERATIONS = 10_000
"""Media generations within one sitting: each rebuilt connection of a browser takes the next."""


class Hearings(MediaSignals[Sitting], Namespace):
    """Sockets of people in hearing rooms, and the conductor of their media.

    ``device_label`` makes "Chrome, Android" of a User-Agent; ``relays`` are for browsers that need them;
    ``rules`` is the version of the house rules that everybody accepts, empty for none.
    """

    def __init__(
        self,
        media: Media,
        clock: Clock,
        wake: Wake,
        recorder: Recorder,
        quality: QualityRecord,
        *,
        secure: bool,
        opens_minutes: int,
        rules: str = "",
        device_label: Callable[[str], str],
        relays: Relays | None = None,
        timed: Timed | None = None,
        watched: Watched | None = None,
    ) -> None:
        super().__init__(NAMESPACE, timed)
        self._clock = clock
        self._wake = wake
        self._secure = secure
        self._opens_minutes = opens_minutes
        self._rules = rules
        self._device_label = device_label
        self._relays = relays or Relays()
        self._sittings = Sittings()
        self._ladders = Ladders(clock, wake)
        self._alerts = Alerts(clock, wake)
        self._lines = Lines(lambda hearing, name, said: self.emit(name, said, room=_room(hearing)))
        self.conductor = Conductor(media, self._sittings, recorder, self._media_reset, self._media_worked)
        self._news = MediaNews(
            conductor=self.conductor,
            sittings=self._sittings,
            lines=self._lines,
            recorder=recorder,
            quality=quality,
            ladders=self._ladders,
            alerts=self._alerts,
            emit=self.emit,
            watched=watched,
        )
        self._echoes = Echoes(media, self._tell_one, token_hex(4))
        media.on_event(self._media_said)
        media.on_change(self.conductor.review)

    # --- the socket

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Admit a signed-in person."""
        who = await identify(environ, self._clock.now(), secure=self._secure)
        await self.save_session(sid, who)

    async def on_disconnect(self, sid: str, reason: object = None) -> None:
        """Keep the seat for a moment; the sweep empties it unless it is taken again."""
        await self._echoes.end(sid)
        held = self._sittings.remove(sid)
        if held is not None:
            await seats.lost(held.seat, held.generation, now=self._clock.now())
            await self._lines.socket_gone(held.hearing, held.seat)

    def _device(self, sid: str) -> str:
        environ = self.server.get_environ(sid, NAMESPACE) or {}
        return self._device_label(environ.get("HTTP_USER_AGENT", ""))

    # --- the seat

    async def on_enter(self, sid: str, message: object = None) -> Answer:
        """Sit down; the answer is Entered, or Refusal with the device that holds the seat."""
        try:
            wanted = read_enter(message)
            who: Identity = await self.get_session(sid)
            now = self._clock.now()
            entry = await seats.enter(
                wanted.hearing,
                who.viewer,
                device=self._device(sid),
                held=wanted.held,
                take_over=wanted.take_over,
                opens_minutes=self._opens_minutes,
                rules=self._rules,
                accepts=wanted.accepts,
                now=now,
            )
        except Unreadable:
            return asdict(Refusal("bad_request"))
        except DomainError as error:
            return asdict(Refusal(error.code, str(error.facts.get("device", ""))))
        mediator = entry.role is SeatRole.MEDIATOR
        held = Sitting(sid, entry.hearing, entry.seat, entry.generation, mediator, now)
        self._sittings.add(held)
        await self.enter_room(sid, _room(entry.hearing))
        self._wake.ring()
        await self.conductor.arrange(entry.hearing)
        first = entry.generation * GENERATIONS
        servers = self._ice_servers(held)
        return asdict(Entered(entry.seat, entry.generation, first, entry.admitted, servers))

    async def on_heartbeat(self, sid: str, message: object = None) -> Answer:
        """A sign of life; ``held`` says whether the seat is still this socket's."""
        held, now = self._sittings.of(sid), self._clock.now()
        if held is None:
            return {"held": False}
        if now - held.noted_at >= NOTE_EVERY:
            held.noted_at = now
            if not await seats.alive(held.seat, held.generation, now=now):
                await self._taken(held)
                return {"held": False}
        return {"held": True}

    async def on_leave(self, sid: str, message: object = None) -> Answer:
        """Stand up at once: the person left by the button."""
        held = self._sittings.remove(sid)
        if held is not None:
            self._lines.forget(held.seat)
            await self.leave_room(sid, _room(held.hearing))
            await seats.leave(held.seat, held.generation, now=self._clock.now(), by_choice=True)
            self._wake.ring()
        return {}

    async def on_ice(self, sid: str, message: object = None) -> Answer:
        """Fresh logins at the relays, for a connection that is made anew."""
        held = self._sittings.of(sid)
        if held is None or not await media_plan.may_send(held.seat, held.generation, "ice"):
            return asdict(Refusal("not_admitted"))
        return {"ice_servers": self._ice_servers(held)}

    def _ice_servers(self, held: Sitting) -> tuple[dict[str, Any], ...]:
        return self._relays.ice_servers(f"{held.hearing}-{held.seat}-{held.generation}", self._clock.now())

    async def on_devices(self, sid: str, message: object = None) -> Answer:
        """Tell the others whether this person's microphone and camera are on; kept nowhere."""
        held = self._sittings.of(sid)
        try:
            devices = read_devices(message)
        except Unreadable:
            return asdict(Refusal("bad_request"))
        if held is None or not await media_plan.may_send(held.seat, held.generation, "devices"):
            return asdict(Refusal("not_admitted"))
        told = {"seat": str(held.seat), **asdict(devices)}
        await self.emit("devices", told, room=_room(held.hearing), skip_sid=sid)
        return {}

    # --- the network test

    async def on_echo(self, sid: str, message: object = None) -> Answer:
        """Open a room in which this page receives what it sends; it needs no seat."""
        who: Identity = await self.get_session(sid)
        now = self._clock.now()
        try:
            await self._echoes.begin(sid, who.viewer.user_id, now=now)
        except Busy:
            return asdict(Refusal("busy"))
        except (MediaRefused, MediaUnavailable):
            await self._echoes.end(sid)
            return asdict(Refusal("media_unavailable"))
        return {"ice_servers": self._relays.ice_servers(f"echo-{who.viewer.user_id}", now)}

    async def on_echo_call(self, sid: str, message: object = None) -> Answer:
        """A media call of the test: as in a hearing, with the call's name in ``call``."""
        try:
            name, fields = read_echo(message)
            return await self._echoes.call(sid, name, fields)
        except Unreadable:
            return asdict(Refusal("bad_request"))
        except MediaRefused as refused:
            return asdict(Refusal(refused.code))
        except MediaUnavailable:
            return asdict(Refusal("media_unavailable"))

    async def on_echo_end(self, sid: str, message: object = None) -> Answer:
        """The test is over; the page may begin another."""
        await self._echoes.end(sid)
        return {}

    async def _tell_one(self, sid: str, name: str, payload: dict[str, Any]) -> None:
        await self.emit(name, payload, to=sid)

    async def on_point(self, sid: str, message: object = None) -> Answer:
        """Where this person points on the open document, to the others of the hearing; kept nowhere."""
        held, now = self._sittings.of(sid), self._clock.now()
        try:
            point = read_point(message)
        except Unreadable:
            return asdict(Refusal("bad_request"))
        flowing = {} if held is None else self.conductor.flowing(held.hearing)
        if held is None or held.seat not in flowing:
            return asdict(Refusal("not_admitted"))
        if held.pointed_at is not None and now - held.pointed_at < POINT_EVERY and point.shown:
            return {}
        held.pointed_at = now
        told = {"seat": str(held.seat), **asdict(point)}
        for other in self._sittings.inside(held.hearing):
            if other.sid != sid and flowing.get(other.seat) == flowing[held.seat]:
                await self.emit("pointer", told, to=other.sid)
        return {}

    # --- media

    def sender(self, sid: str) -> Sitting | None:
        """Who sits there."""
        return self._sittings.of(sid)

    async def pass_on(self, held: Sitting, name: str, fields: dict[str, Any]) -> Answer:
        """To the hearing's room, from who may send there now."""
        if not await media_plan.may_send(held.seat, held.generation, name):
            return asdict(Refusal("not_admitted"))
        return await self.conductor.signal(held.hearing, held.seat, name, fields)

    async def _media_said(self, process: int, name: str, payload: dict[str, Any]) -> None:
        """An event of a media process: of a network test, or of a hearing."""
        if not await self._echoes.heard(process, name, payload):
            await self._news.take(process, name, payload)

    async def _media_reset(self, hearing: int) -> None:
        """The hearing's room is on another media process: have its browsers connect there."""
        for held in self._sittings.inside(hearing):
            await self.emit("media_reset", {}, to=held.sid)

    async def _media_worked(self, hearing: int, works: bool) -> None:
        """Whose failure it is when somebody is not heard must be in the record."""
        change: outages.Change = "media_restored" if works else "media_lost"
        if await outages.note(hearing, change, now=self._clock.now()):
            self._wake.ring()

    # --- what happens elsewhere

    async def relayed(self, happening: Happening) -> None:
        """A committed event (from the relay): a seat taken elsewhere is told to who had it here."""
        # Not named on_…: browsers could call it.
        if happening.name == "seat_entered":
            seat, generation = happening.facts.get("seat"), happening.facts.get("generation")
            if isinstance(seat, int) and isinstance(generation, int):
                for held in self._sittings.at(seat):
                    if held.generation < generation:
                        await self._taken(held)
        self._ladders.relayed(happening)
        await self.conductor.on_event(happening)
        await self._alerts.relayed(happening)

    async def _taken(self, held: Sitting) -> None:
        self._sittings.remove(held.sid)
        await self.leave_room(held.sid, _room(held.hearing))
        await self.emit("taken_over", {"seat": held.seat}, to=held.sid)

    async def sweep(self) -> None:
        """Empty seats whose connection is gone, end calls nobody answers; one such task per process."""
        while True:
            try:
                now = self._clock.now()
                await self._echoes.sweep(now)
                if await seats.sweep(now=now) + await consultations.sweep(now=now):
                    self._wake.ring()
            except Exception:
                log.exception("seat_sweep_failed")
            await asyncio.sleep(SWEEP_SECONDS)


def _room(hearing: int) -> str:
    """The Socket.IO room of everybody who sits in a hearing, let in or waiting."""
    return f"hearing:{hearing}"
