"""Who gets which layer in a room, and what publishers are asked for. Receivers say their lines by REMB."""

import asyncio
from typing import Any

import pytest
from aiortc.rtp import RtcpPsfbPacket

from hearings.bandwidth.allocation import ELASTIC_FLOOR
from hearings.distribution import VOICE
from hearings.forwarding import rtcp
from hearings.permission import Standing
from hearings.uplink import UNLIMITED
from tests.hearings.house import House
from tests.hearings.lane import Layered
from tests.hearings.peer import Peer, audio_packet, video_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(60)

RICH = 8_000_000


async def receive(house: House, seat: str, line: int) -> Peer:
    """A receiver whose line carries so many bit/s."""
    peer = await house.subscribe(seat)
    await house.connected(seat)
    say(peer, line)
    return peer


def say(peer: Peer, line: int) -> None:
    """Report a line of so many bit/s."""
    peer.send_rtcp(rtcp.bandwidth_limit(line, [1]))


async def layered(house: House, seat: str, *, interpreter: bool = False) -> Layered:
    """A seat that publishes three layers."""
    house.room.join(Standing(seat, True, False, interpreter=interpreter), "link")
    camera = Layered()
    await camera.open(("127.0.0.1", house.port.number))
    house.peers.append(camera)
    await camera.connect(house.room.publish(seat, 1, camera.offer()))
    camera.play()
    await until(lambda: len(house.room.seats[seat].publisher.sources["video"].live(house.port.clock())) == 3)
    return camera


def limits(told: list[Any]) -> list[int]:
    found = [rtcp.read_bandwidth_limit(p.fci) for p in told if isinstance(p, RtcpPsfbPacket) and p.fmt == 15]
    return [limit for limit in found if limit is not None]


async def talk(camera: Peer) -> None:
    """A camera without layers, of about 400 kbit/s, and a voice."""
    number = 0
    while True:
        camera.send(video_packet(number, key=number % 100 == 0, size=1000))
        camera.send(audio_packet(number))
        number += 1
        await asyncio.sleep(0.02)


async def test_a_camera_without_layers_keeps_to_its_worst_receivers_line(house: House) -> None:
    camera = await house.publish("a")
    talking = asyncio.create_task(talk(camera))
    try:
        await receive(house, "b", RICH)
        poor = await receive(house, "c", RICH)
        await until(lambda: (limits(camera.rtcp) or [0])[-1] > UNLIMITED * 0.99)
        say(poor, 450_000)
        await until(lambda: limits(camera.rtcp)[-1] < 450_000)
        assert limits(camera.rtcp)[-1] >= VOICE + ELASTIC_FLOOR
        say(poor, 270_000)
        await until(lambda: limits(camera.rtcp)[-1] <= 270_000)
        assert limits(camera.rtcp)[-1] >= (VOICE + ELASTIC_FLOOR) * 0.99
        assert house.out("c", ("a", "video")).target == 0
        say(poor, 100_000)
        await until(lambda: house.out("c", ("a", "video")).target is None)
        await until(lambda: limits(camera.rtcp)[-1] > UNLIMITED * 0.99)
        heard = house.out("c", ("a", "audio")).packets
        await until(lambda: house.out("c", ("a", "audio")).packets > heard + 20)
        assert house.out("b", ("a", "video")).target == 0
        say(poor, RICH)
        await until(lambda: house.out("c", ("a", "video")).target == 0, 15)
    finally:
        talking.cancel()


async def test_each_receiver_gets_the_layer_its_tile_and_its_line_bear(house: House) -> None:
    camera = await layered(house, "a")
    poor = await receive(house, "b", 900_000)
    await receive(house, "c", RICH)
    await until(lambda: house.out("b", ("a", "video")).target == 1)
    await until(lambda: house.out("c", ("a", "video")).target == 2)
    for tile, target in ((180, 0), (360, 1), (0, None), (700, 2)):
        house.room.seats["c"].sizes = {"a/video": tile}
        await until(lambda target=target: house.out("c", ("a", "video")).target == target)
    say(poor, RICH)
    await until(lambda: house.out("b", ("a", "video")).target == 2)
    assert all(limit > UNLIMITED * 0.99 for limit in limits([]) + camera.limits)


async def test_the_interpreter_is_seen_before_the_speaker_and_the_speaker_before_others(house: House) -> None:
    for seat in ("a", "b", "c"):
        await layered(house, seat, interpreter=seat == "c")
    viewer = await receive(house, "v", RICH)
    await house.answer_all({"v": viewer})
    outs = {seat: house.out("v", (seat, "video")) for seat in ("a", "b", "c")}
    await until(lambda: [out.target for out in outs.values()] == [2, 2, 2])
    small = {f"{seat}/video": 120 for seat in ("a", "b", "c")}
    house.room.seat("v").sizes = small
    say(viewer, RICH)
    await until(lambda: {seat: out.target for seat, out in outs.items()} == {"a": 0, "b": 0, "c": 2})
    house.room.seat("v").sizes = {}
    house.room._observation.speaker = "b"
    say(viewer, 1_000_000)
    await until(lambda: {seat: out.target for seat, out in outs.items()} == {"a": 0, "b": 0, "c": 1})
    say(viewer, 300_000)
    await until(lambda: {seat: out.target for seat, out in outs.items()} == {"a": None, "b": None, "c": 0})
