"""A wire for one person's media that a test can cut: a forwarder of UDP between a browser and the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

Address = tuple[str, int]

THROUGH = """
(() => {
  const real = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const candidate = /^(a=candidate:\\S+ \\d+ \\S+ \\d+) \\S+ \\d+/gm;
    const sdp = description.sdp.replace(candidate, "$1 127.0.0.1 PORT");
    return real.call(this, { type: description.type, sdp });
  };
})();
"""


class Wire(asyncio.DatagramProtocol):
    """Takes a browser's datagrams at ``port`` and carries them to ``server`` and back, unless it is cut."""

    def __init__(self, server: Address) -> None:
        self.cut = False
        self._server = server
        self._ends: dict[Address, _End] = {}
        self._transport: Any = None

    @property
    def script(self) -> str:
        """What a page runs first, to have its connections go over this wire."""
        return THROUGH.replace("PORT", str(self._transport.get_extra_info("sockname")[1]))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = transport

    def datagram_received(self, data: bytes, address: Address) -> None:
        """From the browser: each of its sockets has a socket of its own at the server."""
        if self.cut:
            return
        end = self._ends.get(address)
        if end is None:
            end = self._ends[address] = _End(self, address)
            end.opening = asyncio.ensure_future(
                asyncio.get_running_loop().create_datagram_endpoint(lambda: end, remote_addr=self._server)
            )
        end.send(data)

    def back(self, data: bytes, address: Address) -> None:
        """From the server."""
        if not self.cut:
            self._transport.sendto(data, address)

    async def close(self) -> None:
        """Let every socket go."""
        for end in self._ends.values():
            await end.opening
            end.transport.close()
        self._transport.close()


class _End(asyncio.DatagramProtocol):
    """One of the browser's sockets, as the server sees it."""

    opening: asyncio.Future[Any]

    def __init__(self, wire: Wire, browser: Address) -> None:
        self.transport: Any = None
        self._wire = wire
        self._browser = browser

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = transport

    def send(self, data: bytes) -> None:
        """What comes before it is open is lost, as on any wire; ICE asks again."""
        if self.transport is not None:
            self.transport.sendto(data)

    def datagram_received(self, data: bytes, address: Address) -> None:
        """From the server."""
        self._wire.back(data, self._browser)


@asynccontextmanager
async def wire(server: Address) -> AsyncIterator[Wire]:
    """A wire to the server's media port."""
    loop = asyncio.get_running_loop()
    _, opened = await loop.create_datagram_endpoint(lambda: Wire(server), local_addr=("127.0.0.1", 0))
    try:
        yield opened
    finally:
        await opened.close()
