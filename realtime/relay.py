"""The relay: reads committed events after its cursor and tells the browsers that follow the case.

The table is the truth; the relay is only speed. Each web process runs one and tells its own sockets
(``ignore_queue``), so no broker is needed for cases, nothing is told twice, and a lost ring costs at
most one poll (ADR 0020).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import socketio
import structlog

from app.services import history
from app.services.event_words import event_text
from app.services.history import Happening
from app.wake import Bell
from models.rules.events import HEARING_EVENTS
from models.rules.people import Side
from realtime.messages import Changed, Event, wire

log = structlog.get_logger(__name__)

NAMESPACE = "/cases"
BATCH = 200
POLL_SECONDS = 1.0
RECOVER_SECONDS = 2.0

Listener = Callable[[Happening], Awaitable[None]]


def case_room(case_id: int, side: Side) -> str:
    """The Socket.IO room of one side of a case."""
    return f"case:{case_id}:{side}"


def user_room(user_id: int) -> str:
    """The room of a person's own lists."""
    return f"user:{user_id}"


def company_room(company_id: int) -> str:
    """The room of a company's lists."""
    return f"company:{company_id}"


STAFF_ROOM = "staff"


PARTIES = frozenset({Side.CONSUMER, Side.COMPANY})
"""What both may know of a hearing its guests may know as well."""


def as_event(happening: Happening, side: Side) -> Event:
    """The event as ``side`` may know it: with its facts, or as a bare number."""
    if side is Side.GUEST and happening.name in HEARING_EVENTS and happening.sides >= PARTIES:
        text = event_text(happening.name, {})  # what happens in the room, and no facts of it
        return Event(happening.case_id, happening.seq, happening.name, text, {}, happening.at.isoformat())
    if side in happening.sides:
        return Event(
            happening.case_id,
            happening.seq,
            happening.name,
            happening.text,
            happening.facts,
            happening.at.isoformat(),
        )
    return Event(happening.case_id, happening.seq, None, "", {}, happening.at.isoformat())


class Relay:
    """Tails the event table; ``listeners`` of this process are told after the browsers."""

    def __init__(self, sio: socketio.AsyncServer, bell: Bell, listeners: tuple[Listener, ...] = ()) -> None:
        self._sio = sio
        self._bell = bell
        self._listeners = listeners

    async def run(self) -> None:
        """Relay until cancelled; a database that is away for a while is waited for."""
        cursor: int | None = None
        while True:
            try:
                if cursor is None:
                    cursor = await history.newest_id()
                cursor = await self.relay_after(cursor)
                await self._bell.wait(POLL_SECONDS)
            except Exception:
                log.exception("relay_failed", cursor=cursor)
                await self._bell.wait(RECOVER_SECONDS)

    async def relay_after(self, cursor: int) -> int:
        """Tell everything after ``cursor``; the new cursor."""
        while found := await history.after_id(cursor, BATCH):
            for happening in found:
                await self._tell(happening)
                cursor = happening.id
            if len(found) < BATCH:
                break
        return cursor

    async def _tell(self, happening: Happening) -> None:
        for side in (Side.CONSUMER, Side.COMPANY, Side.STAFF, Side.GUEST):
            event = as_event(happening, side)
            await self._emit("event", wire(event), case_room(happening.case_id, side))
        changed = wire(Changed(happening.case_id, happening.seq))
        if Side.STAFF in happening.sides:
            await self._emit("changed", changed, STAFF_ROOM)
        if Side.CONSUMER in happening.sides:
            await self._emit("changed", changed, user_room(happening.consumer_id))
        if Side.COMPANY in happening.sides and happening.company_id is not None:
            await self._emit("changed", changed, company_room(happening.company_id))
        for listener in self._listeners:
            try:
                await listener(happening)
            except Exception:
                log.exception("relay_listener_failed", event_id=happening.id, event_name=happening.name)

    async def _emit(self, name: str, message: dict[str, object], room: str) -> None:
        await self._sio.emit(name, message, room=room, namespace=NAMESPACE, ignore_queue=True)
