"""A real media process as a child of the test, and a link to it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from realtime.media_link import MediaLink

SECRET = "a secret of the tests, long enough"


@asynccontextmanager
async def media_process(*arguments: str) -> AsyncIterator[dict[str, Any]]:
    """Start `python -m hearings --child`, give its ready line, end it by closing its standard input."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hearings",
        "--child",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PROCON_MEDIA_SECRET": SECRET},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        yield {**json.loads(line), "pid": process.pid}
    finally:
        process.stdin.close()
        try:
            code = await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
    assert code == 0


@asynccontextmanager
async def media_link(door: str) -> AsyncIterator[MediaLink]:
    """A started link."""
    link = MediaLink(door, SECRET)
    await link.start()
    try:
        yield link
    finally:
        await link.stop()
