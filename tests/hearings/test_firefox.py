"""Firefox ESR with Chromium, through a real media process.

Firefox looks for the address that its packets would leave from; a machine without a default route, such as
one cut off from every network, has none. There the test runs itself in a network namespace that pretends.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.services.relays import Relays
from tests.hearings.browsers import BrowserRoom, chromium, page_server, picture_codecs, until
from tests.hearings.firefox.browser import Firefox, firefox
from tests.hearings.process import media_link, media_process
from tests.turn import Turn, coturn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

PRETENDED = """
ip link set lo up
ip link add v0 type veth peer name v1
ip address add 192.0.2.9/24 dev v0
ip link set v0 up
ip link set v1 up
ip route add default dev v0
exec "$0" "$@"
"""
WITHIN_S = 30
"""Two browsers start, encode and decode in software on few cores."""


@asynccontextmanager
async def both(home: Path, relay: Turn) -> AsyncIterator[tuple[Any, Firefox, str]]:
    """A Chromium, a Firefox that trusts the relay, and the address of the page."""
    with page_server() as page:
        async with chromium() as chrome, firefox(home, relay.authority) as fox:
            yield chrome, fox, page


@asynccontextmanager
async def room(chrome: Any, page: str, *arguments: str) -> AsyncIterator[BrowserRoom]:
    """An open room of a media process of its own."""
    async with (
        media_process(*arguments) as ready,
        media_link(ready["door"]) as link,
    ):
        await link.call("open", room="sala")
        seated = BrowserRoom(chrome, link, page)
        yield seated
        for seat in list(seated.pages):
            await seated.rise(seat)


def test_firefox_and_chromium_hold_a_hearing(tmp_path: Path) -> None:
    if has_default_route():
        asyncio.run(hold_a_hearing(tmp_path))
    else:
        this = f"{__file__}::test_firefox_and_chromium_hold_a_hearing"
        command = ["unshare", "-n", "sh", "-ec", PRETENDED, sys.executable, "-m", "pytest", "-s", this]
        assert subprocess.run(command, check=False).returncode == 0


def has_default_route() -> bool:
    """Of IPv4, as the kernel lists it."""
    lines = Path("/proc/net/route").read_text().splitlines()[1:]
    return any(line.split()[1] == "00000000" for line in lines)


async def hold_a_hearing(tmp_path: Path) -> None:
    with coturn() as relay:
        async with both(tmp_path, relay) as (chrome, fox, page):
            async with room(chrome, page) as vp8:
                await they_see_and_hear_each_other(vp8, fox)
                await a_late_one_is_seen_soon(vp8)
                await a_restart_goes_unnoticed(vp8)
            async with room(chrome, page, "--address", "127.0.0.1") as relayed:
                await firefox_comes_through_a_relay(relayed, fox, relay)
            async with room(chrome, page, "--codec", "h264") as h264:
                await without_h264_firefox_is_seen_and_hears(h264, fox)


async def they_see_and_hear_each_other(vp8: BrowserRoom, fox: Firefox) -> None:
    """Both ways, Firefox's camera in layers; its candidates are mDNS names that nobody looked up."""
    page = await vp8.sit("fox", browser=fox)
    await vp8.sit("chrome")
    await vp8.everyone_sees_everyone(WITHIN_S)
    sdp = await page.evaluate("() => media.publisher.pc.localDescription.sdp")
    assert ".local " in sdp
    assert "a=simulcast:send q;h\r\n" in sdp
    layers = (await page.evaluate("() => media.stats()"))["publish"]["layers"]
    assert {rid: layer["frames"] > 0 for rid, layer in layers.items()} == {"q": True, "h": True}


async def a_late_one_is_seen_soon(vp8: BrowserRoom) -> None:
    """And sees Firefox."""
    late = await vp8.sit("late")
    await until(late, "() => Object.keys(first).length === 2", WITHIN_S)
    await until(vp8.pages["fox"], "() => 'late-video' in first", WITHIN_S)
    print("late joiner's first frames, ms after applying the offer:", await late.evaluate("() => first"))
    print("and at Firefox:", await vp8.pages["fox"].evaluate("() => first"))
    await vp8.everyone_sees_everyone(WITHIN_S)
    await vp8.rise("late")
    await vp8.link.call("leave", room="sala", seat="late")


async def a_restart_goes_unnoticed(vp8: BrowserRoom) -> None:
    """New ICE credentials on both connections of both; Firefox's state flaps, and nobody is told."""
    for page in vp8.pages.values():
        await page.evaluate("() => Promise.all([media.publisher.restart(), media.subscriber.restart()])")
    await asyncio.sleep(1)
    await vp8.everyone_sees_everyone(WITHIN_S)
    for page in vp8.pages.values():
        assert await page.evaluate("() => media.generation") == 2
        assert not [state for state in await page.evaluate("() => states") if "reconnecting" in state]


async def firefox_comes_through_a_relay(relayed: BrowserRoom, fox: Firefox, relay: Turn) -> None:
    """Over TCP and over TLS, which are the ways out of a company's network."""
    for seat, url in {"tcp": relay.tcp, "tls": relay.tls}.items():
        servers = Relays((url,), relay.secret, 600).ice_servers(seat, datetime.now(UTC))
        await relayed.sit(seat, browser=fox, iceServers=list(servers), iceTransportPolicy="relay")
    await relayed.sit("chrome")
    await relayed.everyone_sees_everyone(WITHIN_S)
    for seat in ("tcp", "tls"):
        assert (await relayed.pages[seat].evaluate("() => media.stats()"))["path"] == {
            "type": "relay",
            "relay": seat,
        }


async def without_h264_firefox_is_seen_and_hears(h264: BrowserRoom, fox: Firefox) -> None:
    """Its own picture goes out in VP8; it refuses the m-line of Chromium's H264 and hears it all the same."""
    page = await h264.sit("fox", browser=fox)
    await h264.sit("chrome")
    await h264.grows("chrome", "fox", WITHIN_S)
    async with asyncio.timeout(WITHIN_S):
        while not (await h264.received("fox", "chrome"))[1]:  # noqa: ASYNC110 - a browser has no asyncio event
            await asyncio.sleep(0.2)
    assert (await h264.received("fox", "chrome"))[0] == 0
    assert await picture_codecs(h264.pages["chrome"], "publisher") == {"video/H264"}
    assert await picture_codecs(page, "publisher") == {"video/VP8"}
    # What comes later finds its way around the refused line.
    await h264.sit("fox2", browser=fox)
    await h264.grows("fox", "fox2", WITHIN_S)
    await h264.grows("fox2", "fox", WITHIN_S)
    await h264.grows("chrome", "fox2", WITHIN_S)
