"""The coordination words a letter: the preview follows the typing, and the next letter has the new words."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from app.demo.people import DOMAIN, PASSWORD
from tests.browser.people import PHONE, stage
from tests.flows.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]

SUBJECT = "{digits} é o código da sua senha nova"
WORDS = "Alguém pediu uma senha nova.\n\nSe foi você, digite na página este código: {digits}."


async def _looks(page: Page, words: str) -> None:
    """The preview's frame comes to show these words."""
    await expect(page.frame_locator("iframe[name=previa]").locator("body")).to_contain_text(words)


async def test_a_letter_is_worded_looked_at_and_sent(house: House) -> None:
    async with stage(house.url) as at:
        helena = await at.person("Helena")
        await helena.sign_in(f"helena@{DOMAIN}", PASSWORD)
        page = helena.page
        await page.goto("/textos")
        await page.get_by_role("link", name="Código para nova senha").click()
        await _looks(page, "482915 é o código para criar uma nova senha")

        body = page.get_by_label("Parágrafos")
        await body.fill("Digite o código {codigo}.")
        await _looks(page, "Não existe a variável {codigo}.")
        await page.get_by_role("button", name="Salvar nova versão").click()
        summary = page.locator("[data-error-summary]")
        await expect(summary).to_contain_text("Não existe a variável {codigo}.")
        await expect(body).to_have_value("Digite o código {codigo}.")

        await body.fill("Digite o código.")
        await page.get_by_role("button", name="Salvar nova versão").click()
        await expect(summary).to_contain_text("Este texto não pode ficar sem: {digits}.")
        await expect(body).to_have_value("Digite o código.")

        await page.get_by_label("Assunto").fill(SUBJECT)
        await body.fill(WORDS)
        await _looks(page, "digite na página este código: 482915.")
        await page.get_by_role("button", name="Só texto").click()
        await _looks(page, "Olá, Ana Souza.")
        await helena.look("textos-editor")
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await helena.look("textos-editor")
        await page.get_by_role("button", name="Salvar nova versão").click()
        await expect(page.get_by_text("em vigor", exact=True)).to_be_visible()

        sandra = await at.person("Sandra", PHONE)
        page = sandra.page
        await page.goto("/senha/recuperar")
        await page.locator("input[name=email]").fill(f"sandra@{DOMAIN}")
        await page.locator("main form button[type=submit]").click()
        await page.wait_for_url("**/senha/nova*")
        code = await sandra.code(f"sandra@{DOMAIN}")
        await page.goto("/desenvolvimento/correio")
        await page.get_by_role("link", name=f"{code} é o código da sua senha nova").click()
        letter = page.locator("main")
        await expect(letter).to_contain_text(f"Se foi você, digite na página este código: {code}.")
        await expect(letter).to_contain_text("Nunca pedimos este código")
        assert at.faults == []
