"""What is over leaves nothing behind (ADR 0049): not until the collector comes, not through what lives on."""

import asyncio
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from hearings.connection import Connection
from tests.hearings.desk import Desk, camera
from tests.hearings.house import House
from tests.hearings.peer import Peer, video_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(30)

COLLECTIONS = """
import gc
from collections import deque
from hearings.process import keep_what_is_loaded

class Ring:
    def __init__(self):
        self.own = self

keep_what_is_loaded()
before = gc.get_stats()[2]["collections"]
living = deque(maxlen=1000)
for _ in range(150_000):
    living.append(Ring())
print(gc.get_stats()[2]["collections"] - before)
"""


@pytest.fixture
def no_collector() -> Iterator[None]:
    """What only the collector would free stays while a test runs."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def parts(connection: Connection) -> list[weakref.ref[object]]:
    """What of a connection takes memory: itself, its ring, its keys, its session and OpenSSL's part of it."""
    keys = connection.leg.keys
    assert keys is not None
    transport = connection._dtls._transport
    found = (connection, connection.leg, connection.leg.departures, keys, transport, transport._ssl)
    return [weakref.ref(part) for part in found]


async def leave(house: House, seat: str, *peers: Peer) -> None:
    house.room.leave(seat)
    await until(lambda: house.port.connections == 0)
    for peer in peers:
        house.peers.remove(peer)
        await peer.close()


async def test_who_leaves_is_gone_at_once(house: House, no_collector: None) -> None:
    left: list[weakref.ref[object]] = []
    for _ in range(3):
        camera_, screen = await house.publish("a"), await house.subscribe("a")
        await house.connected("a")
        camera_.send(video_packet(1, key=True))
        await until(lambda: house.layer("a", "video").packets == 1)
        held = house.room.seats["a"]
        for side in (held.publisher, held.subscriber):
            assert side is not None
            left += [weakref.ref(side), *parts(side.connection)]
        del held, side
        await leave(house, "a", camera_, screen)
    await asyncio.sleep(0)  # the tasks that said goodbye are over
    assert [ref() for ref in left if ref() is not None] == []


async def test_a_connection_that_nobody_took_up_is_gone_at_once(house: House, no_collector: None) -> None:
    peer = await house.peer()
    offer = peer.offer()
    await house.subscribe("a")
    house.room.subscribe("a", 2)
    held = house.room.seats["a"].subscriber
    assert held is not None
    left: list[weakref.ref[object]] = [weakref.ref(held)]
    left += [weakref.ref(part) for part in (held.connection, held.connection.leg)]
    del held
    house.room.publish("a", 1, offer)
    house.room.leave("a")
    await until(lambda: house.port.connections == 0)
    assert [ref() for ref in left if ref() is not None] == []


async def test_a_publisher_that_was_replaced_is_not_kept_by_who_stays(
    house: House, no_collector: None
) -> None:
    screen = await house.subscribe("b")
    left: list[weakref.ref[object]] = []
    for generation in range(1, 4):
        peer = await house.publish("a", generation)
        await house.answer_all({"b": screen})
        await house.connected("a", "b")
        peer.send(video_packet(1, key=True))
        await until(lambda: house.out("b", ("a", "video")).layer is house.layer("a", "video"))
        publisher = house.room.seats["a"].publisher
        assert publisher is not None
        left.append(weakref.ref(publisher))
        left += parts(publisher.connection)
        del publisher
    await until(lambda: house.port.connections == 2)
    await asyncio.sleep(0)
    assert sum(ref() is not None for ref in left) == len(left) // 3, "only the last one is there"


def test_a_layer_that_is_over_keeps_no_packets(desk: Desk) -> None:
    publisher, receiver = desk.browser(), desk.browser()
    source = desk.forwarder.add_in(publisher.leg, camera())
    seen = desk.out(receiver, source)
    for number in range(1, 20):
        publisher.send(video_packet(number, key=number == 1))
    [last] = receiver.rtp()[-1:]
    [layer] = source.layers
    held = range(layer.newest - 18, layer.newest + 1)
    assert None not in [layer.recall(number) for number in held]
    desk.forwarder.remove_in(publisher.leg, source)
    publisher.rtcp()
    assert {layer.recall(number) for number in held} == {None}
    seen.resend([last.number], desk.now)
    assert (receiver.rtp(), publisher.rtcp()) == ([], [])


def test_the_collector_still_comes_by_after_what_is_loaded_was_put_aside() -> None:
    done = subprocess.run([sys.executable, "-c", COLLECTIONS], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 0
