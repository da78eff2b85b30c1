"""A lossy line on either side of the engine, watched at packet level with the keys known."""

import asyncio
import contextlib

import pytest

from hearings.permission import Standing
from tests.hearings.hostile.road import Camera, Number, Road, Screen
from tests.hearings.house import House
from tests.hearings.peer import AUDIO_SSRC, VIDEO_SSRC, audio_packet, payload_of, video_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(90)

PACKETS = 500
EVERY_S = 0.004
STEP = 360
"""That in the clock of pictures: what is old is not resent."""
FIRST = 65300
"""The sender's numbers wrap on the way."""
SOUND, PICTURE = 111, 96


async def seated(house: House, peer: Road, seat: str) -> None:
    """Join, and connect the peer as a publisher or as a receiver."""
    house.room.join(Standing(seat, True, False), "link")
    await peer.open(("127.0.0.1", house.port.number))
    house.peers.append(peer)
    if isinstance(peer, Camera):
        await peer.connect(house.room.publish(seat, 1, peer.offer()))
    else:
        offer = house.room.subscribe(seat, 1)
        house.room.answer(seat, 1, offer.version, peer.answer(offer.sdp))
        await peer.connect(offer.sdp)


def sound(number: int) -> bytes:
    """An Opus packet whose body repeats its number."""
    return audio_packet(number) + (number & 0xFFFF).to_bytes(2, "big")


def originals(screen: Screen, payload_type: int) -> dict[int, int]:
    """What the server sent of a stream: its number -> the sender's, as the body tells."""
    found = {}
    for (_, number), packet in screen.plain.items():
        if packet[1] & 0x7F == payload_type:
            found[number] = int.from_bytes(payload_of(packet)[-2:], "big")
    return found


async def drive(camera: Camera, screen: Screen) -> None:
    """Send sound and pictures, ask for what is missing, and go on until nothing more comes of asking."""
    for number in range(FIRST, FIRST + PACKETS):
        camera.publish(video_packet(number, key=number % 100 == 0, step=STEP))
        camera.publish(sound(number))
        if number % 8 == 0:
            screen.ask()
        await asyncio.sleep(EVERY_S)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(8):
            # Sound has been given up long before: what it lacks does not come any more.
            while screen.holes(PICTURE) or lacking(camera):
                screen.ask()
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(("loss", "seed"), [(0.05, 1), (0.10, 2), (0.20, 3)])
async def test_what_can_be_repaired_is_repaired_and_no_number_means_two_things(
    house: House, loss: float, seed: int
) -> None:
    camera, screen = Camera(loss, seed), Screen(loss, seed + 10)
    await seated(house, camera, "a")
    await seated(house, screen, "b")
    await house.connected("a", "b")
    await drive(camera, screen)
    await until(lambda: screen.plain)

    # No number of any stream, RTX included, was ever used for two datagrams: that would break AES-GCM.
    assert {len(datagrams) for datagrams in screen.wire.values()} == {1}

    for ssrc, payload_type in ((VIDEO_SSRC, PICTURE), (AUDIO_SSRC, SOUND)):
        forwarded = originals(screen, payload_type)
        shift = {(number - original) & 0xFFFF for number, original in forwarded.items()}
        assert len(shift) == 1, "the numbers go on as the sender's do, holes included"
        begun = min((original - FIRST) & 0xFFFF for original in forwarded.values())
        expected = {
            original
            for (of, original) in camera.reached
            if of == ssrc and (original - FIRST) & 0xFFFF >= begun
        }
        assert set(forwarded.values()) == expected, "whatever reached the server went on, once"
        never = {number for number in camera.sent if number[0] == ssrc} - camera.reached
        assert all(patient(camera, number) for number in never), "nothing was given up unasked"
        print(f"{loss:.0%}, {payload_type}: never reached the server {len(never)} of {PACKETS}")

    assert screen.holes(PICTURE) == absent(screen, PICTURE), "every picture's packet was got in the end"
    assert camera.lost > loss * PACKETS
    assert screen.lost > loss * PACKETS
    assert house.port.counters.failures == 0


def lacking(camera: Camera) -> set[Number]:
    """The pictures' packets that have not come to the server yet."""
    return {number for number in camera.sent if number[0] == VIDEO_SSRC} - camera.reached


def patient(camera: Camera, number: Number) -> bool:
    """Whether the server has asked as often as it makes sense for this packet."""
    last = (FIRST + PACKETS - 1) & 0xFFFF
    # Sound that is not there within a few tenths of a second is not worth a second question.
    return number[1] == last or camera.asked[number] >= (3 if number[0] == VIDEO_SSRC else 1)


def absent(screen: Screen, payload_type: int) -> list[int]:
    """The numbers that the server itself never had anything for."""
    sent = originals(screen, payload_type)
    got = screen.got[payload_type]
    return [n for n in range(min(got), max(got)) if n not in sent]
