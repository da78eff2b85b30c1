"""A hearing recorded with three people, watched while it is, and played back with everybody seen and heard.

Each person is a colour and a tone instead of a camera and a microphone, so that they can be told apart in the
composed video. Server, media process, writer, composer and player are real.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from playwright.async_api import Page, expect

from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import WAIT_MS, Room, hearing_room, in_phase

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

ALARM_SECONDS = 5
"""The promise; on a busy machine the test waits longer and prints what it took."""
COMPOSED_MS = 120_000


@dataclass(frozen=True)
class Look:
    """How somebody is known again: red, green, blue; and the tone in hertz."""

    colour: tuple[int, int, int]
    tone: int


LOOKS = {
    "mediator": Look((200, 40, 40), 400),
    "consumer": Look((40, 170, 60), 700),
    "agent": Look((50, 70, 200), 1000),
}
BETWEEN = (550, 850)
"""Tones that nobody has."""

BE_SOMEBODY = """
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const tracks = [];
  if (wanted.video) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
    const pen = canvas.getContext("2d");
    let turn = 0;
    setInterval(() => {
      pen.fillStyle = "rgb(COLOUR)";
      pen.fillRect(0, 0, 320, 240);
      pen.fillStyle = "white";
      pen.fillRect((turn++ * 5) % 280, 20, 40, 40);
    }, 60);
    tracks.push(...canvas.captureStream(15).getTracks());
  }
  if (wanted.audio) {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency: TONE });
    const out = context.createMediaStreamDestination();
    tone.connect(new GainNode(context, { gain: 0.3 })).connect(out);
    tone.start();
    tracks.push(...out.stream.getTracks());
  }
  return new MediaStream(tracks);
};
"""

LENGTH = """
() => new Promise((done) => {
  const video = document.querySelector("video");
  const tell = () => (video.readyState >= 1 ? done(video.duration) : setTimeout(tell, 100));
  tell();
})
"""

FIGURES = """
() => {
  const video = document.querySelector("video");
  return { time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames };
}
"""

LISTEN = """
async ([tones, seconds]) => {
  const video = document.querySelector("video");
  const context = new AudioContext();
  const ear = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  context.createMediaElementSource(video).connect(ear);
  ear.connect(context.destination);
  await video.play();
  const power = new Float32Array(ear.frequencyBinCount);
  const loudest = Object.fromEntries(tones.map((tone) => [tone, -200]));
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    await new Promise((done) => setTimeout(done, 100));
    ear.getFloatFrequencyData(power);
    for (const tone of tones) {
      const bin = Math.round((tone * ear.fftSize) / context.sampleRate);
      loudest[tone] = Math.max(loudest[tone], power[bin - 1], power[bin], power[bin + 1]);
    }
  }
  return loudest;
}
"""

LOOK_AT = """
async ([second, colours]) => {
  const video = document.querySelector("video");
  video.pause();
  const seen = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
  video.currentTime = second;
  await seen;
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 320, 180);
  const pixels = pen.getImageData(0, 0, 320, 180).data;
  return colours.map((colour) => {
    let alike = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      if (colour.every((value, part) => Math.abs(value - pixels[at + part]) < 40)) alike++;
    }
    return alike / (320 * 180);
  });
}
"""

CUES = """
async () => {
  const track = document.querySelector("video").textTracks[0];
  track.mode = "hidden";
  for (let n = 0; n < 50 && !track.cues?.length; n++) await new Promise((done) => setTimeout(done, 100));
  return { kind: track.kind, titles: [...track.cues].map((cue) => cue.text) };
}
"""

HEAD = """
async () => {
  const answer = await fetch(document.querySelector("video").src, { method: "HEAD" });
  return [answer.status, Number(answer.headers.get("Content-Length"))];
}
"""


def script(who: str) -> str:
    """What makes a page somebody."""
    look = LOOKS[who]
    return BE_SOMEBODY.replace("COLOUR", ",".join(map(str, look.colour))).replace("TONE", str(look.tone))


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Room]:
    """A hearing on a server of its own."""
    async with hearing_room(sqlite_url) as room:
        yield room


async def test_a_hearing_is_recorded_and_played_back(room: Room) -> None:
    table = room.table
    mediator = await room.sits(table.mediator, DESKTOP, script("mediator"))
    ana = await room.person(table.consumer, PHONE, script("consumer"))
    await asked_before_entering(ana)
    agent = await room.person(table.agent, DESKTOP, script("agent"))
    await refused_before_entering(agent)
    await opened(mediator, ana, agent)
    await nothing_is_recorded_while_somebody_refuses(room, mediator, agent)

    await press(mediator, "Gravar")
    await everybody_sees_it(mediator, ana, agent)
    await a_writer_that_hangs_raises_the_alarm(room, mediator, ana)
    await a_lost_media_process_ends_nothing(room, mediator, ana)
    await asyncio.sleep(4)
    await who_takes_it_back_is_recorded_no_more(room, mediator, ana, agent)
    await asyncio.sleep(5)

    case = await mediator.page.context.new_page()
    await case.goto(f"/casos/{table.case.id}")
    await press(mediator, "Parar a gravação")
    await expect(ana.page.locator(".recording-sign")).to_have_count(0)
    await composed_while_the_case_is_looked_at(case)
    await played_back(room, ana)
    await logged(Person("Rita no caso", case, room.site.faults))


async def press(person: Person, name: str) -> None:
    """A button of this name."""
    await person.page.get_by_role("button", name=name, exact=True).click()


async def asked_before_entering(ana: Person) -> None:
    """The house's rules say it, and the answer may be given at the door."""
    await expect(ana.page.get_by_text("O Procon pode gravá-la, se todos concordarem")).to_be_visible()
    await ana.look("gravacao-pergunta")
    await press(ana, "Concordo")
    await expect(ana.page.get_by_text("O Procon pode gravar a sua participação?")).to_be_hidden()
    await ana.page.locator("[data-enter]").click()
    await in_phase(ana, "waiting")


async def refused_before_entering(agent: Person) -> None:
    """A "no" at the door closes no door."""
    await press(agent, "Não concordo")
    await expect(agent.page.get_by_text("O Procon pode gravar a sua participação?")).to_be_hidden()
    await agent.page.locator("[data-enter]").click()
    await in_phase(agent, "waiting")


async def opened(mediator: Person, *others: Person) -> None:
    """Everybody is let in and the hearing opened."""
    await press(mediator, "Admitir todos")
    for person in others:
        await in_phase(person, "inside")
    await press(mediator, "Abrir a audiência")
    for person in (mediator, *others):
        await expect(person.page.locator(".tile-picture")).to_have_count(3, timeout=WAIT_MS)


async def nothing_is_recorded_while_somebody_refuses(room: Room, mediator: Person, agent: Person) -> None:
    """The mediator reads who said no, and has no button; the hearing goes on, and nothing is on the disk."""
    page = mediator.page
    await expect(page.get_by_text(f"Para gravar, falta o acordo de: {agent.name}.")).to_be_visible()
    refuses = page.locator(".person", has_text=agent.name)
    await expect(refuses.get_by_text("não concorda com a gravação", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Gravar", exact=True)).to_have_count(0)
    await mediator.look("gravacao-recusada")
    await mediator.hears_and_sees(others=2, seconds=1)
    assert written(room) == 0
    await agent.tab("Pessoas")
    await press(agent, "Concordar com a gravação")
    await expect(page.get_by_role("button", name="Gravar", exact=True)).to_be_visible()


def written(room: Room) -> int:
    """How many bytes of recordings there are."""
    files = (room.server.data_dir / "recordings").rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


async def everybody_sees_it(mediator: Person, *others: Person) -> None:
    """The sign is on every page; the mediator sees the seconds that were written."""
    for person in (mediator, *others):
        await expect(person.page.locator(".recording-on")).to_contain_text("Gravando")
    await expect(mediator.page.locator("[data-recorded]")).to_contain_text("0:0", timeout=WAIT_MS)
    for person, other in ((mediator, PHONE), (others[0], DESKTOP)):
        usual = person.page.viewport_size
        assert usual is not None
        await person.look("gravando")
        await person.page.set_viewport_size(other)  # type: ignore[arg-type]
        await person.look(f"gravando-{person.name.split()[0]}")
        await person.page.set_viewport_size(usual)


async def a_writer_that_hangs_raises_the_alarm(room: Room, mediator: Person, ana: Person) -> None:
    """Within seconds the mediator is told, and it is in the record; when it goes on, that is told too."""
    writer = writer_of(room)
    alarm = mediator.page.locator("[data-recording-alarm]")
    centre = await mediator.page.context.new_page()
    await centre.goto("/audiencias/central")
    task = centre.locator(".task", has_text="A gravação falhou")
    await expect(task).to_have_count(0)
    began = time.monotonic()
    os.kill(writer, signal.SIGSTOP)
    try:
        await expect(alarm).to_be_visible(timeout=WAIT_MS)
        print(f"alarm after {(time.monotonic() - began) * 1000:.0f} ms (promised: {ALARM_SECONDS} s)")
        await expect(alarm).to_contain_text("Nada está sendo gravado")
        await expect(ana.page.locator(".recording-failing")).to_be_visible()
        await mediator.look("gravacao-falhou")
        await expect(task).to_contain_text("Ana Souza × Loja Boa Ltda.", timeout=WAIT_MS)
        await Person("Rita na central", centre, room.site.faults).look("central-gravacao")
    finally:
        os.kill(writer, signal.SIGCONT)
    await expect(alarm).to_be_hidden(timeout=WAIT_MS)
    await expect(ana.page.locator(".recording-on")).to_be_visible()
    await expect(task).to_have_count(0)
    await centre.close()


def writer_of(room: Room) -> int:
    """The id of the process that writes the recording."""
    (writer,) = writers_of(room)
    return writer


def writers_of(room: Room) -> set[int]:
    """The ids of the processes that write recordings."""
    found = set()
    for child in psutil.Process(room.server.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if "hearings.recording.writer" in child.cmdline():
                found.add(child.pid)
    return found


async def a_lost_media_process_ends_nothing(room: Room, mediator: Person, ana: Person) -> None:
    """The next one goes on with the recording by itself, as soon as it forwards."""
    lost, writer = room.media_process(), writer_of(room)
    made = await ana.connections()
    os.kill(lost, signal.SIGKILL)
    began = time.monotonic()
    async with asyncio.timeout(WAIT_MS / 1000):
        while sum(value > 0 for value in (await ana.received(made)).values()) < 4:
            await ana.page.wait_for_timeout(50)
        media = time.monotonic() - began
        while not (another := writers_of(room) - {writer}):
            await ana.page.wait_for_timeout(50)
    print(
        f"media again after {media * 1000:.0f} ms, recorded after {(time.monotonic() - began) * 1000:.0f} ms"
    )
    assert len(another) == 1
    for person in (mediator, ana):
        await expect(person.page.locator(".recording-on")).to_be_visible(timeout=WAIT_MS)


async def who_takes_it_back_is_recorded_no_more(
    room: Room, mediator: Person, ana: Person, agent: Person
) -> None:
    """In the middle: it pauses for all, pictures go on, not a byte is added, and nobody may go on with it."""
    await press(agent, "Retirar o acordo com a gravação")
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".recording-paused")).to_have_text("Gravação em pausa")
    missing = mediator.page.get_by_text(f"Para gravar, falta o acordo de: {agent.name}.")
    await expect(missing).to_be_visible()
    await expect(mediator.page.get_by_role("button", name="Continuar a gravação")).to_have_count(0)
    async with asyncio.timeout(WAIT_MS / 1000):
        before = -1
        while before != (now := written(room)):  # what had arrived is still written
            before = now
            await asyncio.sleep(0.5)
    await ana.hears_and_sees(others=2, seconds=2)
    assert written(room) == before
    await press(agent, "Concordar com a gravação")
    await expect(missing).to_have_count(0)
    await press(mediator, "Continuar a gravação")
    await expect(ana.page.locator(".recording-on")).to_be_visible()
    assert written(room) >= before


async def composed_while_the_case_is_looked_at(case: Page) -> None:
    """The page shows how far it is and then the link, without being loaded again."""
    await case.evaluate("window.sameLoad = true")
    await expect(case.locator("progress[data-recording-progress]")).to_be_visible()
    await expect(case.get_by_role("link", name="Gravação da audiência (vídeo)")).to_be_visible(
        timeout=COMPOSED_MS
    )
    assert await case.evaluate("window.sameLoad") is True


async def played_back(room: Room, ana: Person) -> None:
    """A party plays it on her phone: it moves, who was there is seen and heard, chapters lead somewhere."""
    page = await ana.page.context.new_page()
    watching = Person("Ana assiste", page, room.site.faults)
    await page.goto(f"/casos/{room.table.case.id}")
    await page.get_by_role("link", name="Gravação da audiência (vídeo)").click()
    await expect(page.locator("video")).to_be_visible()
    length = float(await page.evaluate(LENGTH))
    assert length > 12
    await watching.look("gravacao-assistir")

    await page.evaluate("document.querySelector('video').play()")
    before = await figures(page)
    await page.wait_for_timeout(2000)
    after = await figures(page)
    assert after["time"] > before["time"]
    assert after["frames"] > before["frames"]

    await all_are_heard(page)
    await all_are_seen(page, length)
    await chapters_lead_there(page)
    status, size = await page.evaluate(HEAD)
    assert status == 200
    assert size > 100_000


async def figures(page: Page) -> dict[str, Any]:
    """Where the player is, and how many frames it decoded."""
    found: dict[str, Any] = await page.evaluate(FIGURES)
    return found


async def all_are_heard(page: Page) -> None:
    """Each tone is in the sound, and none that nobody has."""
    tones = [look.tone for look in LOOKS.values()]
    loudest = await page.evaluate(LISTEN, [[*tones, *BETWEEN], 4])
    silence = max(loudest[str(tone)] for tone in BETWEEN)
    for who, look in LOOKS.items():
        assert loudest[str(look.tone)] > silence + 15, f"{who} is not heard: {loudest}"


async def all_are_seen(page: Page, length: float) -> None:
    """Each colour is in the picture at its beginning, and after the pause; somebody is large."""
    colours = [look.colour for look in LOOKS.values()]
    shares = [await page.evaluate(LOOK_AT, [second, colours]) for second in (2.5, length - 3)]
    for seen in shares:
        assert min(seen) > 0.01, f"not everybody is seen: {shares}"
        assert max(seen) > 0.2, f"nobody is large: {shares}"


async def chapters_lead_there(page: Page) -> None:
    """A click, and the keyboard, take the video to a chapter; it is marked, and known to the player."""
    pause = page.get_by_role("link", name="Gravação pausada")
    at = float(await pause.get_attribute("data-at") or 0)
    await pause.click()
    await expect(pause).to_have_attribute("aria-current", "true")
    assert abs((await figures(page))["time"] - at) < 3
    first = page.get_by_role("link", name="Início da gravação")
    await first.focus()
    await page.keyboard.press("Enter")
    await expect(first).to_have_attribute("aria-current", "true")
    cues = await page.evaluate(CUES)
    assert cues["kind"] == "chapters"
    assert {"Início da gravação", "Gravação pausada"} <= set(cues["titles"])


async def logged(agency: Person) -> None:
    """The agency sees who watched, and the digest of the file that anybody downloads, as in the record."""
    page = agency.page
    await page.get_by_role("link", name="Gravação da audiência (vídeo)").click()
    await expect(page.locator("#aberturas")).to_contain_text("Ana Souza")
    await agency.look("gravacao-aberturas")
    answer = await page.request.get(str(await page.locator("a[download]").get_attribute("href")))
    digest = hashlib.sha256(await answer.body()).hexdigest()
    await expect(page.locator(".film-digest")).to_have_text(digest)
    await page.goto(str(await page.get_by_role("link", name="Voltar ao caso").get_attribute("href")))
    await expect(page.locator("main")).to_contain_text(digest)
