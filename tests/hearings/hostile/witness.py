"""Two people who do nothing wrong: what happens to their media shows what hostile traffic does to others."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.hearings.house import House, numbers
from tests.hearings.peer import Peer, audio_packet, video_packet
from tests.hearings.waiting import until

DROPPED = (
    "unknown_source",
    "unknown_kind",
    "early",
    "limited",
    "stun_refused",
    "stun_malformed",
    "srtp_refused",
    "rtp_malformed",
    "rtp_unrouted",
    "rtcp_malformed",
    "dtls_overflow",
)
"""The counters of what is dropped for its own fault."""
EVERY_S = 0.004


class Witness:
    """`camera` publishes on seat "good", `screen` receives on seat "watcher"."""

    def __init__(self, house: House, camera: Peer, screen: Peer) -> None:
        self.house = house
        self.camera = camera
        self.screen = screen
        self.sent = 0

    def dropped(self) -> int:
        """How many datagrams have been dropped and counted so far."""
        counts = self.house.port.counters.snapshot()
        return sum(counts[name] for name in DROPPED)

    @asynccontextmanager
    async def undisturbed(self) -> AsyncIterator[None]:
        """Media flows meanwhile, and afterwards every packet has arrived, once and in order."""
        sending = asyncio.create_task(self._send())
        try:
            yield
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        await self._all_arrived()
        assert self.house.port.counters.failures == 0

    async def _send(self) -> None:
        while True:
            self.camera.send(video_packet(self.sent, key=not self.sent % 50))
            self.camera.send(audio_packet(self.sent))
            self.sent += 1
            await asyncio.sleep(EVERY_S)

    async def _all_arrived(self) -> None:
        # A cancelled sleep stands between two rounds, so both media have been sent equally often.
        await until(lambda: len(numbers(self.screen.rtp, 96)) >= self.sent)
        await until(lambda: len(numbers(self.screen.rtp, 111)) >= self.sent)
        for payload_type in (96, 111):
            arrived = numbers(self.screen.rtp, payload_type)
            first = arrived[0]
            assert arrived == [(first + n) & 0xFFFF for n in range(self.sent)]
        bodies = [struct.unpack(">H", p[-2:])[0] for p in self.screen.rtp if p[1] & 0x7F == 96]
        assert bodies == [n & 0xFFFF for n in range(self.sent)], "each picture is the one that was sent"


async def witness(house: House) -> Witness:
    """Both connected, and media flowing."""
    camera = await house.publish("good")
    screen = await house.subscribe("watcher")
    await house.connected("good", "watcher")
    return Witness(house, camera, screen)


def under(ssrc: int, packet: bytes) -> bytes:
    """The packet under another SSRC, which leaves the numbers of the peer's own streams alone."""
    return packet[:8] + struct.pack("!I", ssrc) + packet[12:]


def sealed(peer: Peer, packet: bytes) -> bytes:
    """The packet as the peer's owner would send it."""
    data: bytes = peer._dtls._tx_srtp.protect(packet)
    return data


def sealed_rtcp(peer: Peer, packet: bytes) -> bytes:
    data: bytes = peer._dtls._tx_srtp.protect_rtcp(packet)
    return data
