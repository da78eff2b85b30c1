"""The whole way of a case, from an account to a sealed agreement, told by those who walk it."""

from __future__ import annotations

import re
import statistics
from contextlib import AsyncExitStack
from datetime import datetime

import icalendar
import pypdfium2
import pytest

from app.demo.papers import bill, identity_card, receipt
from app.demo.people import DOMAIN
from tests.adapters.files import encrypted_pdf
from tests.flows import chapters
from tests.flows.chapters import EMAIL, NAME, act, uploads
from tests.flows.house import House, signed_in
from tests.flows.people import Person, people
from tests.flows.sockets import Follower, Place, everybody_reaches

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TASKS = ("alert_raised", "alert_taken", "alert_resolved")
PAULO, JOAO = f"paulo@{DOMAIN}", f"joao@{DOMAIN}"


async def test_from_a_new_account_to_a_sealed_agreement(house: House) -> None:
    async with AsyncExitStack() as open_pages:
        ana, marina, paulo, joao, post = await open_pages.enter_async_context(
            people(house.url, "ana", "marina", "paulo", "joao", "post")
        )
        for person, login in ((marina, "marina"), (paulo, "paulo"), (joao, "joao")):
            await signed_in(person, login)

        async def follow(person: Person, case: int = 0) -> Follower:
            """Somebody leaves a page open: a case, or the list of their cases."""
            since = (await person.open(f"/casos/{case}")).seq if case else 0
            return await open_pages.enter_async_context(Follower(person, case, since))

        await chapters.registers(ana, post)
        case = await chapters.begins(ana)
        ana_sees = await follow(ana, case)
        staff_list = await follow(marina)
        await ana_hands_in_after_bad_files(ana, case)
        await staff_list.until(lambda: case in staff_list.lists)
        marina_sees = await follow(marina, case)
        await triage_asks_and_accepts(ana, marina, case, ana_sees, post)

        protocol = await ana_writes_through_a_restart(ana, case, house, post)
        await ana_sees.learns("document_ready")
        assert (await chapters.receipt(ana, case)).startswith(b"%PDF-")

        paulo_list = await follow(paulo)
        await the_company_is_told(marina, paulo, case, paulo_list, protocol)
        paulo_sees = await follow(paulo, case)
        await they_negotiate(ana, paulo, case, ana_sees, paulo_sees)

        hearing = await chapters.schedules(joao, case)
        joao_sees = await follow(joao, case)
        await paulo_sees.learns("hearing_scheduled")
        await the_invitations_came(post, hearing, joao)
        rooms = [await open_pages.enter_async_context(Place(who, hearing)) for who in (ana, paulo)]
        rooms.append(await open_pages.enter_async_context(Place(joao, hearing)))
        await they_meet(ana, paulo, joao, hearing, rooms, paulo_sees)
        await they_agree(ana, paulo, joao, hearing, ana_sees)
        await they_sign(ana, paulo, joao, hearing, post)
        await ana_sees.learns("minutes_sealed")

        await the_paper_is_the_same_for_all(ana, paulo, joao, hearing, protocol, post)
        words = (await ana.open(f"/casos/{case}")).words
        assert "cumprimento" in words
        assert "O que foi acordado, por data" in words
        followers = [ana_sees, marina_sees, paulo_sees, joao_sees]
        await everybody_learnt_everything(house, case, followers)
        await the_company_knows_what_it_may(paulo, marina, case)
        assert house.faults() == []


async def ana_hands_in_after_bad_files(ana: Person, case: int) -> None:
    await ana.open(f"/casos/{case}/cadastro")
    saved = await ana.save(0, conflict="Comprei um refrigerador que")
    assert saved.body["revision"] == 1
    for name, content, sentence in (
        (
            "conta.pdf",
            b"nada disso e um PDF",
            "não é aceito. Envie PDF, JPEG, PNG ou HEIC.",
        ),
        ("conta.pdf", b"", "Este arquivo está vazio."),
        ("conta.pdf", encrypted_pdf("segredo"), "protegido por senha"),
    ):
        refused = await ana.upload("residence", name, content)
        assert refused.status == 422
        assert sentence in refused.body["message"]
    await uploads(ana, "residence", "conta de luz.pdf", bill(NAME, "Rua João Pessoa, 120"))

    incomplete = await ana.send(ana.page.form("/cadastro"), conflict=chapters.CONFLICT)
    assert incomplete.status == 422
    assert incomplete.faults() == ["Envie seu documento de identidade."]
    assert chapters.CONFLICT in incomplete.main.text
    assert "conta de luz.pdf" in incomplete.words, "what was sent before the fault is still there"

    await uploads(ana, "identity", "identidade.jpg", identity_card(NAME, chapters.CPF))
    sent = await ana.send(ana.page.form("/cadastro"), conflict=chapters.CONFLICT)
    assert sent.path == f"/casos/{case}"
    assert "Enviado" in sent.words or "triagem" in sent.words.lower()


async def triage_asks_and_accepts(
    ana: Person, marina: Person, case: int, ana_sees: Follower, post: Person
) -> None:
    assert NAME in (await marina.open("/triagem")).words
    await chapters.takes(marina, case)
    assert any(marina.page.main.every("img")), "the papers lie beside the data"
    reason = "A conta de luz é de 2024. Envie uma dos últimos três meses."
    await marina.fill(f"/casos/{case}/triagem", "/triagem/pedir", missing=["residence"], ask_reason=reason)
    told = await ana_sees.learns("documents_requested")
    assert told.text
    await post.letter(EMAIL, "O Procon precisa de algo mais")

    assert reason in (await ana.open(f"/casos/{case}/complemento")).words
    await uploads(ana, "residence", "conta nova.pdf", bill(NAME, "Rua João Pessoa, 120, casa 2"))
    supplied = await ana.send(ana.page.form(), text="Segue a conta de novembro.")
    assert supplied.path == f"/casos/{case}"
    await chapters.accepts(marina, case)
    await ana_sees.learns("registration_accepted")
    await post.letter(EMAIL, "Cadastro aceito")


async def ana_writes_through_a_restart(ana: Person, case: int, house: House, post: Person) -> str:
    """The draft outlives the server; a second browser is told of it; the complaint gets its number."""
    page = await ana.open(f"/casos/{case}/reclamacao")
    assert (await ana.save(0, facts=chapters.FACTS, wish="refund")).body["revision"] == 1
    await uploads(ana, "exhibit", "cupom.png", receipt("Estrela do Sul", "R$ 2.499,00"))
    await house.stop()
    await house.start()

    async with people(house.url, "ana, at her phone") as (phone,):
        await phone.signs_in(chapters.SECRET, EMAIL)
        page = await phone.open(f"/casos/{case}/reclamacao")
        assert chapters.FACTS in page.main.text
        assert "cupom.png" in page.words
        assert (await phone.save(1, facts=chapters.FACTS, wish="exchange")).body["revision"] == 2
    late = await ana.save(1, facts=chapters.FACTS + " Ontem liguei de novo.", wish="refund")
    assert late.status == 409
    assert (late.body["revision"], late.body["values"]["wish"]) == (2, "exchange")

    sent = await chapters.complains(ana, case)
    number = re.search(r"\b2\d{3}\.\d{6}-\d\b", sent.words)
    assert number, sent.words[:200]
    await post.letter(EMAIL, f"protocolo {number[0]}")
    return number[0]


async def the_company_is_told(
    marina: Person, paulo: Person, case: int, paulo_list: Follower, protocol: str
) -> None:
    before = await paulo.open(f"/casos/{case}")
    assert before.status == 404, "no company sees a case before it is notified"
    await marina.fill(f"/casos/{case}/notificar")
    await paulo_list.until(lambda: case in paulo_list.lists)
    assert protocol in (await paulo.open("/painel")).words
    page = await paulo.open(f"/casos/{case}")
    assert page.status == 200
    assert chapters.FACTS in page.main.text
    for hidden in (chapters.CPF, "João Pessoa", "identidade.jpg", "conta de luz.pdf"):
        assert hidden not in page.main.text
    assert len(page.links("/documentos/")) >= 1, "the exhibit is the company's to open"


async def they_negotiate(
    ana: Person, paulo: Person, case: int, ana_sees: Follower, paulo_sees: Follower
) -> None:
    await paulo.open(f"/casos/{case}")
    await uploads(paulo, "answer", "extravio.pdf", bill("Transportadora", "Registro de extravio"))
    await chapters.answers(paulo, case)
    await ana_sees.learns("company_answered")
    await ana_sees.learns("offer_made")
    page = await ana.open(f"/casos/{case}")
    assert "R$ 1.500,00" in page.words
    assert "extravio.pdf" in page.words
    await chapters.offers(ana, case, "O valor inteiro, em duas vezes", "2.499,00")
    await paulo_sees.learns("offer_countered")
    assert "R$ 2.499,00" in (await paulo.open(f"/casos/{case}")).words


async def the_invitations_came(post: Person, hearing: int, joao: Person) -> None:
    page = await joao.open(f"/audiencias/{hearing}")
    (time,) = list(page.main.every("time"))[:1]
    for email in (EMAIL, PAULO, JOAO, f"rita@{DOMAIN}"):
        letter = await post.letter(email, "Audiência por vídeo")
        page = await post.open(letter.path)
        (attached,) = page.links("/anexos/")
        calendar = icalendar.Calendar.from_ical(await post.download(attached))
        (event,) = calendar.walk("VEVENT")
        assert calendar["METHOD"] == "REQUEST"
        assert event.decoded("DTSTART") == datetime.fromisoformat(time.attributes["datetime"])
        assert str(event["URL"]).endswith(f"/audiencias/{hearing}")
        assert email in str(event["ATTENDEE"])


async def they_meet(
    ana: Person, paulo: Person, joao: Person, hearing: int, rooms: list[Place], paulo_sees: Follower
) -> None:
    anas, paulos, joaos = (room.entries[0] for room in rooms)
    assert (anas["admitted"], paulos["admitted"], joaos["admitted"]) == (False, False, True)
    await ana.open(f"/audiencias/{hearing}/teste")
    tested = await ana.ask(
        "POST", f"/audiencias/{hearing}/teste", json={"camera": "ok", "microphone": "ok", "speaker": "ok"}
    )
    assert tested.status == 204
    await ana.open(f"/audiencias/{hearing}")
    early = await ana.ask("POST", f"/audiencias/{hearing}/mensagens", data={"text": "Olá?"})
    assert (early.status, early.body["error"]) == (403, "not_admitted")

    await act(joao, hearing, f"/lugares/{anas['seat']}/admitir")
    await act(joao, hearing, f"/lugares/{paulos['seat']}/admitir")
    await chapters.opens(joao, hearing)
    await paulo_sees.learns("hearing_opened")
    await act(ana, hearing, "/mensagens", text="Boa tarde a todos.")
    await paulo_sees.learns("message_said")
    assert "Boa tarde a todos." in (await paulo.open(f"/audiencias/{hearing}")).words


async def they_agree(ana: Person, paulo: Person, joao: Person, hearing: int, ana_sees: Follower) -> None:
    await chapters.writes(joao, hearing, "As partes conversaram e chegaram a um acordo.\n")
    await ana_sees.learns("minutes_changed")
    assert "chegaram a um acordo" in (await ana.open(f"/audiencias/{hearing}")).words
    await chapters.put_aside(joao, hearing)
    await ana_sees.learns("clause_withdrawn")
    await chapters.proposes(paulo, hearing)
    await ana_sees.learns("clause_proposed")
    page = await ana.open(f"/audiencias/{hearing}")
    assert "A empresa obriga-se a restituir o valor de R$ 2.499,00, em 2 parcelas mensais" in page.words

    await joao.open(f"/audiencias/{hearing}")
    early = await joao.act("/texto/fechar", outcome="full_agreement")
    assert (early.status, early.body["error"]) == (409, "clauses_open")
    await act(ana, hearing, chapters.acceptance(page))
    await act(joao, hearing, "/texto/fechar", outcome="full_agreement")
    await ana_sees.learns("text_frozen")


async def they_sign(ana: Person, paulo: Person, joao: Person, hearing: int, post: Person) -> None:
    await chapters.signs(ana, post, hearing, EMAIL)
    await chapters.signs(paulo, post, hearing, PAULO)
    await joao.open(f"/audiencias/{hearing}")
    early = await joao.ask("POST", f"/audiencias/{hearing}/encerrar")
    assert (early.status, early.body["error"]) == (409, "signatures_missing")
    wrong = await joao.act("/assinatura", code="000000")
    assert (wrong.status, wrong.body["error"]) == (422, "code_wrong")
    await chapters.signs(joao, post, hearing, JOAO)
    await act(joao, hearing, "/encerrar")


async def the_paper_is_the_same_for_all(
    ana: Person, paulo: Person, joao: Person, hearing: int, protocol: str, post: Person
) -> None:
    papers = []
    for person in (ana, paulo, joao):
        page = await person.open(f"/audiencias/{hearing}")
        papers.append(await person.download(page.links("/documentos/")[0]))
    paper = papers[0]
    assert papers == [paper] * 3
    (code_link,) = page.links("/verificar/")
    printed = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(paper))
    for words in (protocol, NAME, "chegaram a um acordo", "R$ 2.499,00", code_link.rpartition("/")[2]):
        assert words in " ".join(printed.split())
    for email in (EMAIL, PAULO, JOAO):
        letter = await post.letter(email, "Termo da audiência")
        (attached,) = (await post.open(letter.path)).links("/anexos/")
        assert await post.download(attached) == paper

    async with people(ana.site, "anybody") as (anybody,):
        known = await anybody.open(code_link)
        assert known.status == 200
        assert protocol in known.words
        assert NAME not in known.words
        assert await verdict(anybody, paper) == "authentic"
        changed = bytearray(paper)
        changed[len(paper) // 3] ^= 1
        assert await verdict(anybody, bytes(changed)) == "changed"
        await anybody.open("/verificar")
        assert await verdict(anybody, bytes(changed)) == "changed"
        assert await verdict(anybody, bill("Outro", "papel")) == "unknown"


async def verdict(person: Person, paper: bytes) -> str:
    """What the page says of a file that is dropped on it."""
    (drop,) = person.page.main.having("data-verify-url")
    answer = await person.ask("POST", drop.attributes["data-verify-url"], data=paper)
    assert answer.ok, answer
    return str(answer.body["verdict"])


async def everybody_learnt_everything(house: House, case: int, followers: list[Follower]) -> None:
    newest = await house.version(case)
    await everybody_reaches(followers, newest)
    late = []
    for follower in followers:
        assert follower.seqs == list(range(follower.since + 1, newest + 1)), follower.person.name
        late += [event.late for event in follower.learnt if event.late is not None]
    print(
        f"\n{newest} events, {len(late)} told live: median {statistics.median(late) * 1000:.0f} ms, "
        f"most {max(late) * 1000:.0f} ms after they happened"
    )
    assert late, "something was told while the pages were open, not only caught up with"


async def the_company_knows_what_it_may(paulo: Person, marina: Person, case: int) -> None:
    """Who asks from the first event on gets every number, and nothing but numbers of what is not theirs.

    That is the registration, the consumer's copy of the notice, which lacks the company's code, and the
    agency's own tasks, of which a hearing whose people come late has some.
    """
    async with Follower(paulo, case) as late, Follower(marina, case) as staff:
        await late.learns("minutes_sealed")
        newest = late.heard
        await staff.reaches(newest)
    told = [event for event in late.learnt if event.seq <= newest]
    notified = next(event.seq for event in told if event.name == "company_notified")
    tasks = [event.seq for event in staff.learnt if event.name in TASKS and event.seq <= newest]
    hidden = [event for event in told if event.name is None]
    papers = {event.seq for event in staff.learnt if event.name == "document_ready" and event.seq > notified}
    copies = papers - {event.seq for event in told if event.name == "document_ready"}
    assert len(copies) == 1, "the consumer's copy of the notice"
    assert [event.seq for event in hidden] == sorted([*range(1, notified), *copies, *tasks])
    assert all(event.text == "" for event in hidden)
