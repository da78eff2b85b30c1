"""Datagrams from a bound address that its owner did not send, or not like this: tags, replays, DTLS."""

import asyncio
import random
import struct

import pytest
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters

from hearings.dtls import QUEUE_LIMIT
from hearings.forwarding import rtcp
from hearings.permission import Standing
from hearings.sdp import parse
from tests.hearings.hostile.recorded import DTLS
from tests.hearings.hostile.witness import sealed, sealed_rtcp, under, witness
from tests.hearings.house import House
from tests.hearings.peer import audio_packet, video_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(60)

SOUND = range(1, 41)


async def test_one_wrong_bit_anywhere_is_refused(house: House) -> None:
    good = await witness(house)
    other = await house.publish("other")
    await house.connected("other")
    chance = random.Random(3)
    before = house.port.counters.srtp_refused
    spoiled = []
    for number in SOUND:
        for seal in (sealed(other, audio_packet(number)), sealed_rtcp(other, rtcp.receiver_report([]))):
            data = bytearray(seal)
            # Not the first two bytes: they say whether this is RTP or RTCP at all.
            data[chance.randrange(2, len(data))] ^= 1 << chance.randrange(8)
            spoiled += [bytes(data), bytes(data[: chance.randrange(12, len(data))])]
    async with good.undisturbed():
        for data in spoiled:
            other.send_raw(data)
        await asyncio.sleep(0.2)
    assert house.port.counters.srtp_refused - before == len(spoiled)
    assert house.layer("other", "audio").packets == 0


async def test_a_replay_is_refused_and_heard_once(house: House) -> None:
    good = await witness(house)
    other = await house.publish("other")
    await house.connected("other")
    before = house.port.counters.srtp_refused
    seals = [sealed(other, audio_packet(number)) for number in SOUND]
    reports = [sealed_rtcp(other, rtcp.receiver_report([])) for _ in SOUND]
    async with good.undisturbed():
        for _ in range(3):
            for data in (*seals, *reports):
                other.send_raw(data)
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
    assert house.port.counters.srtp_refused - before == 2 * len(seals + reports)
    assert house.layer("other", "audio").packets == len(seals)


async def test_one_participants_key_does_not_open_anothers_connection(house: House) -> None:
    """A participant takes the place of another's bound address, as one who forges its source would."""
    good = await witness(house)
    other = await house.publish("other")
    await house.connected("other")
    before = house.port.counters.srtp_refused
    async with good.undisturbed():
        for number in SOUND:
            other.send_raw(sealed(good.camera, under(77, audio_packet(number))))
        await asyncio.sleep(0.2)
    assert house.port.counters.srtp_refused - before == len(SOUND)


async def test_dtls_garbage_ends_no_connection(house: House) -> None:
    """Forged from the very address of a connection that is up: hellos, alerts and noise."""
    good = await witness(house)
    chance = random.Random(9)
    # A close_notify and a fatal alert that are not encrypted: anybody could write them.
    alerts = [
        struct.pack("!BHHIHH", 21, 0xFEFD, 0, 0, number, 2) + body
        for number, body in enumerate((b"\x01\x00", b"\x02\x28"))
    ]
    noise = [bytes([first]) + chance.randbytes(60) for first in range(20, 64) for _ in range(4)]
    async with good.undisturbed():
        for data in (*DTLS.values(), *alerts, *noise):
            good.camera.send_raw(data)
            good.screen.send_raw(data)
        await asyncio.sleep(0.5)
    for side in (house.room.seats["good"].publisher, house.room.seats["watcher"].subscriber):
        assert side is not None
        assert side.connection.up


async def test_a_handshake_succeeds_in_spite_of_noise(house: House) -> None:
    good = await witness(house)
    chance = random.Random(4)
    late = await house.peer()
    house.room.join(Standing("late", True, False), "link")
    answer = house.room.publish("late", 1, late.offer())
    theirs = parse(answer).transport
    assert theirs is not None
    late.check(theirs)
    await until(lambda: late.stun_answers)
    async with good.undisturbed():
        for _ in range(QUEUE_LIMIT // 2):
            late.send_raw(bytes([chance.randrange(20, 64)]) + chance.randbytes(chance.randrange(200)))
        late.check(theirs)
        algorithm, _, value = theirs.fingerprint.partition(" ")
        async with asyncio.timeout(20):
            await late._dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(algorithm, value)]))
        late.up = True
        await house.connected("late")
    late.send(audio_packet(1))
    await until(lambda: house.layer("late", "audio").packets == 1)


async def test_dtls_that_nobody_reads_waits_in_a_bounded_queue(house: House) -> None:
    """Before the answer is there (and the fingerprint with it) nothing reads the handshake."""
    good = await witness(house)
    early = await house.peer()
    house.room.join(Standing("early", True, False), "link")
    offer = house.room.subscribe("early", 1)
    theirs = parse(offer.sdp).transport
    assert theirs is not None
    early.check(theirs)
    await until(lambda: early.stun_answers)
    before = house.port.counters.dtls_overflow
    async with good.undisturbed():
        for _ in range(3 * QUEUE_LIMIT):
            early.send_raw(DTLS["hello"])
        await asyncio.sleep(0.2)
    assert house.port.counters.dtls_overflow - before == 2 * QUEUE_LIMIT


async def test_media_before_the_handshake_is_dropped(house: House) -> None:
    good = await witness(house)
    early = await house.peer()
    house.room.join(Standing("early", True, False), "link")
    theirs = parse(house.room.publish("early", 1, early.offer())).transport
    assert theirs is not None
    early.check(theirs)
    await until(lambda: early.stun_answers)
    before = good.dropped()
    plain = [audio_packet(1), video_packet(1, key=True), rtcp.receiver_report([])]
    async with good.undisturbed():
        for data in plain:
            early.send_raw(data)
        await asyncio.sleep(0.2)
    assert good.dropped() - before == len(plain)


async def test_datagrams_of_no_protocol_from_a_bound_address_are_counted(house: House) -> None:
    good = await witness(house)
    other = await house.publish("other")
    await house.connected("other")
    before = house.port.counters.unknown_kind
    strange = [bytes([first]) + bytes(size) for first in (4, 19, 64, 127, 192, 255) for size in (0, 1, 40)]
    async with good.undisturbed():
        for data in strange:
            other.send_raw(data)
        await asyncio.sleep(0.2)
    assert house.port.counters.unknown_kind - before == len(strange)
