"""The ``/rehearsals`` namespace: a hearing's room with scripted people, for one person at a time (ADR 0046).

Its messages are those of ``/hearings``, so the room's page speaks it with the same scripts. Each rehearsal
has a task that opens its room in a media process, follows the script and closes the room, however it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from secrets import token_hex
from typing import Any, Protocol

import structlog

from app.adapters.cards import Cards, CardsUnavailable
from app.adapters.clock import Clock
from app.services import rehearsal_view, rehearsal_words
from app.services.rehearsals import ME, MEDIATOR, OTHER, Rehearsals, Run
from app.services.relays import Relays
from app.tasks import Tasks
from models.rules.errors import Refused
from models.rules.hearing import SeatRole
from models.rules.people import Viewer
from models.rules.rehearsal import Signal, Step
from realtime.hearing_messages import Entered, Refusal, Unreadable, read_devices
from realtime.identity import Identity, identify
from realtime.media_link import MediaRefused, MediaUnavailable
from realtime.namespace import Namespace, Timed
from realtime.signals import Answer, MediaSignals
from realtime.telling import heard_in

log = structlog.get_logger(__name__)

NAMESPACE = "/rehearsals"
PREFIX = "rehearsal-"
LOOK_SECONDS = 0.5
GENERATIONS = 10_000
MEDIATOR_SPEAKS, OTHER_SPEAKS = 4.0, 6.5
"""Seconds of a step: until then the mediator speaks, from there to then the other side."""
POINTS = ((0.3, 0.45), (0.78, 0.45), (0.78, 0.8))
"""Where the mediator points on the document, one after the other."""


class Media(Protocol):
    """What is needed of ``realtime.fleet.Fleet``."""

    @property
    def sessions(self) -> Mapping[int, int]:
        """The processes that can be called now."""
        ...

    def on_event(self, told: Callable[[int, str, dict[str, Any]], Awaitable[None]]) -> None:
        """Have the events of all processes."""
        ...

    async def call(self, process: int, name: str, **fields: Any) -> dict[str, Any]:
        """Ask a process something."""
        ...


@dataclass
class Hall:
    """A rehearsal and its room: the page that sits there (``sid``), and what was said and heard last."""

    run: Run
    room: str
    sid: str
    process: int = 0
    said: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    voice: bool = False
    video: bool = False
    pointed: int = 0
    told: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class RehearsalRooms(MediaSignals[Hall], Namespace):
    """The rooms of the rehearsals that run through this web process."""

    def __init__(
        self,
        media: Media,
        rehearsals: Rehearsals,
        cards: Cards,
        clock: Clock,
        *,
        secure: bool,
        relays: Relays | None = None,
        timed: Timed | None = None,
    ) -> None:
        super().__init__(NAMESPACE, timed)
        self._media = media
        self._rehearsals = rehearsals
        self._cards = cards
        self._clock = clock
        self._secure = secure
        self._relays = relays or Relays()
        self._tasks = Tasks()
        self._halls: dict[int, Hall] = {}
        """By user."""
        self._name = token_hex(4)
        self._made = 0
        media.on_event(self._media_said)

    async def run(self) -> None:
        """Own the rehearsals' tasks until cancelled."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._tasks.close()

    # --- the page

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Admit a signed-in person."""
        await self.save_session(sid, await identify(environ, self._clock.now(), secure=self._secure))

    async def on_disconnect(self, sid: str, reason: object = None) -> None:
        """Wait a while: a page may be reloaded."""
        hall = self._hall(sid)
        if hall is not None:
            hall.sid, hall.run.away_since = "", self._clock.now()
            hall.run.changed()

    async def on_enter(self, sid: str, message: object = None) -> Answer:
        """Sit down: begin, or come back; another page of the same person is told that it was replaced."""
        who: Identity = await self.get_session(sid)
        try:
            hall = self._sit(who.viewer, sid)
        except Refused as refused:
            return asdict(Refusal(refused.code))
        run = hall.run
        if hall.sid != sid:
            before, hall.sid = hall.sid, sid
            if before:
                await self.emit("taken_over", {"seat": ME}, to=before)
        run.away_since, run.generation = None, run.generation + 1
        run.changed()
        first = run.generation * GENERATIONS
        return asdict(Entered(ME, run.generation, first, run.inside, self._ice_servers(run)))

    async def on_heartbeat(self, sid: str, message: object = None) -> Answer:
        """A sign of life."""
        return {"held": self._hall(sid) is not None}

    async def on_leave(self, sid: str, message: object = None) -> Answer:
        """The person left by the button."""
        hall = self._hall(sid)
        if hall is not None:
            self._rehearsals.end(hall.run, now=self._clock.now())
        return {}

    async def on_ice(self, sid: str, message: object = None) -> Answer:
        """Fresh logins at the relays."""
        hall = self._hall(sid)
        if hall is None:
            return asdict(Refusal("not_admitted"))
        return {"ice_servers": self._ice_servers(hall.run)}

    async def on_devices(self, sid: str, message: object = None) -> Answer:
        """The person's own switches: the microphone's is something that the script asks for."""
        hall = self._hall(sid)
        try:
            devices = read_devices(message)
        except Unreadable:
            return asdict(Refusal("bad_request"))
        if hall is not None:
            signal = Signal.MICROPHONE_ON if devices.microphone else Signal.MICROPHONE_OFF
            self._rehearsals.hear(hall.run.viewer, signal, now=self._clock.now())
        return {}

    async def on_point(self, sid: str, message: object = None) -> Answer:
        """Where the person points; nobody else is there to see it."""
        return {}

    def sender(self, sid: str) -> Hall | None:
        """Who rehearses there, once let in."""
        hall = self._hall(sid)
        return hall if hall is not None and hall.process and hall.run.inside else None

    async def pass_on(self, held: Hall, name: str, fields: dict[str, Any]) -> Answer:
        """To the rehearsal's room."""
        return await self._media.call(held.process, name, room=held.room, seat=str(ME), **fields)

    def _hall(self, sid: str) -> Hall | None:
        return next((hall for hall in self._halls.values() if hall.sid == sid), None)

    def _ice_servers(self, run: Run) -> tuple[dict[str, Any], ...]:
        return self._relays.ice_servers(f"rehearsal-{run.viewer.user_id}", self._clock.now())

    # --- the script

    def _sit(self, viewer: Viewer, sid: str) -> Hall:
        """The person's hall, with a task of its own when it is new; raises Refused."""
        run = self._rehearsals.begin(viewer, now=self._clock.now())
        hall = self._halls.get(viewer.user_id)
        if hall is None or hall.run is not run:
            self._made += 1
            hall = Hall(run, f"{PREFIX}{self._name}-{self._made}", sid)
            self._halls[viewer.user_id] = hall
            self._tasks.spawn(self._conduct(hall), name="rehearsal")
        return hall

    async def _conduct(self, hall: Hall) -> None:
        """A rehearsal from its beginning to its end."""
        run = hall.run
        broken = False
        try:
            await self._open(hall)
            bell = run.news.subscribe()
            while not run.state.over:
                await self._follow(hall)
                await bell.wait(LOOK_SECONDS)
        except (MediaUnavailable, MediaRefused, CardsUnavailable) as error:
            log.warning("rehearsal_broken", room=hall.room, error=str(error))
            broken = True
        finally:
            self._rehearsals.end(run, now=self._clock.now(), broken=broken)
            await self._close(hall)
            await self._tell(hall)

    async def _open(self, hall: Hall) -> None:
        """The room with the scripted people in it; until the first clips are made the person waits."""
        other = rehearsal_view.other_role(hall.run.viewer)
        clips = {
            seat: str(await self._cards.clip(rehearsal_words.card(role)))
            for seat, role in ((MEDIATOR, SeatRole.MEDIATOR), (OTHER, other))
        }
        processes = self._media.sessions
        if not processes:
            raise MediaUnavailable("rehearsal")
        hall.process = min(processes)
        await self._media.call(hall.process, "open", room=hall.room)
        for seat, clip in clips.items():
            await self._say(hall, "join", seat, admitted=True, muted=False, circle="")
            await self._say(hall, "play", seat, clip=clip, speaks=False)

    async def _follow(self, hall: Hall) -> None:
        """One look: what time and the person have brought about, in the room and on the page."""
        now, run = self._clock.now(), hall.run
        if hall.process not in self._media.sessions:
            raise MediaUnavailable("rehearsal")
        self._notice(hall)
        self._rehearsals.tick(run, now=now)
        circle = rehearsal_view.CIRCLE if run.private else ""
        await self._say(hall, "join", ME, admitted=run.inside, muted=False, circle=circle)
        await self._say(hall, "join", MEDIATOR, admitted=True, muted=False, circle=circle)
        seconds = (now - run.state.since).total_seconds() / self._rehearsals.pace
        for seat, speaks in _speakers(run.state.step, seconds).items():
            await self._say(hall, "play", seat, speaks=speaks)
        await self._point(hall, seconds)
        if hall.told != run.version:
            await self._tell(hall)

    def _notice(self, hall: Hall) -> None:
        """What the media process hears and sees of the person, for the step that waits for it."""
        seen = Signal.CAMERA_ON if hall.video else Signal.CAMERA_OFF
        for signal in (Signal.VOICE, seen) if hall.voice else (seen,):
            self._rehearsals.hear(hall.run.viewer, signal, now=self._clock.now())

    async def _say(self, hall: Hall, name: str, seat: int, **fields: Any) -> None:
        """Tell the media process what holds of a seat, when that is something new."""
        known = hall.said.get((name, seat), {})
        said = {**known, **fields}
        if said != known:
            await self._media.call(hall.process, name, room=hall.room, seat=str(seat), **said)
            hall.said[name, seat] = said

    async def _point(self, hall: Hall, seconds: float) -> None:
        """The mediator points on the document, from one place to the next."""
        if hall.run.state.step is not Step.DOCUMENT or not hall.sid:
            hall.pointed = 0
            return
        if seconds >= 2.0 * (hall.pointed + 1):
            x, y = POINTS[min(hall.pointed, len(POINTS) - 1)]
            hall.pointed += 1
            await self.emit("pointer", {"seat": str(MEDIATOR), "x": x, "y": y, "shown": True}, to=hall.sid)

    async def _tell(self, hall: Hall) -> None:
        """The page fetches itself again, and says the newest line of the script to who does not see it."""
        hall.told = hall.run.version
        if hall.sid:
            lines = rehearsal_view.scripted_lines(hall.run)
            line = lines[-1][1] if lines else ""
            await self.emit("rehearsal", {"version": hall.told, "line": line}, to=hall.sid)

    async def _close(self, hall: Hall) -> None:
        if self._halls.get(hall.run.viewer.user_id) is hall:
            del self._halls[hall.run.viewer.user_id]
        if not hall.process:
            return
        try:
            await self._media.call(hall.process, "close", room=hall.room)
        except (MediaUnavailable, MediaRefused) as error:
            log.info("rehearsal_not_closed", room=hall.room, error=str(error))

    # --- the media process

    async def _media_said(self, process: int, name: str, payload: dict[str, Any]) -> None:
        """Hand an event of a rehearsal's room to its page, and to the script what it waits for."""
        room = payload.get("room")
        hall = next((one for one in self._halls.values() if one.room == room), None)
        if hall is None or hall.process != process:
            return
        if name == "activity":
            await self._heard(hall, payload)
        elif name == "figures":
            own = {seat: said for seat, said in payload.get("seats", {}).items() if seat == str(ME)}
            await self._pass_on(hall, "figures", {"seats": own})
        elif payload.get("seat") == str(ME):
            await self._pass_on(hall, name, payload)

    async def _heard(self, hall: Hall, payload: dict[str, Any]) -> None:
        mine = payload.get("seats", {}).get(str(ME), {})
        hall.voice, hall.video = mine.get("voice") == "speaking", mine.get("video") is True
        if hall.run.inside:
            seats = {str(ME), str(MEDIATOR)} | (set() if hall.run.private else {str(OTHER)})
            await self._pass_on(hall, "activity", heard_in(seats, payload))

    async def _pass_on(self, hall: Hall, name: str, payload: dict[str, Any]) -> None:
        if hall.sid:
            await self.emit(name, payload, to=hall.sid)


def _speakers(step: Step, seconds: float) -> dict[int, bool]:
    """Who of the scripted people speaks in this second of a step."""
    asks = step not in (Step.WAITING, Step.OVER) and seconds < MEDIATOR_SPEAKS
    greets = step in (Step.VOICE, Step.FAREWELL) and MEDIATOR_SPEAKS <= seconds < OTHER_SPEAKS
    return {MEDIATOR: asks, OTHER: greets}
