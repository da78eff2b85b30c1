"""The hearing room when things happen to it: a reload, a second device, a break, a lost media process.

Three people sit in front of real browsers with fake cameras and microphones; the database, the server and
its media process are real.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect
from prometheus_client.parser import text_string_to_metric_families

from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import WAIT_MS, Room, hearing_room, in_phase

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

FACTS = {
    "Envia": r"som \d+\skbit/s, imagem .*bit/s; [\d,]+\s% perdidos",
    "Recebe": r"bit/s; [\d,]+\s% perdidos",
    "Ida e volta": r"\d+\sms",
    "Imagens recebidas": r"Rita Melo: (baixa|média|alta|única)",
    "Imagem parada": r"nenhuma vez|\d+×",
    "Perda em 3 minutos": "pior segundo",
}
"""What is told of a connection, by its label: patterns."""


async def meets_both(person: Person) -> None:
    """The pictures of both others are on the page, and pictures and sound go on arriving."""
    await expect(person.page.locator(".tile-picture")).to_have_count(3, timeout=WAIT_MS)
    await person.hears_and_sees(others=2)


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Room]:
    """A hearing on a server of its own."""
    async with hearing_room(sqlite_url) as room:
        yield room


async def test_the_room_survives_what_happens_to_it(room: Room) -> None:
    table = room.table
    mediator = await room.sits(table.mediator, DESKTOP)
    ana = await room.sits(table.consumer, PHONE)
    agent = await room.sits(table.agent, DESKTOP)
    await expect(mediator.page.locator(".toast", has_text="está na sala de espera").first).to_be_visible()
    await ana.look("espera")

    await mediator.page.get_by_role("button", name="Admitir todos").click()
    for person in (ana, agent):
        await in_phase(person, "inside")
    await mediator.page.get_by_role("button", name="Abrir a audiência").click()
    for person in (mediator, ana, agent):
        await meets_both(person)

    await the_mediator_sees_how_each_is_connected(mediator, ana, agent)
    await the_media_process_has_its_figures(room, mediator)
    await a_microphone_that_is_off_is_seen(ana, agent)
    await a_reload_comes_back_by_itself(ana, agent)
    ana = await another_device_takes_over(room, ana)
    await a_break_stops_every_picture(mediator, ana, agent)
    await a_lost_media_process_is_replaced(room, mediator, ana, agent)
    await who_is_sent_back_sees_nothing(mediator, ana)


async def the_mediator_sees_how_each_is_connected(mediator: Person, ana: Person, agent: Person) -> None:
    """A word and a picture for everybody, the figures behind them by the keyboard; a party sees their own."""
    lines = mediator.page.locator(".quality")
    await expect(lines).to_have_count(3)
    await expect(lines.locator(".quality-rate")).to_have_count(3)
    summary = mediator.page.locator(".person", has_text="Consumidor").locator(".quality summary")
    await expect(summary).to_contain_text(re.compile("Conexão (boa|regular|ruim)"), timeout=WAIT_MS)
    await summary.focus()
    await mediator.page.keyboard.press("Enter")
    facts = mediator.page.locator(".person", has_text="Consumidor").locator(".quality-facts")
    for name, fact in FACTS.items():
        row = facts.locator("div").filter(has=mediator.page.get_by_text(name, exact=True))
        await expect(row.locator("dd")).to_have_text(re.compile(fact), timeout=WAIT_MS)
    await mediator.look("conexoes")
    await mediator.page.set_viewport_size(PHONE)
    await mediator.look("conexoes")
    await mediator.page.set_viewport_size(DESKTOP)
    await agent.tab("Pessoas")
    await expect(agent.page.locator(".quality")).to_have_count(1)
    await agent.tab("Acordo")


async def the_media_process_has_its_figures(room: Room, mediator: Person) -> None:
    """As Prometheus reads them, each process by its name."""
    text = await (await mediator.page.context.request.get(f"{room.server.url}/metrics")).text()
    families = {family.name: family.samples for family in text_string_to_metric_families(text)}
    for name, value in (("rooms", 1), ("seats", 3), ("connections", 6)):
        (sample,) = families[f"procon_media_{name}"]
        assert (list(sample.labels), sample.value) == (["process"], value), sample
    (forwarded,) = families["procon_media_packets_out"]
    assert forwarded.value > 500


async def a_microphone_that_is_off_is_seen(ana: Person, agent: Person) -> None:
    """The others see it at the tile."""
    tile = agent.page.locator(".tile", has_text=ana.name)
    await ana.page.locator("[data-microphone]").click()
    await expect(tile.get_by_text("microfone desligado")).to_be_visible()
    await ana.page.locator("[data-microphone]").click()
    await expect(tile.get_by_text("microfone desligado")).to_be_hidden()


async def a_reload_comes_back_by_itself(ana: Person, agent: Person) -> None:
    """No button, no question, and the others keep their picture of her."""
    await ana.page.reload()
    await in_phase(ana, "inside")
    await meets_both(ana)
    await meets_both(agent)


async def another_device_takes_over(room: Room, first: Person) -> Person:
    """It is told of the first; the first is told afterwards and is out."""
    second = await room.person(room.table.consumer, PHONE)
    await expect(second.page.locator("[data-door-sentence]")).to_contain_text("em outro aparelho")
    await second.page.locator("[data-enter]").click()
    await expect(second.page.locator("[data-door-error]")).to_contain_text("Chrome, Linux")
    await second.page.locator("[data-take-over]").click()
    await in_phase(second, "inside")
    await meets_both(second)
    await in_phase(first, "outside")
    await expect(first.page.locator("[data-door-error]")).to_contain_text("em outro aparelho")
    return second


async def a_break_stops_every_picture(mediator: Person, ana: Person, agent: Person) -> None:
    """Nothing passes during a break; everything does after it."""
    await mediator.page.get_by_role("button", name="Pausar").click()
    await expect(ana.page.locator(".tile-picture")).to_have_count(1)
    for person in (mediator, ana, agent):
        async with asyncio.timeout(WAIT_MS / 1000):
            while await person.received():
                await person.page.wait_for_timeout(100)
    await agent.page.wait_for_timeout(1500)
    assert await agent.received() == {}
    await mediator.page.get_by_role("button", name="Retomar").click()
    await meets_both(agent)


async def a_lost_media_process_is_replaced(room: Room, *people: Person) -> None:
    """Killed without warning: a new one is started, and every picture and voice comes back through it."""
    lost = room.media_process()
    made = [await person.connections() for person in people]
    os.kill(lost, signal.SIGKILL)
    began = time.monotonic()

    async def back(person: Person, since: int) -> str:
        async with asyncio.timeout(WAIT_MS / 1000):
            while sum(value > 0 for value in (await person.received(since)).values()) < 4:
                await person.page.wait_for_timeout(50)
        return f"{person.name} after {(time.monotonic() - began) * 1000:.0f} ms"

    took = await asyncio.gather(*(back(person, since) for person, since in zip(people, made, strict=True)))
    print("\nmedia process killed; picture and sound of both others: " + ", ".join(took))
    for person in people:
        await meets_both(person)
    assert room.media_process() != lost


async def who_is_sent_back_sees_nothing(mediator: Person, ana: Person) -> None:
    """The waiting room has no picture of the others."""
    await mediator.page.get_by_role("button", name=f"Devolver à espera {ana.name}").click()
    await in_phase(ana, "waiting")
    await expect(ana.page.locator(".tiles")).to_be_hidden()
    async with asyncio.timeout(WAIT_MS / 1000):
        while await ana.received():
            await ana.page.wait_for_timeout(100)
