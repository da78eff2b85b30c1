"""Real Chromium pages through a real media process."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.hearings.browsers import BrowserRoom, chromium, page_server, until
from tests.hearings.process import media_link, media_process

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
async def room() -> AsyncIterator[BrowserRoom]:
    with page_server() as address:
        async with (
            media_process() as ready,
            media_link(ready["door"]) as link,
            chromium() as browser,
        ):
            await link.call("open", room="sala")
            seated = BrowserRoom(browser, link, address)
            yield seated
            seated.pages.clear()


async def test_three_people_see_and_hear_each_other_and_a_late_one_soon(room: BrowserRoom) -> None:
    await room.sit("a")
    await room.sit("b")
    await room.everyone_sees_everyone()

    late = await room.sit("c")
    await until(late, "() => Object.keys(window.first).length === 2", 5)
    first = await late.evaluate("() => window.first")
    print("late joiner's first frames, ms after applying the offer:", first)
    await room.everyone_sees_everyone()


@pytest.mark.slow
async def test_six_people_see_and_hear_each_other(room: BrowserRoom) -> None:
    for seat in "abcdef":
        await room.sit(seat)
    await room.everyone_sees_everyone(within=60)


async def test_a_seat_that_leaves_and_one_that_crashes_come_back(room: BrowserRoom) -> None:
    await room.sit("a")
    await room.sit("b")
    await room.everyone_sees_everyone()

    await room.rise("b")
    await room.sit("b", generation=10)
    await room.grows("a", "b")
    await room.grows("b", "a")
    mids = [payload["sdp"].count("m=") for name, payload in room.events if name == "offer"]
    assert set(mids) == {2}, "a new generation behind the same seat must not add m-lines"

    await room.link.call("leave", room="sala", seat="b")
    await until(room.pages["a"], "() => !document.getElementById('b-video')")
    await room.rise("b")
    await room.sit("b", generation=20)
    await room.grows("a", "b")
    await room.grows("b", "a")


async def test_a_seat_in_the_lobby_receives_and_sends_nothing(room: BrowserRoom) -> None:
    await room.sit("a")
    await room.sit("b")
    await room.everyone_sees_everyone()
    waiting = await room.sit("c", admitted=False)
    await until(
        waiting,
        "() => ['publish', 'subscribe'].every((side) => states.includes(`${side} connected`))",
    )
    await asyncio.sleep(1.5)
    stats = await room.stats()
    assert stats["c"]["in"]["video"]["packets"] > 0, "the lobby's camera does arrive at the server"
    assert stats["c"]["out"] == {}
    assert [track["receivers"] for track in stats["c"]["in"].values()] == [0, 0]
    assert all("c/" not in name for seat in "ab" for name in stats[seat]["out"])

    await room.link.call("admit", room="sala", seat="c", admitted=True)
    await room.everyone_sees_everyone()

    await room.link.call("admit", room="sala", seat="c", admitted=False)
    await until(room.pages["a"], "() => !document.getElementById('c-video')")
    before = await room.stats()
    assert [track["receivers"] for track in before["c"]["in"].values()] == [0, 0]
    assert before["c"]["out"] == {}


async def test_a_muted_seat_is_seen_and_not_heard(room: BrowserRoom) -> None:
    await room.sit("a")
    await room.sit("b")
    await room.everyone_sees_everyone()
    await room.link.call("mute", room="sala", seat="b", muted=True)
    before = (await room.stats())["a"]["out"]
    await asyncio.sleep(1)
    after = (await room.stats())["a"]["out"]
    assert after["b/audio"]["packets"] == before["b/audio"]["packets"]
    assert after["b/video"]["packets"] > before["b/video"]["packets"]
    await room.link.call("mute", room="sala", seat="b", muted=False)
    await room.grows("a", "b")


async def test_ice_restart_of_both_connections_keeps_frames_coming(room: BrowserRoom) -> None:
    page = await room.sit("a")
    await room.sit("b")
    await room.everyone_sees_everyone()
    before = await room.stats()
    await page.evaluate("() => Promise.all([media.publisher.restart(), media.subscriber.restart()])")
    await room.everyone_sees_everyone()
    await asyncio.sleep(7)  # longer than a failed restart is given before the connection is built anew
    await room.everyone_sees_everyone()
    assert await page.evaluate("() => [media.publisher.generation, media.subscriber.generation].sort()") == [
        1,
        2,
    ]
    after = await room.stats()
    assert after["b"]["out"]["a/video"]["packets"] > before["b"]["out"]["a/video"]["packets"]


async def test_screen_is_shared_beside_the_camera_and_taken_back(room: BrowserRoom) -> None:
    page = await room.sit("a")
    await room.sit("b")
    await room.everyone_sees_everyone()
    await page.evaluate(
        """() => {
          const canvas = document.createElement("canvas");
          const paper = canvas.getContext("2d");
          window.painting = setInterval(() => paper.fillRect(Math.random() * 300, 0, 9, 9), 50);
          return media.shareScreen(canvas.captureStream(10));
        }"""
    )
    await until(room.pages["b"], "async () => (await media.stats()).seats.a?.screen?.framesDecoded > 3")
    await room.grows("b", "a")
    await page.evaluate("() => media.stopSharing()")
    await until(room.pages["b"], "() => !document.getElementById('a-screen')")
    await room.grows("b", "a")


HUSH = """async () => {
  const context = new AudioContext();
  const tone = new OscillatorNode(context);
  const gain = new GainNode(context, { gain: 0 });
  const out = new MediaStreamAudioDestinationNode(context);
  tone.connect(gain).connect(out);
  tone.start();
  window.voice = { context, gain };
  const sender = media.publisher.pc.getSenders().find((one) => one.track?.kind === "audio");
  await sender.replaceTrack(out.stream.getAudioTracks()[0]);
}"""
MURMUR = """() => {
  const { context, gain } = window.voice;
  // Syllables and pauses; a full sine is -3 dBov, so these are about -58 and -78.
  for (let at = 0; at < 20; at += 0.3) {
    gain.gain.setValueAtTime(0.0018, context.currentTime + at);
    gain.gain.setValueAtTime(0.00018, context.currentTime + at + 0.2);
  }
  return Date.now();
}"""


async def test_speaking_is_told(room: BrowserRoom) -> None:
    await room.sit("a")
    await room.sit("b")
    # Chromium's fake microphone beeps once a second.
    await until(room.pages["b"], "() => window.activity?.seats.a.voice === 'speaking'")
    activity = await room.pages["b"].evaluate("() => window.activity")
    assert activity["seats"]["a"]["video"] is True
    assert activity["seats"]["a"]["screen"] is False
    assert activity["speaker"] in ("a", "b")
    await room.pages["a"].evaluate("() => media.setMuted(true)")
    await until(room.pages["b"], "() => window.activity.seats.a.voice === 'silent'")
    # From silence: who has just spoken aloud counts as speaking for a second.
    await room.pages["b"].evaluate(HUSH)
    await until(room.pages["a"], "() => window.activity.seats.b.voice === 'silent'")
    began = await room.pages["b"].evaluate(MURMUR)
    await until(room.pages["a"], "() => window.activity.seats.b.voice === 'too_low'")
    print(f"too low, told to the other after {time.time() - began / 1000:.2f} s")


async def test_a_second_tab_takes_the_seat_and_the_first_lets_go(room: BrowserRoom) -> None:
    first = await room.sit("a")
    await room.sit("b")
    await room.everyone_sees_everyone()
    await room.sit("a", generation=100)
    await room.grows("b", "a")
    await until(
        first, "() => ['publish', 'subscribe'].every((side) => states.includes(`${side} replaced`))", 30
    )
    await room.everyone_sees_everyone()


async def test_a_media_process_that_died_is_replaced_by_another(room: BrowserRoom) -> None:
    await room.sit("a")
    await room.sit("b")
    await room.everyone_sees_everyone()
    await room.link.call("close", room="sala")
    await room.link.call("open", room="sala")
    for seat in "ab":
        await room.link.call("join", room="sala", seat=seat, admitted=True, muted=False)
    for page in room.pages.values():
        await page.evaluate("() => media.restartAll()")
    await room.everyone_sees_everyone()
