"""The papers of a hearing in real browsers: minutes, clauses, the sealed test, signatures, the end.

Ana has a phone of 360 px and a second factor; the company has an agent, who signs, and a lawyer, who may not.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pyotp
import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import Room, hearing_room, in_phase
from tests.browser.test_hearing_conduct import code_sent

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

NO_DEVICES = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
"""
"""This story is about papers: without pictures four people are light work for a busy machine."""
STORY = "As partes relataram a compra e o defeito."
REMARK = "O produto foi levado três vezes à assistência."
DUE = date.today() + timedelta(days=20)  # noqa: DTZ011  a day typed into a form


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Room]:
    """A hearing on a server of its own, with the company's lawyer."""
    async with hearing_room(sqlite_url, lawyer=True) as room:
        yield room


async def test_a_partial_agreement_from_the_first_word_to_the_sealed_paper(room: Room) -> None:
    table = room.table
    assert room.lawyer is not None
    mediator = await room.sits(table.mediator, DESKTOP, NO_DEVICES)
    ana = await room.person(table.consumer, PHONE, NO_DEVICES)
    app = await takes_a_second_factor(ana)
    await ana.page.goto(f"/audiencias/{table.id}")
    await ana.page.locator("[data-enter]").click()
    agent, lawyer = [await room.sits(viewer, DESKTOP, NO_DEVICES) for viewer in (table.agent, room.lawyer)]
    await to_tab(mediator, "Pessoas")
    await mediator.page.get_by_role("button", name="Admitir todos").click()
    for person in (ana, agent, lawyer):
        await in_phase(person, "inside")
    await mediator.page.get_by_role("button", name="Abrir a audiência").click()
    await expect(ana.page.locator(".hearing-status")).to_contain_text("Em andamento")

    await minutes_are_read_along_and_remarked_on(mediator, ana, agent)
    await two_windows_lose_nothing(room, mediator, agent)
    await what_is_typed_while_a_message_is_on_its_way_stays(mediator, agent)
    await only_yes_or_no_leaves_the_sealed_test(mediator, ana, agent)
    await a_clause_is_typed_changed_and_accepted_twice(mediator, ana, agent)
    await nothing_is_frozen_while_a_party_is_away(room, mediator, ana)
    await all_sign_but_the_lawyer(room, mediator, ana, agent, lawyer, app)
    await everybody_leaves_with_the_paper(mediator, ana, agent)


async def to_tab(person: Person, name: str) -> None:
    """Open a panel by its key: on the phone the pictures stay above while the papers scroll under them."""
    await person.page.get_by_role("tab", name=name).press("Enter")


async def takes_a_second_factor(ana: Person) -> pyotp.TOTP:
    """Ana sets up her authenticator on her account's page."""
    page = ana.page
    await page.goto("/conta")
    await page.get_by_role("link", name="Configurar o segundo fator").click()
    await page.get_by_role("button", name="Configurar o segundo fator").click()
    await expect(page.locator(".factor-qr svg")).to_be_visible()
    await ana.look("segundo-fator")
    app = pyotp.TOTP(await page.locator(".factor-secret").inner_text())
    await page.get_by_label("Código do aplicativo").fill(app.now())
    await page.get_by_role("button", name="Ativar").click()
    await expect(page.locator(".recovery-codes li")).to_have_count(10)
    await ana.look("codigos-de-recuperacao")
    return app


async def minutes_are_read_along_and_remarked_on(mediator: Person, ana: Person, agent: Person) -> None:
    """What the mediator types is read by all; Ana's remark goes in under her name."""
    for person in (mediator, ana, agent):
        await to_tab(person, "Ata")
    await mediator.page.locator("#campo-ata").fill(STORY)
    for person in (ana, agent):
        await expect(person.page.locator(".paragraph", has_text=STORY)).to_contain_text("Rita Melo, às")
    paragraph = ana.page.locator(".paragraph", has_text=STORY)
    await paragraph.locator("summary").press("Enter")
    await paragraph.get_by_label("O que a ata deve dizer aqui").fill(REMARK)
    await ana.look("ata-observacao")
    await paragraph.get_by_role("button", name="Enviar observação").press("Enter")
    await expect(paragraph).to_contain_text("aguarda o conciliador")
    await mediator.page.get_by_role("button", name="Concluir o parágrafo").click()
    await expect(mediator.page.locator(".remark-open")).to_contain_text(REMARK)
    await mediator.look("ata-conciliador")
    await mediator.page.get_by_role("button", name="Incluir na ata").click()
    await expect(agent.page.locator(".paragraph", has_text="pediu que constasse")).to_contain_text(
        "Ana Souza, às"
    )
    await mediator.page.locator("#campo-template").select_option("partial_agreement")
    await mediator.page.get_by_role("button", name="Acrescentar à ata").click()
    await expect(agent.page.locator(".paragraph", has_text="segue para análise")).to_be_visible()


async def two_windows_lose_nothing(room: Room, mediator: Person, agent: Person) -> None:
    """Two windows write in one paragraph: the second is shown what it says, with its own words kept."""
    other = Person("Rita, outra janela", await mediator.page.context.new_page(), room.site.faults)
    await other.page.goto(f"/audiencias/{room.table.id}")
    await to_tab(other, "Ata")
    boxes = []
    for person in (mediator, other):
        item = person.page.locator(".paragraph", has_text=STORY)
        await item.get_by_role("button", name="Alterar").click()
        box = person.page.locator("#campo-ata")
        await expect(box).to_have_value(STORY)
        boxes.append(box)
    await holds_back(other.page)
    await boxes[1].press_sequentially(" Houve desconto.")
    await boxes[0].fill(f"{STORY} Houve juros.")
    await expect(agent.page.locator(".paragraph", has_text="Houve juros.")).to_be_visible()
    await other.page.unroute("**/ata/paragrafos/*")
    await expect(other.page.locator("[data-record-conflict] mark")).to_contain_text("Houve juros.")
    await expect(boxes[1]).to_have_value(f"{STORY} Houve desconto.")
    await other.look("ata-duas-janelas")
    await other.page.get_by_role("button", name="Juntar os dois").click()
    for words in ("Houve juros.", "Houve desconto."):
        await expect(agent.page.locator(".paragraph", has_text=words).first).to_be_visible()
    await other.page.close()
    await mediator.page.get_by_role("button", name="Concluir o parágrafo").click()


async def what_is_typed_while_a_message_is_on_its_way_stays(mediator: Person, agent: Person) -> None:
    """Who writes on while the line is slow loses no letter, and sends none twice."""
    arrived = asyncio.Event()

    async def slow(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    await to_tab(agent, "Conversa")
    await agent.page.route("**/mensagens", slow)
    box = agent.page.locator("#campo-mensagem")
    await box.fill("Primeira.")
    async with agent.page.expect_request("**/mensagens"):
        await box.press("Enter")
    await box.press_sequentially(" Segunda.")
    arrived.set()
    await expect(box).to_have_value("Segunda.")
    await agent.page.unroute("**/mensagens")
    await to_tab(mediator, "Conversa")
    await expect(mediator.page.locator(".said .prose")).to_have_text(["Primeira."])
    await box.press("Enter")
    await expect(mediator.page.locator(".said .prose")).to_have_text(["Primeira.", "Segunda."])
    await to_tab(mediator, "Ata")


async def holds_back(page: Page) -> None:
    """What a page saves does not arrive for now."""
    await page.route("**/ata/paragrafos/*", lambda route: route.abort())


async def only_yes_or_no_leaves_the_sealed_test(mediator: Person, ana: Person, agent: Person) -> None:
    """Both give a limit; all are told whether they meet, and no page holds a limit."""
    for person in (mediator, ana, agent):
        await to_tab(person, "Acordo")
    await mediator.page.get_by_role("button", name="Abrir um teste reservado").click()
    await ana.page.locator("#campo-limit").fill("1.234,56")
    await ana.look("teste-reservado")
    await ana.page.locator("#campo-limit").press("Enter")
    await expect(ana.page.get_by_text("Seu limite foi guardado.")).to_be_visible()
    await agent.page.locator("#campo-limit").fill("1.300,00")
    await agent.page.get_by_role("button", name="Guardar em segredo").click()
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".zone-yes")).to_contain_text("há espaço para acordo")
        assert not re.search(r"1\.?234,56|1\.?300,00", await person.page.content())


async def a_clause_is_typed_changed_and_accepted_twice(mediator: Person, ana: Person, agent: Person) -> None:
    """The table follows the typing; another version needs both sides again."""
    page = agent.page
    await page.locator("summary", has_text="Propor uma cláusula").click()
    await page.locator("#campo-debtor").select_option("company")
    await page.locator("#campo-kind").select_option("refund")
    await page.locator("#campo-amount").fill("1250,00")
    await page.locator("#campo-instalments").fill("3")
    await page.locator("#campo-due_on").fill(DUE.isoformat())
    await page.locator("#campo-fine_percent").fill("10")
    await page.locator("label[for=campo-accelerates]").click()
    await expect(page.locator(".payments-table tbody tr")).to_have_count(3)
    await expect(page.locator(".payments-table tbody tr").first).to_contain_text("416,67")
    await expect(page.locator(".clause-preview")).to_contain_text("vencimento antecipado")
    await agent.look("clausula-previa")
    await page.get_by_role("button", name="Propor", exact=True).click()
    await ana.page.get_by_role("button", name="Aceitar").press("Enter")
    await expect(mediator.page.locator(".clause-accepted")).to_have_count(1)

    await mediator.page.get_by_role("button", name="Alterar cláusula 1").click()
    await expect(mediator.page.locator("#campo-amount")).to_have_value("1.250,00")
    await mediator.page.locator("#campo-place").fill("por PIX, na chave da consumidora")
    await mediator.page.get_by_role("button", name="Propor a alteração").click()
    for person in (ana, agent):
        await expect(person.page.locator(".clause-proposed")).to_contain_text("versão 2, por Rita Melo")
    await ana.look("clausula-nova-versao")
    for person in (ana, agent):
        await person.page.get_by_role("button", name="Aceitar").press("Enter")
    await expect(mediator.page.locator(".clause-accepted")).to_contain_text("Local: por PIX")


async def nothing_is_frozen_while_a_party_is_away(room: Room, mediator: Person, ana: Person) -> None:
    """Ana's page goes away while the text is open: it cannot be closed until she is back."""
    await ana.page.goto("/painel")
    await expect(mediator.page.locator(".hold")).to_contain_text("espera o consumidor")
    await mediator.page.locator("summary", has_text="Fechar o texto").click()
    await mediator.page.locator("#campo-outcome").select_option("partial_agreement")
    await mediator.page.get_by_role("button", name="Fechar o texto").click()
    await expect(mediator.page.locator(".toast", has_text="não está na sala")).to_be_visible()
    await mediator.look("fechar-sem-uma-parte")
    await ana.page.goto(f"/audiencias/{room.table.id}")
    if await ana.page.locator("[data-enter]").is_visible():
        await ana.page.locator("[data-enter]").click()
    await in_phase(ana, "inside")
    await expect(mediator.page.locator(".hold")).to_have_count(0)
    await mediator.page.get_by_role("button", name="Fechar o texto").click()


async def all_sign_but_the_lawyer(
    room: Room, mediator: Person, ana: Person, agent: Person, lawyer: Person, app: pyotp.TOTP
) -> None:
    """A wrong code of the app signs nothing and says so; the lawyer is told why they do not sign."""
    for person in (ana, agent, lawyer):
        await to_tab(person, "Acordo")
        await expect(person.page.get_by_role("region", name="Texto final")).to_contain_text(
            "Parcela 3: R$ 416,66"
        )
    await expect(lawyer.page.get_by_text("não dá poderes para transigir")).to_be_visible()
    await expect(lawyer.page.locator("#campo-code")).to_have_count(0)
    await lawyer.look("sem-poderes")

    right = app.now()
    await ana.page.locator("#campo-code").fill("000000" if right != "000000" else "111111")
    await ana.page.locator("#campo-code").press("Enter")
    await expect(ana.page.locator("#erro-code")).to_contain_text("Código incorreto")
    await expect(ana.page.locator(".signers .yes")).to_have_count(0)
    await ana.look("assinatura-errada")
    # The code that set it up works no second time, if we are that quick; the next one does.
    await ana.page.locator("#campo-code").fill(app.at(int(time.time()) + 30))
    await ana.page.locator("#campo-code").press("Enter")
    await expect(ana.page.locator(".signers .yes")).to_have_count(1)
    for signed, person in ((2, agent), (3, mediator)):
        await person.page.get_by_role("button", name="Enviar código").click()
        await expect(person.page.locator(".toast", has_text="Enviamos um código")).to_be_visible()
        await person.page.locator("#campo-code").fill(await code_sent(room))
        await person.page.get_by_role("button", name="Assinar").click()
        await expect(person.page.locator(".signers .yes")).to_have_count(signed)
    await expect(mediator.page.locator(".signers")).to_contain_text("aplicativo autenticador")
    await mediator.look("assinado")


async def everybody_leaves_with_the_paper(mediator: Person, ana: Person, agent: Person) -> None:
    """The hearing is closed: what is owed when, what comes next, and the sealed paper on each page."""
    await mediator.page.get_by_role("button", name="Encerrar e selar o termo").click()
    for person in (mediator, ana, agent):
        await in_phase(person, "over")
        await expect(person.page.get_by_role("link", name="Abrir o termo assinado")).to_be_visible()
        await expect(person.page.locator(".dues-list li")).to_have_count(3)
        await expect(person.page.locator(".follow-up")).to_contain_text("em cumprimento")
        await person.look("acordo-encerrado")
