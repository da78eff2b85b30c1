"""What a server must offer to be loaded: rooms into which people publish and from which they receive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bench.load.publisher import Publisher
from bench.load.receiver import Receiver


class Refused(Exception):
    """The server refused what the load asked."""


class RoomServer(Protocol):
    """The signalling of one kind of server. `subscribe` comes after all of a room have published."""

    async def start(self) -> None:
        """Connect to it."""

    async def open(self, room: int) -> None:
        """Make a room."""

    async def publish(self, room: int, seat: int, publisher: Publisher) -> None:
        """Negotiate and connect a publisher."""

    async def subscribe(self, room: int, seat: int, receiver: Receiver) -> None:
        """Negotiate and connect a receiver of all the others."""

    async def stop(self) -> None:
        """Hang up."""


@dataclass(frozen=True, slots=True)
class Person:
    """A seat with both its connections."""

    room: int
    seat: int
    publisher: Publisher
    receiver: Receiver
