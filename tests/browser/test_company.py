"""A company's work in a real browser: many cases answered with one text, nothing lost; and the wallet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from app.demo.papers import mandate
from app.demo.people import DOMAIN, PASSWORD
from app.services import negotiation
from models import Case, Company, Statement, User
from models.rules.case_machine import State
from models.rules.people import Viewer
from tests.browser.people import DESKTOP, PHONE, Person, stage
from tests.factories.cases import make_case
from tests.factories.people import make_user
from tests.flows.house import House
from tests.services.parties import REPLY_RULES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

TEXT = "Sobre {protocolo}: {consumidor}, o valor volta à sua conta em cinco dias."


async def _complaints(house: House) -> list[Case]:
    """Four complaints against the store, notified yesterday."""
    async with house.database():
        store = await Company.get(cnpj="11222333000181")
        told = {"company": store, "notified_at": datetime.now(UTC) - timedelta(days=1)}
        return [
            await make_case(
                State.NOTIFIED,
                await make_user(name=f"Consumidora {number}"),
                protocol=f"2026.9000{number}-0",
                **told,
            )
            for number in range(1, 5)
        ]


async def _colleague_answers(house: House, case: Case) -> None:
    """Rita answers one of them while Paulo writes."""
    async with house.database():
        rita = await User.get(email=f"rita@{DOMAIN}")
        viewer = Viewer(rita.id, rita.role, rita.name, rita.email or "", (int(case.company_id or 0),))
        await negotiation.answer(
            case.id, viewer, "Já devolvemos o valor por PIX.", rules=REPLY_RULES, now=datetime.now(UTC)
        )


async def test_one_text_for_many_cases_and_the_one_that_failed_is_named(house: House) -> None:
    cases = await _complaints(house)
    async with stage(house.url) as at:
        paulo = await at.person("Paulo", PHONE)
        await paulo.sign_in(f"paulo@{DOMAIN}", PASSWORD)
        page = paulo.page
        await page.goto("/empresa/respostas")
        await expect(page.locator(".site-nav [aria-current]")).to_be_in_viewport(ratio=1)
        await page.get_by_role("button", name="Escolher todos").click()
        chosen = await page.locator("input[name=cases]:checked").count()
        assert chosen >= len(cases)
        await expect(page.get_by_text(f"{chosen} escolhidos")).to_be_visible()
        await page.get_by_label("Resposta").fill("Vamos ver.")
        await page.get_by_role("button", name="Responder aos escolhidos").click()
        await expect(page.locator("[data-error-summary]")).to_be_focused()
        await expect(page.locator("[data-error-summary] li")).to_contain_text("Resposta: ")
        await expect(page.get_by_label("Resposta")).to_have_value("Vamos ver.")
        assert await page.locator("input[name=cases]:checked").count() == chosen
        await paulo.look("empresa-respostas-erro")

        await page.get_by_label("Resposta").fill(TEXT)
        await _colleague_answers(house, cases[2])
        await page.get_by_role("button", name="Responder aos escolhidos").click()
        await expect(page.get_by_text(f"{chosen - 1} de {chosen} respondidas")).to_be_visible()
        failed = page.get_by_role("listitem").filter(has_text="não respondida")
        await expect(failed).to_have_count(1)
        await expect(failed).to_contain_text(str(cases[2].protocol))
        await expect(failed).to_contain_text("já tem resposta")
        await paulo.look("empresa-respostas-feitas")
        async with house.database():
            said = [one.text for one in await Statement.filter(case_id=cases[0].id)]
            assert said == [
                f"Sobre {cases[0].protocol}: Consumidora 1, o valor volta à sua conta em cinco dias."
            ]
            assert await Statement.filter(case_id=cases[2].id).count() == 1

        await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        await page.goto("/empresa")
        await expect(page.get_by_text("cumprimento dos acordos: sem dados ainda")).to_be_visible()
        await paulo.look("empresa-indicadores")

        await _sends_a_paper(paulo)
        marina = await at.person("Marina")
        await marina.sign_in(f"marina@{DOMAIN}", PASSWORD)
        await _checks_the_paper(marina)
        await page.reload()
        await expect(page.locator(".paper-lines li").filter(has_text="Beatriz Nunes")).to_contain_text(
            "conferido"
        )


async def _sends_a_paper(paulo: Person) -> None:
    """A new lawyer's procuração: uploaded first, kept while the form is wrong, then sent."""
    page = paulo.page
    await page.goto("/empresa/representacao")
    paper = mandate("Loja Estrela do Sul Ltda.", "Beatriz Nunes")
    await paulo.upload("paper", "procuracao.pdf", paper)
    await page.get_by_role("radio", name="Procuração").check(force=True)
    await page.get_by_role("button", name="Enviar para conferência").click()
    await expect(page.get_by_role("link", name="procuracao.pdf")).to_be_visible()
    await paulo.look("empresa-carteira-erro")
    await page.get_by_role("radio", name="Outra pessoa").check(force=True)
    await page.get_by_label("Nome, se é outra pessoa").fill("Beatriz Nunes")
    await page.get_by_label("E-mail, se é outra pessoa").fill("beatriz@adv.example")
    await page.get_by_role("button", name="Enviar para conferência").click()
    line = page.locator(".paper-lines li").filter(has_text="Beatriz Nunes")
    await expect(line).to_contain_text("em conferência")
    await paulo.look("empresa-carteira")


async def _checks_the_paper(marina: Person) -> None:
    """The attendant reads it beside the data, and accepts."""
    page = marina.page
    await page.goto("/representacoes")
    await marina.look("representacoes")
    await page.locator("article").filter(has_text="Beatriz Nunes").get_by_role("link").first.click()
    await expect(page.locator("[data-paper-image]")).to_be_visible()
    await marina.look("representacao-conferir")
    await page.get_by_role("radio", name="Sim").check(force=True)
    await page.get_by_role("button", name="Decidir").click()
    await page.wait_for_url("**/representacoes")
    await expect(page.locator("article").filter(has_text="Beatriz Nunes")).to_have_count(0)
