"""The control door of a real child process, through the web's own link."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest

from hearings.__main__ import read_config
from realtime.media_link import MediaLink, MediaRefused, MediaUnavailable
from tests.hearings.peer import Peer, audio_packet
from tests.hearings.process import SECRET, media_link, media_process
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def ready() -> AsyncIterator[dict[str, Any]]:
    async with media_process("--address", "127.0.0.1") as line:
        yield line


@pytest.fixture
async def link(ready: dict[str, Any]) -> AsyncIterator[MediaLink]:
    async with media_link(ready["door"]) as link:
        yield link


async def test_the_ready_line_says_where_it_is(ready: dict[str, Any]) -> None:
    assert ready["door"].startswith("http://127.0.0.1:")
    assert ready["addresses"] == ["127.0.0.1"]
    sockets = psutil.Process(ready["pid"]).net_connections("udp")
    assert [(s.laddr.ip, s.laddr.port) for s in sockets] == [("127.0.0.1", ready["udp_port"])]


async def test_without_the_secret_the_door_stays_shut(ready: dict[str, Any]) -> None:
    stranger = MediaLink(ready["door"], "not the secret of the tests")
    with pytest.raises(MediaUnavailable):
        await stranger.start()


async def test_a_link_finds_the_process_that_it_looks_for_or_none(ready: dict[str, Any]) -> None:
    link = MediaLink(ready["door"], SECRET, ready["name"])
    await link.start()
    assert (await link.call("health"))["rooms"] == 0
    await link.stop()
    other = MediaLink(ready["door"], SECRET, "another that was here before")
    with pytest.raises(MediaUnavailable):
        await other.start()
    await other.stop()


async def test_a_process_tells_how_it_does_and_that_it_ends() -> None:
    told: dict[str, dict[str, Any]] = {}

    async def keep(name: str, payload: dict[str, Any]) -> None:
        told[name] = payload

    async with media_process("--address", "127.0.0.1") as ready:
        link = MediaLink(ready["door"], SECRET)
        link.on_event(keep)
        await link.start()
        await link.call("open", room="sala")
        await until(lambda: told.get("health", {}).get("rooms") == 1, 10)
        assert told["health"]["cpu_s"] > 0
        assert 0 <= told["health"]["lag_ms"] < 5000
        assert told["health"]["traffic"]["packets_in"] == 0
        await link.call("join", room="sala", seat="a", admitted=True, muted=False)
        await until(lambda: "figures" in told, 10)
        assert told["figures"]["room"] == "sala"
        assert told["figures"]["seats"]["a"]["publish"] is None
        os.kill(ready["pid"], signal.SIGTERM)
        began = asyncio.get_running_loop().time()
        await until(lambda: "ending" in told, 10)
        with pytest.raises(MediaUnavailable):
            while True:
                await link.call("health")
        assert asyncio.get_running_loop().time() - began < 4, "a call on a lost link must not wait"
        await link.stop()


async def test_a_whole_story_over_the_door(link: MediaLink, ready: dict[str, Any]) -> None:
    events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def keep(name: str, payload: dict[str, Any]) -> None:
        if name != "activity":
            await events.put((name, payload))

    link.on_event(keep)
    place = {"room": "history", "seat": "a"}
    assert await link.call("open", room="history") == {}
    assert await link.call("join", **place, admitted=True, muted=False) == {}
    peer = Peer()
    await peer.open(("127.0.0.1", ready["udp_port"]))
    answer = await link.call("publish", **place, generation=1, sdp=peer.offer())
    await peer.connect(answer["sdp"])
    name, payload = await asyncio.wait_for(events.get(), 5)
    assert name == "connection"
    assert payload == {**place, "connection": "publish", "generation": 1, "state": "connected"}

    await link.call("join", room="history", seat="b", admitted=False, muted=False)
    offer = await link.call("subscribe", room="history", seat="b", generation=1)
    assert (offer["version"], offer["streams"]) == (1, [])
    await link.call(
        "answer", room="history", seat="b", generation=1, version=1, sdp=peer.answer(offer["sdp"])
    )
    await link.call("admit", room="history", seat="b", admitted=True)
    name, payload = await asyncio.wait_for(events.get(), 5)
    assert name == "offer"
    assert (payload["seat"], payload["generation"], payload["version"]) == ("b", 1, 2)
    assert payload["streams"] == [{"seat": "a", "mids": {"audio": "0", "video": "1"}}]

    again = await link.call("restart", room="history", seat="b", generation=1, connection="subscribe")
    assert again["version"] == 3
    restarted = await link.call("restart", **place, generation=1, connection="publish", sdp=peer.offer())
    assert "ice-ufrag" in restarted["sdp"]
    peer.send(audio_packet(1))
    await asyncio.sleep(0.1)
    stats = (await link.call("stats", room="history"))["seats"]
    assert stats["a"]["in"]["audio"]["packets"] == 1
    await link.call("mute", **place, muted=True)
    await link.call("leave", room="history", seat="b")
    health = await link.call("health")
    assert (health["rooms"], health["seats"], health["connections"]) == (1, 1, 1)
    await link.call("close", room="history")
    assert (await link.call("health"))["rooms"] == 0
    await peer.close()


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("open", {}, "bad_request"),
    ("open", {"room": "../.."}, "bad_request"),
    ("join", {"room": "none", "seat": "a", "admitted": True, "muted": False}, "room_unknown"),
    ("stats", {"room": "none"}, "room_unknown"),
    ("leave", {"room": "real", "seat": "none"}, "seat_unknown"),
    ("publish", {"room": "real", "seat": "a", "generation": 1, "sdp": "v=0"}, "no_media"),
    ("publish", {"room": "real", "seat": "a", "generation": 1, "sdp": "m="}, "malformed_sdp"),
    ("publish", {"room": "real", "seat": "a", "generation": "1", "sdp": ""}, "bad_request"),
    (
        "answer",
        {"room": "real", "seat": "a", "generation": 9, "version": 1, "sdp": ""},
        "stale_generation",
    ),
    ("restart", {"room": "real", "seat": "a", "generation": 1, "connection": "x"}, "bad_request"),
]


async def test_refusals_have_codes_and_leave_nothing_behind(link: MediaLink) -> None:
    await link.call("open", room="real")
    await link.call("join", room="real", seat="a", admitted=True, muted=False)
    for name, fields, code in REFUSALS:
        with pytest.raises(MediaRefused) as refusal:
            await link.call(name, **fields)
        assert refusal.value.code == code, (name, fields)
    assert (await link.call("health"))["connections"] == 0


async def test_the_link_comes_back_by_itself_and_says_so() -> None:
    back = asyncio.Event()

    async def reconnected() -> None:
        back.set()

    async with media_process("--address", "127.0.0.1") as first:
        port = first["door"].rpartition(":")[2]
        link = MediaLink(first["door"], SECRET)
        link.on_reconnect(reconnected)
        await link.start()
        await link.call("open", room="sala")
    await until(lambda: not link.connected, 10)
    with pytest.raises(MediaUnavailable):
        await link.call("health")
    async with media_process("--address", "127.0.0.1", "--door-port", port):
        await asyncio.wait_for(back.wait(), 15)
        assert (await link.call("health"))["rooms"] == 0, "a new process knows no room"
        await link.stop()


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_process_ends_on_sigterm_and_with_its_parent() -> None:
    async with media_process("--address", "127.0.0.1") as line:
        os.kill(line["pid"], signal.SIGTERM)
        await until(lambda: not alive(line["pid"]), 10)
    # The helper ends its child by closing standard input and insists on exit code 0.
    async with media_process("--address", "127.0.0.1"):
        pass


def test_a_process_without_a_secret_does_not_start(capsys: pytest.CaptureFixture[str]) -> None:
    for secret in ("", "short"):
        with pytest.raises(SystemExit):
            read_config([], {"PROCON_MEDIA_SECRET": secret})
    assert "PROCON_MEDIA_SECRET" in capsys.readouterr().err
    assert read_config(["--udp-port", "7000"], {"PROCON_MEDIA_SECRET": SECRET}).udp_port == 7000


def test_a_media_process_loads_no_web_and_no_database() -> None:
    code = (
        "import sys, hearings.__main__;"
        "print(sorted({n.partition('.')[0] for n in sys.modules}"
        " & {'app', 'models', 'realtime', 'quart', 'tortoise'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
