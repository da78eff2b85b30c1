"""The media processes as one web process sees them: a link to each, and which of them live.

A process lives while its row or its link gives signs of life. It is dead when it says so, when its
supervisor took its row away, or after three seconds of silence. Times are this process's own: the clocks of
two machines are never compared (ADR 0045).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from app.services import media_processes
from app.services.media_processes import Process
from app.tasks import Tasks
from app.wake import Wake
from realtime.media_link import MediaLink, MediaUnavailable

log = structlog.get_logger(__name__)

ROUND_SECONDS = 0.5
DEAD_SECONDS = 3.0
CLEAR_SECONDS = 30.0
"""The row of a dead process is kept so long: its supervisor may only have been slow."""

Told = Callable[[int, str, dict[str, Any]], Awaitable[None]]
"""told(process, event, payload): an event of a media process."""
Changed = Callable[[], Awaitable[None]]


@dataclass
class Member:
    """A process that has a row.

    ``heard_at`` is its last sign of life, ``linked_at`` when it could last be called. ``session`` counts the
    links to it: at each new one something may have been missed. ``over``: it said that it ends.
    """

    process: Process
    heard_at: float
    linked_at: float
    link: MediaLink | None = None
    session: int = 0
    over: bool = False
    health: Mapping[str, Any] | None = None

    @property
    def linked(self) -> bool:
        """Whether it can be called now."""
        return self.link is not None and self.link.connected

    def lives(self, now: float) -> bool:
        """Whether the process is there, as far as can be told from here."""
        return not self.over and now - min(self.heard_at, self.linked_at) <= DEAD_SECONDS


class Fleet:
    """Keeps a link to every media process that lives, between the start and the end of ``run``."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._members: dict[int, Member] = {}
        self._alive: frozenset[int] = frozenset()
        self._looked_at = time.monotonic()
        self._told: list[Told] = []
        self._changed: Changed | None = None
        self._news = Wake()
        self._bell = self._news.subscribe()
        self._tasks = Tasks()

    @property
    def alive(self) -> frozenset[int]:
        """The processes that lived at the last look, reachable at this moment or not."""
        return self._alive

    @property
    def sessions(self) -> Mapping[int, int]:
        """The processes that can be called now; the number changes when the link to one is made anew."""
        living = {number: self._members[number] for number in self._alive & self._members.keys()}
        return {number: member.session for number, member in living.items() if member.linked}

    @property
    def health(self) -> Mapping[str, Mapping[str, Any]]:
        """What each living process last said of itself, by name."""
        living = [self._members[number] for number in self._alive & self._members.keys()]
        return {member.process.name: member.health for member in living if member.health}

    def on_event(self, told: Told) -> None:
        """Have the events of all processes; several listeners are told one after the other."""
        self._told.append(told)

    def on_change(self, changed: Changed) -> None:
        """Be called in each round: processes may have come, gone, or forgotten us."""
        self._changed = changed

    def ring(self) -> None:
        """Something is known to have changed: look now."""
        self._news.ring()

    async def call(self, process: int, name: str, **fields: Any) -> dict[str, Any]:
        """Ask a process something; raises MediaUnavailable or MediaRefused."""
        member = self._members.get(process)
        if member is None or member.link is None:
            raise MediaUnavailable(name)
        return await member.link.call(name, **fields)

    async def run(self) -> None:
        """Watch the processes until cancelled."""
        try:
            while True:
                try:
                    await self._look()
                    if self._changed is not None:
                        await self._changed()
                except Exception:
                    # The database may be away for a while; the links go on.
                    log.exception("fleet_round_failed")
                await self._bell.wait(ROUND_SECONDS)
        finally:
            await self._tasks.close()
            links = [member.link for member in self._members.values() if member.link is not None]
            await asyncio.gather(*(link.stop() for link in links))

    async def _look(self) -> None:
        """Read the rows, make and drop links accordingly, and judge who lives."""
        present = {process.id: process for process in await media_processes.everyone()}
        now = time.monotonic()
        self._forgive(now)
        for number in self._members.keys() - present.keys():
            self._drop(self._members.pop(number))
        for number, process in present.items():
            member = self._members.get(number)
            if member is None:
                member = self._members[number] = Member(process, heard_at=now, linked_at=now)
                self._tasks.spawn(self._link(member), name="media_link")
            elif process.seen_at != member.process.seen_at:
                member.process, member.heard_at = process, now
            if member.linked:
                member.linked_at = now
            if now - member.heard_at > CLEAR_SECONDS:
                log.warning("media_process_cleared", process=process.name)
                await media_processes.forget(process)
        self._alive = frozenset(number for number, member in self._members.items() if member.lives(now))

    def _forgive(self, now: float) -> None:
        """What could not be heard while this very process stood still proves nothing about the others."""
        overslept = now - self._looked_at - 2 * ROUND_SECONDS
        self._looked_at = now
        if overslept > 0:
            for member in self._members.values():
                member.heard_at += overslept
                member.linked_at += overslept

    async def _link(self, member: Member) -> None:
        """Make the link; once made it repairs itself."""
        process = member.process
        link = MediaLink(process.door, self._secret, process.name)

        async def told(name: str, payload: dict[str, Any]) -> None:
            await self._hear(member, name, payload)

        async def again() -> None:
            member.session += 1
            self.ring()

        link.on_event(told)
        link.on_reconnect(again)
        try:
            while self._members.get(process.id) is member and member.link is None:
                try:
                    await link.start()
                    member.link = link
                    await again()
                except MediaUnavailable:
                    await asyncio.sleep(ROUND_SECONDS)
        finally:
            if member.link is not link or self._members.get(process.id) is not member:
                await link.stop()

    async def _hear(self, member: Member, name: str, payload: dict[str, Any]) -> None:
        member.heard_at = time.monotonic()
        if name == "health":
            member.health = payload
        elif name == "ending":
            member.over = True
            self.ring()
        else:
            for told in self._told:
                await told(member.process.id, name, payload)

    def _drop(self, member: Member) -> None:
        """Hang up; a process that no longer answers must not hold us up."""
        if member.link is not None:
            self._tasks.spawn(member.link.stop(), name="media_link_stop")
