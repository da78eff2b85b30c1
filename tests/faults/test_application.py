"""The whole application in a process of its own: ready, alive through its media's death, quiet at its end."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request

import psutil
import pytest
import socketio

from app.factory import Application
from tests.servers import Server, answers


async def test_ready_says_what_failed(application: Application) -> None:
    """This fixture has no media process."""
    client = application.quart.test_client()
    alive = await client.get("/healthz")
    ready = await client.get("/readyz")
    assert (alive.status_code, await alive.get_json()) == (200, {"alive": True})
    assert (ready.status_code, await ready.get_json()) == (503, {"ready": False, "failed": ["media"]})


def test_a_served_page_does_not_name_the_server(live_server: Server) -> None:
    with urllib.request.urlopen(live_server.url + "/readyz") as response:
        assert json.load(response) == {"ready": True, "failed": []}
        assert "server" not in {name.lower() for name in response.headers}


@pytest.mark.timeout(60)
def test_a_media_process_that_dies_is_replaced(live_server: Server) -> None:
    (media,) = media_processes(live_server)
    media.kill()
    psutil.wait_procs([media], timeout=5)
    deadline = time.monotonic() + 30
    while not (media_processes(live_server) - {media}) or not answers(live_server.url + "/readyz"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert media not in media_processes(live_server)


def media_processes(server: Server) -> set[psutil.Process]:
    """Those that have a port; a spare one has none yet."""
    children = psutil.Process(server.process.pid).children()
    return {child for child in children if child.net_connections("udp")}


async def test_sigterm_with_an_open_socket_ends_quietly_and_takes_the_media_along(
    live_server: Server,
) -> None:
    (media,) = media_processes(live_server)
    browser = socketio.AsyncClient(reconnection=False)
    refused = asyncio.Event()
    browser.on("connect_error", lambda reason: refused.set(), namespace="/cases")
    with pytest.raises(socketio.exceptions.ConnectionError):  # a stranger is refused, the socket stays open
        await browser.connect(live_server.url, transports=["websocket"], namespaces=["/cases"])
    assert refused.is_set()
    await browser.disconnect()
    began = time.monotonic()
    assert await asyncio.to_thread(live_server.stop) == 0
    assert time.monotonic() - began < 12
    assert not media.is_running()
    assert "Traceback" not in live_server.log.read_text()
