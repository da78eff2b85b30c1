"""The pages of standard texts and of the taxonomy, as the coordination uses them."""

from __future__ import annotations

from app.factory import Application
from app.services import taxonomy
from app.services.text_preview import PAPERS
from app.standard_texts import kinds
from models import Problem, StandardText
from models.rules.people import Role
from tests.conftest import START
from tests.web.test_intake_pages import text_of
from tests.web.test_terms import staff

SAID = {name: " ".join(f"{{{one}}}" for one in kinds()[name].names) for name in PAPERS}


async def test_a_text_is_looked_at_while_it_is_written_kept_and_taken_back(application: Application) -> None:
    browser = await staff(application, Role.COORDINATOR)
    page = await text_of(await browser.get("/textos"))
    assert "CIP à empresa" in page

    page = await text_of(await browser.get("/textos/summons"))
    assert "A resposta é obrigatória. Prazo: {explanation}" in page, "what is fixed is shown"
    assert "O nome da empresa reclamada." in page
    typed = {"subject": "Aviso a {company}", "body": "Prezados <da> {company}.", "revision": "0"}

    looks = await browser.fill("/textos/summons", typed, to="/textos/summons/previa")
    page = await text_of(looks)
    assert "frame-ancestors 'self'" in looks.headers["Content-Security-Policy"]
    assert "Aviso a Eletro Estrela do Sul Ltda." in page
    assert "Prezados &lt;da&gt; Eletro Estrela do Sul Ltda." in page
    plain = await browser.fill("/textos/summons", {**typed, "view": "text"}, to="/textos/summons/previa")
    assert "Sem resposta no prazo" in await text_of(plain)

    wrong = await browser.fill("/textos/summons", {**typed, "body": "Prezados {empresa}."})
    page = await text_of(wrong)
    assert wrong.status_code == 422
    assert "Não existe a variável {empresa}. Use só: {company}, {protocol}" in page
    assert "Prezados {empresa}." in page, "what was typed is kept"
    wrong = await browser.fill("/textos/account_confirm", {"body": "Digite o código que enviamos."})
    assert wrong.status_code == 422
    page = await text_of(wrong)
    assert "Este texto não pode ficar sem: {digits}." in page
    assert "Digite o código que enviamos." in page

    assert (await browser.fill("/textos/summons", typed)).status_code == 303
    stale = await browser.fill("/textos/summons", {**typed, "revision": "0", "body": "Outro texto meu."})
    assert stale.status_code == 409
    assert "Outro texto meu." in await text_of(stale)

    assert (await browser.post("/textos/summons/original", {"revision": "1"})).status_code == 303
    assert await StandardText.filter(kind="summons").count() == 2
    page = await text_of(await browser.get("/textos/summons?versao=1"))
    assert "Prezados &lt;da&gt; {company}." in page


async def test_a_paper_is_looked_at_as_pdf(application: Application) -> None:
    browser = await staff(application, Role.ATTENDANT)
    for name in PAPERS:
        answer = await browser.post(f"/textos/{name}/previa.pdf", {"body": SAID[name]})
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert (await browser.post("/textos/summons/previa.pdf", {"body": "x"})).status_code == 404
    assert (await browser.post("/textos/summons", {"body": "x"})).status_code == 403


async def test_the_taxonomy_is_kept_from_its_page(application: Application) -> None:
    await taxonomy.load(START.date())
    browser = await staff(application, Role.COORDINATOR)
    wrong = await browser.fill("/assuntos", {"area": "", "subject": "Patinetes", "label": "Bateria"})
    assert wrong.status_code == 422
    assert 'value="Patinetes"' in await text_of(wrong)
    new = {"area": "Produtos", "subject": "Patinetes", "label": "Bateria que não carrega"}
    made = await browser.fill("/assuntos", new)
    assert made.headers["Location"] == "/assuntos?aberto=PR#codigo-PR0601"

    late = await browser.post("/assuntos/PR0601/renomear", {"name": "Bateria", "valid_from": "2026-11-23"})
    assert late.status_code == 422
    assert "Escolha um dia a partir de 24/11/2026." in await text_of(late)
    await browser.post("/assuntos/PR0601/renomear", {"name": "Bateria fraca", "valid_from": "2026-11-24"})
    await browser.post("/assuntos/PR0601/ligar", {"gov_group": "Vício de Qualidade"})
    await browser.post("/assuntos/AL0101/encerrar", {"last": "2026-11-23"})
    await browser.post("/assuntos/AL0101/reabrir", {})
    page = await text_of(await browser.get("/assuntos?aberto=PR"))
    assert "Bateria fraca" in page
    assert "a partir de 24/11/2026" in page

    sent = await browser.get("/assuntos.csv")
    text = (await sent.get_data()).decode("utf-8-sig")
    assert text.count("PR0601") == 2
    back = await browser.fill("/assuntos", {"text": text}, to="/assuntos/importar")
    assert back.headers["Location"] == "/assuntos?feito=0.0.0.0"
    bad = await browser.fill("/assuntos", {"text": "nada"}, to="/assuntos/importar")
    assert bad.status_code == 422
    assert "A primeira linha não é esta: codigo;area" in await text_of(bad)
    assert await Problem.filter(code="PR0601").count() == 2
