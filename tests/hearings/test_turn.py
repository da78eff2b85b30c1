"""The relay takes the logins we make, over UDP, TCP and TLS, and no others."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aioice import stun, turn

from app.services.relays import Relays
from tests.turn import HOST, Turn, coturn

pytestmark = [pytest.mark.servers, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def relay() -> Iterator[Turn]:
    with coturn() as running:
        yield running


def login(relay: Turn, *, secret: str = "", ago: timedelta = timedelta()) -> tuple[str, str]:
    """A login for ten minutes, made `ago`."""
    relays = Relays((relay.udp,), secret or relay.secret, 600)
    (server,) = relays.ice_servers("1-2-3", datetime.now(UTC) - ago)
    return server["username"], server["credential"]


class Answers(asyncio.DatagramProtocol):
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.closed = asyncio.Event()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.heard.put_nowait(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()


class Echo(Answers):
    """Says everything back."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.transport.sendto(data, addr)


@pytest.mark.parametrize("how", ["udp", "tcp", "tls"])
async def test_what_is_relayed_arrives_and_comes_back(relay: Turn, how: str) -> None:
    username, password = login(relay)
    transport, protocol = await turn.create_turn_endpoint(
        Answers,
        server_addr=(HOST, relay.tls_port if how == "tls" else relay.port),
        username=username,
        password=password,
        transport="udp" if how == "udp" else "tcp",
        ssl=relay.trust if how == "tls" else None,
    )
    echo, _ = await asyncio.get_running_loop().create_datagram_endpoint(Echo, local_addr=(HOST, 0))
    try:
        transport.sendto(b"\x80 media", echo.get_extra_info("sockname"))
        async with asyncio.timeout(10):
            assert await protocol.heard.get() == b"\x80 media"
    finally:
        echo.close()
        transport.close()
        async with asyncio.timeout(10):  # it gives its allocation back first
            await protocol.closed.wait()


@pytest.mark.parametrize("wrong", [{"secret": "somebody else's"}, {"ago": timedelta(hours=1)}])
async def test_a_login_of_others_or_of_yesterday_is_refused(relay: Turn, wrong: dict[str, Any]) -> None:
    username, password = login(relay, **wrong)
    with pytest.raises(stun.TransactionFailed) as refusal:
        await turn.create_turn_endpoint(
            Answers, server_addr=(HOST, relay.port), username=username, password=password
        )
    assert refusal.value.response.attributes["ERROR-CODE"][0] == 401
