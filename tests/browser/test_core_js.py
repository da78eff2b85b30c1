"""The browser core in a real browser: live pages, drafts, uploads, masks (docs/frontend.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.core_site import Site, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

HEAR = """() => {
  window.heard = [];
  document.addEventListener("procon:case-event", (event) => window.heard.push(event.detail.seq));
}"""


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Site]:
    made = Site()
    async with serving(made):
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, site: Site) -> AsyncIterator[Page]:
    """A page of a fresh person, closed before the site; a script that fails or breaks the policy fails."""
    person = await browser.new_context(locale="pt-BR", timezone_id="America/Sao_Paulo")
    opened = await person.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if "Policy" in said.text else None)
    yield opened
    await person.close()
    assert faults == []


async def open_case(page: Page, site: Site) -> None:
    await page.goto(f"{site.address}/caso")
    await page.evaluate(HEAR)
    await expect(page.locator("[data-live-state]")).to_have_text("ao vivo")


async def test_an_event_renews_the_page_and_is_read_out(page: Page, site: Site) -> None:
    await open_case(page, site)
    await page.locator("#dobra summary").click()
    await site.happen()
    await expect(page.locator("#situacao")).to_have_text("Situação 2")
    await expect(page.locator("[data-announcer]")).to_contain_text("Novidade 2")
    await expect(page.locator("main")).to_have_attribute("data-live-seq", "2")
    assert await page.locator("#dobra").get_attribute("open") is not None, "an open fold stays open"


async def test_a_hole_is_filled_in_order_without_duplicates(page: Page, site: Site) -> None:
    await open_case(page, site)
    await site.happen(told=False)
    await site.happen(told=False)
    await site.happen()
    await expect(page.locator("#situacao")).to_have_text("Situação 4")
    await site.sio.emit("event", site.event(4), namespace="/cases")
    await site.happen()
    await expect(page.locator("#situacao")).to_have_text("Situação 5")
    assert await page.evaluate("window.heard") == [2, 3, 4, 5]


async def test_what_happened_while_the_line_was_down_is_caught_up(page: Page, site: Site) -> None:
    await open_case(page, site)
    await site.sio.disconnect(site.sids[-1], namespace="/cases")
    await site.happen(told=False)
    await expect(page.locator("#situacao")).to_have_text("Situação 2")
    await expect(page.locator("[data-live-state]")).to_have_text("ao vivo")
    assert await page.evaluate("window.heard") == [2]


async def test_an_event_during_a_fetch_is_not_lost(page: Page, site: Site) -> None:
    await open_case(page, site)
    site.page_gate.clear()
    await site.happen()
    while site.pages_served < 2:
        await page.wait_for_timeout(20)
    await site.happen()
    await page.wait_for_function("window.heard.length === 2")
    site.page_gate.set()
    await expect(page.locator("#situacao")).to_have_text("Situação 3")


async def test_what_is_being_typed_is_kept_until_asked(page: Page, site: Site) -> None:
    await open_case(page, site)
    await page.locator("#texto").fill("meu texto")
    await site.happen()
    await expect(page.locator("#situacao")).to_have_text("Situação 2")
    await expect(page.locator("#resposta")).to_have_text("Respostas 1")
    assert await page.locator("#texto").input_value() == "meu texto"
    await page.get_by_role("button", name="Atualizar").click()
    await expect(page.locator("#resposta")).to_have_text("Respostas 2")
    assert await page.locator("#texto").input_value() == "meu texto"


async def test_a_draft_saves_itself(page: Page, site: Site) -> None:
    await page.goto(f"{site.address}/formulario")
    await page.locator("#campo-relato").fill("A geladeira não chegou.")
    await expect(page.locator("[data-autosave-state]")).to_have_text("Rascunho salvo às 14:32.")
    assert site.draft["relato"] == "A geladeira não chegou."
    assert "csrf_token" not in site.draft


async def test_a_draft_survives_without_a_line(page: Page, site: Site) -> None:
    await page.goto(f"{site.address}/formulario")
    site.drafts_open = False
    await page.locator("#campo-relato").fill("Escrito sem rede.")
    await expect(page.locator("[data-autosave-state]")).to_contain_text("guardado neste navegador")
    await page.reload()
    await expect(page.locator("#campo-relato")).to_have_value("Escrito sem rede.")
    assert site.draft == {}
    site.drafts_open = True
    await expect(page.locator("[data-autosave-state]")).to_contain_text("Rascunho salvo", timeout=10_000)
    assert site.draft["relato"] == "Escrito sem rede."


async def test_a_draft_whose_answer_was_lost_is_no_conflict(page: Page, site: Site) -> None:
    await page.goto(f"{site.address}/formulario")
    site.draft, site.revision = {"relato": "o mesmo", "cnpj": "", "valor": ""}, 1
    await page.locator("#campo-relato").fill("o mesmo")
    await expect(page.locator("[data-autosave-state]")).to_contain_text("Rascunho salvo")


@pytest.mark.parametrize(
    ("choice", "kept", "aside"),
    [
        ("Manter o que está aqui", "daqui", "de lá"),
        ("Usar o do outro navegador", "de lá", "daqui"),
    ],
)
async def test_two_browsers_lose_nothing(page: Page, site: Site, choice: str, kept: str, aside: str) -> None:
    await page.goto(f"{site.address}/formulario")
    site.draft, site.revision = {"relato": "de lá", "cnpj": "", "valor": ""}, 5
    await page.locator("#campo-relato").fill("daqui")
    await page.get_by_role("button", name=choice).click()
    await expect(page.locator("#campo-relato")).to_have_value(kept)
    stored = await page.evaluate("Object.entries(localStorage).find(([k]) => k.endsWith(':outra'))[1]")
    assert aside in stored
    await page.locator("#campo-valor").fill("10")
    await expect(page.locator("[data-autosave-state]")).to_contain_text("Rascunho salvo")
    assert site.draft["relato"] == kept


async def test_files_go_one_by_one_and_each_error_stays_with_its_file(page: Page, site: Site) -> None:
    await page.goto(f"{site.address}/formulario")
    pdf = {"mimeType": "application/pdf"}
    await page.locator("#campo-provas").set_input_files(
        [
            {"name": "nota são joão.pdf", "buffer": b"%PDF-1", **pdf},
            {"name": "vazio.pdf", "buffer": b"", **pdf},
            {"name": "grande.pdf", "buffer": b"x" * 2000, **pdf},
        ]
    )
    items = page.locator(".upload-item")
    await expect(items.nth(0).get_by_role("link")).to_have_text("prova-1.pdf")
    await expect(items.nth(1)).to_contain_text("Este arquivo está vazio.")
    await expect(items.nth(2)).to_contain_text("maior do que o permitido")
    assert site.uploads == [("nota%20s%C3%A3o%20jo%C3%A3o.pdf", b"%PDF-1")]
    await items.nth(0).get_by_role("button", name="Excluir prova-1.pdf").click()
    await expect(items).to_have_count(2)
    assert site.removed == ["1"]


async def test_a_failed_file_is_sent_again(page: Page, site: Site) -> None:
    await page.goto(f"{site.address}/formulario")
    site.upload_status = 503
    file = {"name": "nota.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1"}
    await page.locator("#campo-provas").set_input_files([file])
    await expect(page.locator(".upload-item")).to_contain_text("O sistema está muito ocupado.")
    site.upload_status = 201
    await page.get_by_role("button", name="Tentar de novo: nota.pdf").click()
    await expect(page.locator(".upload-item a")).to_have_text("prova-1.pdf")


async def test_masks_shape_what_is_typed_and_pasted(page: Page, site: Site) -> None:
    await page.goto(f"{site.address}/formulario")
    await page.locator("#campo-cnpj").press_sequentially("12abc34501de35")
    await expect(page.locator("#campo-cnpj")).to_have_value("12.ABC.345/01DE-35")
    for typed, shaped in {
        "1234,5": "1.234,50",
        "R$ 1.234": "1.234,00",
        "1234.50": "1.234,50",
        "x": "x",
    }.items():
        await page.locator("#campo-valor").fill(typed)
        await page.locator("#campo-relato").focus()
        await expect(page.locator("#campo-valor")).to_have_value(shaped)


@pytest.mark.parametrize("path", ["/caso", "/formulario"])
async def test_the_frame_of_every_page_has_no_accessibility_finding(
    page: Page, site: Site, path: str
) -> None:
    await page.goto(f"{site.address}{path}")
    await page.evaluate(AXE.read_text("utf-8"))
    found = await page.evaluate("axe.run().then((result) => result.violations.map((one) => one.id))")
    assert found == []
