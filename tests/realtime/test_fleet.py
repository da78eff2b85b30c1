"""Real media processes, their rows and a web process's links to them, through every way of dying."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import psutil
import pytest

from app.adapters.clock import SystemClock
from app.media_children import MediaChildren, media_command
from app.services import media_processes
from models import MediaProcess
from realtime.fleet import Fleet
from realtime.media_link import MediaUnavailable
from tests.factories.people import NOW

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.slow]

SECRET = "a secret of the tests, long enough"


@asynccontextmanager
async def fleet_of(count: int) -> AsyncIterator[Fleet]:
    """A fleet in a house with so many media processes of its own."""
    fleet = Fleet(SECRET)
    command = media_command(0, host="127.0.0.1", door_port=0, udp_port=0, addresses=["127.0.0.1"])
    children = MediaChildren([command] * count, SECRET, SystemClock(), fleet.ring)
    running = asyncio.create_task(fleet.run())
    children.start()
    try:
        yield fleet
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await children.close()
    assert await media_processes.everyone() == [], "rows of ended processes"


async def until(ready: Callable[[], Awaitable[bool]], within: float = 30) -> float:
    """Wait until something is so; how many milliseconds it took."""
    began = time.monotonic()
    async with asyncio.timeout(within):
        while not await ready():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.02)
    return (time.monotonic() - began) * 1000


def linked(fleet: Fleet, *processes: int) -> Callable[[], Awaitable[bool]]:
    """Whether exactly these processes can be called; without any: whether two can."""

    async def ready() -> bool:
        return set(fleet.sessions) == set(processes) if processes else len(fleet.sessions) == 2

    return ready


async def pid_of(process: int) -> int:
    """The process's id at the operating system; its name has it."""
    return int((await MediaProcess.get(id=process)).name.split(".")[-2])


async def test_processes_are_found_watched_and_replaced() -> None:
    async with fleet_of(2) as fleet:
        await until(linked(fleet))
        first, second = sorted(fleet.sessions)
        await fleet.call(first, "open", room="r1")
        await a_heartbeat_tells_the_load(first)
        assert await until(lambda: told_by(fleet, 2)) < 10_000
        third = await a_killed_one_is_replaced(fleet, first, second)
        await a_hung_one_is_left_and_comes_back(fleet, second, third)
        await one_that_ends_in_order_says_so(fleet, second, third)


async def told_by(fleet: Fleet, count: int) -> bool:
    return len(fleet.health) == count and all(said["cpu_s"] > 0 for said in fleet.health.values())


async def a_heartbeat_tells_the_load(process: int) -> None:
    """About each second, and the room that was opened is in it."""
    before = (await MediaProcess.get(id=process)).seen_at

    async def later() -> bool:
        row = await MediaProcess.get(id=process)
        return row.rooms == 1 and row.seen_at >= before + timedelta(seconds=2)

    await until(later)


async def a_killed_one_is_replaced(fleet: Fleet, killed: int, other: int) -> int:
    """Its row goes at once, its room is nowhere, and a new process takes its place."""
    os.kill(await pid_of(killed), signal.SIGKILL)
    began = time.monotonic()
    await until(linked(fleet, other))
    noticed = (time.monotonic() - began) * 1000
    with pytest.raises(MediaUnavailable):
        await fleet.call(killed, "health")

    async def cleared() -> bool:
        return not await MediaProcess.exists(id=killed)

    await until(cleared)
    assert (await fleet.call(other, "health"))["rooms"] == 0
    await until(linked(fleet))
    replaced = (time.monotonic() - began) * 1000
    print(f"\nkilled: noticed after {noticed:.0f} ms, replaced after {replaced:.0f} ms")
    (fresh,) = set(fleet.sessions) - {other}
    return fresh


async def a_hung_one_is_left_and_comes_back(fleet: Fleet, hung: int, other: int) -> None:
    """It exists and is connected, but it says nothing."""
    stopped = psutil.Process(await pid_of(hung))
    stopped.suspend()
    took = await until(linked(fleet, other))
    print(f"hung: left after {took:.0f} ms")
    assert took > 1500
    stopped.resume()
    await until(linked(fleet, hung, other))


async def one_that_ends_in_order_says_so(fleet: Fleet, ending: int, other: int) -> None:
    """Nobody has to find out by its silence."""
    os.kill(await pid_of(ending), signal.SIGTERM)
    took = await until(linked(fleet, other))
    print(f"ended: left after {took:.0f} ms")
    await until(linked(fleet))
    assert ending not in fleet.sessions


async def test_a_row_without_a_process_is_not_believed_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.fleet.DEAD_SECONDS", 0.6)
    monkeypatch.setattr("realtime.fleet.CLEAR_SECONDS", 1.2)
    await media_processes.beat("left behind", "http://127.0.0.1:9", rooms=0, seats=0, now=NOW)
    (row,) = await media_processes.everyone()
    fleet = Fleet(SECRET)
    running = asyncio.create_task(fleet.run())

    async def believed() -> bool:
        return fleet.alive == {row.id}

    async def given_up() -> bool:
        return fleet.alive == frozenset()

    async def cleared() -> bool:
        return not await MediaProcess.exists(id=row.id)

    await until(believed)
    assert fleet.sessions == {}
    await until(given_up)
    await until(cleared)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_a_web_process_that_stood_still_does_not_take_the_others_for_dead() -> None:
    async with fleet_of(1) as fleet:

        async def ready() -> bool:
            return bool(fleet.sessions)

        await until(ready)
        seen: set[frozenset[int]] = set()

        async def remember() -> None:
            seen.add(fleet.alive)

        fleet.on_change(remember)
        time.sleep(4)  # noqa: ASYNC251  the loop is to stand still
        await asyncio.sleep(1)
        assert seen == {fleet.alive}
        assert fleet.alive
