"""How processes end: what is in flight is finished, and no child is left behind."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time

import psutil
import pytest

from app.media_child import Announcement, MediaChild
from tests.servers import ROOT, Server, end

STAND_IN = [sys.executable, "-m", "tests.faults.media_stand_in"]


async def test_sigterm_finishes_a_request_in_flight(server: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /wait HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(0.3)
    server.process.send_signal(signal.SIGTERM)
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b'{"waited":2}\n')
    assert await asyncio.to_thread(server.stop) == 0
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once_and_quietly(server: Server, number: signal.Signals) -> None:
    began = time.monotonic()
    assert end(server.process, by=number) == 0
    assert time.monotonic() - began < 3
    assert server.log.read_text() == ""


class Told:
    """What was announced, and a way to wait for it."""

    def __init__(self) -> None:
        self.all: list[Announcement | None] = []
        self._news = asyncio.Event()

    def __call__(self, announcement: Announcement | None) -> None:
        self.all.append(announcement)
        self._news.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.all) < count:
                self._news.clear()
                await self._news.wait()


def pid(announcement: Announcement | None) -> int:
    assert announcement is not None
    return int(announcement.door.rpartition(":")[2])


async def test_a_media_process_that_dies_is_started_again_and_ended_with_us() -> None:
    told = Told()
    child = MediaChild(STAND_IN, {}, told)
    child.start()
    await told.until(1)
    psutil.Process(pid(told.all[0])).kill()
    await told.until(3)
    assert told.all[1] is None
    assert pid(told.all[2]) != pid(told.all[0])
    await child.close()
    assert told.all[3] is None
    assert not psutil.pid_exists(pid(told.all[2]))


async def test_a_healthy_media_process_has_a_spare_that_takes_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.media_child.HEALTHY_SECONDS", 0.3)
    told = Told()
    others = children()  # other tests' servers may be ours, and still be ending
    child = MediaChild(STAND_IN, {}, told)
    child.start()
    await told.until(1)
    first = pid(told.all[0])
    spare = await another(child, others | {first})
    assert (child.load.rooms, child.load.seats) == (1, 2)
    psutil.Process(first).kill()
    await told.until(3)
    assert pid(told.all[2]) == spare
    await another(child, others | {first, spare})
    await child.close()
    assert children() <= others


def children() -> set[int]:
    """The process ids of our own children."""
    return {one.pid for one in psutil.Process().children()}


async def another(child: MediaChild, known: set[int]) -> int:
    """The process id of the child's next spare, when there is one and the load is known."""
    async with asyncio.timeout(10):
        while not (found := children() - known) or not child.load.rooms:  # noqa: ASYNC110  processes have no event
            await asyncio.sleep(0.02)
    (spare,) = found
    return spare


async def test_a_media_process_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.media_child.HUNG_SECONDS", 0.3)
    told = Told()
    child = MediaChild([*STAND_IN, "silent"], {}, told)
    child.start()
    await told.until(3)
    assert not psutil.pid_exists(pid(told.all[0]))
    await child.close()


async def test_a_media_process_that_will_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.media_child.END_SECONDS", 0.3)
    told = Told()
    child = MediaChild([*STAND_IN, "stubborn"], {}, told)
    child.start()
    await told.until(1)
    await child.close()
    assert not psutil.pid_exists(pid(told.all[0]))


def test_a_killed_parent_leaves_no_media_process() -> None:
    """The real media process, its parent ended without a chance to tell it anything."""
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.media_parent"], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    with parent.stdout as said:
        assert said.readline().startswith(b"http://")
        (media,) = psutil.Process(parent.pid).children()
        parent.kill()
        parent.wait()
    psutil.wait_procs([media], timeout=10)
    assert not media.is_running()
