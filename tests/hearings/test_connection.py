"""A connection from its handshake to its end, and what strangers send it."""

import asyncio
import os
import random
import struct

import pytest

from hearings.connection import GONE_S, RECONNECTING_S
from hearings.forwarding.routing import MAX_SSRCS
from hearings.sdp import parse
from tests.hearings.house import House
from tests.hearings.peer import AUDIO_SSRC, RTX_SSRC, VIDEO_SSRC, audio_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(30)


async def test_silence_is_reconnecting_then_gone_and_leaves_nothing_behind(house: House) -> None:
    camera = await house.publish("a")
    await house.connected("a")
    house.peers.remove(camera)
    camera.abort()

    def states() -> list[str]:
        return [event["state"] for event in house.events("connection", "a")]

    house.skipped += RECONNECTING_S + 0.1
    await until(lambda: states() == ["connected", "reconnecting"])
    house.skipped += GONE_S
    await until(lambda: states() == ["connected", "reconnecting", "gone"])
    await until(lambda: house.port.connections == 0)
    assert len(house.port.ice) == 0


async def test_a_goodbye_is_understood_at_once(house: House) -> None:
    camera = await house.publish("a")
    await house.connected("a")
    await camera.close()
    await until(lambda: house.port.connections == 0)
    assert house.events("connection", "a")[-1]["state"] == "gone"


async def test_nothing_is_sealed_for_who_is_gone_and_all_of_it_again_for_who_is_back(house: House) -> None:
    """The seat is held: its person may come back with another connection."""
    camera = await house.publish("a")
    phone = await house.subscribe("b")
    await house.connected("a", "b")
    camera.send(audio_packet(1))
    await until(lambda: len(phone.rtp) == 1)
    out = house.out("b", ("a", "audio"))

    house.peers.remove(phone)
    phone.abort()
    house.skipped += GONE_S + 0.1
    camera.send(audio_packet(2))  # the publisher shows signs of life all the while
    await until(lambda: house.events("connection", "b")[-1]["state"] == "gone")
    sealed = out.packets
    house.room.set_muted("b", True)  # what else happens in the room changes nothing
    camera.send(audio_packet(3))
    await until(lambda: house.layer("a", "audio").packets == 3)
    assert out.packets == sealed

    back = await house.subscribe("b", generation=2)
    await house.connected("b")
    camera.send(audio_packet(4))
    await until(lambda: len(back.rtp) == 1)


async def test_an_ice_restart_keeps_the_keys_and_moves_the_path(house: House) -> None:
    camera = await house.publish("a")
    await house.connected("a")
    connection = house.room.seats["a"].publisher.connection
    path = connection.peer.path
    answer = parse(house.room.seat("a").current_publisher(1).restart(camera.offer()))
    mover = await house.peer()
    mover.check(answer.transport)
    await until(lambda: connection.peer.path != path)
    mover.send_raw(camera._dtls._tx_srtp.protect(audio_packet(1)))
    await until(lambda: house.layer("a", "audio").packets == 1)


async def test_hostile_datagrams_are_dropped_and_counted(house: House) -> None:
    camera = await house.publish("a")
    screen = await house.subscribe("b")
    stranger = await house.peer()
    await house.connected("b")
    chance = random.Random(5)
    sealed = camera._dtls._tx_srtp.protect(audio_packet(0))
    camera.send_raw(sealed)
    camera.send_raw(sealed)
    camera.send_raw(sealed[:-1] + b"\0")
    stranger.send_raw(sealed)
    for sender in (camera, stranger, screen):
        for size in (1, 2, 11, 12, 13, 20, 40, 300, 1600):
            for first in (0, 1, 20, 22, 64, 128, 144, 191, 255):
                sender.send_raw(bytes([first]) + chance.randbytes(size - 1))
        sender.send_raw(b"")
    for size in range(12, 40):  # true tags on nonsense
        for first in (0x80, 0x9F, 0xB0, 0xBF):
            packet = struct.pack(
                "!BBHII",
                first,
                0x80 | chance.choice((120, 121, 109, 5)),
                size,
                0,
                chance.choice((VIDEO_SSRC, RTX_SSRC, AUDIO_SSRC, 99)),
            )
            try:
                camera.send(packet + os.urandom(size - 12))
            except Exception:
                continue  # libsrtp itself refuses to seal it
    camera.send_rtcp(struct.pack("!BBHII", 0x81, 200, 2, 1, 2))
    screen.send_rtcp(struct.pack("!BBHIIHH", 0x81, 205, 3, 1, 99, 100, 0xFFFF))
    before = len(screen.rtp)
    camera.send(audio_packet(1))
    camera.send(audio_packet(2))
    await until(lambda: len(screen.rtp) > before)
    await asyncio.sleep(0.2)
    counters = house.port.counters
    assert counters.failures == 0
    assert counters.srtp_refused >= 2
    assert counters.unknown_source > 0
    assert counters.stun_malformed > 0
    assert counters.rtcp_malformed > 0
    for seat in house.room.seats.values():
        for side in (seat.publisher, seat.subscriber):
            assert side is None or side.connection.up


async def test_malformed_packets_under_a_true_seal_are_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """libsrtp lets little of this through; the packet path does not rely on it."""
    camera = await house.publish("a")
    await house.connected("a")
    monkeypatch.setattr("hearings.forwarding.forwarder.unprotect", lambda *_: 0)
    chance = random.Random(11)
    counters = house.port.counters
    for turn in range(5000):
        packet = bytearray(chance.randbytes(chance.randrange(12, 60)))
        packet[0] = 0x80 | packet[0] & 0x3F
        packet[1] = chance.choice((109, 120, 121))
        packet[8:12] = chance.choice((VIDEO_SSRC, RTX_SSRC, AUDIO_SSRC, turn)).to_bytes(4, "big")
        camera.send_raw(bytes(packet))
        if turn % 50 == 0:
            await asyncio.sleep(0)
    await until(lambda: counters.received >= 5000)
    assert counters.rtp_malformed > 100
    assert counters.rtp_unrouted > 100
    assert counters.failures == 0
    leg = house.room.seats["a"].publisher.connection.leg
    assert len(leg.routes.layers) <= MAX_SSRCS
