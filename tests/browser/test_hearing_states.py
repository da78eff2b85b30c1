"""A hearing's states as its people see them, and a line that is cut in the middle of it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import CDPSession, expect

from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import WAIT_MS, Room, hearing_room, in_phase
from tests.browser.wire import Wire, wire

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

TOLD_SECONDS = 8
"""Five without a sign of life, one until the next figures; the rest is a busy machine's."""
COUNTING = re.compile(r"A audiência começa em\s*[1-5] s")
BACK_SECONDS = 5
"""From connectivity to sound and picture in both directions."""
WHOLE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
KEEP_STREAMS = """
window.opened = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  window.opened.push(stream);
  return stream;
};
"""
MUTED = """
async () => {
  for (const connection of window.connections) {
    if (connection.connectionState === "closed") continue;
    const senders = connection.getSenders().filter((sender) => sender.track?.kind === "audio");
    for (const sender of senders) await sender.replaceTrack(null);
  }
}
"""
NOTICES = """
async () => {
  const worker = await navigator.serviceWorker.getRegistration("/static/js/hearings/");
  return ((await worker?.getNotifications()) ?? []).map((one) => `${one.title}: ${one.body}`);
}
"""
AWAKE = """
window.locks = 0;
const ask = navigator.wakeLock.request.bind(navigator.wakeLock);
navigator.wakeLock.request = async (kind) => { window.locks += 1; return ask(kind); };
"""
"""Counts how often the page asked for the screen to stay on."""
HIDDEN = "Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })"
ARRIVED = """
async () => {
  const found = {};
  for (const [number, connection] of window.connections.entries()) {
    if (connection.connectionState !== "connected") continue;
    (await connection.getStats()).forEach((report) => {
      if (report.type !== "inbound-rtp") return;
      found[`${number}:${report.kind}:${report.mid}`] =
        report.kind === "video" ? report.framesDecoded : report.totalAudioEnergy;
    });
  }
  return found;
}
"""


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Room]:
    """A hearing on a server of its own."""
    async with hearing_room(sqlite_url) as room:
        yield room


async def test_a_hearing_through_its_states_and_a_lost_line(room: Room) -> None:
    server = ("127.0.0.1", room.media_port())
    async with wire(server) as cable, wire(server) as desk:
        mediator = await room.sits(room.table.mediator, DESKTOP, AWAKE + desk.script)
        ana = await room.sits(room.table.consumer, PHONE, KEEP_STREAMS + cable.script)
        agent = await room.sits(room.table.agent, DESKTOP, "", "notifications")
        await mediator.page.get_by_role("button", name="Admitir todos").click()
        for person in (ana, agent):
            await in_phase(person, "inside")
        await everybody_counts_down(mediator, ana, agent)
        for person in (mediator, ana, agent):
            await expect(person.page.locator(".tile-picture")).to_have_count(3, timeout=WAIT_MS)

        await the_others_see_that_a_line_is_lost(mediator, ana, agent, cable)
        await a_network_that_is_gone_comes_back(mediator, ana, agent, cable)
        await a_computer_sleeps_and_everything_is_as_it_was(mediator, ana, agent, desk)
        await a_silent_microphone_is_opened_again(ana, agent)
        await who_is_called_while_elsewhere_is_notified(mediator, agent)


async def everybody_counts_down(mediator: Person, ana: Person, agent: Person) -> None:
    """By the server's time, over a reload too; the mediator cancels it and begins anew, and it opens."""
    await mediator.page.get_by_role("button", name="Abrir a audiência").click()
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".countdown")).to_contain_text(COUNTING)
    await mediator.page.get_by_role("button", name="Cancelar a contagem").click()
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".countdown")).to_have_count(0)
    await asyncio.gather(mediator.look("nao-iniciada"), ana.look("nao-iniciada"))

    await mediator.page.get_by_role("button", name="Abrir a audiência").click()
    began = time.monotonic()
    await expect(ana.page.locator(".countdown")).to_contain_text(COUNTING)
    await agent.page.reload()
    await expect(agent.page.locator(".countdown")).to_contain_text(COUNTING)
    await asyncio.gather(mediator.look("contagem"), ana.look("contagem"))
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".hearing-status")).to_contain_text("Em andamento")
        await expect(person.page.locator(".countdown")).to_have_count(0)
    print(f"\nopened {time.monotonic() - began:.1f} s after the start of the countdown")
    await in_phase(agent, "inside")


async def offline(session: CDPSession, wire: Wire, gone: bool) -> None:
    """Nothing of a person's page reaches the server, and nothing reaches it; or everything again."""
    wire.cut = gone
    await session.send("Network.emulateNetworkConditions", WHOLE | {"offline": gone})


async def arrives(person: Person) -> dict[str, float]:
    """What has arrived at a person, by connection, kind and m-line."""
    found: dict[str, float] = await person.page.evaluate(ARRIVED)
    return found


async def both_ways(*people: Person) -> float:
    """How long it takes until sound and picture of both others arrive anew at each of these people."""
    began = time.monotonic()
    before = [await arrives(person) for person in people]
    async with asyncio.timeout(WAIT_MS / 1000):
        for person, then in zip(people, before, strict=True):
            while sum(value > then.get(key, 0) for key, value in (await arrives(person)).items()) < 4:
                await person.page.wait_for_timeout(50)
    return time.monotonic() - began


async def the_others_see_that_a_line_is_lost(
    mediator: Person, ana: Person, agent: Person, wire: Wire
) -> None:
    """Media alone: the tag comes by the media process's consent, and goes when sound and picture are back."""
    tags = [person.page.locator(".tile-lost", has_text=ana.name) for person in (mediator, agent)]
    began = time.monotonic()
    wire.cut = True
    for tag in tags:
        await expect(tag).to_contain_text("reconectando", timeout=WAIT_MS)
    told = time.monotonic() - began
    await mediator.look("reconectando")
    await agent.page.set_viewport_size(PHONE)
    await agent.look("reconectando")
    await agent.page.set_viewport_size(DESKTOP)
    wire.cut = False
    took = await both_ways(ana, agent)
    print(f"\nmedia cut: told after {told:.1f} s, back after {took:.1f} s")
    assert 4 < told < TOLD_SECONDS
    assert took < BACK_SECONDS
    for tag in tags:
        await expect(tag).to_have_count(0, timeout=WAIT_MS)


async def a_network_that_is_gone_comes_back(mediator: Person, ana: Person, agent: Person, wire: Wire) -> None:
    """Everything: told at once; after the seat was emptied the same seat is back, with media, in time."""
    tile = agent.page.locator(".tile", has_text=ana.name)
    network = await ana.page.context.new_cdp_session(ana.page)
    began = time.monotonic()
    await offline(network, wire, gone=True)
    await expect(agent.page.locator(".tile-lost", has_text=ana.name)).to_be_visible(timeout=WAIT_MS)
    told = time.monotonic() - began
    await expect(tile).to_contain_text("desconectado", timeout=WAIT_MS)
    await expect(mediator.page.locator(".hold")).to_contain_text("A audiência espera o consumidor voltar")
    await ana.look("sem-rede")
    await mediator.look("desconectada")

    await offline(network, wire, gone=False)
    took = await both_ways(ana, agent)
    print(f"network gone: told after {told:.1f} s, back after {took:.1f} s")
    assert told < TOLD_SECONDS
    assert took < BACK_SECONDS
    for person in (mediator, agent):
        await expect(person.page.locator(".tile-lost, .tile-away")).to_have_count(0, timeout=WAIT_MS)
    await expect(mediator.page.locator(".hold")).to_have_count(0)
    await in_phase(ana, "inside")


async def a_computer_sleeps_and_everything_is_as_it_was(
    mediator: Person, ana: Person, agent: Person, wire: Wire
) -> None:
    """The mediator's: no script runs, nothing comes or goes; the hearing goes on, and they find it so."""
    await mediator.page.get_by_role("button", name=f"Destacar {ana.name}").click()
    await expect(agent.page.locator(".tile-spotlight")).to_contain_text(ana.name)
    session = await mediator.page.context.new_cdp_session(mediator.page)
    locks = await mediator.page.evaluate("window.locks")
    assert locks > 0
    await session.send("Debugger.enable")
    await session.send("Debugger.pause")
    await offline(session, wire, gone=True)
    tile = agent.page.locator(".tile", has_text=mediator.name)
    await expect(tile).to_contain_text("reconectando", timeout=WAIT_MS)
    await expect(agent.page.locator(".hearing-status")).to_contain_text("Em andamento")

    await session.send("Debugger.resume")
    await session.send("Debugger.disable")
    await offline(session, wire, gone=False)
    took = await both_ways(mediator, agent)
    print(f"computer asleep: back after {took:.1f} s")
    assert took < BACK_SECONDS
    await in_phase(mediator, "inside")
    assert await mediator.page.evaluate("window.locks") > locks
    await expect(mediator.page.locator(".hearing-status")).to_contain_text("Em andamento")
    await expect(mediator.page.get_by_role("button", name="Pausar")).to_be_visible()
    await mediator.page.get_by_role("button", name="Encerrar o destaque").click()
    await expect(agent.page.locator(".tile-spotlight")).to_have_count(0)


async def a_silent_microphone_is_opened_again(ana: Person, agent: Person) -> None:
    """The page does it by itself: when nothing of it arrives any more, and when the system has ended it."""
    told = ana.page.locator(".toast", has_text="Nós o ligamos de novo")
    for act in (MUTED, "window.opened.at(-1).getAudioTracks()[0].stop()"):
        before = await ana.page.evaluate("window.opened.length")
        await ana.page.evaluate(act)
        began = time.monotonic()
        await expect(told).to_be_visible(timeout=WAIT_MS)
        took = time.monotonic() - began
        await expect(ana.page.locator("[data-heard]")).to_have_attribute("data-heard", "speaking")
        await agent.hears_and_sees(others=2, seconds=2)
        print(f"microphone opened again after {took:.1f} s")
        assert await ana.page.evaluate("window.opened.length") == before + 1
        await expect(told).to_have_count(0, timeout=WAIT_MS)


async def who_is_called_while_elsewhere_is_notified(mediator: Person, agent: Person) -> None:
    """Sent back to wait, the person looks at another tab; admission shows through the service worker."""
    await mediator.page.get_by_role("button", name=f"Devolver à espera {agent.name}").click()
    await in_phase(agent, "waiting")
    assert await agent.page.evaluate(NOTICES) == []
    await agent.page.evaluate(HIDDEN)
    await mediator.page.get_by_role("button", name=f"Admitir {agent.name}").click()
    async with asyncio.timeout(WAIT_MS / 1000):
        while not (shown := await agent.page.evaluate(NOTICES)):
            await agent.page.wait_for_timeout(100)
    assert shown == ["Você foi admitido: O conciliador admitiu você na audiência."]
    assert (await agent.page.title()).startswith("● Você foi admitido")
