"""The ``/cases`` namespace: a browser follows a case from the number at which its page was rendered.

``follow {case, since}`` enters the case's room first and reads the table second, so that nothing falls
between; what arrives twice the browser drops by its number.
"""

from __future__ import annotations

from typing import Any

from app.adapters.clock import Clock
from app.services import history, rooms
from models.rules.errors import DomainError, NotFound
from models.rules.people import Viewer
from realtime.identity import Identity, identify
from realtime.messages import Caught, Failed, Resync, wire
from realtime.namespace import Namespace, Timed
from realtime.relay import (
    NAMESPACE,
    STAFF_ROOM,
    as_event,
    case_room,
    company_room,
    user_room,
)

CATCH_UP = 200


class Cases(Namespace):
    """Follows of cases and of lists; holds no state of its own (a namespace is shared by all clients)."""

    def __init__(self, clock: Clock, *, secure: bool, timed: Timed | None = None) -> None:
        super().__init__(NAMESPACE, timed)
        self._clock = clock
        self._secure = secure

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Admit a signed-in person and put them in the rooms of their lists."""
        who = await identify(environ, self._clock.now(), secure=self._secure)
        await self.save_session(sid, who)
        for room in _list_rooms(who.viewer):
            await self.enter_room(sid, room)

    async def on_follow(self, sid: str, message: object) -> dict[str, Any]:
        """Enter a case's room and answer what was missed since ``since``."""
        try:
            case_id, since = _numbers(message)
            who: Identity = await self.get_session(sid)
            _case, side = await rooms.following(case_id, who.viewer)
            await self.enter_room(sid, case_room(case_id, side))
            missed = await history.after_seq(case_id, since, CATCH_UP + 1)
        except DomainError as error:
            return wire(Failed(error.code))
        if len(missed) > CATCH_UP:
            case, _side = await rooms.following(case_id, who.viewer)
            return wire(Resync(case.version))
        events = tuple(as_event(happening, side) for happening in missed)
        return wire(Caught(events, events[-1].seq if events else since))

    async def on_unfollow(self, sid: str, message: object) -> dict[str, Any]:
        """Leave a case's room."""
        try:
            case_id, _since = _numbers(message)
            who: Identity = await self.get_session(sid)
            _case, side = await rooms.following(case_id, who.viewer)
        except DomainError as error:
            return wire(Failed(error.code))
        await self.leave_room(sid, case_room(case_id, side))
        return {}


def _numbers(message: object) -> tuple[int, int]:
    """``case`` and ``since`` of a message; anything else does not exist for the sender."""
    if isinstance(message, dict):
        case_id, since = message.get("case"), message.get("since", 0)
        if type(case_id) is int and type(since) is int and 0 <= since < 2**31 and 0 < case_id < 2**31:
            return case_id, since
    raise NotFound


def _list_rooms(viewer: Viewer) -> list[str]:
    if viewer.is_staff:
        return [STAFF_ROOM]
    return [user_room(viewer.user_id), *(company_room(company) for company in viewer.company_ids)]
