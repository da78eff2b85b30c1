"""A recorded room with packet-level peers: what gets into the files, and what must not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest
from aiortc.rtp import RtcpPsfbPacket

from hearings.errors import ALREADY_RECORDING, NO_SPACE, NOT_RECORDING, HearingError
from hearings.forwarding.packet import HEADER
from hearings.permission import Standing
from hearings.recording import space
from hearings.recording.reader import Recorded
from hearings.recording.recording import Order
from tests.hearings.house import House
from tests.hearings.peer import AUDIO_SSRC, OPUS, VIDEO_SSRC, VP8, Peer
from tests.hearings.recording.making import FPS, KEY, LOOKS, pictures, sound
from tests.hearings.recording.packets import video
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(60)

PICTURES = pictures(LOOKS["s1"].colour, 2)
SOUND = sound(LOOKS["s1"].tone, 1)


class Publishing:
    """A peer that sends pictures and sound in real time; what it sends ends with a zero and `word`."""

    def __init__(self, peer: Peer, number: int = 65500) -> None:
        self.peer = peer
        self.word = b"open"
        self.lose_next_picture = False
        self._number = number
        self._pictures = list(video(PICTURES))

    async def run(self) -> None:
        """Until cancelled; a keyframe each second."""
        number = self._number
        for frame in range(10**6):
            for voice in (0, 1):  # 40 ms of sound to 50 of pictures: close enough to real time
                count = frame * 2 + voice
                payload = SOUND[count % len(SOUND)].data + b"\0" + self.word
                head = HEADER.pack(0x80, OPUS, (number + count) & 0xFFFF, count * 960, AUDIO_SSRC)
                self.peer.send(head + payload)
            timestamp = self._pictures[0].timestamp + frame % len(PICTURES) * 90000 // FPS
            packets = [p for p in self._pictures if p.timestamp == timestamp]
            for packet in packets:
                shown = frame * 90000 // FPS
                kind = (0x80 if packet.marker else 0) | VP8
                number_now = (number + frame // len(PICTURES) * len(self._pictures) + packet.number) & 0xFFFF
                lost, self.lose_next_picture = self.lose_next_picture, False
                if not lost:
                    head = HEADER.pack(0x80, kind, number_now, shown, VIDEO_SSRC)
                    self.peer.send(head + packet.payload + (b"\0" + self.word) * packet.marker)
            await asyncio.sleep(1 / FPS)


class Scene:
    """The house, recorded into a folder."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        self.tasks: list[asyncio.Task[None]] = []

    def order(self, name: str = "r1", paused: bool = False) -> Order:
        return Order(name, self.folder, KEY.hex(), paused)

    def record(self, link: str = "link", **order) -> None:
        self.house.registry.recordings.start(self.house.room, link, self.order(**order))

    async def publishing(self, seat: str, generation: int = 1, number: int = 65500) -> Publishing:
        publishing = Publishing(await self.house.publish(seat, generation), number)
        self.tasks.append(asyncio.create_task(publishing.run()))
        return publishing

    def stand(self, seat: str, *, admitted: bool = True, muted: bool = False, circle: str = "") -> None:
        self.house.room.join(Standing(seat, admitted, muted, circle), "link")

    def told(self) -> list[dict]:
        return [payload for _, event, payload in self.house.told if event == "recording"]

    async def recording(self) -> None:
        await until(lambda: self.told() and self.told()[-1]["state"] == "recording", 10)

    async def stop(self) -> Recorded:
        self.house.registry.recordings.stop("sala")
        await until(lambda: self.told()[-1]["state"] == "stopped", 10)
        return Recorded.open(self.folder, KEY)


@pytest.fixture
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(house, tmp_path / "recording")
    yield scene
    for task in scene.tasks:
        task.cancel()
    await asyncio.gather(*scene.tasks, return_exceptions=True)
    house.registry.recordings.leave()
    await house.registry.recordings.finish()


def written(recorded: Recorded, medium: str, seat: str = "a") -> list[bytes]:
    """Every packet of a medium of a seat, as its file holds it."""
    found = []
    for segment in recorded.segments:
        if segment.seat != seat or medium not in segment.media:
            continue
        with recorded.read(segment) as file, av.open(file, format="matroska") as container:
            stream = container.streams[segment.media.index(medium)]
            found += [bytes(packet) for packet in container.demux(stream) if packet.size]
    return found


async def test_only_what_is_said_in_the_hearing_itself_is_written(scene: Scene) -> None:
    """What is sent bears the word of its phase."""
    scene.record()
    await scene.recording()
    scene.stand("a")
    speaking = await scene.publishing("a")
    await asyncio.sleep(0.8)
    phases = {
        b"muted": lambda: scene.stand("a", muted=True),
        b"private": lambda: scene.stand("a", circle="lawyers"),
        b"outside": lambda: scene.stand("a", admitted=False),
        b"paused": lambda: scene.house.registry.recordings.pause("sala", True),
    }
    for word, begin in phases.items():
        begin()
        speaking.word = word
        await asyncio.sleep(0.5)
        speaking.word = b"open"
        await asyncio.sleep(0.2)  # what was sent in the phase has arrived
        scene.stand("a")
        scene.house.registry.recordings.pause("sala", False)
        await asyncio.sleep(0.8)
    recorded = await scene.stop()
    heard, seen = (_words(recorded, medium) for medium in ("audio", "video"))
    assert heard == {"open"}
    assert seen == {"open", "muted"}, "the camera of a silenced seat goes on"


def _words(recorded: Recorded, medium: str) -> set[str]:
    return {re.search(rb"[a-z]+$", data)[0].decode() for data in written(recorded, medium)}


async def test_a_lost_picture_is_dropped_and_a_keyframe_asked_for(scene: Scene) -> None:
    publishing = await scene.publishing("a")
    asked: list[RtcpPsfbPacket] = []

    def keep(packet: object) -> None:
        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == 1:
            asked.append(packet)

    scene.record()
    await scene.recording()
    await asyncio.sleep(1.5)
    publishing.peer.on_rtcp = keep
    publishing.lose_next_picture = True
    await until(lambda: asked, 10)
    await asyncio.sleep(3)
    recorded = await scene.stop()
    decoded = 0
    for segment in recorded.segments:
        with recorded.read(segment) as file, av.open(file, format="matroska") as container:
            decoded += sum(len(p.decode()) for p in container.demux(video=0))
    assert decoded > 40
    assert decoded == len(written(recorded, "video")), "every picture that was written can be decoded"


async def test_a_browser_that_comes_back_begins_a_new_file(scene: Scene) -> None:
    await scene.publishing("a")
    scene.record()
    await scene.recording()
    await asyncio.sleep(1.2)
    again = await scene.publishing("a", generation=2, number=300)
    await asyncio.sleep(1.5)
    scene.house.room.leave("a")
    scene.stand("a")
    recorded = await scene.stop()
    assert [segment.complete for segment in recorded.segments] == [True, True]
    first, second = recorded.segments
    assert second.starts_ms >= first.ends_ms - 60
    assert second.ends_ms - second.starts_ms > 700
    assert again.peer.up


async def test_it_is_told_to_every_link_of_the_room_and_to_who_asked(scene: Scene) -> None:
    scene.house.room.join(Standing("a", True, False), "web-1")
    scene.house.room.join(Standing("b", True, False), "web-2")
    scene.record("web-3")
    await scene.recording()
    links = {link for link, event, _ in scene.house.told if event == "recording"}
    assert links == {"web-1", "web-2", "web-3"}
    scene.record("web-4")
    before = len(scene.house.told)
    await until(
        lambda: (
            {link for link, event, _ in scene.house.told[before:] if event == "recording"}
            == {"web-1", "web-2", "web-4"}
        ),
        5,
    )
    payload = scene.told()[-1]
    assert payload.keys() == {"room", "recording", "state", "reason", "seconds", "bytes"}


async def test_one_recording_to_a_room(scene: Scene) -> None:
    with pytest.raises(HearingError) as refusal:
        scene.house.registry.recordings.pause("sala", True)
    assert refusal.value.code == NOT_RECORDING
    scene.record()
    with pytest.raises(HearingError) as refusal:
        scene.record(name="r2")
    assert refusal.value.code == ALREADY_RECORDING
    await scene.recording()
    await scene.stop()
    scene.house.registry.recordings.stop("sala")
    scene.record(name="r2")


async def test_without_room_on_the_disk_it_does_not_begin(scene: Scene, monkeypatch) -> None:
    monkeypatch.setattr(space, "SEAT_BYTES_PER_S", 10**15)
    with pytest.raises(HearingError) as refusal:
        scene.record()
    assert refusal.value.code == NO_SPACE
    assert not scene.folder.exists()


async def test_what_is_needed_grows_with_the_seats() -> None:
    assert space.needed(1) == space.needed(2) < space.needed(6)
    assert space.needed(2, 60) == 2 * 60 * space.SEAT_BYTES_PER_S
    assert space.free(Path("/nowhere/at/all")) == space.free(Path("/"))


async def test_a_room_that_is_closed_ends_its_recording(scene: Scene) -> None:
    await scene.publishing("a")
    scene.record()
    await scene.recording()
    await asyncio.sleep(1)
    scene.house.registry.close("sala")
    await until(lambda: scene.told()[-1]["state"] == "stopped", 10)
    recorded = Recorded.open(scene.folder, KEY)
    assert all(segment.complete for segment in recorded.segments)
    assert "stopped" in {row.event for row in recorded.timeline}


async def test_a_process_that_ends_leaves_the_recording_to_the_next(scene: Scene) -> None:
    await scene.publishing("a")
    scene.record()
    await scene.recording()
    await asyncio.sleep(1)
    scene.house.registry.recordings.leave()
    await scene.house.registry.recordings.finish()
    assert scene.told()[-1]["state"] == "recording"
    scene.record(paused=True)  # as the next process is told
    await until(lambda: scene.told()[-1]["state"] == "paused", 10)
    await asyncio.sleep(0.5)
    scene.house.registry.recordings.pause("sala", False)
    await scene.recording()
    await asyncio.sleep(1.5)
    recorded = await scene.stop()
    assert len(recorded.segments) == 2
    assert all(segment.complete for segment in recorded.segments)
    events = [row.event for row in recorded.timeline if row.event not in ("segment", "ended", "speaker")]
    assert events == ["begun", "begun", "paused", "resumed", "stopped"]
