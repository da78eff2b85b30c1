"""Datagrams from addresses that belong to nobody: dropped, counted, and nothing grows."""

import asyncio
import contextlib
import random
import socket

import pytest
from aioice import stun

from hearings.ice import MAX_LIMITED_HOSTS, MAX_PATHS, Path
from hearings.sdp import parse
from tests.hearings.hostile.nobody import nobodys_site
from tests.hearings.hostile.recorded import DTLS, RTCP, RTP, STUN
from tests.hearings.hostile.witness import sealed, under, witness
from tests.hearings.house import House
from tests.hearings.peer import Peer, audio_packet

pytestmark = pytest.mark.timeout(60)

FIRST_BYTES = (0, 1, 2, 3, 4, 19, 20, 22, 63, 64, 127, 128, 144, 191, 192, 255)
SIZES = (1, 2, 3, 11, 12, 13, 19, 20, 21, 64, 300, 1472, 2048, 4000)


class Stranger:
    """A socket on a host of its own, of those that the loopback has."""

    def __init__(self, number: int, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((f"127.0.1.{number}", 0))
        self._socket.setblocking(False)
        self._port = port

    def send(self, data: bytes) -> None:
        self._socket.sendto(data, ("127.0.0.1", self._port))

    def heard(self) -> list[bytes]:
        """What came back; the socket is closed then."""
        answers = []
        with self._socket, contextlib.suppress(BlockingIOError):
            while True:
                answers.append(self._socket.recv(2048))
        return answers


def noise(seed: int) -> list[bytes]:
    """Every kind of first byte at every size that some reader has a limit at."""
    chance = random.Random(seed)
    return [bytes([first]) + chance.randbytes(size - 1) for first in FIRST_BYTES for size in SIZES]


def lies(ufrag: str) -> list[bytes]:
    """Checks of somebody who knows the user name, as one who overheard it does, and not the password."""
    found = []
    for kind in stun.Class:
        message = stun.Message(stun.Method.BINDING, kind)
        message.attributes = {"USERNAME": f"{ufrag}:x", "USE-CANDIDATE": None}
        found.append(bytes(message))
        message.add_message_integrity(b"not the password")
        found.append(bytes(message))
    return found


async def test_strangers_are_dropped_and_counted_and_disturb_nobody(house: House) -> None:
    good = await witness(house)
    strangers = [Stranger(number, house.port.number) for number in range(1, 9)]
    connections, users = house.port.connections, len(house.port.ice)
    publisher = house.room.seats["good"].publisher
    assert publisher is not None
    ufrag = publisher.connection.peer.credentials.ufrag
    known = [*RTP.values(), *RTCP.values(), *STUN.values(), *DTLS.values(), *lies(ufrag)]
    sent, before = 0, good.dropped()
    async with good.undisturbed():
        # Every other begins with what is almost right, before its host is no longer listened to.
        for seed, stranger in enumerate(strangers):
            for data in [*known, *noise(seed)] if seed % 2 else [*noise(seed), *known]:
                stranger.send(data)
                sent += 1
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
    heard = [stranger.heard() for stranger in strangers]
    assert heard == [[]] * len(strangers)
    assert good.dropped() - before == sent
    assert house.port.connections == connections
    assert len(house.port.ice) == users
    for name in ("unknown_source", "limited", "stun_refused", "stun_malformed"):
        assert getattr(house.port.counters, name) > 0


async def test_what_was_overheard_is_worth_nothing_from_another_address(house: House) -> None:
    good = await witness(house)
    stranger = Stranger(1, house.port.number)
    overheard = [sealed(good.camera, under(77, audio_packet(number))) for number in range(50)]
    before = house.port.counters.unknown_source
    async with good.undisturbed():
        for data in overheard:
            stranger.send(data)
        await asyncio.sleep(0.2)
    assert stranger.heard() == []
    assert house.port.counters.unknown_source - before == len(overheard)


async def test_a_true_check_moves_nobody_elses_media(house: House) -> None:
    """A participant may bind as many addresses as it likes, for itself; it is remembered at a few of them."""
    good = await witness(house)
    other = await house.publish("other")
    publisher = house.room.seats["other"].publisher
    assert publisher is not None
    peer = publisher.connection.peer
    theirs = parse(publisher.restart(other.offer())).transport
    assert theirs is not None
    async with good.undisturbed():
        movers: list[Peer] = [await house.peer() for _ in range(3 * MAX_PATHS)]
        for mover in movers:
            mover.check(theirs)
        await asyncio.sleep(0.2)
    assert len(peer.paths) <= MAX_PATHS
    assert len(house.port.ice._by_path) <= MAX_PATHS + 2


def test_refusals_are_remembered_of_a_bounded_number_of_hosts() -> None:
    site = nobodys_site()
    for number in range(3 * MAX_LIMITED_HOSTS):
        host = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        site.receive(STUN["check"], Path(0, (host, 5000)), 0.0)
    assert len(site._refusals) <= MAX_LIMITED_HOSTS
    assert len(site._by_path) == 0
