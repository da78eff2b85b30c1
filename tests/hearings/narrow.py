"""A browser's way through a simulated line: a UDP relay in front of the server, on loopback."""

import asyncio
import re
from typing import Any

from hearings.bandwidth import WIRE_OVERHEAD
from tests.hearings.bandwidth.line import Line

CANDIDATE = re.compile(r"(a=candidate:\S+ 1 udp \d+ )\S+ (\d+)( typ host.*)")


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, receive: Any) -> None:
        self.datagram_received = receive

    def error_received(self, error: Exception) -> None:
        """A port that nobody listens to any more: as lost as lost can be."""


class Hop:
    """One connection's. The browser speaks to `front`; what the server sends back comes through `line`."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.front: asyncio.DatagramTransport
        self.back: asyncio.DatagramTransport
        self._browser: Any = None
        self._loop = asyncio.get_running_loop()

    async def open(self, server: int) -> int:
        """Begin; `server` is the server's port, the result the one to tell the browser."""
        self.front, _ = await self._loop.create_datagram_endpoint(
            lambda: _Socket(self._from_browser), local_addr=("127.0.0.1", 0)
        )
        self.back, _ = await self._loop.create_datagram_endpoint(
            lambda: _Socket(self._from_server), remote_addr=("127.0.0.1", server)
        )
        port: int = self.front.get_extra_info("sockname")[1]
        return port

    def close(self) -> None:
        self.front.close()
        self.back.close()

    def _from_browser(self, data: bytes, address: Any) -> None:
        self._browser = address
        self.back.sendto(data)

    def _from_server(self, data: bytes, address: Any) -> None:
        now = self._loop.time()
        out = self.line.carry(len(data) + WIRE_OVERHEAD, now)
        if out is not None:
            self._loop.call_at(out, self.front.sendto, data, self._browser)


def led_over(sdp: str, port: int) -> str:
    """The SDP with one candidate, that of a hop."""
    lines = []
    seen = False
    for line in sdp.split("\r\n"):
        match = CANDIDATE.fullmatch(line)
        if match is None:
            lines.append(line)
            seen = seen and not line.startswith("m=")
        elif not seen:
            seen = True
            lines.append(f"{match[1]}127.0.0.1 {port}{match[3]}")
    return "\r\n".join(lines)
