"""A person in the soak: comes, breaks, comes back under the next generation, goes."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

from aiortc.rtcdtlstransport import RTCCertificate

from bench.load.engine import Engine
from bench.load.media import Media
from bench.load.publisher import Publisher
from bench.load.receiver import Receiver
from bench.load.wire import Wire

HOST = "127.0.0.1"
NEAR_THE_WRAP = range(200, 400)
"""So many packets before the wrap of the sequence numbers everybody begins. Not nearer: were all packets
before the wrap lost, the receiver could not know of it and would refuse all later ones (RFC 3711, 3.3.1)."""


@dataclass
class Seen:
    """What the streams of all receivers showed, those that are gone too."""

    packets: int = 0
    lost: int = 0
    wraps_sent: int = 0
    wraps_received: int = 0

    def sent(self, publisher: Publisher) -> None:
        """A publisher has ended."""
        self.wraps_sent += sum(track.number >> 16 for track in publisher.tracks.values())

    def received(self, receiver: Receiver) -> None:
        """A receiver has ended."""
        for stream in (*receiver.streams.values(), *receiver.past):
            self.packets += stream.packets
            self.lost += max(0, stream.lost)
            self.wraps_received += max(0, stream.highest) >> 16


@dataclass
class Stage:
    """What all guests share."""

    engine: Engine
    media: Media
    chance: random.Random
    certificate: RTCCertificate = field(default_factory=RTCCertificate.generateCertificate)
    seen: Seen = field(default_factory=Seen)


class Guest:
    """On a seat of a room from `come` to `go`."""

    def __init__(self, stage: Stage, room: int, seat: int) -> None:
        self.room, self.seat = room, seat
        self.publisher: Publisher
        self.receiver: Receiver
        self._stage = stage
        self._generations = itertools.count(1)
        self._publishing = self._receiving = 0

    async def come(self) -> None:
        """Publish and receive."""
        await self._publish()
        await self._receive()

    async def go(self, *, politely: bool = True) -> None:
        """Leave; impolitely without a goodbye on the wire."""
        publisher, receiver = self.publisher, self.receiver
        await self._stage.engine.leave(self.room, self.seat)
        await self._end(publisher, politely)
        await self._end(receiver, politely)

    async def republish(self) -> None:
        """A new publish connection in the place of one that vanished."""
        await self._end(self.publisher, politely=False)
        await self._publish()

    async def receive_anew(self) -> None:
        """A new subscribe connection in the place of one that vanished."""
        await self._end(self.receiver, politely=False)
        await self._receive()

    async def restart_publishing(self) -> None:
        """ICE restart."""
        await self._stage.engine.restart(self.room, self.seat, self.publisher, self._publishing)

    async def restart_receiving(self) -> None:
        """ICE restart."""
        await self._stage.engine.restart(self.room, self.seat, self.receiver, self._receiving)

    async def move(self) -> None:
        """Another address for both, as when a phone changes from Wi-Fi to the mobile network."""
        await self.publisher.wire.move()
        await self.receiver.wire.move()

    async def _publish(self) -> None:
        stage = self._stage
        self._publishing = next(self._generations)
        self.publisher = Publisher(
            Wire(HOST, stage.certificate),
            stage.media,
            seed=stage.chance.getrandbits(32),
            first_number=0x10000 - stage.chance.choice(NEAR_THE_WRAP),
        )
        await stage.engine.publish(self.room, self.seat, self.publisher, self._publishing)
        self.publisher.start()

    async def _receive(self) -> None:
        stage = self._stage
        self._receiving = next(self._generations)
        self.receiver = Receiver(Wire(HOST, stage.certificate), seed=stage.chance.getrandbits(32))
        await stage.engine.subscribe(self.room, self.seat, self.receiver, self._receiving)

    async def _end(self, side: Publisher | Receiver, politely: bool) -> None:
        if isinstance(side, Publisher):
            self._stage.seen.sent(side)
        else:
            self._stage.seen.received(side)
        await side.stop()
        await (side.wire.close() if politely else side.wire.vanish())
