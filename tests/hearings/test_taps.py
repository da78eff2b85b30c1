"""What a recorder is given of a room: by the rules of permission, from a keyframe, in unbroken numbers."""

import asyncio
import itertools

import pytest

from hearings.forwarding import rtcp
from hearings.forwarding.tap import Tap
from hearings.permission import Standing
from tests.hearings.house import House
from tests.hearings.peer import AUDIO_SSRC, VIDEO_SSRC, audio_packet, video_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(30)

Given = tuple[int, int, bool, bytes, float]


class Notes:
    """A recorder that keeps what it is given."""

    def __init__(self) -> None:
        self.packets: dict[tuple[str, str], list[Given]] = {}
        self.reports: dict[tuple[str, str], list[tuple[int, int, float]]] = {}
        self.begun: list[tuple[str, str, str]] = []
        self.ended: list[tuple[str, str]] = []
        self.speakers: list[str | None] = []

    def begin(self, seat: str, media: str, codec: str) -> Tap:
        self.begun.append((seat, media, codec))
        packets = self.packets.setdefault((seat, media), [])
        reports = self.reports.setdefault((seat, media), [])
        return Tap(
            lambda *packet: packets.append(packet),
            lambda *report: reports.append(report),
            video=media != "audio",
        )

    def end(self, seat: str, media: str) -> None:
        self.ended.append((seat, media))

    def speaker(self, seat: str | None) -> None:
        self.speakers.append(seat)


async def test_a_recorder_gets_whole_streams_with_the_publishers_clock(house: House) -> None:
    camera = await house.publish("a")
    await house.connected("a")
    notes = Notes()
    house.room.record(notes)
    assert notes.begun == [("a", "audio", "opus"), ("a", "video", "vp8")]
    for number in range(20):
        camera.send(video_packet(number, key=number == 5))
        camera.send(audio_packet(number, level=20))
    camera.send_rtcp(rtcp.sender_report(VIDEO_SSRC, 7 << 32, 19 * 3000, 20, 20, "me"))
    camera.send_rtcp(rtcp.sender_report(AUDIO_SSRC, 8 << 32, 19 * 960, 20, 20, "me"))
    await until(lambda: notes.reports["a", "video"] and notes.reports["a", "audio"])
    video, audio = notes.packets["a", "video"], notes.packets["a", "audio"]
    assert (len(video), len(audio)) == (15, 20)
    assert all(after[0] == before[0] + 1 for before, after in itertools.pairwise(video))
    assert video[0][3] == video_packet(5, key=True)[12:]
    assert audio[-1][3] == b"opus"
    assert all(packet[2] for packet in video)
    assert notes.reports["a", "video"][0][:2] == (7 << 32, video[-1][1])
    assert notes.reports["a", "audio"][0][:2] == (8 << 32, audio[-1][1])
    await until(lambda: notes.speakers[-1:] == ["a"])
    house.room.stop_recording()
    assert notes.ended == [("a", "audio"), ("a", "video")]


async def test_a_reconnection_ends_the_streams_and_begins_new_ones(house: House) -> None:
    await house.publish("a")
    notes = Notes()
    house.room.record(notes)
    await house.publish("a", generation=2)
    assert notes.ended == [("a", "audio"), ("a", "video")]
    assert len(notes.begun) == 4


async def test_nothing_private_muted_or_from_the_lobby_is_recorded(house: House) -> None:
    camera = await house.publish("a")
    await house.connected("a")
    notes = Notes()
    house.room.record(notes)
    number = 0

    async def send() -> tuple[int, int]:
        """Ten packets of each; how many more of sound and picture the recorder has been given."""
        nonlocal number
        before = len(notes.packets["a", "audio"]), len(notes.packets["a", "video"])
        for _ in range(10):
            camera.send(video_packet(number, key=True))
            camera.send(audio_packet(number))
            number += 1
        await until(lambda: house.layer("a", "audio").packets == number)
        await asyncio.sleep(0.02)
        return len(notes.packets["a", "audio"]) - before[0], len(notes.packets["a", "video"]) - before[1]

    assert await send() == (10, 10)
    house.room.join(Standing("a", True, False, "reserved"), "link")
    assert await send() == (0, 0)
    house.room.join(Standing("a", True, True), "link")
    assert await send() == (0, 10)
    house.room.set_admitted("a", False)
    assert await send() == (0, 0)
    house.room.join(Standing("a", True, False), "link")
    assert await send() == (10, 10)
    for given in notes.packets.values():
        assert all(after[0] == before[0] + 1 for before, after in itertools.pairwise(given))
