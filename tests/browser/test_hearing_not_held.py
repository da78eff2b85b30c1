"""Hearings that are not held: a lost line is no absence, a party that stays away is one.

In between a party asks for another day. Ana has a phone of 360 px; time passes by moving the hearing in the
database.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from app import db
from app.adapters.clock import SystemClock
from app.demo import papers
from models import Hearing
from models.rules.hearing import HearingState
from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import Room, hearing_room, in_phase
from tests.browser.test_hearing_agreement import NO_DEVICES
from tests.browser.test_hearing_conduct import code_sent
from tests.browser.test_hearing_states import WHOLE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

REASON = "O preposto tem uma cirurgia marcada nesse dia."


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Room]:
    """A hearing that was to begin ten minutes ago; the database is open beside its server."""
    async with hearing_room(sqlite_url, begins=timedelta(minutes=-10)) as room:
        await db.connect(sqlite_url)
        yield room
        await db.close()


async def test_a_lost_line_another_day_and_a_company_that_stays_away(room: Room) -> None:
    table = room.table
    mediator = await room.sits(table.mediator, DESKTOP, NO_DEVICES)
    ana = await room.sits(table.consumer, PHONE, NO_DEVICES)
    agent = await room.sits(table.agent, DESKTOP, NO_DEVICES)
    await to_tab(mediator, "Pessoas")
    await mediator.page.get_by_role("button", name="Admitir todos").click()
    for person in (ana, agent):
        await in_phase(person, "inside")
    await mediator.page.get_by_role("button", name="Abrir a audiência").click()
    await expect(agent.page.locator(".hearing-status")).to_contain_text("Em andamento")

    await a_lost_line_is_no_absence(room, mediator, ana, agent)
    second = await the_consumer_sets_it_again_and_it_says_why(room, mediator, ana)
    await the_company_asks_for_another_day(room, mediator, ana, agent)
    await who_stays_away_is_absent_after_the_tolerance(room, second, mediator, ana)


async def to_tab(person: Person, name: str) -> None:
    """Open a panel by its key."""
    await person.page.get_by_role("tab", name=name).press("Enter")


async def passes(hearing: int, minutes: int) -> None:
    """The hearing was to begin so long ago."""
    await Hearing.filter(id=hearing).update(starts_at=SystemClock().now() - timedelta(minutes=minutes))


async def closes_as(mediator: Person, outcome: str, cause: str) -> None:
    """Choose how it ended and fix the text."""
    page = mediator.page
    await to_tab(mediator, "Acordo")
    if await page.locator("#fold-fechar").get_attribute("open") is None:
        await page.locator("summary", has_text="Fechar o texto").click()
    await page.locator("#campo-outcome").select_option(outcome)
    await page.locator("#campo-cause").select_option(cause)
    await page.get_by_role("button", name="Fechar o texto").click()


async def is_refused(mediator: Person, sentence: str) -> None:
    """The page says why the text is not fixed."""
    await expect(mediator.page.locator(".toast", has_text=sentence)).to_be_visible()
    await expect(mediator.page.locator("#texto-final")).to_have_count(0)


async def signs_and_ends(room: Room, mediator: Person) -> None:
    """Only the mediator signs what was not held."""
    page = mediator.page
    await page.get_by_role("button", name="Enviar código").click()
    await expect(page.locator(".toast", has_text="Enviamos um código")).to_be_visible()
    await page.locator("#campo-code").fill(await code_sent(room))
    await page.get_by_role("button", name="Assinar").click()
    await expect(page.locator(".signers .yes")).to_have_count(1)
    await page.get_by_role("button", name="Encerrar e selar o termo").click()
    await in_phase(mediator, "over")


async def certified(person: Person) -> None:
    """The sealed certificate stands on the page and verifies as authentic."""
    page = person.page
    await expect(page.get_by_role("link", name="Certidão de presença (PDF)")).to_be_visible()
    code = await page.locator(".presence-paper .number").inner_text()
    await page.goto(f"/verificar/{code}")
    await expect(page.get_by_role("main")).to_contain_text("Certidão de presença")


async def a_lost_line_is_no_absence(room: Room, mediator: Person, ana: Person, agent: Person) -> None:
    """Ana's network is cut: she cannot be called absent, and the certificate says whose failure it was."""
    network = await ana.page.context.new_cdp_session(ana.page)
    await network.send("Network.emulateNetworkConditions", WHOLE | {"offline": True})
    await expect(mediator.page.locator(".hold")).to_contain_text("A audiência espera o consumidor voltar")
    await passes(room.table.id, 16)
    await closes_as(mediator, "consumer_absent", "unjustified")
    await is_refused(mediator, "falha técnica: esta parte não pode ser dada como ausente")
    await mediator.look("nao-realizada-recusada")
    await closes_as(mediator, "technical_failure", "of_consumer")
    await expect(agent.page.get_by_role("region", name="Texto final")).to_contain_text("falha técnica")
    await signs_and_ends(room, mediator)
    for person in (mediator, agent):
        page = person.page
        await expect(page.locator(".follow-up")).to_contain_text("A audiência será remarcada")
        found = page.locator(".presence-words")
        await expect(found).to_contain_text("Consumidor: falha técnica da parte.")
        await expect(found).to_contain_text("Falha técnica não é ausência.")
        await expect(found).to_contain_text("Empresa: presente.")
    await mediator.look("falha-tecnica")
    await certified(mediator)
    await network.send("Network.emulateNetworkConditions", WHOLE)


async def the_consumer_sets_it_again_and_it_says_why(room: Room, mediator: Person, ana: Person) -> int:
    """Slots were offered by themselves; the hearing that Ana sets carries why the last was not held."""
    case = f"/casos/{room.table.case.id}"
    for person in (mediator, ana):
        await person.page.goto(case)
    await ana.page.locator("#horarios .slot-choice").first.click()
    await ana.page.get_by_role("button", name="Confirmar o horário").click()
    for person in (mediator, ana):
        story = person.page.locator("#andamento")
        await expect(story).to_contain_text("A audiência anterior foi não realizada por falha técnica")
        await expect(story).to_contain_text("do lado do consumidor")
    await expect(ana.page.get_by_text("já remarcou a audiência o máximo de vezes")).to_be_visible()
    await ana.look("remarcada")
    newest = await Hearing.filter(case_id=room.table.case.id).order_by("-id").first()
    assert newest is not None
    return int(newest.id)


async def the_company_asks_for_another_day(room: Room, mediator: Person, ana: Person, agent: Person) -> None:
    """With a reason and a paper; the mediator grants it with slots, and Ana's choice moves the hearing."""
    case = f"/casos/{room.table.case.id}"
    for person in (agent, mediator):
        await person.page.goto(case)
    page = agent.page
    await page.locator("summary", has_text="Não posso nesse dia").click()
    await page.get_by_role("button", name="Pedir outro dia").click()
    await expect(page.locator("#erro-ask_reason")).to_contain_text("de 10 a 2000 caracteres")
    await page.locator("#campo-ask_reason").fill(REASON)
    await agent.upload("justificativa", "atestado.pdf", papers.bill("Clínica São José", "Rua A, 1"))
    await expect(page.locator("#campo-ask_reason")).to_have_value(REASON)
    await agent.look("pedir-outro-dia")
    await page.get_by_role("button", name="Pedir outro dia").click()
    await expect(page.locator("#outro-dia")).to_contain_text("espera resposta")
    for person in (mediator, ana):
        await expect(person.page.locator("#outro-dia")).to_contain_text(REASON)
    await expect(ana.page.get_by_role("link", name="atestado.pdf")).to_have_count(0)
    await expect(mediator.page.locator("#outro-dia").get_by_role("link", name="atestado.pdf")).to_be_visible()
    await mediator.look("pedido-de-outro-dia")
    await mediator.page.goto("/agenda")
    await mediator.page.get_by_role("link", name="Ana Souza × Loja Boa").first.click()
    await mediator.page.get_by_role("button", name="Conceder e oferecer horários").click()
    await expect(page.locator("#outro-dia")).to_contain_text("O consumidor escolhe")
    before = await when(page)
    await ana.page.locator("#horarios .slot-choice").last.click()
    await ana.look("escolher-outro-dia")
    await ana.page.get_by_role("button", name="Confirmar o horário").click()
    for person in (ana, mediator, agent):
        await expect(person.page.locator("#outro-dia")).to_have_count(0)
        await expect(person.page.locator("#andamento")).to_contain_text("A empresa justificou que não pode")
    assert await when(page) != before


async def when(page: Page) -> str:
    """The time of the hearing that stands, as the page of the case says it."""
    return str(await page.locator("#audiencia time").first.get_attribute("datetime"))


async def who_stays_away_is_absent_after_the_tolerance(
    room: Room, hearing: int, mediator: Person, ana: Person
) -> None:
    """Not before it has passed; then the certificate names the no-show, and the case goes on without them."""
    await passes(hearing, 5)
    for person in (mediator, ana):
        await person.page.goto(f"/audiencias/{hearing}")
        await person.page.locator("[data-enter]").click()
    await in_phase(mediator, "inside")
    await closes_as(mediator, "company_absent", "unjustified")
    await is_refused(mediator, "A tolerância de espera ainda não terminou")
    await passes(hearing, 16)
    await to_tab(mediator, "Ata")
    await mediator.page.locator("#campo-template").select_option("company_absent")
    await mediator.page.get_by_role("button", name="Acrescentar à ata").click()
    await expect(mediator.page.locator(".paragraph", has_text="não compareceu")).to_be_visible()
    await closes_as(mediator, "company_absent", "unjustified")
    await signs_and_ends(room, mediator)
    await in_phase(ana, "over")
    for person in (mediator, ana):
        page = person.page
        await expect(page.get_by_role("main")).to_contain_text(
            re.compile("ausência da empresa, sem justificativa", re.IGNORECASE)
        )
        await expect(page.locator(".follow-up")).to_contain_text("segue sem a empresa")
        found = page.locator(".presence-words")
        await expect(found).to_contain_text("Empresa: não compareceu.")
        await expect(found).to_contain_text("Consumidor: presente.")
        await person.look("nao-compareceu")
    await certified(ana)
    assert (await Hearing.get(id=hearing)).state is HearingState.CLOSED
