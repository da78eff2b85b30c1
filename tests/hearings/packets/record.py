"""How the packets beside this file were made: `python -m tests.hearings.packets.record`.

A Chromium with its test camera publishes into a room; what arrives is written down decrypted. Of each
payload only the head is kept: the packet path looks no further, and the files stay small.
`tests.hearings.desk.recorded` reads them.
"""

import asyncio
import struct
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pylibsrtp._binding import ffi

from hearings.addresses import MediaAddress
from hearings.forwarding import forwarder
from hearings.forwarding.packet import payload_end, payload_start
from hearings.permission import Standing
from hearings.port import MediaPort
from hearings.registry import Registry
from tests.hearings.browsers import BrowserRoom, chromium, page_server

FOLDER = Path(__file__).parent
SECONDS = 2.5
PAYLOAD = 24
ENTRY = struct.Struct("!HHd")
"""Bytes kept, bytes there were, arrival in seconds since the first packet."""


class Room:
    """Plays the door: what a page asks is done at once."""

    def __init__(self, codec: str) -> None:
        self.port = MediaPort((MediaAddress("127.0.0.1", "127.0.0.1"),))
        self.registry = Registry(self.port, lambda *event: None, 1, codec)
        self.room = self.registry.open("sala")
        self.offer = ""

    def on_event(self, handler: Callable[[str, dict[str, Any]], Awaitable[None]]) -> None:
        """The room tells a lone publisher nothing of use."""

    async def call(self, name: str, **fields: Any) -> dict[str, Any]:
        seat = fields["seat"]
        if name == "join":
            self.room.join(Standing(seat, True, False), "link")
        elif name == "publish":
            self.offer = fields["sdp"]
            return {"sdp": self.room.publish(seat, fields["generation"], fields["sdp"])}
        elif name == "subscribe":
            return self.room.subscribe(seat, fields["generation"]).payload()
        elif name == "answer":
            self.room.answer(seat, fields["generation"], fields["version"], fields["sdp"])
        return {}


def note(packets: list[tuple[float, bytes]]) -> None:
    """Let every RTP packet be noted once it is decrypted."""
    decrypt = forwarder.unprotect

    def noting(key: Any, pointer: Any, length: Any) -> int:
        refused = decrypt(key, pointer, length)
        if not refused:
            packets.append((time.monotonic(), bytes(ffi.buffer(pointer, length[0]))))
        return refused

    forwarder.unprotect = noting


def write(name: str, offer: str, packets: list[tuple[float, bytes]]) -> None:
    """Two files: the offer, and the packets with their payloads cut."""
    (FOLDER / f"{name}.sdp").write_text(offer)
    with (FOLDER / f"{name}.packets").open("wb") as file:
        for at, packet in packets:
            cut = packet[: payload_start(packet) + PAYLOAD]
            if payload_end(packet) < len(packet):  # the last byte says how much padding there is
                cut = packet
            file.write(ENTRY.pack(len(cut), len(packet), at - packets[0][0]) + cut)
    print(name, len(packets), "packets")


async def record(name: str, codec: str, width: int, height: int) -> None:
    """Write `name`.packets and `name`.sdp (the browser's offer)."""
    packets: list[tuple[float, bytes]] = []
    note(packets)
    held = Room(codec)
    held.port.start()
    held.registry.start()
    with page_server() as address:
        async with chromium() as browser:
            await BrowserRoom(browser, held, address).sit("a", width=width, height=height)
            source = held.room.seats["a"].publisher.sources["video"]
            async with asyncio.timeout(20):
                while len(source.live(time.monotonic())) < len(source.layers):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)  # layers have no event
            await asyncio.sleep(SECONDS)
    held.registry.stop()
    await held.port.stop()
    write(name, held.offer, packets)


if __name__ == "__main__":
    asyncio.run(record("chromium-vp8-layers", "vp8", 1280, 720))
    asyncio.run(record("chromium-h264", "h264", 320, 240))
