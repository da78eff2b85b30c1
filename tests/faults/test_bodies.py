"""Request bodies: limits that chunks do not pass, memory that a large upload does not fill."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import psutil
import pytest

from app.web import body
from tests.servers import Server

MEBIBYTE = 1024 * 1024
UPLOAD = 200 * MEBIBYTE
GROWTH = 80 * MEBIBYTE


class Peak:
    """The most memory a process had while being watched, in bytes."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.before = self.highest = self._process.memory_info().rss

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.01):
            self.highest = max(self.highest, self._process.memory_info().rss)


async def pieces(size: int) -> AsyncIterator[bytes]:
    piece = bytes(64 * 1024)
    for _ in range(size // len(piece)):
        yield piece


async def send(port: int, method: str, path: str, size: int, *, chunked: bool, kind: str = "") -> bytes:
    """Send a body of zeros and return the status line and headers of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    head = [f"{method} {path} HTTP/1.1", "Host: shop", "Connection: close", f"Content-Type: {kind}", length]
    writer.write("\r\n".join([*head, "", ""]).encode())
    async for piece in pieces(size):
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        await writer.drain()
    if chunked:
        writer.write(b"0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("PUT", "/small", "application/pdf"),
        ("POST", "/form", "application/x-www-form-urlencoded"),
        ("POST", "/form", "multipart/form-data; boundary=x"),
    ],
    ids=["upload", "form", "multipart"],
)
async def test_a_body_over_its_limit_is_refused(
    server: Server, method: str, path: str, kind: str, chunked: bool
) -> None:
    answer = await send(server.port, method, path, 3 * MEBIBYTE, chunked=chunked, kind=kind)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
async def test_a_body_of_exactly_its_limit_is_taken(server: Server, chunked: bool) -> None:
    answer = await send(server.port, "PUT", "/small", MEBIBYTE, chunked=chunked)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b'{"size":%d}\n' % MEBIBYTE)


@pytest.mark.parametrize(("path", "size"), [("/slow", UPLOAD), ("/unread", 0)], ids=["slow", "unread"])
@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.slow
async def test_a_large_upload_does_not_fill_the_memory(
    server: Server, path: str, size: int, chunked: bool
) -> None:
    with Peak(server.process.pid) as peak:
        answer = await send(server.port, "PUT", path, UPLOAD, chunked=chunked)
    assert answer.endswith(b'{"size":%d}\n' % size)
    assert peak.highest - peak.before < GROWTH


async def test_a_client_that_leaves_in_the_middle_ends_the_reading(server: Server) -> None:
    """The handler is told at once; it neither waits for the idle limit nor takes the part for the whole."""
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"PUT /small HTTP/1.1\r\nHost: shop\r\nContent-Length: 1000\r\n\r\nonly this")
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    await writer.wait_closed()
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5


async def test_a_body_that_stops_coming_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "IDLE_SECONDS", 0.05)
    unfinished = body.BoundedBody(None, 10)
    unfinished.append(b"abc")
    assert await anext(unfinished) == b"abc"
    with pytest.raises(body.RequestTimeout):
        await anext(unfinished)
