"""Bandwidth from end to end: a receiver's line narrows and widens, its picture follows, its sound flows."""

import asyncio

import pytest

from hearings.bandwidth.feedback import parse
from hearings.permission import Standing
from hearings.uplink import UNLIMITED
from tests.hearings.bandwidth.line import Line
from tests.hearings.house import House
from tests.hearings.lane import Far, Layered
from tests.hearings.waiting import until


async def layered(house: House, seat: str) -> Layered:
    """A seat that publishes three layers."""
    house.room.join(Standing(seat, True, False), "link")
    camera = Layered()
    await camera.open(("127.0.0.1", house.port.number))
    house.peers.append(camera)
    await camera.connect(house.room.publish(seat, 1, camera.offer()))
    camera.play()
    return camera


async def far(house: House, seat: str, line: Line) -> Far:
    """A seat that receives over a line."""
    house.room.join(Standing(seat, True, False), "link")
    receiver = Far(line)
    await receiver.open(("127.0.0.1", house.port.number))
    house.peers.append(receiver)
    offer = house.room.subscribe(seat, 1)
    house.room.answer(seat, 1, offer.version, receiver.answer(offer.sdp))
    await receiver.connect(offer.sdp)
    receiver.report()
    return receiver


def layer(receiver: Far) -> int:
    """The layer heard last within the last half second, -1 for none."""
    now = asyncio.get_running_loop().time()
    return next((layer for at, _, layer, _ in reversed(receiver.heard) if at > now - 0.5 and layer >= 0), -1)


async def sound_flows(receiver: Far, seconds: float) -> None:
    """Listen for so long; nearly every packet of the voice must have come."""
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(seconds)
    assert receiver.sounds(began) > 0.85 * seconds * 50


@pytest.mark.timeout(120)
async def test_the_picture_follows_the_line_and_the_sound_flows(house: House) -> None:
    """In real time on a busy machine: that nothing swings is shown in simulated time (test_allocation)."""
    loop = asyncio.get_running_loop()
    carried = {"rate": 4e6}
    camera = await layered(house, "a")
    receiver = await far(house, "b", Line(lambda _: carried["rate"], loss=0.01))
    began = loop.time()
    await until(lambda: layer(receiver) == 2, 20)
    print(f"the best layer after {loop.time() - began:.1f} s")

    began = loop.time()
    carried["rate"] = 450e3
    await until(lambda: layer(receiver) == 0, 15)
    print(f"the lowest {loop.time() - began:.1f} s after the line narrowed to 450 kbit/s")
    await sound_flows(receiver, 3)

    began = loop.time()
    carried["rate"] = 90e3
    await until(lambda: layer(receiver) == -1, 20)
    print(f"sound alone {loop.time() - began:.1f} s after it narrowed to 90 kbit/s")
    await asyncio.sleep(1)
    await sound_flows(receiver, 3)

    began = loop.time()
    carried["rate"] = 4e6
    await until(lambda: layer(receiver) == 2, 60)
    print(f"the best again {loop.time() - began:.1f} s after it widened")
    await sound_flows(receiver, 1)
    assert all(limit >= 0.99 * UNLIMITED for limit in camera.limits), "with layers nobody is asked for less"
    told = [parse(body) for body in camera.feedback]
    assert len(told) > 50
    arrived = sum(sum(at is not None for at in each.arrivals) for each in told)
    assert arrived > 0.9 * camera.sent
