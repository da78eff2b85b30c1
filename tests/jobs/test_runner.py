"""The runner: lanes side by side, leases that last as long as the work, jobs that are hopeless."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from app import db
from app.adapters.clock import FakeClock
from app.jobs import runner as running
from app.jobs.runner import Handler, Hopeless, Lane, Runner
from app.parts import Parts
from app.services import queue
from models import Job
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("database")


@asynccontextmanager
async def lanes(parts: Parts, *all_lanes: Lane) -> AsyncIterator[None]:
    """Run jobs in these lanes meanwhile."""
    runner = Runner(parts, ())
    tasks = [asyncio.create_task(runner.run_jobs(lane, parts.wake.subscribe())) for lane in all_lanes]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_done(parts: Parts, kind: str) -> Job:
    """Wait until the one job of a kind is over."""
    async with asyncio.timeout(20):
        while True:
            parts.wake.ring()
            job = await Job.get(kind=kind)
            if job.done_at or job.failed_at or job.error:
                return job
            await asyncio.sleep(0.02)


async def leased_until(moment: datetime) -> None:
    """Wait until the long job's lease ends then."""
    async with asyncio.timeout(20):
        while True:
            if await Job.exists(kind="long", leased_until=moment):
                return
            await asyncio.sleep(0.02)


async def add(kind: str) -> None:
    async with db.transaction():
        await queue.enqueue(kind, kind, {"n": 1}, now=START)


def lane(kind: str, handler: Handler, seconds: float = 30, at_once: int = 1) -> Lane:
    return Lane({kind: handler}, at_once, seconds)


async def test_a_long_job_holds_up_none_of_another_lane(fake_parts: Parts) -> None:
    ended = asyncio.Event()

    async def long(job: int, payload: Mapping[str, Any], parts: Parts) -> None:
        await ended.wait()

    async def short(job: int, payload: Mapping[str, Any], parts: Parts) -> None:
        assert payload == {"n": 1}

    await add("long")
    async with lanes(fake_parts, lane("long", long), lane("short", short)):
        await asyncio.sleep(0.1)
        await add("short")
        assert (await until_done(fake_parts, "short")).done_at == START
        assert (await Job.get(kind="long")).done_at is None
        ended.set()
        assert (await until_done(fake_parts, "long")).done_at == START


async def test_a_kind_that_nobody_knows_waits(fake_parts: Parts) -> None:
    async def short(job: int, payload: Mapping[str, Any], parts: Parts) -> None:
        """Nothing."""

    await add("unknown")
    await add("short")
    async with lanes(fake_parts, lane("short", short)):
        await until_done(fake_parts, "short")
    job = await Job.get(kind="unknown")
    assert (job.attempts, job.leased_until, job.failed_at) == (0, None, None)


async def test_the_lease_lasts_as_long_as_the_work(
    fake_parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "KEEP_SECONDS", 0.02)
    ended = asyncio.Event()

    async def long(job: int, payload: Mapping[str, Any], parts: Parts) -> None:
        await ended.wait()

    clock = fake_parts.clock
    assert isinstance(clock, FakeClock)
    await add("long")
    async with lanes(fake_parts, lane("long", long)):
        for _ in range(3):
            clock.advance(timedelta(minutes=1))
            now = clock.now()
            await leased_until(now + queue.LEASE)
            assert await queue.claim(now, 1, ["long"]) == []
        ended.set()
        assert (await until_done(fake_parts, "long")).attempts == 1


async def test_a_lease_that_another_has_is_not_prolonged() -> None:
    await add("long")
    (mine,) = await queue.claim(START, 1, ["long"])
    later = START + queue.LEASE + timedelta(seconds=1)
    assert await queue.keep(mine, START + timedelta(seconds=1))
    later += timedelta(seconds=1)
    (theirs,) = await queue.claim(later, 1, ["long"])
    assert not await queue.keep(mine, later)
    assert await queue.keep(theirs, later)
    await queue.done(theirs.id, later)
    assert not await queue.keep(theirs, later)


@pytest.mark.parametrize(("error", "over"), [(Hopeless("empty"), True), (OSError("disk"), False)])
async def test_a_job_that_fails_is_tried_again_unless_it_is_hopeless(
    fake_parts: Parts, error: Exception, over: bool
) -> None:
    async def fails(job: int, payload: Mapping[str, Any], parts: Parts) -> None:
        raise error

    await add("fails")
    async with lanes(fake_parts, lane("fails", fails)):
        job = await until_done(fake_parts, "fails")
    assert (job.failed_at is not None) is over
    assert job.error == type(error).__name__


async def test_a_job_that_takes_too_long_is_stopped(fake_parts: Parts) -> None:
    async def endless(job: int, payload: Mapping[str, Any], parts: Parts) -> None:
        await asyncio.sleep(60)

    await add("endless")
    async with lanes(fake_parts, lane("endless", endless, seconds=0.05)):
        job = await until_done(fake_parts, "endless")
    assert (job.error, job.attempts, job.failed_at) == ("TimeoutError", 1, None)


async def test_a_job_may_be_queued_anew() -> None:
    await add("again")
    (job,) = await queue.claim(START, 1, ["again"])
    await queue.failed(job, "OSError", START, final=True)
    await add("again")
    assert await queue.claim(START, 1, ["again"]) == []
    async with db.transaction():
        await queue.again("again", "again", {"n": 2}, now=START)
    (job,) = await queue.claim(START, 1, ["again"])
    assert (job.payload, job.attempts) == ({"n": 2}, 1)
