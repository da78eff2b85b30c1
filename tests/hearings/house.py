"""A registry on a loopback port with packet-level peers on its seats, and what its packets say."""

import asyncio
import contextlib
import struct
from typing import Any

from hearings.addresses import MediaAddress
from hearings.errors import HearingError
from hearings.forwarding.incoming import IncomingTrack
from hearings.forwarding.outgoing import OutgoingTrack
from hearings.permission import Standing
from hearings.port import MediaPort
from hearings.registry import Registry
from hearings.room import Room
from tests.hearings.peer import Peer
from tests.hearings.waiting import until


class House:
    """A registry on a loopback port, and everything it told."""

    def __init__(self) -> None:
        self.skipped = 0.0
        loop = asyncio.get_running_loop()
        self.port = MediaPort(
            (MediaAddress("127.0.0.1", "127.0.0.1"),), clock=lambda: loop.time() + self.skipped
        )
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self.registry = Registry(self.port, lambda *event: self.told.append(event), max_rooms=2)
        self.room: Room = self.registry.open("sala")
        self.peers: list[Peer] = []

    async def peer(self, loss: float = 0.0, seed: int = 1) -> Peer:
        peer = Peer(loss, seed)
        await peer.open(("127.0.0.1", self.port.number))
        self.peers.append(peer)
        return peer

    async def publish(self, seat: str, generation: int = 1, **options: Any) -> Peer:
        """A publishing peer on a seat, connected."""
        if seat not in self.room.seats:
            self.room.join(Standing(seat, True, False), "link")
        peer = await self.peer(**options)
        await peer.connect(self.room.publish(seat, generation, peer.offer()))
        return peer

    async def subscribe(self, seat: str, generation: int = 1, **options: Any) -> Peer:
        """A subscribing peer on a seat, connected."""
        if seat not in self.room.seats:
            self.room.join(Standing(seat, True, False), "link")
        peer = await self.peer(**options)
        offer = self.room.subscribe(seat, generation)
        self.room.answer(seat, generation, offer.version, peer.answer(offer.sdp))
        await peer.connect(offer.sdp)
        return peer

    async def connected(self, *seats: str) -> None:
        """Wait until all connections of these seats are up at the server too."""
        held = [self.room.seats[seat] for seat in seats]
        await until(lambda: all(s.connection.up for h in held for s in (h.publisher, h.subscriber) if s))

    def layer(self, seat: str, media: str, index: int = 0) -> IncomingTrack:
        """One layer of what a seat publishes."""
        publisher = self.room.seats[seat].publisher
        assert publisher is not None
        return publisher.sources[media].layers[index]

    def out(self, seat: str, stream: tuple[str, str]) -> OutgoingTrack:
        """What a seat is sent of a stream."""
        subscriber = self.room.seats[seat].subscriber
        assert subscriber is not None
        return next(s.out for s in subscriber.slots if s.stream == stream and s.out is not None)

    def holds(self, seat: str, stream: tuple[str, str]) -> bool:
        """Whether a seat has an m-line for a stream."""
        subscriber = self.room.seats[seat].subscriber
        return subscriber is not None and any(s.stream == stream for s in subscriber.slots)

    async def answer_all(self, peers: dict[str, Peer]) -> None:
        """Let the subscribing peers answer until no offer is out."""
        answered = dict.fromkeys(peers, 0)
        while True:
            open_offers = [
                (seat, self.events("offer", seat)[-1]) for seat in peers if self.events("offer", seat)
            ]
            fresh = [(seat, offer) for seat, offer in open_offers if offer["version"] > answered[seat]]
            if not fresh:
                return
            for seat, offer in fresh:
                answered[seat] = offer["version"]
                with contextlib.suppress(HearingError):  # answered in an earlier round
                    self.room.answer(seat, 1, offer["version"], peers[seat].answer(offer["sdp"]))

    def events(self, name: str, seat: str) -> list[dict[str, Any]]:
        return [payload for _, event, payload in self.told if event == name and payload.get("seat") == seat]


def numbers(packets: list[bytes], payload_type: int) -> list[int]:
    return [struct.unpack_from("!H", p, 2)[0] for p in packets if p[1] & 0x7F == payload_type]
