"""A room: seats, offers, limits, who speaks. No packets but the few that show it."""

import pytest

from hearings.errors import (
    ROOM_FULL,
    ROOM_UNKNOWN,
    SEAT_UNKNOWN,
    STALE_VERSION,
    TOO_MANY_ROOMS,
    HearingError,
)
from hearings.permission import Standing
from hearings.registry import ORPHAN_S
from hearings.room import MAX_SEATS, Room
from hearings.sdp import parse
from tests.hearings.house import House
from tests.hearings.peer import audio_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(30)


async def test_offers_are_made_one_at_a_time_and_mlines_are_reused(house: House) -> None:
    viewer = await house.subscribe("v")
    await house.publish("a")
    (offer,) = house.events("offer", "v")
    await house.publish("b")
    await house.publish("c")
    assert len(house.events("offer", "v")) == 1, "the next waits for the answer"
    with pytest.raises(HearingError) as refusal:
        house.room.answer("v", 1, offer["version"] + 1, viewer.answer(offer["sdp"]))
    assert refusal.value.code == STALE_VERSION
    house.room.answer("v", 1, offer["version"], viewer.answer(offer["sdp"]))
    _, second = house.events("offer", "v")
    assert [entry["seat"] for entry in second["streams"]] == ["a", "b", "c"]
    house.room.answer("v", 1, second["version"], viewer.answer(second["sdp"]))
    lines = len(parse(second["sdp"]).sections)
    mids = {entry["seat"]: entry["mids"] for entry in second["streams"]}
    house.room.leave("b")
    house.room.leave("c")
    for number in (2, 3):  # one offer for each who left
        late = house.events("offer", "v")[number]
        house.room.answer("v", 1, late["version"], viewer.answer(late["sdp"]))
    await house.publish("d")
    last = house.events("offer", "v")[-1]
    assert len(parse(last["sdp"]).sections) == lines == 6
    after = {entry["seat"]: entry["mids"] for entry in last["streams"]}
    assert after["a"] == mids["a"]
    assert after["d"] in (mids["b"], mids["c"])


async def test_the_speaker_is_told_when_it_changes(house: House) -> None:
    camera = await house.publish("a")
    await house.connected("a")
    camera.send(audio_packet(1, level=20))
    await until(lambda: any(e[1] == "activity" and e[2]["speaker"] == "a" for e in house.told))
    last = [e for e in house.told if e[1] == "activity"][-1]
    assert last[2]["seats"]["a"]["voice"] == "speaking"
    assert last[2]["seats"]["a"]["level"] == 10


async def test_a_microphone_that_falls_silent_is_told_within_a_second(house: House) -> None:
    """Not at the next of the looks, which are half a second apart."""
    house.room = room = Room("outra", house.port, lambda *event: house.told.append(event))
    camera = await house.publish("a")
    await house.connected("a")
    camera.send(audio_packet(1, level=20))
    sound = house.layer("a", "audio")
    await until(lambda: sound.packets)
    room.observe(sound.heard_at + 0.45)
    house.told.clear()
    room.tick(sound.heard_at + 0.85)
    assert house.told == []
    room.tick(sound.heard_at + 0.95)
    ((link, event, said),) = house.told
    assert (link, event, said["seats"]["a"]["voice"]) == ("link", "activity", "no_packets")
    room.tick(sound.heard_at + 0.97)
    assert len(house.told) == 1, "once"
    room.close()


async def test_a_rooms_seats_and_a_process_rooms_are_limited(house: House) -> None:
    for number in range(MAX_SEATS):
        house.room.join(Standing(f"s{number}", True, False), "link")
    refusals = []
    for attempt in (
        lambda: house.room.join(Standing("one more", True, False), "link"),
        lambda: house.room.leave("nobody"),
        lambda: house.registry.room("nowhere"),
        lambda: [house.registry.open(f"r{n}") for n in range(3)],
    ):
        with pytest.raises(HearingError) as refusal:
            attempt()
        refusals.append(refusal.value.code)
    assert refusals == [ROOM_FULL, SEAT_UNKNOWN, ROOM_UNKNOWN, TOO_MANY_ROOMS]


async def test_seats_of_a_lost_link_wait_and_then_go(house: House) -> None:
    house.room.join(Standing("a", True, False), "old")
    house.room.join(Standing("b", True, False), "old")
    house.registry.link_lost("old")
    house.room.join(Standing("a", True, False), "new")
    house.skipped += ORPHAN_S + 2
    await until(lambda: "b" not in house.room.seats)
    assert "a" in house.room.seats
    assert "sala" in house.registry.rooms
