"""A coordinator watches over a hearing: a line that is lost, help that is asked for, and the report."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import CDPSession, expect

from app import db
from app.services import sessions
from models.rules.people import Role, Viewer
from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import WAIT_MS, Room, hearing_room, in_phase
from tests.factories.people import make_user, viewer_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

GONE = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
BACK = GONE | {"offline": False}
DRAWN = """
() => [...document.querySelectorAll("[data-plots] canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 200) colours.add(data.slice(at, at + 3).join());
  }
  return colours.size;
})
"""
SOUNDS = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) { window.tones += 1; return start.apply(this, given); };
"""


DENIED = """
(() => {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (sessionStorage.getItem("denied")) throw new DOMException("no", "NotAllowedError");
    return open(wanted);
  };
})();
"""
"""A browser in which camera and microphone are blocked for a while."""
BROWSERS = {
    "Windows NT 10.0) Chrome/130.0": "abra as permissões",
    "Linux; Android 14) Chrome/130.0 Mobile": "Ajustes do Android, Apps, Chrome",
    "Linux; Android 14) SamsungBrowser/26.0 Chrome/122.0": "Samsung Internet",
    "Windows NT 10.0; rv:132.0) Firefox/132.0": "ícone de câmera",
    "iPhone; CPU iPhone OS 18_0) CriOS/130.0 Safari/604.1": "Ajustes, Apps, Safari",
    "Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1": "No menu Safari",
}
HELPS = """
async (agents) => {
  const { permissionHelp } = await import(
    document.querySelector("script[src$='js/hearings/start.js']").src.replace("start.js", "devices.js"));
  const found = {};
  for (const agent of agents) {
    Object.defineProperty(navigator, "userAgent", { value: agent, configurable: true });
    found[agent] = permissionHelp();
  }
  return found;
}
"""
"""What each browser's people are told to do."""


@pytest.fixture
async def watched(sqlite_url: str) -> AsyncIterator[tuple[Room, Viewer]]:
    """A hearing on a server of its own, and a coordinator who has nothing to do with it."""
    async with hearing_room(sqlite_url) as room:
        await db.connect(sqlite_url)
        coordinator = viewer_of(await make_user(Role.COORDINATOR, name="Helena Prado"))
        token = await sessions.start(
            coordinator.user_id, now=room.table.hearing.starts_at, address="", device=""
        )
        room.tokens[coordinator.user_id] = token
        yield room, coordinator
        await db.close()


async def test_a_coordinator_helps_those_in_a_hearing(watched: tuple[Room, Viewer]) -> None:
    room, coordinator = watched
    ana = await room.person(room.table.consumer, PHONE)
    helena = await room.person(coordinator, DESKTOP, SOUNDS, "notifications")
    await helena.page.goto("/audiencias/central")
    await helena.page.get_by_role("button", name="Som e notificações").click()

    await help_is_asked_at_the_door_and_answered(helena, ana)

    mediator = await room.sits(room.table.mediator, DESKTOP)
    agent = await room.sits(room.table.agent, DESKTOP, DENIED)
    await ana.page.locator("[data-enter]").click()
    await in_phase(ana, "waiting")
    await mediator.page.get_by_role("button", name="Admitir todos").click()
    for person in (ana, agent):
        await in_phase(person, "inside")
    await mediator.page.get_by_role("button", name="Abrir a audiência").click()
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".tile-picture")).to_have_count(3, timeout=WAIT_MS)

    await the_day_shows_who_is_where(helena)
    await a_lost_line_is_a_task_until_it_is_back(helena, agent)
    await what_stands_in_the_way_is_a_task(helena, mediator, agent)
    await help_is_asked_in_the_room(helena, ana, mediator)
    await the_report_shows_what_was_measured(room, helena, ana)


async def help_is_asked_at_the_door_and_answered(helena: Person, ana: Person) -> None:
    """By the keyboard, before anything was allowed or entered; both see it at once, and after a reload."""
    button = ana.page.get_by_role("button", name="Pedir ajuda")
    await button.focus()
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_label("O que está acontecendo?")).to_be_focused()
    await ana.page.keyboard.type("Não sei onde entrar.")
    await ana.page.keyboard.press("Tab")
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.locator(".help-state")).to_contain_text("O Procon foi avisado")

    task = helena.page.locator(".task", has_text="Pediu ajuda")
    await expect(task).to_contain_text(f"{ana.name} (consumidor)")
    await expect(helena.page.locator(".centre-figure").first).to_contain_text("1")
    await helena.page.wait_for_function("window.tones > 0")
    await task.get_by_role("link", name="Conversar").click()
    await expect(helena.page.locator(".centre-lines")).to_contain_text("Não sei onde entrar.")
    await helena.page.get_by_label(f"Mensagem para {ana.name}").fill("Toque no botão Entrar.")
    await helena.page.keyboard.press("Enter")
    await expect(helena.page.locator(".centre-lines")).to_contain_text("Toque no botão Entrar.")
    await expect(ana.page.locator(".help-lines")).to_contain_text("Toque no botão Entrar.")
    await expect(ana.page.locator(".help-state")).to_contain_text("está cuidando do seu pedido")
    await expect(task).to_contain_text("com você")
    await ana.look("ajuda-na-porta")
    await helena.look("central-conversa")

    await ana.page.reload()
    await ana.page.get_by_role("button", name="Pedir ajuda").click()
    await expect(ana.page.locator(".help-lines")).to_contain_text("Toque no botão Entrar.")
    await ana.page.get_by_role("button", name="Já consegui").click()
    await expect(task).to_have_count(0)
    await expect(ana.page.locator(".help-state")).to_contain_text("O pedido de ajuda terminou")
    await ana.page.keyboard.press("Escape")
    await helena.page.get_by_role("link", name="Fechar a conversa").click()


async def the_day_shows_who_is_where(helena: Person) -> None:
    """The state of the hearing and of each person, and how each is connected, from second to second."""
    card = helena.page.locator(".watch")
    await expect(card).to_contain_text("Em andamento")
    await expect(card.locator(".seat", has_text="na audiência")).to_have_count(3)
    await expect(card.locator(".quality")).to_have_count(3, timeout=WAIT_MS)
    await expect(card.locator(".quality summary", has_text="Conexão")).to_have_count(3, timeout=WAIT_MS)
    await expect(card.locator(".spark canvas")).to_have_count(3, timeout=WAIT_MS)


async def network(person: Person) -> CDPSession:
    """The line of somebody's page."""
    return await person.page.context.new_cdp_session(person.page)


async def a_lost_line_is_a_task_until_it_is_back(helena: Person, agent: Person) -> None:
    """Cut, seen, taken, and resolved by itself when the person is back."""
    line = await network(agent)
    await line.send("Network.emulateNetworkConditions", GONE)
    task = helena.page.locator(".task", has_text="Caiu da audiência")
    await expect(task).to_contain_text(agent.name, timeout=90_000)
    await expect(helena.page.locator(".seat-disconnected")).to_contain_text(agent.name)
    await task.get_by_role("button", name="Assumir").click()
    await expect(task).to_contain_text("com você")
    await helena.look("central-queda")
    await helena.page.set_viewport_size(PHONE)
    await helena.look("central-queda")
    await helena.page.set_viewport_size(DESKTOP)
    await line.send("Network.emulateNetworkConditions", BACK)
    await expect(task).to_have_count(0, timeout=WAIT_MS)
    await expect(helena.page.locator(".seat-disconnected")).to_have_count(0)
    await helena.page.locator(".centre-ended summary").click()
    row = helena.page.locator(".centre-ended tr", has_text="Caiu da audiência")
    await expect(row).to_contain_text("Helena Prado")
    await expect(row).to_contain_text("resolvida sozinha")


async def what_stands_in_the_way_is_a_task(helena: Person, mediator: Person, agent: Person) -> None:
    """A technical suspension, and a browser that was told to give no microphone; each ends with its cause."""
    suspended = helena.page.locator(".task", has_text="Suspensa por falha técnica")
    await mediator.page.get_by_role("button", name="Suspender por falha técnica").click()
    await expect(suspended).to_contain_text("Ana Souza × Loja Boa Ltda.")
    await expect(helena.page.locator(".watch")).to_contain_text("Suspensa por falha técnica")

    blocked = helena.page.locator(".task", has_text="Som ou imagem bloqueados")
    await agent.page.evaluate("sessionStorage.setItem('denied', 'yes')")
    await agent.page.reload()
    await in_phase(agent, "inside")
    told = agent.page.locator("[data-device-problem]")
    await expect(told).to_contain_text("permita Câmera e Microfone")
    for browser, told_so in (await agent.page.evaluate(HELPS, list(BROWSERS))).items():
        assert BROWSERS[browser] in told_so, browser
    await agent.look("aparelho-bloqueado")
    await agent.page.set_viewport_size(PHONE)
    await agent.look("aparelho-bloqueado")
    await agent.page.set_viewport_size(DESKTOP)
    await expect(blocked).to_contain_text(agent.name, timeout=WAIT_MS)
    await helena.look("central-bloqueada")

    await mediator.page.get_by_role("button", name="Retomar").click()
    await expect(suspended).to_have_count(0)
    await agent.page.evaluate("sessionStorage.removeItem('denied')")
    await told.get_by_role("button", name="Tentar de novo").click()
    await expect(told).to_be_hidden()
    await expect(blocked).to_have_count(0, timeout=WAIT_MS)
    await mediator.hears_and_sees(others=2, seconds=1)


async def help_is_asked_in_the_room(helena: Person, ana: Person, mediator: Person) -> None:
    """On a phone, in the middle of the hearing; the answer is told though the panel is closed."""
    await ana.page.locator(".bar [data-help-open]").click()
    await ana.look("ajuda-na-sala")
    await ana.page.get_by_role("button", name="Enviar ao Procon").click()  # without a word
    await expect(ana.page.locator(".help-state")).to_contain_text("O Procon foi avisado")
    await ana.page.get_by_role("button", name="Fechar a ajuda").click()
    task = helena.page.locator(".task", has_text="Pediu ajuda")
    await task.get_by_role("link", name="Conversar").click()
    await helena.page.get_by_label(f"Mensagem para {ana.name}").fill("Estou vendo a sua conexão.")
    await helena.page.keyboard.press("Enter")
    await expect(ana.page.locator(".toast", has_text="O Procon respondeu")).to_be_visible()
    await expect(ana.page.locator(".bar [data-help-news]")).to_have_count(1)
    await expect(mediator.page.locator("body")).not_to_contain_text("Estou vendo a sua conexão.")
    await task.locator("summary").click()
    await task.get_by_label("Como foi resolvida").fill("Explicado por escrito.")
    await task.get_by_role("button", name="Marcar como resolvida").click()
    await expect(task).to_have_count(0)
    await expect(helena.page.locator(".centre-ended")).to_contain_text("(5)")


async def the_report_shows_what_was_measured(room: Room, helena: Person, ana: Person) -> None:
    """Plots with lines on them, the same as tables, who heard whom; a party sees herself alone."""
    await helena.page.goto(f"/audiencias/{room.table.id}/qualidade")
    await expect(helena.page.locator("[data-plots][data-drawn] canvas")).to_have_count(9, timeout=WAIT_MS)
    painted = await helena.page.evaluate(DRAWN)
    assert all(colours >= 4 for colours in painted), painted
    heard = helena.page.locator(".heard-table tbody tr").filter(has_text=room.table.mediator.name).first
    await expect(heard.locator(".heard-cell strong").first).to_contain_text("%")
    plots = helena.page.locator("[data-plots]").first
    await plots.focus()
    told = plots.locator(".u-legend").first.locator(".u-value")
    for _ in range(int(await plots.get_attribute("data-drawn") or 0)):
        await helena.page.keyboard.press("ArrowRight")
        await expect(told.nth(0)).not_to_have_text("—")
        if "%" in await told.nth(1).inner_text():
            break
    await expect(told.nth(1)).to_contain_text("%")
    await helena.page.get_by_text("Os mesmos números em tabela").first.click()
    await helena.look("qualidade")
    await helena.page.set_viewport_size(PHONE)
    await helena.look("qualidade")
    page = await ana.page.context.new_page()
    await page.goto(f"/audiencias/{room.table.id}/qualidade")
    await expect(page.locator("[data-plots][data-drawn] canvas")).to_have_count(3, timeout=WAIT_MS)
    await expect(page.locator("main")).to_contain_text("Você vê a sua própria conexão.")
