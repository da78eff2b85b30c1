"""An agreement without a hearing: negotiated, accepted with a code, not kept, claimed, and done late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest

from app.demo.papers import receipt
from app.demo.people import DOMAIN
from app.services import settlement_watch
from app.services.settlement_watch import Watch
from models import Case, Obligation, SolvedBy
from models.rules.case_machine import State
from models.rules.terms import Calendar
from tests.flows import chapters
from tests.flows.chapters import uploads
from tests.flows.house import House, city, local_now, signed_in
from tests.flows.people import Person, people

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ANA, PAULO, HELENA = (f"{name}@{DOMAIN}" for name in ("ana", "paulo", "helena"))


async def test_what_was_agreed_is_watched_claimed_and_ends(house: House) -> None:
    async with people(house.url, "ana", "marina", "paulo", "helena", "post") as everybody:
        ana, marina, paulo, helena, post = everybody
        for person in everybody[:-1]:
            await signed_in(person, person.name)
        case = await chapters.begins(ana)
        await chapters.hands_in(ana, case)
        await chapters.takes(marina, case)
        await chapters.accepts(marina, case)
        await chapters.complains(ana, case)
        await marina.fill(f"/casos/{case}/notificar")

        await they_agree(ana, paulo, post, case)
        asked = await the_day_passes(house, post, case)
        page = await post.open(asked)
        assert "R$ 2.000,00" in page.words
        said = {"word": "broken", "note": "Nada caiu na minha conta."}
        assert (await post.ask("POST", page.path, data=said)).ok
        assert "Registramos: não foi cumprido" in (await post.open(asked)).words
        await the_case_is_open_again(house, helena, post, case)
        await the_kit_is_anas(ana, paulo, post, case)

        page = await paulo.open(f"/casos/{case}")
        await uploads(paulo, "fulfilment", "pix.png", receipt("Loja", "R$ 2.000,00"))
        page = await paulo.open(f"/casos/{case}")
        async with house.database():
            owed = await Obligation.get(case_id=case)
        page = await paulo.send(page.form("/obrigacoes/prova"), obligation=str(owed.id))
        assert page.status == 200, page.faults()
        page = await ana.open(f"/casos/{case}")
        assert "Prova: pix.png" in page.words
        await ana.send(page.form("/kept"))
        async with house.database():
            row = await Case.get(id=case)
            assert (row.state, row.solved_by) == (State.ARCHIVED, SolvedBy.AGREEMENT)
        await house.version(case)
        assert house.faults() == []


async def they_agree(ana: Person, paulo: Person, post: Person, case: int) -> None:
    """The company answers and offers, the consumer counters, the company accepts with the letter's code."""
    await paulo.open(f"/casos/{case}")
    await chapters.answers(paulo, case)
    await chapters.offers(ana, case, "Tudo de volta, por PIX", "2.000,00")
    page = await chapters.open_offer(paulo, case)
    assert "valor: de R$ 1.500,00 para R$ 2.000,00" in page.words
    page = await chapters.accepts_offer(paulo, post, case, PAULO)
    assert page.path == f"/casos/{case}", page.faults()
    letter = await post.letter(ANA, "Termo de acordo")
    (attached,) = (await post.open(letter.path)).links("/anexos/")
    words = text_of(await post.download(attached))
    assert "A empresa obriga-se a restituir o valor de R$ 2.000,00" in words
    assert "Consumidor, propôs" in words
    assert "Empresa, aceitou" in words


async def the_day_passes(house: House, post: Person, case: int) -> str:
    """The agreed day is over: the watch asks, and the letter has a link that needs no sign-in."""
    yesterday = local_now().date() - timedelta(days=1)
    secret = (house.data_dir / "secret-key").read_text().strip()
    zone = city().agency.zone
    watch = Watch(city().terms["settlement_reply"], Calendar({}), 3, zone, secret, 30)
    async with house.database():
        await Obligation.filter(case_id=case).update(due_on=yesterday)
        assert await settlement_watch.look(watch, now=datetime.now(UTC)) == 1
        assert await settlement_watch.look(watch, now=datetime.now(UTC)) == 0
    letter = await post.letter(ANA, "O acordo foi cumprido?")
    (link,) = (link for link in (await post.open(letter.path)).links("/acordo/"))
    return link


async def the_case_is_open_again(house: House, helena: Person, post: Person, case: int) -> None:
    """Coordination and company are told, and the coordination has it in hand."""
    await post.letter(HELENA, "Acordo não cumprido")
    await post.letter(PAULO, "Acordo não cumprido")
    async with house.database():
        assert (await Case.get(id=case)).state is State.BREACHED
    page = await helena.open(f"/casos/{case}")
    assert "retome a análise ou arquive" in page.words
    assert page.offers("/reabrir")


async def the_kit_is_anas(ana: Person, paulo: Person, post: Person, case: int) -> None:
    """One sealed PDF for the court, which the company does not get."""
    await post.letter(ANA, "Documentos para cobrar o acordo")
    page = await ana.open(f"/casos/{case}")
    (section,) = page.main.every("section", data_live="cobranca")
    (link,) = section.every("a")
    words = text_of(await ana.download(link.attributes["href"]))
    for part in ("1. O que foi acordado", "2. Assinaturas", "Nada caiu na minha conta.", "R$ 2.000,00"):
        assert part in words
    assert "O acordo não foi cumprido: o caso foi reaberto" in words
    assert (await paulo.open(link.attributes["href"])).status == 404


def text_of(pdf: bytes) -> str:
    """The words of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    document.close()
    return " ".join(" ".join(pages).replace("\ufffe", "").split())
