"""Negotiation and its end on a phone: a structured offer, what changed, the code, one tap, and the kit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from app.demo.people import DOMAIN, PASSWORD
from app.services import settlement_watch
from app.services.settlement_watch import Watch
from models import Case, Company, Obligation, User
from models.rules.case_machine import State
from models.rules.terms import Calendar
from tests.browser.people import DESKTOP, PHONE, Person, stage
from tests.factories.cases import make_case
from tests.flows.house import House, city, local_now

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SOON_MS = 30_000
ANA, PAULO = f"ana@{DOMAIN}", f"paulo@{DOMAIN}"


async def _answered() -> int:
    """A case of Ana's against Paulo's company."""
    ana, paulo = await User.get(email=ANA), await User.get(email=PAULO)
    company = await Company.get(representations__user_id=paulo.id)
    case = await make_case(
        State.ANSWERED,
        ana,
        protocol="2026.000077-0",
        company=company,
        notified_at=datetime.now(UTC),
        facts="Comprei uma geladeira que nunca chegou.",
        request="Quero o dinheiro de volta.",
    )
    return int(case.id)


async def test_from_an_offer_on_a_phone_to_the_kit(house: House) -> None:
    async with house.database():
        case = await _answered()
    async with stage(house.url) as at:
        ana, paulo = await at.person("Ana", PHONE), await at.person("Paulo", DESKTOP)
        await ana.sign_in(ANA, PASSWORD)
        await paulo.sign_in(PAULO, PASSWORD)
        for person in (ana, paulo):
            await person.page.goto(f"/casos/{case}")
        await ana_offers(ana)
        await paulo_counters(ana, paulo)
        await ana_accepts(ana)
        await expect(paulo.page.get_by_text("O que foi acordado, por data")).to_be_visible(timeout=SOON_MS)
        await one_tap(house, ana, case)
        await ana.page.goto(f"/casos/{case}")
        await expect(ana.page.get_by_role("link", name="Abrir os documentos da cobrança")).to_be_visible(
            timeout=SOON_MS
        )
        await ana.look("settlement-breached")
        await paulo.page.goto(f"/casos/{case}")
        await expect(paulo.page.get_by_text("Juntar prova de que cumpriu")).to_be_visible()
        await paulo.look("settlement-company")


async def _obligation(page: Page, number: int, **typed: str) -> None:
    for name, value in typed.items():
        await page.locator(f"#campo-c{number}_{name}").fill(value)


async def ana_offers(ana: Person) -> None:
    """Two obligations; what was typed stays while the form grows, and while it is wrong."""
    page = ana.page
    await page.get_by_role("link", name="Propor um acordo").click()
    due = (local_now().date() + timedelta(days=15)).isoformat()
    await _obligation(page, 1, amount="2499,00", due_on=due, text="Por PIX, na minha chave.")
    await page.get_by_role("button", name="Acrescentar outra obrigação").click()
    await expect(page.locator("#campo-c1_text")).to_have_value("Por PIX, na minha chave.")
    await _obligation(page, 2, text="Cancelar a compra e avisar a operadora do cartão.")
    await page.get_by_role("button", name="Enviar a proposta").click()
    await expect(page.get_by_text("Corrija 1 ponto")).to_be_visible()
    await _obligation(page, 2, due_on=due)
    await page.get_by_role("button", name="Ver como fica").click()
    await expect(page.get_by_text("Cláusula 2. A empresa obriga-se a fazer")).to_be_visible()
    await ana.look("offer-form")
    await page.get_by_role("button", name="Enviar a proposta").click()
    await expect(page.locator("#conversa")).to_contain_text("restituir R$ 2.499,00")
    await ana.look("offer-open")


async def paulo_counters(ana: Person, paulo: Person) -> None:
    """It is on the company's open page at once; the counter-offer is on the phone with what changed."""
    page = paulo.page
    await expect(page.get_by_text("R$ 2.499,00").first).to_be_visible(timeout=SOON_MS)
    await page.get_by_role("link", name="Fazer contraproposta").click()
    await _obligation(page, 1, amount="2200,00")
    await page.get_by_role("button", name="Enviar a proposta").click()
    await expect(ana.page.get_by_text("valor: de R$ 2.499,00 para R$ 2.200,00").first).to_be_visible(
        timeout=SOON_MS
    )


async def ana_accepts(ana: Person) -> None:
    """Read, ticked, and confirmed with the letter's code; without it nothing is accepted."""
    page = ana.page
    await page.get_by_role("link", name="Ler tudo e responder").click()
    await page.get_by_role("button", name="Aceitar o acordo").click()
    await expect(page.get_by_text("É preciso ler e aceitar").first).to_be_visible()
    await page.get_by_role("button", name="Enviar o código ao meu e-mail").click()
    await expect(page.get_by_text("Código enviado")).to_be_visible()
    await ana.look("offer-accept")
    await page.get_by_text("Li o texto acima").click()
    await page.locator("#campo-code").fill(await ana.code(ANA))
    await page.get_by_role("button", name="Aceitar o acordo").click()
    await expect(page.get_by_text("O que foi acordado, por data")).to_be_visible()
    await ana.look("settlement-due")


async def one_tap(house: House, ana: Person, case: int) -> None:
    """The day passes, the letter asks, and its link takes one tap."""
    secret = (house.data_dir / "secret-key").read_text().strip()
    watch = Watch(city().terms["settlement_reply"], Calendar({}), 3, city().agency.zone, secret, 30)
    async with house.database():
        late = local_now().date() - timedelta(days=1)
        first = await Obligation.filter(case_id=case).order_by("id").first()
        await Obligation.filter(id=first.id if first else 0).update(due_on=late)
        assert await settlement_watch.look(watch, now=datetime.now(UTC)) == 1
    page = ana.page
    letter = page.get_by_role("link", name="O acordo foi cumprido?").first
    for _ in range(60):
        await page.goto("/desenvolvimento/correio")
        if await letter.count():
            break
        await page.wait_for_timeout(250)
    await letter.click()
    frame = page.locator("a[href*='/acordo/']").first
    await page.goto(str(await frame.get_attribute("href")))
    await ana.look("settlement-question")
    await page.get_by_role("button", name="Não cumpriu").click()
    await expect(page.get_by_text("Registramos: não foi cumprido.")).to_be_visible()
    async with house.database():
        assert (await Case.get(id=case)).state is State.BREACHED
