"""Who is at the other end of a socket: the session cookie, checked when connecting and again in time.

A socket outlives the request that opened it; ``Guard`` ends those whose session was revoked or expired.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any

import socketio
from socketio.exceptions import ConnectionRefusedError as Refusal

from app.adapters.clock import Clock
from app.services import sessions
from models.rules.people import Viewer

CHECK_SECONDS = 30
LISTENING = "/cases"
"""Whose rooms are entered once, when a page begins to follow."""


@dataclass(frozen=True)
class Identity:
    """A connected person: the session token of their cookie and who it named."""

    token: str
    viewer: Viewer


async def identify(environ: dict[str, Any], now: datetime, *, secure: bool) -> Identity:
    """The person of a connecting socket; raises Refusal when there is no live session."""
    cookie: SimpleCookie = SimpleCookie()
    try:
        cookie.load(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        raise Refusal("unauthorized") from None
    morsel = cookie.get(sessions.cookie_name(secure))
    viewer = await sessions.viewer_of(morsel.value, now) if morsel else None
    if morsel is None or viewer is None:
        raise Refusal("unauthorized")
    return Identity(morsel.value, viewer)


class Guard:
    """Ends sockets whose session is over, at most CHECK_SECONDS after signing out elsewhere.

    So it does with who listens to cases (``LISTENING``) and may see less of them than when they came. In a
    hearing's room each act asks who one is.
    """

    def __init__(self, sio: socketio.AsyncServer, clock: Clock, namespaces: tuple[str, ...]) -> None:
        self._sio = sio
        self._clock = clock
        self._namespaces = namespaces

    async def run(self) -> None:
        """Check every connected socket until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Check every connected socket once."""
        for namespace in self._namespaces:
            for sid in [sid for sid, _eio in self._sio.manager.get_participants(namespace, None)]:
                await self._check(sid, namespace)

    async def _check(self, sid: str, namespace: str) -> None:
        try:
            who = await self._sio.get_session(sid, namespace)
        except KeyError:
            return  # left meanwhile
        if not isinstance(who, Identity):
            return
        found = await sessions.viewer_of(who.token, self._clock.now())
        if found is None or (namespace == LISTENING and _knows_less(found, who.viewer)):
            await self._sio.disconnect(sid, namespace)


def _knows_less(now: Viewer, before: Viewer) -> bool:
    """Whether somebody may see less than when they connected."""
    cases, companies = set(before.case_ids), set(before.company_ids)
    return now.role is not before.role or not (
        cases <= set(now.case_ids) and companies <= set(now.company_ids)
    )
