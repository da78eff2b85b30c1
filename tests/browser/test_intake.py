"""From registration to sent complaint in a real browser, on a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from app import db
from app.services import sessions, taxonomy
from app.services.companies import search_text
from models import User
from models.rules.case_machine import State
from models.rules.people import Role
from tests import servers
from tests.adapters.files import encrypted_pdf, pdf, photo
from tests.factories.cases import make_case
from tests.factories.people import make_company, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESKTOP = 360, 1440
CNPJ = "12ABC34501DE35"
CONFLICT = "A loja não devolve o valor pago por um fogão que nunca chegou."
FACTS = "Comprei um fogão em 1º de outubro, paguei à vista e ele nunca foi entregue."
REASON = "O comprovante está ilegível: envie uma foto mais nítida."


class Stage:
    """A server, a browser, and people who are signed in."""

    def __init__(self, server: servers.Server, browser: Browser, tokens: dict[Role, str]) -> None:
        self.server = server
        self._browser = browser
        self._tokens = tokens
        self.faults: list[str] = []

    async def page(self, role: Role, width: int) -> Page:
        """A page in a browser of its own; a script that fails or breaks the policy is a fault."""
        context = await self._browser.new_context(
            viewport={"width": width, "height": 800},
            locale="pt-BR",
            timezone_id="America/Sao_Paulo",
            base_url=self.server.url,
        )
        name = sessions.cookie_name(secure=False)
        await context.add_cookies([{"name": name, "value": self._tokens[role], "url": self.server.url}])
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Policy" in said.text else None)
        return page


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


async def _sign_in(user: User) -> str:
    return await sessions.start(user.id, now=datetime.now(UTC), address="", device="Chromium")


async def _people(url: str) -> dict[Role, str]:
    """A citizen, an attendant and a company, written before the server starts."""
    await db.connect(url)
    try:
        await taxonomy.load(datetime.now(UTC).date())
        await make_company(
            cnpj=CNPJ,
            legal_name="Lojas do Sul Comércio S.A.",
            trade_name="Lojas do Sul",
            search=search_text(CNPJ, "Lojas do Sul Comércio S.A.", "Lojas do Sul"),
        )
        consumer = await make_user(name="Maria de Souza", cpf="52998224725")
        attendant = await make_user(Role.ATTENDANT, cpf=None, name="Ana Atendente")
        await make_case(State.SUBMITTED, submitted_at=datetime.now(UTC), outside_territory=True)
        return {Role.CONSUMER: await _sign_in(consumer), Role.ATTENDANT: await _sign_in(attendant)}
    finally:
        await db.close()


@pytest.fixture
async def stage(sqlite_template: Path, tmp_path: Path, browser: Browser) -> AsyncIterator[Stage]:
    shutil.copyfile(sqlite_template, tmp_path / "procon.sqlite3")
    tokens = await _people(f"sqlite://{tmp_path / 'procon.sqlite3'}")
    with servers.serving(tmp_path) as server:
        made = Stage(server, browser, tokens)
        yield made
    assert made.faults == []


async def look(page: Page, name: str) -> None:
    """The page has no accessibility finding and nothing sticks out of it; a picture when asked for."""
    if folder := os.environ.get("PROCON_SCREENSHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        await page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    await page.evaluate(AXE.read_text("utf-8"))
    found = await page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
    assert found == [], name
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"


async def send_file(page: Page, kind: str, name: str, data: bytes) -> None:
    await page.locator(f"#campo-{kind}").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


async def test_from_registration_to_sent_complaint(stage: Stage) -> None:
    citizen = await stage.page(Role.CONSUMER, PHONE)
    attendant = await stage.page(Role.ATTENDANT, DESKTOP)
    await attendant.goto("/triagem")
    await expect(attendant.locator("[data-live-state]")).to_have_text("ao vivo")
    await look(attendant, "triagem-fila")

    case_path = await _register(citizen)
    await expect(attendant.get_by_role("link", name="Maria de Souza")).to_be_visible()

    await _triage_asks(attendant)
    await expect(citizen.get_by_role("link", name="Enviar o que falta")).to_be_visible()
    await _supply(citizen)
    await _triage_accepts(attendant)
    await expect(citizen.get_by_role("link", name="Escrever a reclamação")).to_be_visible()
    await expect(citizen.get_by_role("heading", name="Agora, a sua reclamação")).to_be_visible()
    await look(citizen, "caso-aceito")

    await _complain(stage, citizen, case_path)


async def _register(citizen: Page) -> str:
    """Fill in, with bad files that lose nothing, and send; answers the case's path."""
    await _ask_the_way(citizen)
    await citizen.wait_for_url("**/cadastro")
    await citizen.locator("#campo-conflict").fill(CONFLICT)
    await expect(citizen.locator("[data-autosave-state]")).to_contain_text("salvo", ignore_case=True)
    await send_file(citizen, "residence", "conta.pdf", encrypted_pdf("senha"))
    await expect(citizen.locator(".upload-item .field-error")).to_contain_text("protegido por senha")
    await send_file(citizen, "residence", "conta de luz.pdf", pdf(2))
    await send_file(citizen, "identity", "cnh.heic", photo("HEIF", (1200, 800)))
    for name in ("conta de luz.pdf", "cnh.heic"):
        await expect(citizen.get_by_role("link", name=name)).to_be_visible()
    await look(citizen, "cadastro-preenchido")

    await citizen.reload()
    await expect(citizen.locator("#campo-conflict")).to_have_value(CONFLICT)
    await expect(citizen.get_by_role("link", name="cnh.heic")).to_be_visible()
    await citizen.get_by_role("button", name="Enviar para a triagem").click()
    await expect(citizen.get_by_role("heading", name="Seu cadastro está com o Procon")).to_be_visible()
    await look(citizen, "caso-enviado")
    return citizen.url.rpartition("/casos/")[2]


async def _ask_the_way(citizen: Page) -> None:
    """The guided way in, by keyboard alone, with one answer changed on the way."""
    await citizen.goto("/orientacao")
    await look(citizen, "orientacao")
    for answer in ("Meu patrão", "Mudar", "Uma empresa", "Para mim", "Moro em", "Ainda não"):
        await citizen.get_by_role("link", name=answer).first.press("Enter")
    for answer in ("Produtos", "Eletrodomésticos e móveis", "Produto não entregue"):
        await citizen.get_by_role("link", name=answer).press("Enter")
    await look(citizen, "orientacao-fim")
    await citizen.get_by_role("button", name="Começar o cadastro").press("Enter")


async def _triage_asks(attendant: Page) -> None:
    await attendant.get_by_role("link", name="Maria de Souza").click()
    await attendant.get_by_role("button", name="Assumir").click()
    paper = attendant.locator("[data-paper][data-pages='2']")
    picture = paper.locator("img")
    await picture.scroll_into_view_if_needed()
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("img => img.naturalWidth") == 900
    await paper.get_by_role("button", name="Próxima página").click()
    await paper.get_by_role("button", name="Ampliar").click()
    await expect(paper.locator("[data-paper-page]")).to_have_text("2")
    await expect(paper.locator(".loading")).to_have_count(0)
    assert await picture.evaluate("img => img.naturalWidth") == 1600
    await look(attendant, "triagem-mesa")
    await attendant.set_viewport_size({"width": PHONE, "height": 800})
    await look(attendant, "triagem-mesa")
    await attendant.set_viewport_size({"width": DESKTOP, "height": 900})

    await attendant.locator("#pedir summary").click()
    await attendant.get_by_role("button", name="Pedir ao cidadão").click()
    await expect(attendant.locator("[data-error-summary]")).to_be_focused()
    await look(attendant, "triagem-erro")
    await attendant.locator("#pedir").get_by_text("Comprovante de residência").click()
    await attendant.locator("#campo-ask_reason").fill(REASON)
    await attendant.get_by_role("button", name="Pedir ao cidadão").click()
    await attendant.wait_for_url("**/triagem")


async def _supply(citizen: Page) -> None:
    await look(citizen, "caso-aguardando")
    await citizen.get_by_role("link", name="Enviar o que falta").click()
    await expect(citizen.get_by_text(REASON)).to_be_visible()
    await send_file(citizen, "residence", "foto.jpg", photo("JPEG", (1600, 1200)))
    await expect(citizen.get_by_role("link", name="foto.jpg")).to_be_visible()
    await look(citizen, "complemento")
    await citizen.get_by_role("button", name="Enviar ao Procon").click()
    await expect(citizen.get_by_role("heading", name="Seu cadastro está com o Procon")).to_be_visible()


async def _triage_accepts(attendant: Page) -> None:
    await attendant.get_by_role("link", name="Comigo").click()
    await expect(attendant.get_by_text("Complementado")).to_be_visible()
    await attendant.get_by_role("link", name="Maria de Souza").click()
    await expect(attendant.get_by_role("link", name="foto.jpg")).to_be_visible()
    for box in await attendant.locator("input[name=checked] + label").all():
        await box.click()
    await attendant.get_by_role("button", name="Aceitar o cadastro").click()
    await attendant.wait_for_url("**/triagem")


async def _complain(stage: Stage, citizen: Page, case_path: str) -> None:
    await citizen.get_by_role("link", name="Escrever a reclamação").click()
    name = citizen.get_by_role("combobox", name="Nome da empresa")
    await name.press_sequentially("lojas s")
    await expect(citizen.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    await look(citizen, "reclamacao-empresa")
    await name.press("ArrowDown")
    await name.press("Enter")
    await expect(citizen.locator("#campo-company_cnpj")).to_have_value("12.ABC.345/01DE-35")
    problem = "Produto não entregue, incompleto ou diferente do pedido"
    await expect(citizen.get_by_label("Assunto")).to_have_value("Eletrodomésticos e móveis")
    await expect(citizen.locator("#escolha-problem option:checked")).to_have_text(problem)
    await citizen.get_by_label("Área").select_option("Alimentos")
    await citizen.get_by_label("Área").select_option("Produtos")
    await citizen.get_by_label("Assunto").select_option("Eletrodomésticos e móveis")
    await citizen.get_by_label("Problema", exact=True).select_option(problem)
    await citizen.locator("#campo-facts").fill(FACTS)
    await citizen.locator("#campo-occurred_on").fill("2026-10-01")
    await citizen.locator("#campo-amount").fill("1234,56")
    await citizen.get_by_text("Devolução do valor pago").click()
    await send_file(citizen, "exhibit", "nota.png", photo("PNG"))
    await expect(citizen.get_by_role("link", name="nota.png")).to_be_visible()
    await expect(citizen.locator("[data-autosave-state]")).to_contain_text("salvo", ignore_case=True)
    await citizen.wait_for_timeout(1500)
    await look(citizen, "reclamacao")

    other = await stage.page(Role.CONSUMER, DESKTOP)
    await other.goto(f"/casos/{case_path}/reclamacao")
    await expect(other.locator("#campo-facts")).to_have_value(FACTS)
    await expect(other.get_by_label("Assunto")).to_have_value("Eletrodomésticos e móveis")
    await expect(other.locator("#escolha-problem option:checked")).to_have_text(problem)
    await expect(other.get_by_label("Devolução do valor pago")).to_be_checked()
    await look(other, "reclamacao")
    await other.locator("#campo-facts").fill("curto")
    await other.get_by_role("button", name="Enviar a reclamação").click()
    await expect(other.locator("[data-error-summary]")).to_be_focused()
    await look(other, "reclamacao-erro")

    await citizen.get_by_role("button", name="Enviar a reclamação").click()
    await expect(citizen.get_by_role("link", name="Baixar o comprovante")).to_be_visible(timeout=20_000)
    await expect(citizen.locator("#reclamacao").get_by_text("R$ 1.234,56")).to_be_visible()
    await look(citizen, "caso-reclamado")
    async with citizen.expect_download() as download:
        await citizen.get_by_role("link", name="Baixar o comprovante").click()
    receipt = await (await download.value).path()
    assert receipt.read_bytes().startswith(b"%PDF-")
