"""Real Chromium over roads that are not the loopback's: relays, loss, a dead line, another address, IPv6."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from app.services.relays import Relays
from bench.network.cases import Condition
from bench.network.relay import HOST
from tests.hearings.browsers import BrowserRoom, chromium, page_server
from tests.hearings.process import media_link, media_process
from tests.hearings.roads import Road
from tests.turn import coturn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def room_at(*addresses: str) -> AsyncIterator[tuple[BrowserRoom, int]]:
    """An open room of a media process at these addresses, and its UDP port."""
    given = [part for address in addresses for part in ("--address", address)]
    with page_server() as page:
        async with (
            media_process(*given) as ready,
            media_link(ready["door"]) as link,
            chromium() as browser,
        ):
            await link.call("open", room="sala")
            room = BrowserRoom(browser, link, page)
            yield room, ready["udp_port"]
            room.pages.clear()


async def paths(room: BrowserRoom) -> dict[str, dict[str, str]]:
    """By seat the path of its publish connection."""
    return {seat: (await page.evaluate("() => media.stats()"))["path"] for seat, page in room.pages.items()}


async def test_a_hearing_through_a_relay_over_udp_tcp_tls_and_ipv6() -> None:
    with coturn() as relay:
        async with room_at(LOOPBACK) as (room, _):
            for seat, url in {"a": relay.udp, "b": relay.tcp, "c": relay.tls, "d": relay.udp6}.items():
                servers = Relays((url,), relay.secret, 600).ice_servers(seat, datetime.now(UTC))
                await room.sit(seat, iceServers=list(servers), iceTransportPolicy="relay")
            await room.everyone_sees_everyone(30)
            assert await paths(room) == {
                "a": {"type": "relay", "relay": "udp"},
                "b": {"type": "relay", "relay": "tcp"},
                "c": {"type": "relay", "relay": "tls"},
                "d": {"type": "relay", "relay": "udp"},
            }
            for page in room.pages.values():
                await page.evaluate(
                    "() => Promise.all([media.publisher.restart(), media.subscriber.restart()])"
                )
            await room.everyone_sees_everyone(30)
            kept = [await page.evaluate("() => media.generation") for page in room.pages.values()]
            assert kept == [2] * 4, "an ICE restart over a relay builds nothing anew"


async def test_a_hearing_survives_loss_a_dead_line_and_another_address() -> None:
    async with room_at(HOST) as (room, udp_port):
        with Road(udp_port) as road:
            page = await room.sit("a", road=road)
            await room.sit("b")
            await room.everyone_sees_everyone()
            await five_percent_are_lost(room, road)
            await nothing_passes_for_three_seconds(room, road)
            await the_address_changes(room, road)
            assert await page.evaluate("() => media.generation") == 2, "nothing was built anew"


async def five_percent_are_lost(room: BrowserRoom, road: Road) -> None:
    """Both ways, for eight seconds: pictures go on, and most of what was lost is sent again."""
    before = {seat: await received(room, seat) for seat in "ab"}
    road.becomes(Condition(loss=0.05))
    await asyncio.sleep(8)
    road.becomes()
    await asyncio.sleep(1)
    stats = await room.stats()
    for seat, other in (("a", "b"), ("b", "a")):
        after = await received(room, seat)
        grown = {name: after[name] - before[seat][name] for name in after}
        print(f"5 % loss, {other} at {seat} in 8 s:", {name: round(n, 2) for name, n in grown.items()})
        assert grown["frames"] > 80, "half of what was sent in these seconds"
    assert min(road.lost) > 20
    assert sum(track["recovered"] for track in stats["a"]["in"].values()) > 0
    assert sum(track["resent"] for track in stats["a"]["out"].values()) > 0


async def nothing_passes_for_three_seconds(room: BrowserRoom, road: Road) -> None:
    """Shorter than any repair needs: everything is back by itself."""
    road.becomes(Condition(dead=True))
    await asyncio.sleep(3)
    road.becomes()
    began = time.monotonic()
    await room.everyone_sees_everyone(20)
    print(f"after 3 s of nothing, back within {(time.monotonic() - began) * 1000:.0f} ms")


async def the_address_changes(room: BrowserRoom, road: Road) -> None:
    """The server learns the new one from the browser's next check."""
    road.moves()
    began = time.monotonic()
    await room.everyone_sees_everyone(20)
    print(f"after a change of address, back within {(time.monotonic() - began) * 1000:.0f} ms")


async def received(room: BrowserRoom, seat: str) -> dict[str, float]:
    """What a seat has of the other's picture and sound."""
    seats: dict[str, Any] = (await room.pages[seat].evaluate("() => media.stats()"))["seats"]
    (kinds,) = seats.values()
    return {
        "frames": kinds["video"]["framesDecoded"],
        "freezes": kinds["video"]["freezeCount"],
        "frozen_s": kinds["video"]["totalFreezesDuration"],
        "concealed_s": kinds["audio"]["concealed"],
    }


async def test_a_hearing_over_ipv6_whose_page_loses_its_line_and_tells_what_it_shows() -> None:
    async with room_at("::1") as (room, _):
        heard: list[tuple[str, dict[str, Any]]] = []
        page = await room.sit("a", overheard=heard)
        await room.sit("b")
        await room.everyone_sees_everyone()
        assert await remote_address(page) == "::1"
        await sizes_and_a_report_are_told(page, heard)
        await what_holds_is_kept(room, page)
        await what_the_server_let_go_of_is_built_anew(room, page)


async def remote_address(page: Any) -> str:
    """The server's, as the publish connection uses it."""
    address: str = await page.evaluate(
        """async () => {
          const reports = await media.publisher.pc.getStats();
          const pair = [...reports.values()].find((r) => r.type === "candidate-pair" && r.nominated);
          return reports.get(pair.remoteCandidateId).address;
        }"""
    )
    return address.strip("[]")


async def sizes_and_a_report_are_told(page: Any, heard: list[tuple[str, dict[str, Any]]]) -> None:
    """Sizes that change in quick succession once, and every five seconds what the page shows."""
    await page.evaluate(
        "() => { for (const height of [400, 300, 180]) media.setView({ 'b/video': height }); }"
    )
    async with asyncio.timeout(20):
        while {"view", "report"} - {name for name, _ in heard}:  # noqa: ASYNC110 - said by another process
            await asyncio.sleep(0.1)
    assert [payload["sizes"] for name, payload in heard if name == "view"] == [{"b/video": 180}]
    report = next(payload for name, payload in heard if name == "report")
    assert set(report) == {"freezes", "freeze_ms", "fps", "concealed_ms"}
    assert report["fps"] > 0


async def what_holds_is_kept(room: BrowserRoom, page: Any) -> None:
    """The page has its seat back under a higher number: the same connections go on, and nobody is told."""
    await page.evaluate("() => { window.kept = [media.publisher.pc, media.subscriber.pc]; }")
    await page.evaluate("() => media.resume({ generation: 50 })")
    await room.everyone_sees_everyone()
    assert await page.evaluate("() => kept[0] === media.publisher.pc && kept[1] === media.subscriber.pc")
    assert not [state for state in await page.evaluate("() => states") if "reconnecting" in state]


async def what_the_server_let_go_of_is_built_anew(room: BrowserRoom, page: Any) -> None:
    """It was given up and taken again meanwhile."""
    await room.link.call("leave", room="sala", seat="a")
    await room.link.call("join", room="sala", seat="a", admitted=True, muted=False)
    await page.evaluate("() => media.resume({ generation: 90 })")
    await room.everyone_sees_everyone(20)
    assert (
        await page.evaluate("() => Math.min(media.publisher.generation, media.subscriber.generation)") >= 90
    )
