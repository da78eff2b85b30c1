"""Ways to take part, a shown document, layouts, and a party that drops: three real browsers."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import expect

from app import db
from app.adapters.storage import FolderStorage
from app.demo import papers
from app.settings import kept_secret
from models import Document, DocumentKind, Seat
from models.rules.hearing import SeatMode
from tests import servers
from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import WAIT_MS, Room, hearing_room, in_phase
from tests.factories.people import NOW

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

BACK_SECONDS = 8
"""From a server that answers again to picture and sound of everybody. Five are the aim; here three browsers
that encode in software share the processors with the server that starts."""
LAYERS_SENT = """
() => window.connections.flatMap((connection) => connection.connectionState !== "connected" ? [] :
  connection.getSenders().filter((sender) => sender.track?.kind === "video")
    .map((sender) => sender.getParameters().encodings.map((encoding) => encoding.active)))
"""


@pytest.fixture
async def room(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    """A hearing whose case has a paper of the consumer's that everybody may open."""
    async with hearing_room(sqlite_url) as room:
        await db.connect(sqlite_url)
        data = papers.bill("Ana Souza", "Rua das Flores, 10")
        storage = FolderStorage(tmp_path / "files", bytes.fromhex(kept_secret(tmp_path / "storage-key")))
        await Document.create(
            id=uuid4(),
            case_id=room.table.case.id,
            owner_id=room.table.consumer.user_id,
            kind=DocumentKind.EXHIBIT,
            sides="consumer,company,staff",
            filename="conta de luz.pdf",
            media_type="application/pdf",
            size=len(data),
            pages=1,
            sha256="0" * 64,
            storage_key=await storage.put(data),
            at=NOW,
            attached_at=NOW,
        )
        yield room
        await db.close()


async def test_a_hearing_on_lines_of_different_strength(room: Room) -> None:
    mediator = await room.sits(room.table.mediator, DESKTOP)
    ana = await room.sits(room.table.consumer, PHONE)
    agent = await room.sits(room.table.agent, DESKTOP)
    await mediator.page.get_by_role("button", name="Admitir todos").click()
    for person in (ana, agent):
        await in_phase(person, "inside")
    await mediator.page.get_by_role("button", name="Abrir a audiência").click()
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".tile-picture")).to_have_count(3, timeout=WAIT_MS)

    await expect(ana.page.locator(".heard")).to_contain_text("Você está sendo ouvido", timeout=WAIT_MS)
    await everybody_sees_the_same_page(mediator, ana, agent)
    await each_lays_out_the_pictures(mediator, ana)
    await less_and_less_is_sent(mediator, ana, agent)
    await a_reload_and_a_restarted_server_change_nothing(room, mediator, ana, agent)


async def everybody_sees_the_same_page(mediator: Person, ana: Person, agent: Person) -> None:
    """The mediator opens it, the consumer points on her phone and the company sees where."""
    await mediator.tab("Provas")
    await mediator.page.get_by_role("button", name="Mostrar a todos conta de luz.pdf").click()
    for person in (mediator, ana, agent):
        picture = person.page.locator(".exhibit img")
        await expect(picture).to_be_visible(timeout=WAIT_MS)
        await person.page.wait_for_function("document.querySelector('.exhibit img').naturalWidth > 300")
    await ana.look("documento")
    await ana.page.locator(".exhibit-page").click(position={"x": 90, "y": 60})
    for person in (mediator, agent):
        pointer = person.page.locator(".exhibit-pointer", has_text=ana.name)
        await expect(pointer).to_be_visible()
        assert 0.2 < float((await pointer.evaluate("dot => dot.style.left")).rstrip("%")) / 100 < 0.3
    await mediator.look("documento")
    await agent.page.locator("[data-exhibit]").focus()
    await agent.page.keyboard.press("ArrowRight")
    await expect(ana.page.locator(".exhibit-pointer", has_text=agent.name)).to_be_visible()
    await agent.page.get_by_role("button", name="Fechar o documento").click()
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".exhibit")).to_have_count(0)


async def each_lays_out_the_pictures(mediator: Person, ana: Person) -> None:
    """Kept over a reload, and nobody else's business."""
    await mediator.page.locator(".bar-menu summary").click()
    await mediator.look("ajustes")
    await mediator.page.get_by_label("Imagens nesta tela").select_option(label=f"Fixar: {ana.name}")
    large = mediator.page.locator(".tile-spotlight")
    await expect(large).to_have_count(1)
    await expect(large).to_contain_text(ana.name)
    await mediator.page.reload()
    await in_phase(mediator, "inside")
    await expect(large).to_contain_text(ana.name)
    await expect(ana.page.locator(".tile-spotlight")).to_have_count(0)
    await mediator.page.locator(".bar-menu summary").click()
    await mediator.page.get_by_label("Imagens nesta tela").select_option("grid")
    await mediator.page.locator(".bar-menu summary").click()
    await expect(large).to_have_count(0)
    await mediator.hears_and_sees(others=2)


async def chooses(person: Person, mode: str) -> None:
    """In the room's settings."""
    await person.page.locator(".bar-menu summary").click()
    await person.page.get_by_label("Como eu participo").select_option(label=mode)
    await person.page.get_by_role("button", name="Participar assim").click()


async def pictures(person: Person) -> dict[str, float]:
    """The decoded frames of what arrives."""
    return {key: value for key, value in (await person.received()).items() if key.startswith("video")}


async def less_and_less_is_sent(mediator: Person, ana: Person, agent: Person) -> None:
    """Low video sends one layer, sound alone no picture in either direction, and all comes back."""
    await ana.page.locator(".bar-menu summary").click()
    await ana.look("ajustes")
    await ana.page.locator(".bar-menu summary").click()
    await chooses(ana, "vídeo leve")
    await expect(agent.page.locator(".tile-mode", has_text="vídeo leve")).to_be_visible()
    async with asyncio.timeout(WAIT_MS / 1000):
        while [layers for layers in await ana.page.evaluate(LAYERS_SENT) if sum(layers) != 1]:
            await ana.page.wait_for_timeout(100)
    await chooses(ana, "só com som")
    await expect(agent.page.locator(".tile-mode", has_text="só com som")).to_be_visible()
    await mediator.tab("Pessoas")
    hers = mediator.page.locator(".person").filter(has=mediator.page.get_by_text("Consumidor", exact=True))
    await expect(hers).to_contain_text("só com som")
    async with asyncio.timeout(WAIT_MS / 1000):
        while True:
            before = await pictures(ana)
            await ana.page.wait_for_timeout(1500)
            if await pictures(ana) == before:
                break
    before, heard = await agent.received(), await ana.received()
    await agent.page.wait_for_timeout(2000)
    after, still = await agent.received(), await ana.received()
    assert len([key for key in after if key.startswith("video") and after[key] > before[key]]) == 1
    assert len([key for key in after if key.startswith("audio") and after[key] > before[key]]) == 2
    assert len([key for key in still if key.startswith("audio") and still[key] > heard[key]]) == 2
    await ana.look("so-com-som")
    await chooses(ana, "por escrito")
    await expect(agent.page.locator(".tile-mode", has_text="por escrito")).to_be_visible()
    await expect(ana.page.locator("#painel-chat")).to_be_visible()
    await chooses(ana, "com vídeo")
    await expect(agent.page.locator(".tile-picture")).to_have_count(3, timeout=WAIT_MS)
    await ana.hears_and_sees(others=2)


async def back(person: Person, since: int) -> float:
    """How long it takes until picture and sound of both others have come over new connections."""
    began = time.monotonic()
    async with asyncio.timeout(WAIT_MS / 1000):
        while sum(value > 0 for value in (await person.received(since)).values()) < 4:
            await person.page.wait_for_timeout(50)
    return time.monotonic() - began


async def a_reload_and_a_restarted_server_change_nothing(room: Room, *people: Person) -> None:
    """The same seats, media within seconds, and the controls that the server says."""
    mediator, ana, _ = people
    await ana.page.reload()
    assert await back(ana, 0) < BACK_SECONDS
    made = [await person.connections() for person in people]
    servers.end(room.server.process)
    with servers.serving(room.server.data_dir, port=room.server.port):
        took = await asyncio.gather(
            *(back(person, since) for person, since in zip(people, made, strict=True))
        )
        print(
            "\nserver restarted; picture and sound of both others: "
            + ", ".join(f"{one:.1f} s" for one in took)
        )
        assert max(took) < BACK_SECONDS
        for person in people:
            await in_phase(person, "inside")
        await expect(mediator.page.get_by_role("button", name="Pausar")).to_be_visible()
        await the_hearing_waits_for_who_drops(room, *people)


async def the_hearing_waits_for_who_drops(room: Room, mediator: Person, ana: Person, agent: Person) -> None:
    """A closed browser: the others are told, the mediator may go on for a reason, and may wait again."""
    await chooses(ana, "conforme a conexão")
    async with asyncio.timeout(WAIT_MS / 1000):
        while (seat := await Seat.get(user_id=room.table.consumer.user_id)).mode_chosen:
            await ana.page.wait_for_timeout(100)
    assert seat.mode is SeatMode.VIDEO
    await ana.page.close()
    for person in (mediator, agent):
        await expect(person.page.locator(".hold")).to_contain_text(
            "A audiência espera o consumidor voltar", timeout=WAIT_MS
        )
    await mediator.look("espera")
    await mediator.page.get_by_label("Motivo para continuar sem esperar").fill("Avisou que não volta.")
    await mediator.page.get_by_role("button", name="Liberar").click()
    await expect(agent.page.locator(".hold")).to_contain_text(re.compile("não espera quem cair"))
    await mediator.page.get_by_role("button", name="Voltar a esperar").click()
    await expect(agent.page.locator(".hold")).to_contain_text("A audiência espera o consumidor voltar")
