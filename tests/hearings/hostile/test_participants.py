"""A participant whose keys are true and whose packets are not: counted, bounded, nobody else disturbed."""

import asyncio
import random
import struct

import pylibsrtp
import pytest

from hearings.forwarding import rtcp
from hearings.forwarding.packet import HEADER
from tests.hearings.hostile.recorded import RTCP, transport_feedback
from tests.hearings.hostile.witness import EVERY_S, witness
from tests.hearings.house import House
from tests.hearings.peer import (
    AUDIO_SSRC,
    OPUS,
    RTX,
    RTX_SSRC,
    VIDEO_SSRC,
    VP8,
    Peer,
    audio_packet,
    video_packet,
)
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(60)


def send_as_it_is(peer: Peer, packet: bytes) -> bool:
    """Seal and send; False when libsrtp itself will not seal such a packet."""
    try:
        peer.send(packet)
    except pylibsrtp.Error:
        return False
    return True


async def test_malformed_packets_under_a_true_seal(house: House) -> None:
    good = await witness(house)
    other = await house.publish("other")
    await house.connected("other")
    chance = random.Random(5)
    sealed = 0
    async with good.undisturbed():
        for number in range(1500):
            head = HEADER.pack(
                chance.choice((0x80, 0x90, 0xA0, 0xB0, 0x8F, 0x9F, 0xBF)),
                chance.choice((VP8, RTX, OPUS, 5)) | chance.choice((0, 0x80)),
                number,
                chance.getrandbits(32),
                chance.choice((VIDEO_SSRC, RTX_SSRC, AUDIO_SSRC, 99)),
            )
            block = chance.choice((b"\xbe\xde", b"\x10\x00", b"\x00\x00")) + struct.pack(
                "!H", chance.randrange(6)
            )
            sealed += send_as_it_is(other, head + block + chance.randbytes(chance.randrange(60)))
            if number % 50 == 0:
                await asyncio.sleep(EVERY_S)
        await asyncio.sleep(0.3)
    assert sealed > 500


async def test_invented_streams_cost_no_memory(house: House) -> None:
    good = await witness(house)
    other = await house.publish("other")
    await house.connected("other")
    before = good.dropped()
    async with good.undisturbed():
        for ssrc in range(10_000, 12_000):
            # Two m-lines fit this payload type for nobody: it is routed nowhere.
            other.send(HEADER.pack(0x80, 5, 1, 1, ssrc) + b"nobody's")
            if ssrc % 100 == 0:
                await asyncio.sleep(EVERY_S)
        await asyncio.sleep(0.3)
    assert good.dropped() - before == 2000
    assert streams_of(house, "other") <= 256


async def test_numbers_that_leap_about_leave_bounded_lists(house: House) -> None:
    """Holes, restarts and timestamps without sense, in pictures and in sound, to a receiver who follows."""
    good = await witness(house)
    other = await house.publish("other")
    viewer = await house.subscribe("viewer")
    await house.connected("other", "viewer")
    chance = random.Random(6)
    async with good.undisturbed():
        number = 0
        for turn in range(600):
            # As far as SRTP itself lets a sender leap.
            number += chance.choice((1, 1, 2, -30, 90, 400, 3000))
            for packet in (video_packet(number, key=chance.random() < 0.2), audio_packet(number)):
                with_time = packet[:4] + struct.pack("!I", chance.getrandbits(32)) + packet[8:]
                send_as_it_is(other, with_time)
            if turn % 20 == 0:
                other.send_rtcp(rtcp.sender_report(VIDEO_SSRC, chance.getrandbits(64), 5, 1, 1, "x" * 200))
                await asyncio.sleep(EVERY_S)
        await asyncio.sleep(0.3)
    for media in ("audio", "video"):
        layer = house.layer("other", media)
        assert len(layer.window._missing) <= 512
        assert len(layer.kept) <= 512
    assert house.out("viewer", ("other", "video")).packets > 0
    assert viewer.rtp


async def test_feedback_without_sense_from_a_receiver(house: House) -> None:
    """NACKs of everything, floods of keyframe requests, estimates and reports from nowhere."""
    good = await witness(house)
    viewer = await house.subscribe("viewer")
    await house.connected("viewer")
    out = house.out("viewer", ("good", "video"))
    chance = random.Random(7)
    asked = len(good.camera.rtcp)
    async with good.undisturbed():
        for turn in range(150):
            everything = rtcp.nack(out.ssrc, range(turn * 400, turn * 400 + 400))
            for message in (
                everything,
                rtcp.keyframe_request(out.ssrc),
                rtcp.keyframe_request(chance.getrandbits(32)),
                rtcp.bandwidth_limit(chance.getrandbits(chance.randrange(1, 60)), [out.ssrc]),
                rtcp.receiver_report(
                    [rtcp.report_block(out.ssrc, 255, 0x7FFFFF, 2**32 - 1, 2**32 - 1, 2**31, 2**32 - 1)] * 31
                ),
                transport_feedback(out.ssrc, chance.randbytes(4 * chance.randrange(20))),
                bytes(RTCP["transport"]),
            ):
                viewer.send_rtcp(message)
            if turn % 10 == 0:
                await asyncio.sleep(EVERY_S)
        await asyncio.sleep(0.3)
        requests = len(good.camera.rtcp) - asked
    assert requests < 150, "a receiver's wishes are gathered before they reach a publisher"


async def test_reports_that_are_cut_or_lie_about_their_length(house: House) -> None:
    good = await witness(house)
    viewer = await house.subscribe("viewer")
    await house.connected("viewer")
    before = house.port.counters.rtcp_malformed
    sent = 0
    async with good.undisturbed():
        for message in RTCP.values():
            for at in range(8, len(message)):
                cut = bytearray(message[:at])
                longer = bytearray(message)
                longer[2:4] = at.to_bytes(2, "big")
                for data in (cut, longer):
                    viewer.send_rtcp(bytes(data))
                    sent += 1
            await asyncio.sleep(EVERY_S)
        await asyncio.sleep(0.3)
    malformed = house.port.counters.rtcp_malformed - before
    assert sent * 0.5 < malformed <= sent


async def test_a_peer_that_never_stops_asking_is_answered_within_bounds(house: House) -> None:
    """The same hundred packets asked for a hundred times: the answers do not multiply the traffic."""
    good = await witness(house)
    viewer = await house.subscribe("viewer")
    await house.connected("viewer")
    out = house.out("viewer", ("good", "video"))
    async with good.undisturbed():
        await until(lambda: out.packets >= 200)
        newest = int.from_bytes(next(p for p in reversed(viewer.rtp) if p[1] & 0x7F == 96)[2:4], "big")
        wanted = [(newest - n) & 0xFFFF for n in range(100, 0, -1)]
        for _ in range(100):
            viewer.nack(out.ssrc, wanted)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
    assert out.resent <= 1000, "a hundred packets, at most ten times each"


def streams_of(house: House, seat: str) -> int:
    """How many SSRCs are remembered of what a seat sends."""
    publisher = house.room.seats[seat].publisher
    assert publisher is not None
    return len(publisher.connection.leg.routes.layers)
