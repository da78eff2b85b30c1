"""The hearing room when things happen to it: a reload, a second device, a break, a lost media process.

Three people sit in front of real browsers with fake cameras and microphones; the database, the server and
its media process are real.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import WAIT_MS, Room, hearing_room, in_phase

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]


async def meets_both(person: Person) -> None:
    """The pictures of both others are on the page, and pictures and sound go on arriving."""
    await expect(person.page.locator(".tile-picture")).to_have_count(3, timeout=WAIT_MS)
    await person.hears_and_sees(others=2)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A hearing on a server of its own."""
    async with hearing_room(tmp_path) as room:
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

    await a_microphone_that_is_off_is_seen(ana, agent)
    await a_reload_comes_back_by_itself(ana, agent)
    ana = await another_device_takes_over(room, ana)
    await a_break_stops_every_picture(mediator, ana, agent)
    await a_lost_media_process_is_replaced(room, mediator, ana, agent)
    await who_is_sent_back_sees_nothing(mediator, ana)


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
    row = mediator.page.locator(".person", has_text=ana.name)
    await row.get_by_role("button", name="Devolver à espera").click()
    await in_phase(ana, "waiting")
    await expect(ana.page.locator(".tiles")).to_be_hidden()
    async with asyncio.timeout(WAIT_MS / 1000):
        while await ana.received():
            await ana.page.wait_for_timeout(100)
