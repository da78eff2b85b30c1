"""Guests in five browsers: interpreter, lawyer, witness, observer; and a screen that is shown."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from app import db
from app.services import sessions
from models.rules.people import Viewer
from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import WAIT_MS, Room, hearing_room, in_phase
from tests.factories.hearings import colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

CELIA, OTAVIO = "celia@libras.example", "otavio@adv.example"
TIAGO, OLGA = "tiago@testemunha.example", "olga@faculdade.example"
SCREEN = """
navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const pen = canvas.getContext("2d");
  let turn = 0;
  setInterval(() => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 1280, 720);
    pen.fillStyle = "#111";
    pen.font = "48px sans-serif";
    pen.fillText(`Fatura de novembro: R$ 120,00 (${turn++})`, 80, 200);
  }, 100);
  return canvas.captureStream(10);
};
"""
"""A screen to show: headless browsers have none."""
SEEN = """
async () => {
  const found = {};
  for (const connection of window.connections) {
    if (connection.connectionState !== "connected") continue;
    (await connection.getStats()).forEach((report) => {
      if (report.type === "inbound-rtp" && report.kind === "video") {
        found[report.mid] = { frames: report.framesDecoded, height: report.frameHeight ?? 0 };
      }
    });
  }
  return found;
}
"""


WITHIN = """
() => {
  const boxes = [...document.querySelectorAll(".tile")].map((tile) => tile.getBoundingClientRect());
  const stage = document.querySelector(".tiles").getBoundingClientRect();
  const inside = (box) => box.left >= stage.left - 1 && box.right <= stage.right + 1 &&
    box.top >= stage.top - 1 && box.bottom <= stage.bottom + 1 && box.width > 100;
  const before = (a, b) => a.right <= b.left + 1 || a.bottom <= b.top + 1;
  const apart = (a, b) => before(a, b) || before(b, a);
  return boxes.every((box, at) => inside(box) && boxes.slice(at + 1).every((other) => apart(box, other)));
}
"""
"""Whether all pictures are on the stage, none upon another."""


@pytest.fixture
async def crowd(sqlite_url: str) -> AsyncIterator[tuple[Room, Viewer]]:
    """A hearing on a server of its own, with a second person of the company, and a third."""
    async with hearing_room(sqlite_url, lawyer=True) as room:
        await db.connect(sqlite_url)
        late = (await colleague(room.table, may_settle=False))[1]
        now = room.table.hearing.starts_at
        room.tokens[late.user_id] = await sessions.start(late.user_id, now=now, address="", device="")
        await db.close()
        yield room, late


async def link_to(room: Room, address: str, letters: int) -> str:
    """The personal link in the newest of so many letters to an address."""
    async with asyncio.timeout(WAIT_MS / 1000):
        while True:
            found = room.letters_to(address)
            if len(found) >= letters:
                break
            await asyncio.sleep(0.1)
    link = re.search(r"/audiencias/entrada/\S+", found[-1])
    assert link is not None, found[-1]
    return link.group()


async def invites(mediator: Person, role: str, name: str, email: str) -> None:
    """By the form among the people of the room."""
    fold = mediator.page.locator("#fold-convidar")
    await fold.locator("summary").click()
    await fold.get_by_label("Participa como").select_option(label=role)
    await fold.get_by_label("Nome completo").fill(name)
    await fold.get_by_label("E-mail").fill(email)
    await fold.get_by_role("button", name="Enviar convite").click()
    await expect(mediator.page.locator(".person", has_text=name)).to_be_visible()


async def comes_by_link(room: Room, address: str, name: str, size: dict[str, int]) -> Person:
    """From the letter to the waiting room."""
    person = await room.invited(await link_to(room, address, 1), name, size)
    await person.page.get_by_role("button", name="Sou eu: abrir a audiência").click()
    await person.page.locator("[data-enter]").click()
    await in_phase(person, "waiting")
    return person


async def has_no_part_in_the_agreement(person: Person, calls: int) -> None:
    """Reads along, raises a hand, writes; the agreement is the parties', and only a side is called aside."""
    await expect(person.page.get_by_text("Propor uma cláusula")).to_be_hidden()
    await expect(person.page.get_by_role("button", name="Levantar a mão")).to_be_visible()
    await person.tab("Pessoas")
    call = person.page.get_by_role("button", name="Chamar para sala reservada")
    await expect(call).to_have_count(calls)
    await expect(person.page.locator(".person-acts")).to_have_count(0)


async def a_lawyer_speaks_with_the_consumer_alone(ana: Person, lawyer: Person, *others: Person) -> None:
    """Called and accepted: the two have each other, the three others each other, by what arrives."""
    await lawyer.page.get_by_role("button", name="Chamar para sala reservada Ana Souza").click()
    await ana.page.get_by_role("button", name="Atender").click()
    for person in (ana, lawyer):
        await expect(person.page.locator(".private-inside")).to_be_visible()
    await asyncio.gather(
        *(person.receives(audio=1, video=1) for person in (ana, lawyer)),
        *(person.receives(audio=2, video=2) for person in others),
    )
    await ana.look("reservada-advogado")
    await ana.page.get_by_role("button", name="Voltar à audiência").click()
    for person in (ana, lawyer):
        await expect(person.page.locator(".private-inside")).to_have_count(0)


async def a_witness_and_an_observer_come_later(
    room: Room, mediator: Person, ana: Person, agent: Person
) -> None:
    """In the middle of it; the observer is seen and not heard until the mediator gives the word."""
    await invites(mediator, "Testemunha", "Tiago Reis", TIAGO)
    await invites(mediator, "Observador", "Olga Lima", OLGA)
    await mediator.page.locator("#fold-convidar summary").click()
    witness = await comes_by_link(room, TIAGO, "Tiago Reis", PHONE)
    observer = await comes_by_link(room, OLGA, "Olga Lima", DESKTOP)
    await mediator.page.get_by_role("button", name="Admitir todos").click()
    for person in (witness, observer):
        await in_phase(person, "inside")
        await has_no_part_in_the_agreement(person, calls=0)
    microphone = observer.page.locator("[data-microphone]")
    await expect(microphone).to_be_disabled()
    await asyncio.gather(
        *(person.receives(audio=3, video=None) for person in (ana, agent, witness)),
        observer.receives(audio=4, video=None),
    )
    await witness.look("testemunha")
    await observer.look("observador")

    await mediator.page.get_by_role("button", name="Liberar microfone Olga Lima").click()
    await expect(microphone).to_be_enabled()
    await microphone.click()
    await ana.receives(audio=4, video=None)
    for person in (witness, observer):
        await person.page.context.close()


async def the_eighth_has_a_place_and_the_ninth_has_none(
    room: Room, late: Viewer, mediator: Person, ana: Person
) -> None:
    """Who was let in and went keeps the place, until the mediator frees it."""
    assert room.lawyer is not None
    lawyer = await room.sits(room.lawyer, DESKTOP)
    await mediator.page.get_by_role("button", name=f"Admitir {lawyer.name}").click()
    await in_phase(lawyer, "inside")
    await lawyer.receives(audio=3, video=None)
    for person in (mediator, ana):
        await expect(person.page.locator(".tile")).to_have_count(8)
        await person.look("oito")
        assert await person.page.evaluate(WITHIN), person.name

    ninth = await room.person(late, PHONE)
    await ninth.page.locator("[data-enter]").click()
    await expect(ninth.page.locator("[data-door-error]")).to_contain_text("Os oito lugares da sala")
    await ninth.look("sala-cheia")
    await mediator.page.get_by_role("button", name="Devolver à espera Olga Lima").click()
    await expect(mediator.page.locator(".tile")).to_have_count(7)
    await ninth.page.locator("[data-enter]").click()
    await in_phase(ninth, "waiting")


async def arrives(person: Person, others: int) -> None:
    """Sound and picture of so many have come: five browsers on one machine do not draw every frame."""
    async with asyncio.timeout(WAIT_MS / 1000):
        while True:
            found = await person.received()
            if sum(value > 0 for value in found.values()) == len(found) == 2 * others:
                return
            await person.page.wait_for_timeout(250)


async def test_an_interpreter_comes_by_a_link(crowd: tuple[Room, Viewer]) -> None:
    room, late = crowd
    table = room.table
    mediator = await room.sits(table.mediator, DESKTOP, SCREEN)
    await invites(mediator, "Intérprete de Libras", "Célia Prado", CELIA)
    await invites(mediator, "Advogado do consumidor", "Otávio Nunes", OTAVIO)
    await mediator.page.locator("#fold-convidar summary").click()
    await mediator.look("convidar")
    await mediator.page.locator("#fold-convidar summary").click()

    celia = await room.invited(await link_to(room, CELIA, 1), "Célia Prado", PHONE)
    await celia.look("convite")
    await celia.page.get_by_role("button", name="Sou eu: abrir a audiência").click()
    await celia.page.locator("[data-enter]").click()
    await in_phase(celia, "waiting")
    await a_used_link_offers_another(room)

    ana, agent = await room.sits(table.consumer, PHONE), await room.sits(table.agent, DESKTOP)
    otavio = await comes_by_link(room, OTAVIO, "Otávio Nunes", DESKTOP)
    people = (mediator, ana, agent, celia, otavio)
    await mediator.page.get_by_role("button", name="Admitir todos").click()
    for person in people:
        await in_phase(person, "inside")
    await mediator.page.get_by_role("button", name="Abrir a audiência").click(no_wait_after=True)
    for person in people:
        await arrives(person, 4)
        await person.look("cinco")
    await has_no_part_in_the_agreement(celia, calls=0)
    await has_no_part_in_the_agreement(otavio, calls=2)  # the consumer and the interpreter

    await a_lawyer_speaks_with_the_consumer_alone(ana, otavio, mediator, agent, celia)
    await otavio.page.context.close()
    await who_reads_signs_keeps_the_interpreter(ana, agent)
    await a_screen_is_shown_beside_the_interpreter(mediator, ana, agent)
    for person in people[:4]:
        await expect(person.page.locator(".hearing-status")).to_contain_text("Em andamento")
    await celia.page.context.close()
    await a_witness_and_an_observer_come_later(room, mediator, ana, agent)
    await the_eighth_has_a_place_and_the_ninth_has_none(room, late, mediator, ana)


async def a_used_link_offers_another(room: Room) -> None:
    """Who opens it elsewhere is not let in by it, and gets another by mail."""
    stranger = await room.invited(await link_to(room, CELIA, 1), "another device", PHONE)
    await expect(stranger.page.get_by_role("button", name="Sou eu")).to_have_count(0)
    await stranger.look("convite-usado")
    await stranger.page.get_by_role("button", name="Enviar um novo endereço").click()
    await expect(stranger.page.get_by_text("Enviamos um novo endereço")).to_be_visible()
    await link_to(room, CELIA, 2)
    links = [re.findall(r"/audiencias/entrada/\S+", one)[0] for one in room.letters_to(CELIA)]
    assert len(set(links)) == 2
    await stranger.page.context.close()


async def who_reads_signs_keeps_the_interpreter(ana: Person, agent: Person) -> None:
    """Pinned by one button; with sound alone her picture goes on coming, in full, and no other does."""
    await ana.page.get_by_role("button", name=re.compile("^Intérprete\\s+em destaque")).click()
    await expect(ana.page.locator(".tile-spotlight")).to_contain_text("Célia Prado")
    await expect(agent.page.locator(".tile-spotlight")).to_have_count(0)
    await ana.look("interprete")
    await ana.page.locator(".bar-menu summary").click()
    await ana.page.get_by_label("Como eu participo").select_option(label="só com som")
    await ana.page.get_by_role("button", name="Participar assim").click()
    await expect(ana.page.locator(".bar-menu[open]")).to_have_count(0)
    async with asyncio.timeout(WAIT_MS / 1000):
        while True:
            before = await ana.page.evaluate(SEEN)
            await ana.page.wait_for_timeout(1500)
            after = await ana.page.evaluate(SEEN)
            moving = {
                mid: seen["height"]
                for mid, seen in after.items()
                if seen["frames"] > before.get(mid, {"frames": 0})["frames"]
            }
            print(f"with sound alone there arrive pictures of {list(moving.values())} lines")
            if len(moving) == 1:
                break
    await ana.look("interprete-som")
    await ana.page.locator(".bar-menu summary").click()
    await ana.page.get_by_label("Como eu participo").select_option(label="com vídeo")
    await ana.page.get_by_role("button", name="Participar assim").click()
    await expect(ana.page.locator(".bar-menu[open]")).to_have_count(0)
    await expect(ana.page.locator(".tiles[data-blind]")).to_have_count(0)


async def a_screen_is_shown_beside_the_interpreter(mediator: Person, ana: Person, agent: Person) -> None:
    """Large for everybody, with the interpreter beside it for who reads signs; gone when it ends."""
    frames = {person: await person.page.evaluate(SEEN) for person in (ana, agent)}
    await mediator.page.get_by_role("button", name="Mostrar a tela").click()
    for person in (ana, agent):
        await expect(person.page.locator(".tile-screen")).to_contain_text("Tela de Rita Melo")
        await person.page.wait_for_function(
            "() => document.querySelector('.tile-screen video').videoWidth > 600"
        )
        new = (await person.page.evaluate(SEEN)).keys() - frames[person].keys()
        assert len(new) == 1
    await expect(ana.page.locator(".tile-spotlight")).to_have_count(2)
    await ana.look("tela")
    await agent.look("tela")
    await mediator.look("tela-conciliador")
    await mediator.page.get_by_role("button", name="Parar de mostrar a tela").click()
    for person in (ana, agent):
        await expect(person.page.locator(".tile-screen")).to_have_count(0, timeout=WAIT_MS)
