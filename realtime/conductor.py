"""Tells the media processes who may hear whom: after each event of a hearing, derived anew from the table.

Every order is a statement of what holds, so saying it twice changes nothing. A web process speaks for the
seats whose sockets it has (their media events come back to it) and, when a hearing is over, ends its room.
Which media process a hearing is on is in the database; when that one dies, everything is said to another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol
from weakref import WeakValueDictionary

import structlog

from app.services import media_plan, media_processes
from app.services.history import Happening
from app.services.media_plan import Plan, Standing
from models.rules.events import HEARING_EVENTS
from realtime.media_link import MediaRefused, MediaUnavailable
from realtime.recorder import Recorder
from realtime.sitting import Sittings

log = structlog.get_logger(__name__)

ARRANGING = (HEARING_EVENTS | {"hearing_cancelled"}) - {"media_lost", "media_restored"}
GONE = frozenset({"room_unknown", "seat_unknown"})
"""Refusals that say: what should end is not there."""


class Media(Protocol):
    """What the conductor needs of ``realtime.fleet.Fleet``."""

    @property
    def alive(self) -> frozenset[int]:
        """The processes that live."""
        ...

    @property
    def sessions(self) -> Mapping[int, int]:
        """Those that can be called now, each with the number of the link to it."""
        ...

    def on_event(self, told: Callable[[int, str, dict[str, Any]], Awaitable[None]]) -> None:
        """Have the events of all processes."""
        ...

    def on_change(self, changed: Callable[[], Awaitable[None]]) -> None:
        """Be called whenever processes may have come or gone."""
        ...

    async def call(self, process: int, name: str, **fields: Any) -> dict[str, Any]:
        """Ask a process something."""
        ...


class Home(NamedTuple):
    """Where a hearing was arranged: the process, and the number of the link over which it was told."""

    process: int
    session: int


def room_name(hearing: int) -> str:
    """A hearing's room in a media process."""
    return f"hearing-{hearing}"


def hearing_of(room: object) -> int | None:
    """The hearing of a room's name."""
    number = room.removeprefix("hearing-") if isinstance(room, str) else ""
    return int(number) if number.isdecimal() else None


def _statement(standing: Standing) -> dict[str, Any]:
    """What holds of a seat, as it is said to a media process."""
    return {
        "seat": str(standing.seat),
        "admitted": standing.flows,
        "muted": standing.muted,
        "circle": standing.circle,
        "interpreter": standing.interpreter,
    }


class Conductor:
    """Keeps the rooms of the media processes as the database says.

    ``moved`` is called with a hearing whose room is another one now: browsers must connect to it anew.
    ``recorder`` says what is to be recorded there. ``worked`` is told of a hearing whether the service works
    for it, when that may have changed.
    """

    def __init__(
        self,
        media: Media,
        sittings: Sittings,
        recorder: Recorder,
        moved: Callable[[int], Awaitable[None]],
        worked: Callable[[int, bool], Awaitable[None]],
    ) -> None:
        self._media = media
        self._sittings = sittings
        self._recorder = recorder
        self._moved = moved
        self._worked = worked
        self._homes: dict[int, Home] = {}
        self._joined: dict[int, dict[int, int]] = {}
        """By hearing: the seats that were joined from here, and the generation that sat there."""
        self._flowing: dict[int, Mapping[int, str]] = {}
        self._unsaid: set[int] = set()
        """Hearings that could not be arranged."""
        self._crowded: set[int] = set()
        """Hearings in which somebody waits for a place that another web process is about to free."""
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def on_event(self, happening: Happening) -> None:
        """A committed event: rearrange its hearing, if somebody is there through this process."""
        hearing = happening.facts.get("hearing")
        if happening.name in ARRANGING and isinstance(hearing, int) and self._concerned(hearing):
            await self.arrange(hearing)

    def _concerned(self, hearing: int) -> bool:
        return hearing in self._joined or hearing in self._sittings.hearings()

    async def arrange(self, hearing: int) -> None:
        """Make the room what the table says; what cannot be said now is said in a later ``review``."""
        turn = self._turns.setdefault(hearing, asyncio.Lock())
        async with turn:
            known = set(self._homes)
            try:
                moved = await self._arrange(await media_plan.plan(hearing))
            except (MediaUnavailable, MediaRefused) as error:
                if hearing not in self._unsaid:
                    log.warning("media_not_arranged", hearing=hearing, error=str(error))
                    self._unsaid.add(hearing)
                    if isinstance(error, MediaUnavailable):
                        await self._worked(hearing, False)
                return
            if hearing in self._unsaid or hearing not in known:
                self._unsaid.discard(hearing)
                await self._worked(hearing, True)
        if moved:
            log.info("media_moved", hearing=hearing)
            await self._moved(hearing)

    async def review(self) -> None:
        """Arrange the hearings that are not where they were, or that have not heard what holds."""
        for kept in (self._unsaid, self._crowded):
            kept.intersection_update([hearing for hearing in kept if self._concerned(hearing)])
        now = await media_processes.homes(self._homes) if self._homes else {}
        sessions = self._media.sessions
        lost = {
            hearing
            for hearing, home in self._homes.items()
            if now.get(hearing) != home.process or sessions.get(home.process) != home.session
        }
        await asyncio.gather(*(self.arrange(hearing) for hearing in lost | self._unsaid | self._crowded))

    def is_home(self, hearing: int, process: int) -> bool:
        """Whether a process speaks for the hearing's present room."""
        home = self._homes.get(hearing)
        return home is not None and home.process == process

    def flowing(self, hearing: int) -> Mapping[int, str]:
        """The seats whose media flowed when the hearing was last arranged, each with its circle."""
        return self._flowing.get(hearing, {})

    async def signal(self, hearing: int, seat: int, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        """A browser's media call for its own seat; raises MediaRefused or MediaUnavailable."""
        home = self._homes.get(hearing)
        if home is None:
            raise MediaUnavailable(name)
        return await self._media.call(home.process, name, room=room_name(hearing), seat=str(seat), **fields)

    async def _arrange(self, plan: Plan) -> bool:
        """True when the room is on another process than before."""
        before = self._homes.get(plan.hearing)
        ours = [] if plan.over else [standing for standing in plan.seats if self._holds(standing)]
        home = await self._home(plan.hearing) if ours else before
        if home is None:
            return False
        joined = self._joined.setdefault(plan.hearing, {})
        moved = before is not None and before.process != home.process
        if home != before:
            joined.clear()  # another process, or one that may have given up our seats meanwhile
        if before is not None and moved and before.process in self._media.sessions:
            await self._end(before, "close", room=room_name(plan.hearing))
        await self._let_go(home, plan, joined)  # first: a place may be free only then
        if ours:
            await self._join(home, plan.hearing, ours, joined)
            await self._caption(home, plan)
            await self._recorder.direct(plan.hearing, room_name(plan.hearing), self._to(home))
        if plan.over:
            await self._end(home, "close", room=room_name(plan.hearing))
        if joined:
            self._homes[plan.hearing] = home
            self._flowing[plan.hearing] = {seat.seat: seat.circle for seat in plan.seats if seat.flows}
        else:
            del self._joined[plan.hearing]
            self._homes.pop(plan.hearing, None)
            self._flowing.pop(plan.hearing, None)
            self._recorder.forget(plan.hearing)
        return moved

    async def _home(self, hearing: int) -> Home:
        """The hearing's process, chosen now if need be; raises MediaUnavailable."""
        sessions = self._media.sessions
        process = await media_processes.home(hearing, alive=self._media.alive, usable=sessions.keys())
        if process is None or process not in sessions:
            raise MediaUnavailable("no media process")
        return Home(process, sessions[process])

    async def _join(self, home: Home, hearing: int, ours: list[Standing], joined: dict[int, int]) -> None:
        """Say what holds of the seats whose sockets are ours."""
        room = room_name(hearing)
        await self._media.call(home.process, "open", room=room)
        self._crowded.discard(hearing)
        for standing in ours:
            try:
                await self._media.call(home.process, "join", room=room, **_statement(standing))
            except MediaRefused as refused:
                if refused.code != "room_full":
                    raise
                self._crowded.add(hearing)
            else:
                joined[standing.seat] = standing.generation

    async def _caption(self, home: Home, plan: Plan) -> None:
        """Captions on or off; a process without a recogniser goes on without them."""
        if plan.captions is None:
            return
        try:
            room = room_name(plan.hearing)
            await self._media.call(home.process, "captions", room=room, on=plan.captions)
        except MediaRefused as refused:
            if refused.code != "captions_off":
                raise
            log.warning("captions_refused", hearing=plan.hearing)

    def _to(self, home: Home) -> Callable[..., Awaitable[dict[str, Any]]]:
        """Calls to the process of a home."""
        return partial(self._media.call, home.process)

    async def _let_go(self, home: Home, plan: Plan, joined: dict[int, int]) -> None:
        """End the seats that were left; one taken again through another process is that one's to keep.

        A seat whose connection broke a moment ago is still taken, by the generation that joined it.
        """
        standings = {standing.seat: standing for standing in plan.seats}
        for seat, generation in list(joined.items()):
            standing = standings.get(seat)
            if plan.over or standing is None or not standing.connected:
                await self._end(home, "leave", room=room_name(plan.hearing), seat=str(seat))
                del joined[seat]
            elif standing.generation != generation:
                del joined[seat]

    def _holds(self, standing: Standing) -> bool:
        """Whether the connection that holds the seat is one of ours."""
        return standing.connected and any(
            held.generation == standing.generation for held in self._sittings.at(standing.seat)
        )

    async def _end(self, home: Home, name: str, **fields: Any) -> None:
        """End something; what the process cannot be told it ends itself when nobody claims it."""
        try:
            await self._media.call(home.process, name, **fields)
        except MediaUnavailable:
            log.info("media_not_ended", room=fields["room"])
        except MediaRefused as refused:
            if refused.code not in GONE:
                raise
