"""A seat that plays a clip: its packets reach who may have them, and nobody else."""

import json
import subprocess
import sys
from pathlib import Path

import av
import pytest

from hearings import card
from hearings.clip import Clip, Part, Unreadable, load, pack, unpack
from hearings.permission import Standing
from tests.hearings.house import House
from tests.hearings.peer import payload_of
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(60)

FONT = Path(__file__).parents[2] / "static" / "vendor" / "raleway" / "raleway-latin-600.woff2"
KEY, DELTA = bytes([0]) * 2500, bytes([1]) * 300
CLIP = Clip(
    pictures=(Part(1, KEY), *[Part(0, DELTA)] * 199),
    speech=(Part(25, b"speech"),) * 50,
    silence=(Part(127, b"quiet"),) * 50,
)


async def test_who_subscribes_gets_a_keyframe_first_then_pictures_and_sound(house: House) -> None:
    house.room.join(Standing("m", True, False), "link")
    house.room.play("m", CLIP, speaks=True)
    await until(lambda: house.layer("m", "video").packets > 6)
    viewer = await house.subscribe("v")
    await house.connected("v")
    await until(lambda: len(viewer.rtp) > 60)
    video = [packet for packet in viewer.rtp if packet[1] & 0x7F == 96]
    begins = [payload for payload in map(payload_of, video) if payload[0] & 0x10]
    assert begins[0][4] == 0, "the first picture is a keyframe"
    assert sum(len(payload_of(packet)) - 4 for packet in video[:3]) == len(KEY), "whole, in three packets"
    assert any(payload_of(packet) == b"speech" for packet in viewer.rtp)
    assert house.layer("m", "video").keyframe_requests >= 1, "the next would have come in 19 s"


async def test_it_speaks_when_it_is_told_to(house: House) -> None:
    house.room.join(Standing("m", True, False), "link")
    house.room.play("m", CLIP, speaks=False)
    await until(lambda: house.room.activity.get("m") and house.room.activity["m"].voice == "silent")
    house.room.play("m", CLIP, speaks=True)
    await until(lambda: house.room.activity["m"].voice == "speaking")
    assert house.room.activity["m"].video


async def test_in_a_private_room_only_its_members_have_it(house: House) -> None:
    house.room.join(Standing("m", True, False, "apart"), "link")
    house.room.play("m", CLIP, speaks=True)
    outside = await house.subscribe("v")
    assert not house.holds("v", ("m", "video"))
    house.room.join(Standing("v", True, False, "apart"), "link")
    assert house.holds("v", ("m", "video"))
    house.room.leave("m")
    assert not house.holds("v", ("m", "video"))
    assert outside.rtp == []


async def test_it_does_not_grow_old_while_nobody_connects(house: House) -> None:
    house.room.join(Standing("m", True, False), "link")
    house.room.play("m", CLIP, speaks=True)
    house.skipped += 40
    await until(lambda: house.layer("m", "audio").packets > 5)
    house.skipped += 40
    before = house.layer("m", "audio").packets
    await until(lambda: house.layer("m", "audio").packets > before + 5)
    assert house.layer("m", "audio").packets < before + 30, "what was slept through is not made up for"


def test_files_that_are_no_clips_are_refused(tmp_path: Path) -> None:
    assert unpack(pack(CLIP)) == CLIP
    whole = pack(CLIP)
    for broken in (b"", whole[:-1], b"X" + whole, pack(Clip((Part(0, DELTA),), CLIP.speech, CLIP.silence))):
        with pytest.raises(Unreadable):
            unpack(broken)
    with pytest.raises(Unreadable):
        load(str(tmp_path / "nothing"))


def test_a_card_is_drawn_and_a_voice_made_that_browsers_can_decode(tmp_path: Path) -> None:
    order = {"name": "Mediador de ensaio", "caption": "do servidor", "pitch": 120.0, "shade": "#1351b4"}
    into = tmp_path / "new" / "m.clip"
    given = json.dumps({**order, "into": str(into), "font": str(FONT)})
    subprocess.run([sys.executable, "-m", "hearings.card"], input=given.encode(), check=True)
    clip = load(str(into))
    assert len(clip.speech) == len(clip.silence) == round(card.SECONDS / 0.02)
    assert min(part.value for part in clip.speech) < 35 < 120 < min(part.value for part in clip.silence)
    assert len(into.read_bytes()) < 200_000
    decoder = av.CodecContext.create("vp8", "r")
    pictures = [frame for part in clip.pictures for frame in decoder.decode(av.Packet(part.data))]
    assert len(pictures) == len(clip.pictures)
    grey = bytes(pictures[0].planes[0])
    assert max(grey) > 200 > 100 > grey[0], "white on blue"
