"""The media messages of a room's page, which a hearing and a rehearsal take alike: one after the other."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any, Generic, Protocol, TypeVar

from realtime.hearing_messages import Refusal, Unreadable, read_media
from realtime.media_link import MediaRefused, MediaUnavailable

MOST_WAITING = 32
Answer = dict[str, Any]


class Sender(Protocol):
    """Who holds a socket's place; ``turn`` keeps its messages in order, ``waiting`` is how many wait."""

    turn: asyncio.Lock
    waiting: int


Held = TypeVar("Held", bound=Sender)


class MediaSignals(ABC, Generic[Held]):
    """The handlers. A namespace says who may send, and passes on what they send."""

    @abstractmethod
    def sender(self, sid: str) -> Held | None:
        """Who speaks for this socket; None: nobody who may send media."""

    @abstractmethod
    async def pass_on(self, held: Held, name: str, fields: dict[str, Any]) -> Answer:
        """Call the media process; raises MediaRefused, MediaUnavailable."""

    async def on_publish(self, sid: str, message: object = None) -> Answer:
        """An offer of this person's own tracks."""
        return await self._signal(sid, "publish", message)

    async def on_subscribe(self, sid: str, message: object = None) -> Answer:
        """Ask for an offer of the others' tracks."""
        return await self._signal(sid, "subscribe", message)

    async def on_answer(self, sid: str, message: object = None) -> Answer:
        """This browser's answer to an offer."""
        return await self._signal(sid, "answer", message)

    async def on_restart(self, sid: str, message: object = None) -> Answer:
        """ICE restart of one of the two connections."""
        return await self._signal(sid, "restart", message)

    async def on_view(self, sid: str, message: object = None) -> Answer:
        """How large this page shows the others."""
        return await self._signal(sid, "view", message)

    async def on_report(self, sid: str, message: object = None) -> Answer:
        """What this browser says of the pictures that it shows."""
        return await self._signal(sid, "report", message)

    async def _signal(self, sid: str, name: str, message: object) -> Answer:
        held = self.sender(sid)
        if held is None:
            return asdict(Refusal("not_admitted"))
        if held.waiting >= MOST_WAITING:
            return asdict(Refusal("busy"))
        held.waiting += 1
        try:
            # The lock is fair, and nothing is awaited before it: order is kept.
            async with held.turn:
                return await self.pass_on(held, name, read_media(name, message))
        except Unreadable:
            return asdict(Refusal("bad_request"))
        except MediaRefused as refused:
            return asdict(Refusal(refused.code))
        except MediaUnavailable:
            return asdict(Refusal("media_unavailable"))
        finally:
            held.waiting -= 1
