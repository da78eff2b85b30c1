"""Thousands of clients that leave in the middle of a POST leave the server answering."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct

import pytest

from app import db
from tests.faults.conftest import MODELS
from tests.faults.shop.models import Shelf
from tests.servers import Server

CLIENTS = 4_200
AT_ONCE = 60
FORM = b"shelf=1"


@pytest.fixture
async def one_shelf(shop_url: str) -> None:
    await db.connect(shop_url, models=MODELS)
    await Shelf.create(name="the only one")
    await db.close()


async def leave_in_the_middle(port: int, generator: random.Random, turn: asyncio.Semaphore) -> None:
    """Send a whole POST and reset the connection before, while or after it is answered."""
    async with turn:
        with contextlib.suppress(ConnectionError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                b"POST /lend HTTP/1.1\r\nHost: shop\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(FORM), FORM)
            )
            await writer.drain()
            await asyncio.sleep(generator.random() * 0.04)
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            writer.transport.abort()


async def lend(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /lend HTTP/1.1\r\nHost: shop\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(FORM), FORM)
    )
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return status


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_storm_of_aborted_posts_leaves_the_server_answering(
    one_shelf: None, shop_server: Server
) -> None:
    generator, turn = random.Random(3), asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as storm:
        for _ in range(CLIENTS):
            storm.create_task(leave_in_the_middle(shop_server.port, generator, turn))
    for _ in range(20):  # more than the pool of connections holds
        async with asyncio.timeout(10):
            assert (await lend(shop_server.port)).startswith(b"HTTP/1.1 204")
