"""Whose line is lost, for the others of the hearing; known from moment to moment and kept nowhere.

A person whose media was whole and is not any more is reconnecting: told at once when their browser or the
media process says so, else with the figures of the next second. It is said again each second while it lasts,
so who comes later learns it too. A person who is only arriving has no line yet that could be lost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

WHOLE = "connected"
LOST = frozenset({"reconnecting", "gone"})

Tell = Callable[[int, str, dict[str, Any]], Awaitable[None]]
"""tell(hearing, message, payload): to everybody who sits in a hearing."""


class Lines:
    """The seats whose sockets this process has and whose media was whole, each with whether it is lost."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._lost: dict[int, bool] = {}

    async def connection(self, hearing: int, seat: int, state: object) -> None:
        """One of a seat's two connections changed."""
        if state in LOST and self._lost.get(seat) is False:
            self._lost[seat] = True
            await self._say(hearing, seat, lost=True)

    async def socket_gone(self, hearing: int, seat: int) -> None:
        """Its signalling broke; what comes next may come to another process."""
        if self._lost.pop(seat, None) is False:
            await self._say(hearing, seat, lost=True)

    async def figures(self, hearing: int, seat: int, figures: Mapping[str, Any]) -> None:
        """A second of a seat."""
        whole = figures.get("publish") == WHOLE and figures.get("subscribe") == WHOLE
        known = self._lost.get(seat)
        if not whole and known is None:
            return
        self._lost[seat] = not whole
        if not whole or known is not False:
            await self._say(hearing, seat, lost=not whole)

    def forget(self, seat: int) -> None:
        """Its person stood up."""
        self._lost.pop(seat, None)

    async def _say(self, hearing: int, seat: int, *, lost: bool) -> None:
        await self._tell(hearing, "line", {"seat": str(seat), "lost": lost})
