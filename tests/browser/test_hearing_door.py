"""Before the hearing, on a phone: device test with the real media server, house rules, identity."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import Room, hearing_room, in_phase

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Room]:
    """A hearing on a server of its own."""
    async with hearing_room(sqlite_url) as room:
        yield room


async def test_from_the_device_test_to_the_identity_at_the_door(room: Room) -> None:
    table = room.table
    mediator = await room.sits(table.mediator, DESKTOP)
    ana = await room.person(table.consumer, PHONE)
    await the_network_is_measured_through_the_media_server(ana)
    agent = await room.person(table.agent, PHONE)
    await who_refuses_the_rules_is_seen(mediator, agent)
    await entering_accepts_the_rules_and_says_what_to_expect(ana)
    await the_mediator_checks_who_is_there(mediator)


async def the_network_is_measured_through_the_media_server(ana: Person) -> None:
    """The figures are those of packets that came back, and they are kept."""
    page = ana.page
    await page.get_by_role("link", name="Testar o aparelho").click()
    await page.get_by_role("button", name="Testar a rede").focus()
    await page.keyboard.press("Enter")
    found = page.locator("[data-network-found]")
    await expect(found).to_have_text(re.compile(r"ida e volta de \d+\sms, envio de [1-9]\d+\skbit/s"))
    await ana.look("teste-rede")
    await page.get_by_role("button", name="Guardar o resultado").click()
    await expect(page.locator("[data-result]")).to_contain_text("Resultado guardado")
    await page.get_by_role("link", name="Ir para a audiência").click()


async def who_refuses_the_rules_is_seen(mediator: Person, agent: Person) -> None:
    """No entering without the rules; the refusal reaches the mediator's page by itself."""
    await agent.look("regras")
    await agent.page.get_by_role("button", name="Não aceito as regras").click()
    await expect(agent.page.locator(".rules-refused")).to_be_visible()
    person = mediator.page.locator(".person", has_text="Empresa")
    await expect(person.get_by_text("não aceitou as regras", exact=True)).to_be_visible()


async def entering_accepts_the_rules_and_says_what_to_expect(ana: Person) -> None:
    """One button accepts and enters; who waits knows their place in the day."""
    await ana.page.get_by_role("button", name="Aceitar as regras e entrar na sala de espera").click()
    await in_phase(ana, "waiting")
    await expect(ana.page.locator("[data-door-sentence]")).to_contain_text("Você é o próximo, em cerca de")
    await ana.look("espera-prevista")


async def the_mediator_checks_who_is_there(mediator: Person) -> None:
    """The test's figures, the rules and the papers are beside the name; the mark can be taken back."""
    person = mediator.page.locator(".person", has_text="Consumidor")
    await expect(person.get_by_text("aceitou as regras", exact=True)).to_be_visible()
    await expect(person.locator(".hint").filter(has_text="rede:")).to_contain_text("kbit/s")
    await person.locator(".identity summary").focus()
    await mediator.page.keyboard.press("Enter")
    await expect(person.get_by_text("Nome no cadastro")).to_be_visible()
    await mediator.look("identidade")
    await person.get_by_role("button", name="Identidade conferida").click()
    await expect(person.get_by_text("identificado", exact=True)).to_be_visible()
    await person.get_by_role("button", name="Desfazer identificação").click()
    await expect(person.get_by_text("não identificado", exact=True)).to_be_visible()
