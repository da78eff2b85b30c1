"""The counter without a line, in a real browser: kept, reloaded, sent once; tickets called on a screen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, Route, expect

from app.demo.people import DOMAIN, PASSWORD
from models import Attendance, Case, Document
from tests.adapters.files import photo
from tests.browser.people import DESKTOP, PHONE, Person, Stage, stage
from tests.flows.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SOON_MS = 30_000
CPF = "153.509.460-56"
FACTS = "Comprei um refrigerador em outubro, paguei à vista e a loja não entregou nem devolve o dinheiro."


async def _attendant(at: Stage, viewport: dict[str, int]) -> Person:
    marina = await at.person("Marina", viewport)
    await marina.sign_in(f"marina@{DOMAIN}", PASSWORD)
    return marina


async def _writes(page: Page) -> None:
    """The form, as the citizen tells it."""
    for name, value in {
        "cpf": CPF,
        "name": "Ana Beatriz Lima",
        "cep": "88801-500",
        "street": "Rua João Pessoa",
        "number": "120",
        "district": "Centro",
        "company_name": "Loja do Bairro",
        "facts": FACTS,
        "occurred_on": "2026-10-03",
    }.items():
        await page.locator(f"[name={name}]").fill(value)
    await page.get_by_text("Vi o documento com foto").click()
    for choice in ("area", "subject", "problem"):
        select = page.locator("#campo-problem" if choice == "area" else f"#escolha-{choice}")
        await select.select_option(index=1)
    await page.get_by_text("Entrega ou cumprimento da oferta").click()


async def test_a_lost_line_loses_nothing_and_makes_one_case(house: House) -> None:
    async with stage(house.url) as at:
        marina = await _attendant(at, PHONE)
        page = marina.page
        await page.goto("/balcao/atendimento")
        await page.wait_for_selector("main[data-counter-offline]", timeout=SOON_MS)
        await marina.look("balcao")

        await house.stop()  # the cable is cut: for the page and for its worker alike
        await page.context.set_offline(True)
        await expect(page.locator("[data-counter-sentence]")).to_contain_text("Sem conexão")
        await _writes(page)
        await page.locator("#camera-identity").set_input_files(
            {"name": "identidade.jpg", "mimeType": "image/jpeg", "buffer": photo("JPEG")}
        )
        await page.wait_for_selector("[data-counter-kept]")
        await page.wait_for_timeout(600)  # the last key was pressed: it is kept after a pause of 0.4 s
        await page.reload()
        await expect(page.locator("[name=facts]")).to_have_value(FACTS)
        await expect(page.locator("[data-counter-papers=identity] li")).to_have_count(1)

        await page.get_by_role("button", name="Registrar a reclamação").click()
        await expect(page.locator("[data-counter-entry=queued]")).to_have_count(1)
        await expect(page.locator("[data-counter-sentence]")).to_contain_text("esperando: 1")
        await page.reload()
        await expect(page.locator("[data-counter-entry=queued]")).to_have_count(1)
        await marina.look("balcao-sem-conexao")

        lost: list[str] = []

        async def lose_the_first_answer(route: Route) -> None:
            if route.request.method != "POST" or lost:
                await route.continue_()
                return
            lost.append(route.request.url)
            await route.fetch()
            await route.abort()

        await page.route("**/balcao/atendimento", lose_the_first_answer)
        await house.start()
        await page.context.set_offline(False)
        sent = page.locator("[data-counter-entry=sent]")
        await expect(sent).to_contain_text("protocolo", timeout=SOON_MS)
        await expect(sent.get_by_role("link", name="Recibo com QR")).to_be_visible()
        await expect(sent.get_by_role("button", name="Pronto, tirar da lista")).to_be_visible(timeout=SOON_MS)
        assert lost
        await marina.look("balcao-enviado")
        await page.reload()
        await expect(page.locator("[data-counter-sentence]")).to_contain_text("Conectado", timeout=SOON_MS)

        async with house.database():
            assert await Case.all().count() == await Attendance.all().count() == 1
            assert [paper.kind for paper in await Document.filter(owner_id__not_isnull=True)] == ["identity"]
            attendance = await Attendance.get()
        citizen = await at.person("Ana", PHONE)
        await citizen.page.goto(f"/continuar/{attendance.code}")
        await citizen.look("continuar-em-casa")
        await citizen.page.get_by_label("Seu CPF").fill(CPF)
        await citizen.page.get_by_label("E-mail").fill("ana.nova@exemplo.com")
        await citizen.page.get_by_label("Senha", exact=True).fill("quatro pontes no rio 7")
        await citizen.page.get_by_label("Repita a senha").fill("quatro pontes no rio 7")
        await citizen.page.get_by_role("button", name="Continuar").click()
        await citizen.page.locator("[name=code]").fill(await citizen.code("ana.nova@exemplo.com"))
        await citizen.page.get_by_role("button", name="Confirmar").click()
        await expect(citizen.page.get_by_text("Loja do Bairro").first).to_be_visible()


async def test_a_number_is_taken_called_on_the_screen_and_served(house: House) -> None:
    async with stage(house.url) as at:
        marina = await _attendant(at, DESKTOP)
        screen = await marina.page.context.new_page()
        await screen.goto("/senhas/painel")
        await screen.get_by_role("button", name="Ligar o som").click()
        await marina.page.goto("/senhas/retirar")
        await marina.look("senha-retirar")
        for line in ("Atendimento", "Prioridade"):
            await marina.page.get_by_role("button", name=re.compile(f"^{line}")).first.click()
            await marina.page.get_by_role("link", name="Próxima pessoa").click()
        await marina.page.goto("/senhas")
        await marina.page.get_by_label("Seu guichê").fill("2")
        await marina.page.get_by_role("button", name="Chamar a próxima").click()
        await expect(marina.page.locator(".ticket-number")).to_have_text("P001")
        await marina.look("senha-guiche")
        await expect(screen.locator("[data-call-number]")).to_have_text("P001", timeout=SOON_MS)
        await expect(screen.locator("[data-call-desk]")).to_have_text("2")
        await marina.page.get_by_role("button", name="Começar o atendimento").click()
        await marina.page.get_by_role("button", name="Terminar o atendimento").click()
        await expect(marina.page.get_by_role("button", name="Chamar a próxima")).to_be_visible()
        await marina.page.get_by_role("button", name="Chamar a próxima").click()
        await expect(screen.locator("[data-call-list] li")).to_have_count(1, timeout=SOON_MS)
        await screen.context.set_offline(True)  # Chromium cuts open sockets too
        await expect(screen.locator("[data-call-lost]")).to_be_visible(timeout=SOON_MS)
        await screen.context.set_offline(False)
        await expect(screen.locator("[data-call-lost]")).to_be_hidden(timeout=SOON_MS)
        watcher = Person("Painel", screen, at.faults)
        await watcher.look("senha-painel")
