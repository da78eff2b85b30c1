"""Which packets reach whom, and in which numbers, between packet-level peers."""

import asyncio
import itertools
import struct

import pytest
from aiortc.rtp import RtcpPsfbPacket

from hearings.errors import (
    STALE_GENERATION,
    HearingError,
)
from hearings.forwarding import rtcp, vp8
from hearings.forwarding.packet import extension
from hearings.negotiation import LEVEL_ID, TWCC_ID
from hearings.permission import Standing
from tests.hearings.house import House, numbers
from tests.hearings.peer import audio_packet, payload_of, video_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(30)


async def test_video_begins_with_a_keyframe_and_audio_at_once(house: House) -> None:
    camera = await house.publish("a")
    screen = await house.subscribe("b")
    await house.connected("b")
    for number in range(5):
        camera.send(video_packet(number))
        camera.send(audio_packet(number))
    await until(lambda: len(numbers(screen.rtp, 111)) == 5)
    assert numbers(screen.rtp, 96) == []
    await until(lambda: any(isinstance(p, RtcpPsfbPacket) and p.fmt == 1 for p in camera.rtcp))
    for number in range(5, 10):
        camera.send(video_packet(number, key=number == 6))
    await until(lambda: len(numbers(screen.rtp, 96)) == 4)
    sent = numbers(screen.rtp, 96)
    assert sent == list(range(sent[0], sent[0] + 4))
    level = next(p for p in screen.rtp if p[1] & 0x7F == 111)
    assert extension(level, LEVEL_ID) == bytes([0x80 | 30])
    assert [extension(p, TWCC_ID) for p in screen.rtp] == [n.to_bytes(2, "big") for n in range(9)]


async def test_a_new_generation_takes_over_behind_the_same_mline(house: House) -> None:
    old = await house.publish("a")
    screen = await house.subscribe("b")
    await house.connected("b")
    for number in range(100, 110):
        old.send(video_packet(number, key=number == 100))
    await until(lambda: len(numbers(screen.rtp, 96)) == 10)
    offers = len(house.events("offer", "b"))
    new = await house.publish("a", generation=2)
    await house.connected("a")
    for number in range(40000, 40010):
        new.send(video_packet(number, key=number == 40000, picture=number & 0x7FFF))
    await until(lambda: len(numbers(screen.rtp, 96)) == 20)
    video = [p for p in screen.rtp if p[1] & 0x7F == 96]
    sent = numbers(video, 96)
    assert sent == list(range(sent[0], sent[0] + 20))
    assert len({struct.unpack_from("!I", p, 8)[0] for p in video}) == 1, "one SSRC throughout"
    pictures = [vp8.read(payload_of(p)).picture for p in video]
    assert pictures == list(range(100, 120))
    assert len(house.events("offer", "b")) == offers
    with pytest.raises(HearingError) as refusal:
        house.room.publish("a", 1, new.offer())
    assert refusal.value.code == STALE_GENERATION


async def test_nothing_flows_from_or_to_the_lobby(house: House) -> None:
    camera = await house.publish("a")
    house.room.set_admitted("a", False)
    screen = await house.subscribe("b")
    for number in range(10):
        camera.send(video_packet(number, key=True))
        camera.send(audio_packet(number))
    await until(lambda: house.layer("a", "audio").packets == 10)
    assert screen.rtp == []
    assert house.room.seats["a"].publisher.sources["video"].followers == []
    assert all(slot.stream is None for slot in house.room.seats["b"].subscriber.slots)


async def test_a_private_room_hears_itself_and_nobody_else(house: House) -> None:
    """Three people; two go into a private room, one comes back, the other follows."""
    seats = ["a", "b", "c"]
    cameras = {seat: await house.publish(seat) for seat in seats}
    ears = {seat: await house.subscribe(seat) for seat in seats}
    await house.connected(*seats)
    number = itertools.count()

    async def heard() -> dict[str, set[str]]:
        """Whom each one gets packets of, by the rising number of what everybody sends now."""
        for ear in ears.values():
            ear.rtp.clear()
        for _ in range(5):
            count = next(number)
            for camera in cameras.values():
                camera.send(video_packet(count, key=True))
                camera.send(audio_packet(count))
        await until(lambda: all(house.layer(seat, "audio").packets == count + 1 for seat in seats))
        await asyncio.sleep(0.05)
        owner = {
            house.out(seat, stream).ssrc: stream[0]
            for seat in seats
            for stream in itertools.product(seats, ("audio", "video"))
            if house.holds(seat, stream)
        }
        return {seat: {owner[int.from_bytes(p[8:12], "big")] for p in ears[seat].rtp} for seat in seats}

    assert await heard() == {"a": {"b", "c"}, "b": {"a", "c"}, "c": {"a", "b"}}
    house.room.join(Standing("a", True, False, "reserved"), "link")
    house.room.join(Standing("b", True, False, "reserved"), "link")
    await house.answer_all(ears)
    assert await heard() == {"a": {"b"}, "b": {"a"}, "c": set()}
    house.room.join(Standing("b", True, False), "link")
    await house.answer_all(ears)
    assert await heard() == {"a": set(), "b": {"c"}, "c": {"b"}}
    house.room.join(Standing("a", True, False), "link")
    await house.answer_all(ears)
    assert await heard() == {"a": {"b", "c"}, "b": {"a", "c"}, "c": {"a", "b"}}


async def test_a_muted_seat_resumes_without_a_hole(house: House) -> None:
    microphone = await house.publish("a")
    ear = await house.subscribe("b")
    await house.connected("b")
    for number in range(30):
        if number == 10:
            await until(lambda: len(ear.rtp) == 10)
            house.room.set_muted("a", True)
        if number == 20:
            await until(lambda: house.layer("a", "audio").packets == 20)
            house.room.set_muted("a", False)
        microphone.send(audio_packet(number))
    await until(lambda: house.layer("a", "audio").packets == 30)
    await until(lambda: len(ear.rtp) >= 20)
    await asyncio.sleep(0.1)
    sent = numbers(ear.rtp, 111)
    assert sent == list(range(sent[0], sent[0] + 20))


async def test_an_mline_the_browser_refused_gets_nothing(house: House) -> None:
    camera = await house.publish("a")
    house.room.join(Standing("b", True, False), "link")
    offer = house.room.subscribe("b", 1)
    screen = await house.peer()
    refusing = screen.answer(offer.sdp).replace("m=video 9", "m=video 0")
    house.room.answer("b", 1, offer.version, refusing)
    await screen.connect(offer.sdp)
    await house.connected("b")
    for number in range(10):
        camera.send(video_packet(number, key=True))
        camera.send(audio_packet(number))
    await until(lambda: len(numbers(screen.rtp, 111)) == 10)
    assert numbers(screen.rtp, 96) == []


async def test_six_people_have_five_others_each(house: House) -> None:
    seats = [f"s{number}" for number in range(6)]
    cameras = {seat: await house.publish(seat) for seat in seats}
    screens = {seat: await house.subscribe(seat) for seat in seats}
    await house.connected(*seats)
    for screen in screens.values():
        screen.send_rtcp(rtcp.bandwidth_limit(8_000_000, [1]))
    pictures = [house.out(seat, (other, "video")) for seat in seats for other in seats if other != seat]
    await until(lambda: all(out.target == 0 for out in pictures))
    for number in range(20):
        for camera in cameras.values():
            camera.send(video_packet(number, key=True))
            camera.send(audio_packet(number))
        await asyncio.sleep(0.005)
    await until(lambda: all(len(screen.rtp) == 5 * 2 * 20 for screen in screens.values()))
    for screen in screens.values():
        assert len({packet[8:12] for packet in screen.rtp}) == 10
        assert len({packet[:12] for packet in screen.rtp}) == 200, "no SSRC uses a number twice"
