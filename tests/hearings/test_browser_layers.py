"""What real Chromium is sent: the layer that its tile needs, and H264 where the room asks for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.hearings.browsers import BrowserRoom, chromium, page_server, picture_codecs, until
from tests.hearings.process import media_link, media_process

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WITHIN_S = 30


@asynccontextmanager
async def room(*arguments: str) -> AsyncIterator[BrowserRoom]:
    """An open room of a media process of its own."""
    with page_server() as page:
        async with (
            media_process(*arguments) as ready,
            media_link(ready["door"]) as link,
            chromium() as browser,
        ):
            await link.call("open", room="sala")
            seated = BrowserRoom(browser, link, page)
            yield seated
            seated.pages.clear()


async def test_a_tile_gets_the_layer_that_fills_it() -> None:
    async with room() as seated:
        await seated.sit("a", width=1280, height=720)
        page = await seated.sit("b")
        await seated.everyone_sees_everyone(WITHIN_S)
        await shown(page, 720, 720)
        for tile, height in ((150, 180), (330, 360), (700, 720), (330, 360), (150, 180)):
            await shown(page, tile, height)
            await seated.grows("b", "a", WITHIN_S)
        await nothing_comes_to_a_hidden_tile(seated, page)
        await shown(page, 150, 180)
        await seated.everyone_sees_everyone(WITHIN_S)
        assert await page.evaluate("() => media.subscriber.version") == 2, (
            "a layer is no matter of negotiation"
        )


async def shown(page: Any, tile: int, height: int) -> None:
    """Draw `a` at a height, and wait until the picture that comes has the height of its layer."""
    began = time.monotonic()
    await page.evaluate("height => media.setView({ 'a/video': height })", tile)
    await until(page, f"async () => (await media.stats()).seats.a?.video?.frameHeight === {height}", WITHIN_S)
    print(f"a tile of {tile} pixels: layer of {height} after {(time.monotonic() - began) * 1000:.0f} ms")


async def nothing_comes_to_a_hidden_tile(seated: BrowserRoom, page: Any) -> None:
    """Sound goes on."""
    await page.evaluate("() => media.setView({ 'a/video': 0 })")
    async with asyncio.timeout(WITHIN_S):
        while True:
            before = await seated.received("b", "a")
            await asyncio.sleep(1)
            after = await seated.received("b", "a")
            if after[0] == before[0] and after[1] > before[1]:
                return


async def test_a_room_of_h264_and_a_late_one_in_it() -> None:
    async with room("--codec", "h264") as seated:
        await seated.sit("a")
        await seated.sit("b")
        await seated.everyone_sees_everyone(WITHIN_S)
        late = await seated.sit("c")
        await until(late, "() => Object.keys(window.first).length === 2", WITHIN_S)
        print("late joiner's first frames, ms after applying the offer:", await late.evaluate("() => first"))
        await seated.everyone_sees_everyone(WITHIN_S)
        assert await picture_codecs(late, "subscriber") == {"video/H264"}
