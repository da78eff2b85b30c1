"""The sockets of a page: a case that is followed as static/js/core/live.js does, a place in a hearing."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import socketio

from tests.flows.house import city
from tests.flows.people import Person

ANSWER_SECONDS = 8.0
RETRY_SECONDS = 0.2
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Learnt:
    """An event as a page came to know it; ``late`` is seconds after it happened, None when caught up."""

    seq: int
    name: str | None
    text: str
    late: float | None


class _Socket:
    """A socket that comes back, whoever closed it: the library's own way gives up after a goodbye."""

    namespace: str

    def __init__(self, person: Person) -> None:
        self.person = person
        self.client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self._heard_something = asyncio.Event()
        self._lost = asyncio.Event()
        self._staying: asyncio.Task[None] | None = None
        self.on("disconnect", lambda _reason: self._lost.set())

    async def __aenter__(self) -> Self:
        await self._connect()
        self._staying = asyncio.create_task(self._stay())
        return self

    async def __aexit__(self, *_exception: object) -> None:
        if self._staying is not None:
            self._staying.cancel()
        await self.client.disconnect()

    async def _connect(self) -> None:
        await self.client.connect(
            self.person.site,
            headers=self.person.headers,
            transports=["websocket"],
            namespaces=[self.namespace],
            wait_timeout=ANSWER_SECONDS,
        )

    async def _stay(self) -> None:
        while True:
            await self._lost.wait()
            await asyncio.sleep(RETRY_SECONDS)
            if self.client.eio.state == "disconnected":  # else it is still cleaning up
                with contextlib.suppress(socketio.exceptions.ConnectionError):
                    await self._connect()
                    self._lost.clear()

    def on(self, name: str, act: Callable[..., Any]) -> None:
        self.client.on(name, act, namespace=self.namespace)

    async def ask(self, name: str, message: object) -> dict[str, Any]:
        answer = await self.client.call(name, message, namespace=self.namespace, timeout=ANSWER_SECONDS)
        assert isinstance(answer, dict)
        return answer

    def news(self) -> None:
        """Let those who wait look again."""
        self._heard_something.set()

    async def until(self, ready: Callable[[], object]) -> None:
        """Wait until something holds; what was heard meanwhile is looked at again."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not ready():
                    self._heard_something.clear()
                    await self._heard_something.wait()
        except TimeoutError:
            raise AssertionError(f"{self.person.name} waited in vain: {self}") from None


class Follower(_Socket):
    """An open page of a case: drops what it has, applies the next event, asks again at a hole."""

    namespace = "/cases"

    def __init__(self, person: Person, case: int = 0, since: int = 0) -> None:
        super().__init__(person)
        self.case = case
        self.since = since
        self.heard = since
        self.learnt: list[Learnt] = []
        self.lists: list[int] = []
        self.twice = 0
        self.holes = 0
        self.connections = 0
        self._following = False
        self._again = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.on("connect", self._connected)
        self.on("event", self._arrived)
        self.on("changed", self._changed)

    async def __aexit__(self, *_exception: object) -> None:
        for task in self._tasks:
            task.cancel()
        await super().__aexit__()

    def __str__(self) -> str:
        return f"case {self.case} to {self.heard}, {self.connections} connections, {self.names()}"

    @property
    def seqs(self) -> list[int]:
        """The numbers learnt, in the order they were."""
        return [event.seq for event in self.learnt]

    def names(self) -> list[str]:
        """The names learnt; events that this side may not know have none."""
        return [event.name for event in self.learnt if event.name is not None]

    async def learns(self, name: str) -> Learnt:
        """Wait for an event."""
        await self.until(lambda: name in self.names())
        return next(event for event in reversed(self.learnt) if event.name == name)

    async def reaches(self, seq: int) -> None:
        """Wait until everything up to a number is known."""
        await self.until(lambda: self.heard >= seq)

    def _connected(self) -> None:
        self.connections += 1
        self._follow_soon()
        self.news()

    def _follow_soon(self) -> None:
        if not self.case:
            return
        task = asyncio.create_task(self._follow())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self) -> None:
        if self._following:
            self._again = True
            return
        self._following = True
        try:
            while True:
                self._again = False
                self._caught_up(await self.ask("follow", {"case": self.case, "since": self.heard}))
                if not self._again:
                    return
        except (socketio.exceptions.SocketIOError, socketio.exceptions.TimeoutError):
            pass  # the line is gone: the next connection asks again
        finally:
            self._following = False

    def _caught_up(self, answer: dict[str, Any]) -> None:
        assert "error" not in answer, answer
        assert "resync" not in answer, "a page that was away for a moment need not be loaded again"
        for event in answer["events"]:
            if event["seq"] > self.heard:
                self._hear(event, live=False)
        self.heard = max(self.heard, answer["seq"])
        self.news()

    def _arrived(self, event: dict[str, Any]) -> None:
        if event["case"] != self.case:
            return
        if event["seq"] <= self.heard:
            self.twice += 1
        elif event["seq"] == self.heard + 1:
            self._hear(event, live=True)
        else:
            self.holes += 1
            self._follow_soon()
        self.news()

    def _hear(self, event: dict[str, Any], *, live: bool) -> None:
        self.heard = event["seq"]
        late = (datetime.now(UTC) - datetime.fromisoformat(event["at"])).total_seconds()
        self.learnt.append(Learnt(event["seq"], event["name"], event["text"], late if live else None))

    def _changed(self, change: dict[str, Any]) -> None:
        self.lists.append(change["case"])
        self.news()


class Place(_Socket):
    """A page in a hearing room: sits down, comes back after a loss to the seat that it held."""

    namespace = "/hearings"

    def __init__(self, person: Person, hearing: int) -> None:
        super().__init__(person)
        self.hearing = hearing
        self.held: int | None = None
        self.entries: list[dict[str, Any]] = []
        self.refusals: list[dict[str, Any]] = []
        self._entering: asyncio.Task[None] | None = None
        self.on("connect", self._connected)

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        await self.until(lambda: self.entries or self.refusals)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        if self._entering is not None:
            self._entering.cancel()
        await super().__aexit__()

    def _connected(self) -> None:
        self._entering = asyncio.create_task(self._enter())

    async def _enter(self) -> None:
        rules = city().house_rules.version
        question = {"hearing": self.hearing, "held": self.held, "take_over": False, "accepts": rules}
        with contextlib.suppress(socketio.exceptions.SocketIOError):
            answer = await self.ask("enter", question)
            if answer.get("error"):
                self.refusals.append(answer)
            else:
                self.held = answer["generation"]
                self.entries.append(answer)
            self.news()

    async def comes_back(self, entries: int) -> None:
        """Wait until the seat was taken so many times."""
        await self.until(lambda: len(self.entries) >= entries)


async def everybody_reaches(followers: list[Follower], seq: int) -> float:
    """Wait until all know everything up to a number; how long it took, in seconds."""
    began = time.monotonic()
    for follower in followers:
        await follower.reaches(seq)
    return time.monotonic() - began
