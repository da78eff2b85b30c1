"""The whole way of a case, in the browser: from a citizen's registration to a sealed agreement.

Ana has a phone of 360 px; the attendant, the company and the mediator sit at desks. What one does shows
on the others' pages without a reload, and in the hearing everybody sees and hears everybody.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from app import demo, migration
from app.demo.people import DOMAIN, PASSWORD
from app.settings import load
from tests import servers
from tests.adapters.files import pdf, photo
from tests.browser.people import DESKTOP, PHONE, Person, Stage, stage

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

ANA = "ana.da.silva@exemplo.com"
CONFLICT = "Comprei uma geladeira pela internet e ela nunca foi entregue; a loja não devolve o dinheiro."
FACTS = "Em 3 de outubro comprei uma geladeira, paguei com cartão e a loja não entregou nem devolveu."
MINUTES = "As partes relataram os fatos e concordaram em resolver com a devolução parcelada do valor."
ZONE = ZoneInfo("America/Sao_Paulo")
SOON_MS = 20_000
"""How long the test waits for a change to show on the others' pages: it asks whether, not how fast."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """The demonstration, as ``make run`` serves it."""
    folder = tmp_path_factory.mktemp("journey")
    port = servers.free_port()
    env = {"PROCON_DATA_DIR": str(folder), "PROCON_DEMO": "1", "PORT": str(port)}
    settings = load(env)
    asyncio.run(migration.migrate(settings.database_url, settings.data_dir))
    asyncio.run(demo.load(settings))
    with servers.serving(folder, env={"PROCON_DEMO": "1"}, port=port) as started:
        yield started


@pytest.fixture
async def site(server: servers.Server) -> AsyncIterator[Stage]:
    async with stage(server.url) as opened:
        yield opened


async def test_from_registration_to_a_sealed_agreement(site: Stage, tmp_path: Path) -> None:
    ana = await site.person("Ana", PHONE)
    marina, paulo, lucia = [await site.person(name) for name in ("Marina", "Paulo", "Lúcia")]
    for person, login in ((marina, "marina"), (paulo, "paulo"), (lucia, "lucia")):
        await person.sign_in(f"{login}@{DOMAIN}", PASSWORD)

    await registers(ana)
    case = await asks_for_help(ana)
    await is_accepted(marina, ana)
    protocol = await complains(ana)
    await company_is_told(marina, ana, case)
    await company_offers(paulo, ana, protocol, case)
    hearing = await hearing_is_set(lucia, ana, paulo, case)

    await enter(lucia, hearing, first=True)
    await enter(ana, hearing)
    await enter(paulo, hearing)
    await are_let_in(lucia, ana, paulo)
    for person in (lucia, ana, paulo):
        await person.hears_and_sees(others=2)
    await ana.look("sala-telefone")
    await lucia.look("sala-conciliador")
    await talk(lucia, ana, paulo)
    await agree(lucia, ana, paulo)
    await sign_and_close(lucia, ana, paulo)
    await everybody_has_the_sealed_minutes(lucia, ana, paulo, tmp_path)


async def registers(ana: Person) -> None:
    """An account with a confirmed e-mail; a wrong CPF keeps what was typed."""
    page = ana.page
    await page.goto("/")
    await page.get_by_role("link", name="Fazer uma reclamação").click()
    for name, value in {
        "name": "Ana da Silva",
        "cpf": "153.509.460-55",
        "phone": "(48) 99999-1234",
        "email": ANA,
        "cep": "88801-500",
        "street": "Rua João Pessoa",
        "number": "55",
        "district": "Centro",
        "city": "Criciúma",
        "password": "uma frase bem curta",
        "password_again": "uma frase bem curta",
    }.items():
        await page.locator(f"[name={name}]").fill(value)
    await page.locator("[name=uf]").select_option("SC")
    await page.get_by_text("Li o aviso e declaro").click()
    await page.get_by_role("button", name="Criar conta").click()
    await expect(page.locator("[data-error-summary]")).to_contain_text("CPF")
    await expect(page.locator("[name=street]")).to_have_value("Rua João Pessoa")
    await page.locator("[name=cpf]").fill("153.509.460-56")
    await page.locator("[name=password]").fill("uma frase bem curta")
    await page.locator("[name=password_again]").fill("uma frase bem curta")
    await page.get_by_role("button", name="Criar conta").click()
    await page.locator("[name=code]").fill(await ana.code(ANA))
    await page.get_by_role("button", name="Confirmar").click()
    await page.wait_for_url("**/painel")


async def asks_for_help(ana: Person) -> str:
    """The registration with its documents; answers the path of the case."""
    page = ana.page
    await page.get_by_role("button", name="Nova reclamação").first.click()
    await page.wait_for_url("**/cadastro")
    await page.locator("#campo-conflict").fill(CONFLICT)
    await ana.upload("residence", "conta de luz.pdf", pdf(1))
    await ana.upload("identity", "identidade.jpg", photo("JPEG", (1200, 800)))
    await page.get_by_role("button", name="Enviar para a triagem").click()
    await expect(page.get_by_role("heading", name="Seu cadastro está com o Procon")).to_be_visible()
    return page.url.removesuffix("/cadastro")


async def is_accepted(marina: Person, ana: Person) -> None:
    """The triage; Ana's page says so by itself."""
    page = marina.page
    await page.goto("/triagem")
    await page.get_by_role("link", name="Ana da Silva").click()
    await page.get_by_role("button", name="Assumir").click()
    boxes = page.locator("input[name=checked] + label")
    await boxes.first.wait_for()
    for box in await boxes.all():
        await box.click()
    await page.get_by_role("button", name="Aceitar o cadastro").click()
    await expect(ana.page.get_by_role("link", name="Escrever a reclamação")).to_be_visible(timeout=SOON_MS)


async def complains(ana: Person) -> str:
    """The complaint, from a draft that survives a reload; answers the protocol number."""
    page = ana.page
    await page.get_by_role("link", name="Escrever a reclamação").click()
    company = page.get_by_role("combobox", name="Nome da empresa")
    await company.press_sequentially("estrela")
    await expect(company).to_have_attribute("aria-expanded", "true")
    await company.press("ArrowDown")
    await company.press("Enter")
    await expect(page.locator("#campo-company_cnpj")).to_have_value("11.222.333/0001-81")
    await page.locator("#campo-facts").fill(FACTS)
    await expect(page.locator("[data-autosave-state]")).to_contain_text("salvo", ignore_case=True)
    await page.wait_for_timeout(1500)
    await page.reload()
    await expect(page.locator("#campo-facts")).to_have_value(FACTS)
    await page.get_by_label("Área").select_option("Produtos")
    await page.get_by_label("Assunto").select_option("Eletrodomésticos e móveis")
    await page.get_by_label("Problema", exact=True).select_option(
        "Produto não entregue, incompleto ou diferente do pedido"
    )
    await page.locator("#campo-occurred_on").fill("2026-10-03")
    await page.locator("#campo-amount").fill("2499,00")
    await page.get_by_text("Devolução do valor pago").click()
    await ana.upload("exhibit", "fatura.png", photo("PNG"))
    await page.get_by_role("button", name="Enviar a reclamação").click()
    await expect(page.get_by_role("link", name="Baixar o comprovante")).to_be_visible(timeout=20_000)
    found = re.search(r"\d{4}\.\d{6}-\d", await page.locator("main").inner_text())
    assert found
    return found.group()


async def company_is_told(marina: Person, ana: Person, case: str) -> None:
    """The notice, with its term."""
    page = marina.page
    await page.goto(case)
    await page.get_by_role("link", name="Enviar a CIP").click()
    await page.get_by_text("Loja Estrela do Sul").first.click()
    await page.get_by_role("button", name="Enviar", exact=True).click()
    await expect(page.get_by_text("CIP enviada à empresa").first).to_be_visible()
    await expect(ana.page.get_by_text("CIP enviada à empresa").first).to_be_visible(timeout=SOON_MS)
    await expect(ana.page.get_by_text("10 dias corridos")).to_be_visible()


async def company_offers(paulo: Person, ana: Person, protocol: str, case: str) -> None:
    """The case is in the company's list without a reload; it answers and offers; Ana asks for more."""
    page = paulo.page
    await page.get_by_role("link", name=re.compile("Ana da Silva")).first.click()
    await expect(page.get_by_text(protocol).first).to_be_visible()
    await expect(page.get_by_text("153.509.460")).to_have_count(0)
    await expect(page.get_by_text("João Pessoa")).to_have_count(0)
    await page.locator("#campo-answer").fill(
        "O pedido foi extraviado pela transportadora; pedimos desculpas."
    )
    await page.get_by_role("button", name="Enviar a resposta").click()
    await expect(ana.page.get_by_text("O pedido foi extraviado").first).to_be_visible(timeout=SOON_MS)
    await page.get_by_role("link", name="Propor um acordo").click()
    await offers(page, "1249,50", "Devolvemos metade do valor em uma parcela.")
    await expect(ana.page.get_by_text("R$ 1.249,50").first).to_be_visible(timeout=SOON_MS)
    await ana.page.get_by_role("link", name="Fazer contraproposta").click()
    await offers(ana.page, "2499,00", "Quero o valor inteiro de volta.")
    await expect(page.get_by_text("Quero o valor inteiro de volta.").first).to_be_visible(timeout=SOON_MS)


async def offers(page: Page, amount: str, details: str) -> None:
    """The form of an offer is filled and sent."""
    await page.locator("#campo-c1_amount").fill(amount)
    await page.locator("#campo-c1_text").fill(details)
    due = datetime.now(ZONE).date() + timedelta(days=15)
    await page.locator("#campo-c1_due_on").fill(due.isoformat())
    await page.get_by_role("button", name="Enviar a proposta").click()
    await expect(page.locator("#conversa")).to_be_visible()


async def hearing_is_set(lucia: Person, ana: Person, paulo: Person, case: str) -> str:
    """The mediator sets it for now; answers the path of the room."""
    page = lucia.page
    await page.goto(case)
    await page.get_by_role("link", name="Marcar audiência").click()
    soon = datetime.now(ZONE) + timedelta(minutes=2)
    await page.locator("#campo-date").fill(f"{soon:%Y-%m-%d}")
    await page.locator("#campo-time").fill(f"{soon:%H:%M}")
    await page.get_by_text("As partes concordam com prazo menor").click()
    await page.get_by_text("Plantão ou mutirão").click()
    await page.get_by_role("button", name="Marcar e convidar").click()
    await expect(page.get_by_role("link", name="Entrar na audiência")).to_be_visible()
    for person in (ana, paulo):
        await expect(person.page.get_by_role("link", name="Entrar na audiência")).to_be_visible(
            timeout=SOON_MS
        )
    path = await ana.page.get_by_role("link", name="Entrar na audiência").get_attribute("href")
    assert path
    return path


async def enter(person: Person, hearing: str, *, first: bool = False) -> None:
    """Go to the room and sit down."""
    await person.page.goto(hearing)
    await person.page.get_by_role("button", name="Entrar na audiência" if first else "sala de espera").click()


async def are_let_in(lucia: Person, ana: Person, paulo: Person) -> None:
    """Nobody's media flows while they wait; then the mediator lets both in and opens the session."""
    await lucia.tab("Pessoas")
    await expect(lucia.page.get_by_role("button", name="Admitir todos")).to_be_visible(timeout=15_000)
    assert await ana.received() == {}
    await lucia.page.get_by_role("button", name="Admitir todos").click()
    await lucia.page.get_by_role("button", name="Abrir").click()
    for person in (ana, paulo):
        await expect(person.page.locator(".hearing-status").get_by_text("Em andamento")).to_be_visible(
            timeout=SOON_MS
        )


async def talk(lucia: Person, ana: Person, paulo: Person) -> None:
    """The chat, and the minutes read along while they are written."""
    await ana.tab("Conversa")
    await ana.page.locator("#campo-mensagem").fill("Bom dia, estou ouvindo bem.")
    await ana.page.get_by_role("button", name="Enviar mensagem").click()
    await paulo.tab("Conversa")
    await expect(paulo.page.get_by_text("Bom dia, estou ouvindo bem.")).to_be_visible(timeout=SOON_MS)
    await lucia.tab("Ata")
    await lucia.page.locator("#campo-ata").fill(MINUTES)
    await paulo.tab("Ata")
    await expect(paulo.page.get_by_text(MINUTES)).to_be_visible(timeout=SOON_MS)


async def agree(lucia: Person, ana: Person, paulo: Person) -> None:
    """Ana's last offer is there as a clause and is put aside; the company proposes another, which Ana
    accepts; the mediator closes the text."""
    for person in (lucia, ana, paulo):
        await person.tab("Acordo")
        await expect(person.page.get_by_text("Quero o valor inteiro de volta.").first).to_be_visible()
    await lucia.page.get_by_role("button", name=re.compile("^Retirar cláusula")).click()
    await expect(paulo.page.get_by_role("button", name=re.compile("^Aceitar"))).to_have_count(
        0, timeout=SOON_MS
    )
    page = paulo.page
    await page.locator("summary", has_text="Propor uma cláusula").click()
    await page.locator("[name=debtor]").select_option("company")
    await page.locator("[name=kind]").select_option("refund")
    await page.locator("[name=amount]").fill("2499,00")
    await page.locator("[name=instalments]").fill("2")
    await page.locator("[name=due_on]").fill(f"{datetime.now(ZONE).date() + timedelta(days=20):%Y-%m-%d}")
    await page.locator("#painel-agreement [name=text]").fill("por PIX, na chave CPF do consumidor")
    await page.get_by_role("button", name="Propor", exact=True).click()
    for person in (lucia, ana):
        await expect(person.page.get_by_text("por PIX, na chave CPF").first).to_be_visible(timeout=SOON_MS)
    await ana.page.get_by_role("button", name=re.compile("^Aceitar")).click()
    if await page.get_by_role("button", name=re.compile("^Aceitar")).count():
        await page.get_by_role("button", name=re.compile("^Aceitar")).click()
    await expect(lucia.page.locator(".clause-accepted")).to_have_count(1, timeout=SOON_MS)
    await lucia.page.locator("summary", has_text="Fechar o texto").click()
    await lucia.page.locator("[name=outcome]").select_option("full_agreement")
    await lucia.page.get_by_role("button", name="Fechar o texto").click()


async def sign_and_close(lucia: Person, ana: Person, paulo: Person) -> None:
    """Each signs the same text with a code of their own; a wrong code signs nothing."""
    emails = {"Ana": ANA, "Paulo": f"paulo@{DOMAIN}", "Lúcia": f"lucia@{DOMAIN}"}
    for person in (ana, paulo, lucia):
        page = person.page
        await expect(page.get_by_role("region", name="Texto final")).to_contain_text(
            "restituir o valor de R$ 2.499,00, em 2 parcelas", timeout=SOON_MS
        )
        await page.get_by_role("button", name="Enviar código").click()
        code = await person.code(emails[person.name])
        if person is ana:
            await ana.look("sala-assinatura")
            await page.locator("#campo-code").fill(f"{(int(code) + 1) % 1_000_000:06d}")
            await page.get_by_role("button", name="Assinar").click()
            await expect(page.locator(".signers .yes")).to_have_count(0)
        await page.locator("#campo-code").fill(code)
        await page.get_by_role("button", name="Assinar").click()
        await expect(page.locator(".signers .yes").filter(has_text=re.compile(person.name))).to_be_visible()
    await lucia.page.get_by_role("button", name="Encerrar e selar o termo").click()


async def the_mediator_sees_how_all_were_connected(lucia: Person) -> None:
    """A line and a plot for each of the three, of what was measured while they talked."""
    await lucia.page.get_by_role("link", name="Como foi a conexão").click()
    section = lucia.page.get_by_role("region", name="Resumo")
    for label, fact in (("Conectada", r"^(?!0.s)(\d+.min )?\d+.s$"), ("Conexão", "^(boa|regular|ruim)$")):
        row = section.get_by_role("row").filter(
            has=lucia.page.get_by_role("rowheader", name=label, exact=True)
        )
        await expect(row.get_by_role("cell")).to_have_text([re.compile(fact)] * 3)
    await expect(lucia.page.locator("[data-plots][data-drawn] canvas")).to_have_count(9)
    await lucia.look("sala-encerrada-conexoes")
    await lucia.page.set_viewport_size(PHONE)
    await lucia.look("sala-encerrada-conexoes")
    await lucia.page.set_viewport_size(DESKTOP)
    await lucia.page.go_back()


async def everybody_has_the_sealed_minutes(lucia: Person, ana: Person, paulo: Person, folder: Path) -> None:
    """The PDF is on every page, verifies for a stranger, and a changed byte is told."""
    sealed = b""
    for person in (ana, paulo, lucia):
        link = person.page.get_by_role("link", name="Abrir o termo assinado")
        await expect(link).to_be_visible(timeout=30_000)
        path = await link.get_attribute("href")
        answer = await person.page.request.get(str(path))
        assert answer.ok
        assert not sealed or sealed == await answer.body()
        sealed = await answer.body()
    code = await ana.page.locator(".sealed .number").inner_text()
    await ana.look("sala-encerrada")
    await the_mediator_sees_how_all_were_connected(lucia)

    page = ana.page
    await page.context.clear_cookies()
    await page.goto("/verificar")
    for name, data, verdict in (
        ("termo.pdf", sealed, "autêntico"),
        ("mudado.pdf", sealed[:2000] + bytes([sealed[2000] ^ 1]) + sealed[2001:], "1 byte é outro"),
    ):
        (folder / name).write_bytes(data)
        await page.locator("#campo-arquivo").set_input_files(folder / name)
        await expect(page.locator("[data-verify-result]")).to_contain_text(
            re.compile(verdict, re.IGNORECASE), timeout=20_000
        )
        await ana.look(f"verificacao-{name}")
    await page.goto(f"/verificar/{code}")
    await expect(page.get_by_text(code).first).to_be_visible()
