"""What real Chromium is sent: the layer that its tile needs, and H264 where the room asks for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bench.network.cases import Condition
from tests.hearings.browsers import BrowserRoom, chromium, page_server, picture_codecs, until
from tests.hearings.process import media_link, media_process
from tests.hearings.roads import Road

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WITHIN_S = 30
HEIGHT = "async () => (await media.stats()).seats.a?.video?.frameHeight"
"""Of the picture of `a`, as its receiver decodes it."""


@asynccontextmanager
async def room(*arguments: str) -> AsyncIterator[tuple[BrowserRoom, int]]:
    """An open room of a media process of its own, and its UDP port."""
    with page_server() as page:
        async with (
            media_process(*arguments) as ready,
            media_link(ready["door"]) as link,
            chromium() as browser,
        ):
            await link.call("open", room="sala")
            seated = BrowserRoom(browser, link, page)
            yield seated, ready["udp_port"]
            seated.pages.clear()


async def test_a_tile_gets_the_layer_that_fills_it() -> None:
    async with room() as (seated, _):
        await seated.sit("a", width=1280, height=720)
        page = await seated.sit("b")
        await seated.everyone_sees_everyone(WITHIN_S)
        await shown(page, 720, 720)
        version = await page.evaluate("() => media.subscriber.version")
        for tile, height in ((150, 180), (330, 360), (700, 720), (330, 360), (150, 180)):
            await shown(page, tile, height)
            await seated.grows("b", "a", WITHIN_S)
        await nothing_comes_to_a_hidden_tile(seated, page)
        await shown(page, 150, 180)
        await seated.everyone_sees_everyone(WITHIN_S)
        after = await page.evaluate("() => media.subscriber.version")
        assert after == version, "a layer is no matter of negotiation"


async def test_a_narrow_line_gets_a_smaller_layer_and_its_sound_whatever_it_bears() -> None:
    """The tile is large all the time; the other receiver, on a good line, notices nothing."""
    async with room() as (seated, udp_port):
        with Road(udp_port) as road:
            await seated.sit("a", width=1280, height=720)
            far = await seated.sit("b", road=road)
            near = await seated.sit("c")
            await seated.everyone_sees_everyone(WITHIN_S)
            for page in (far, near):
                await shown(page, 720, 720)
            for rate, heights in ((700_000, {360}), (300_000, {180}), (6_000_000, {720})):
                road.becomes(Condition(rate=rate))
                await comes(seated, far, heights, f"a line of {rate // 1000} kbit/s")
            road.becomes(Condition(rate=90_000))
            await nothing_but_sound_comes(seated)
            assert await near.evaluate(HEIGHT) == 720, "nobody else's picture is made smaller for it"


async def shown(page: Any, tile: int, height: int) -> None:
    """Draw `a` at a height, and wait until the picture that comes has the height of its layer."""
    began = time.monotonic()
    await page.evaluate("height => media.setView({ 'a/video': height, 'c/video': 0 })", tile)
    await until(page, f"async () => await ({HEIGHT})() === {height}", WITHIN_S)
    print(f"a tile of {tile} pixels: layer of {height} after {(time.monotonic() - began) * 1000:.0f} ms")


async def comes(seated: BrowserRoom, page: Any, heights: set[int], why: str) -> None:
    """Wait until a picture of one of these heights comes, in motion."""
    began = time.monotonic()
    async with asyncio.timeout(2 * WITHIN_S):
        while await page.evaluate(HEIGHT) not in heights:  # noqa: ASYNC110 - a browser has no asyncio event
            await asyncio.sleep(0.1)
    await seated.grows("b", "a", WITHIN_S)
    out = (await seated.stats())["b"]
    print(
        why,
        f"{await page.evaluate(HEIGHT)} pixels after {time.monotonic() - began:.1f} s, believed",
        out["estimate"],
    )


async def nothing_comes_to_a_hidden_tile(seated: BrowserRoom, page: Any) -> None:
    """Sound goes on."""
    await page.evaluate("() => media.setView({ 'a/video': 0 })")
    await nothing_but_sound_comes(seated)


async def nothing_but_sound_comes(seated: BrowserRoom) -> None:
    """To `b`, of `a`."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            before = await seated.received("b", "a")
            await asyncio.sleep(1)
            after = await seated.received("b", "a")
            if after[0] == before[0] and after[1] > before[1]:
                return


async def test_a_room_of_h264_and_a_late_one_in_it() -> None:
    async with room("--codec", "h264") as (seated, _):
        await seated.sit("a")
        await seated.sit("b")
        await seated.everyone_sees_everyone(WITHIN_S)
        late = await seated.sit("c")
        await until(late, "() => Object.keys(window.first).length === 2", WITHIN_S)
        print("late joiner's first frames, ms after applying the offer:", await late.evaluate("() => first"))
        await seated.everyone_sees_everyone(WITHIN_S)
        assert await picture_codecs(late, "subscriber") == {"video/H264"}
