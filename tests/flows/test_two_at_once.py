"""Two people act on one case at the same time: one is heard, the other is told and loses no word."""

from __future__ import annotations

import asyncio

import pytest

from app.demo.people import DOMAIN
from models import Case, Offer, OfferState
from models.rules.case_machine import State
from tests.flows import chapters
from tests.flows.chapters import act
from tests.flows.house import House, local_now, signed_in
from tests.flows.page import Page
from tests.flows.people import Person, people
from tests.flows.sockets import Place

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ANA = f"ana@{DOMAIN}"
DUE = local_now().date().replace(year=local_now().year + 1).isoformat()


async def test_who_comes_second_is_told_and_keeps_what_was_typed(house: House) -> None:
    async with people(house.url, "ana", "marina", "helena", "paulo", "joao", "post") as everybody:
        ana, marina, helena, paulo, joao, post = everybody
        for person in everybody[:-1]:
            await signed_in(person, person.name)

        case = await chapters.begins(ana)
        await chapters.hands_in(ana, case)
        await two_attendants(house, marina, helena, case)
        await two_clicks(house, ana, case)
        await two_letters(house, marina, helena, case)
        await two_answers(ana, marina, helena)
        await chapters.answers(paulo, case)
        await two_offers(house, ana, paulo, case)
        await two_minutes(ana, paulo, joao, await chapters.schedules(joao, case))
        await house.version(case)

        other = await chapters.begins(ana)
        await chapters.hands_in(ana, other)
        await chapters.takes(marina, other)
        await chapters.accepts(marina, other)
        await chapters.complains(ana, other)
        await marina.fill(f"/casos/{other}/notificar")
        await chapters.answers(paulo, other)
        await an_acceptance_and_another_offer(house, ana, paulo, post, other)
        await house.version(other)
        assert house.faults() == []


async def two_attendants(house: House, marina: Person, helena: Person, case: int) -> None:
    """Both have the registration on their desks: one accepts it, the other asks for a paper."""
    await chapters.takes(marina, case)
    desk = await marina.open(f"/casos/{case}/triagem")
    await chapters.accepts(helena, case)
    reason = "O comprovante está cortado embaixo: falta a data de vencimento."
    page = await marina.send(desk.form("/triagem/pedir"), missing=["residence"], ask_reason=reason)
    assert page.status == 409
    assert reason in page.main.text
    async with house.database():
        assert (await Case.get(id=case)).state is State.ACCEPTED


async def two_clicks(house: House, ana: Person, case: int) -> None:
    """The complaint is sent from two browser windows at once: it has one number."""
    page = await ana.open(f"/casos/{case}/reclamacao")
    complaint = chapters.complaint(page)
    first, second = await asyncio.gather(*(ana.act("/reclamacao", **complaint) for _ in range(2)))
    assert sorted((first.status, second.status)) == [303, 409]
    assert "2.499,00" in (await ana.open(f"/casos/{case}")).words
    async with house.database():
        assert await Case.filter(protocol__isnull=False).count() == 1


async def two_letters(house: House, marina: Person, helena: Person, case: int) -> None:
    """One sends the CIP, the other opens the complaint directly, and a third window still records a call."""
    cip = (await marina.open(f"/casos/{case}/notificar")).form("/notificar")
    opening = (await helena.open(f"/casos/{case}/notificar")).form("/notificar")
    call = (await helena.open(f"/casos/{case}")).form("/ligacoes")
    assert (await marina.send(cip)).status == 200
    reason = "A empresa já disse por telefone que não responde à CIP."
    page = await helena.send(opening, way="opening", opening_reason=reason)
    assert (page.status, reason in page.main.text) == (409, True)
    assert "O que mudou: " in page.words
    assert "Marina Alves" in page.words
    assert "Agora: Espere a ciência da empresa" in page.words
    page = await helena.send(
        call, number="0800 999", spoke_with="Eva", said="Entrega na sexta.", result="solved"
    )
    assert page.status == 409
    for words in ("0800 999", "Eva", "Entrega na sexta.", "O que mudou: "):
        assert words in page.main.text
    async with house.database():
        assert (await Case.get(id=case)).state is State.NOTIFIED


async def two_answers(ana: Person, marina: Person, helena: Person) -> None:
    """A question is answered by one while the other is still writing."""
    question = "A loja pode cobrar para trocar um presente com defeito?"
    path = (await ana.fill("/atendimentos/novo", "/atendimentos", question=question)).path
    await marina.fill(path, "/assumir")
    slower = (await helena.open(path)).form("/responder")
    await marina.fill(path, "/responder", answer="Não pode: a troca por defeito é um direito (CDC, art. 18).")
    words = "Não. Peça a troca por escrito e guarde a resposta."
    page = await helena.send(slower, answer=words)
    assert page.status == 409
    for said in (words, "O que mudou: Resposta enviada", "Marina Alves", "Agora: Respondido"):
        assert said in page.words


async def two_offers(house: House, ana: Person, paulo: Person, case: int) -> None:
    """Both answer the open offer in the same moment."""
    words = {ana: "Aceito se for em uma vez só.", paulo: "Podemos pagar também o frete."}
    place = f"/casos/{case}/propostas/nova"
    forms = {person: (await person.open(place)).form("/propostas") for person in words}
    pages = await asyncio.gather(
        *(
            person.send(form, c1_text=words[person], c1_amount="2.000,00", c1_due_on=DUE)
            for person, form in forms.items()
        )
    )
    told = told_second(pages)
    assert words[ana if told is pages[0] else paulo] in told.main.text
    async with house.database():
        assert await Offer.filter(case_id=case, state=OfferState.OPEN).count() == 1


async def two_minutes(ana: Person, paulo: Person, joao: Person, hearing: int) -> None:
    """The mediator writes the minutes in two windows; and a clause is accepted while it is withdrawn."""
    async with Place(joao, hearing), Place(ana, hearing), Place(paulo, hearing):
        await act(joao, hearing, "/lugares/admitir")
        await chapters.opens(joao, hearing)
        page = await joao.open(f"/audiencias/{hearing}")
        (record,) = page.main.having("data-record-url")
        written = list(page.main.having("data-paragraph"))[-1].attributes
        url, revision = record.attributes["data-record-url"], int(written["data-revision"])
        url += f"/{written['data-paragraph']}"
        texts = ("Na primeira janela.", "Na segunda janela.")
        answers = await asyncio.gather(
            *(joao.ask("PUT", url, json={"revision": revision, "text": text}) for text in texts)
        )
        told = next(answer for answer in answers if not answer.ok)
        kept = texts[0 if told is answers[1] else 1]
        assert (told.status, told.body["error"]) == (409, "minutes_changed")
        assert (told.body["revision"], told.body["text"]) == (revision + 1, kept)

        await chapters.proposes(paulo, hearing)
        accepting = chapters.acceptance(await ana.open(f"/audiencias/{hearing}"))
        await paulo.open(f"/audiencias/{hearing}")
        withdrawn, accepted = await asyncio.gather(
            paulo.act(accepting.replace("aceitar", "retirar")), ana.act(accepting)
        )
        assert sorted((withdrawn.status, accepted.status))[0] == 204
        refused = [answer for answer in (withdrawn, accepted) if not answer.ok]
        assert len(refused) == 1
        assert refused[0].body["message"]


async def an_acceptance_and_another_offer(
    house: House, ana: Person, paulo: Person, post: Person, case: int
) -> None:
    """Ana accepts the offer that Paulo is replacing."""
    page = await chapters.open_offer(ana, case)
    await ana.act("/codigo")
    code = await post.code(ANA, chapters.ACCEPTANCE)
    form = (await paulo.open(f"/casos/{case}/propostas/nova")).form("/propostas")
    words = "Cinquenta reais a mais pelo transtorno."
    pages = await asyncio.gather(
        ana.send(page.form("/aceitar"), read=["1"], code=code),
        paulo.send(form, c1_text=words, c1_amount="1.550,00", c1_due_on=DUE),
    )
    told = told_second(pages)
    if told is pages[1]:
        assert words in told.main.text
    async with house.database():
        settled = (await Case.get(id=case)).state is State.FULFILMENT
        assert settled == (told is pages[1])
    if not settled:
        assert (await chapters.accepts_offer(ana, post, case, ANA)).status == 200
    # Paulo's page has been open since before the agreement.
    page = await paulo.send(form, c1_text=words, c1_amount="1.600,00", c1_due_on=DUE)
    assert page.status == 409
    assert words in page.main.text


def told_second(pages: list[Page]) -> Page:
    """The page of the one who was refused, which says so; the other's act was taken."""
    refused = [page for page in pages if page.status != 200]
    assert [page.status for page in refused] == [409]
    assert refused[0].faults() or "O que mudou: " in refused[0].words
    return refused[0]
