"""What is told of each second: from packets that were sent, lost and asked for again."""

import asyncio
from typing import Any

from hearings.bandwidth.estimator import START
from hearings.figures import Figures
from hearings.messages import Report
from tests.hearings.house import House
from tests.hearings.peer import audio_packet, video_packet
from tests.hearings.waiting import until


async def seconds_of(house: House, figures: Figures, now: float) -> dict[str, Any]:
    """One look at the only room."""
    house.registry.tick(house.port.clock())
    return figures.look([house.room], now)["sala"]


async def test_a_second_tells_of_both_ways_and_forgets_what_was_before(house: House) -> None:
    sender, receiver = await house.publish("a"), await house.subscribe("b")
    await house.connected("a", "b")
    house.room.refresh()
    figures = Figures()
    first = await seconds_of(house, figures, 10.0)
    assert (first["a"]["publish"], first["a"]["subscribe"]) == ("connected", None)
    assert (first["b"]["publish"], first["b"]["subscribe"]) == (None, "connected")
    assert first["a"]["up"] == {"loss": 0.0, "jitter_ms": 0.0, "kbps": {"audio": 0.0, "video": 0.0}}
    assert first["b"]["fps"] is first["b"]["rtt_ms"] is None

    sender.send(video_packet(1, key=True, size=1000))
    for number in (*range(100, 140), *range(150, 190)):  # ten of ninety never come
        sender.send(audio_packet(number, level=20))
    await until(lambda: len(receiver.rtp) == 81)
    house.room.observe(house.port.clock())
    house.room.seats["b"].reported = Report("sala", "b", 2, 900, 24.5, 40)
    second = await seconds_of(house, figures, 11.0)

    up, down = second["a"]["up"], second["b"]["down"]
    assert up["loss"] == round(10 / 91, 4)
    assert 2 < up["kbps"]["audio"] < 20
    assert up["kbps"]["video"] == down["kbps"]["video"] > 7.5
    assert down["layers"] == down["targets"] == {"a/video": ""}
    assert down["estimate_kbps"] == START // 1000
    assert second["a"]["voice"] == "speaking"
    assert [second["b"][name] for name in ("freezes", "freeze_ms", "concealed_ms", "fps")] == [
        2,
        900,
        40,
        24.5,
    ]
    traffic = figures.traffic
    assert (traffic["packets_in"], traffic["packets_out"], traffic["lost_in"]) == (81, 81, 10)

    third = await seconds_of(house, figures, 12.0)
    assert third["a"]["up"]["loss"] == 0
    assert third["a"]["up"]["kbps"] == {"audio": 0.0, "video": 0.0}


async def test_what_comes_late_was_lost_once(house: House) -> None:
    sender = await house.publish("a")
    await house.connected("a")
    figures = Figures()
    await seconds_of(house, figures, 10.0)
    for number in (1, 2, 4, 5):
        sender.send(audio_packet(number))
    await until(lambda: house.layer("a", "audio").packets == 4)
    assert (await seconds_of(house, figures, 11.0))["a"]["up"]["loss"] == 0.2

    sender.send(audio_packet(3))
    sender.send(audio_packet(6))
    await until(lambda: house.layer("a", "audio").packets == 6)
    later = (await seconds_of(house, figures, 12.0))["a"]["up"]
    assert later["loss"] == 0


async def test_a_new_connection_counts_from_its_own_beginning_and_ended_ones_are_forgotten(
    house: House,
) -> None:
    sender = await house.publish("a")
    figures = Figures()
    for number in range(50):
        sender.send(audio_packet(number))
    await until(lambda: house.layer("a", "audio").packets == 50)
    await seconds_of(house, figures, 10.0)
    again = await house.publish("a", 2)
    for number in range(20):
        again.send(audio_packet(number + 7000))
    await until(lambda: house.layer("a", "audio").packets == 20)

    await seconds_of(house, figures, 11.0)
    assert figures.traffic["packets_in"] == 70
    house.room.leave("a")
    await seconds_of(house, figures, 12.0)
    await asyncio.sleep(0)
    assert figures._before == {}
