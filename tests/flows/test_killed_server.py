"""The server falls without a warning, again and again: what was answered with success is there afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from email import message_from_bytes

import aiohttp
import pytest

from app.demo.papers import bill, identity_card
from app.demo.people import DOMAIN
from app.services.letters import KIND
from models import Document, DocumentKind, Job
from tests.flows import chapters
from tests.flows.chapters import act, uploads
from tests.flows.house import House, signed_in
from tests.flows.people import Person, people
from tests.flows.sockets import Follower, Place, everybody_reaches

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ONCE = ("registration_submitted", "complaint_sent", "company_notified", "hearing_closed", "minutes_sealed")
PAPERS = (DocumentKind.RECEIPT, *[DocumentKind.NOTICE] * 2, DocumentKind.MINUTES)
PAPER = bill("Ana Souza", "Rua João Pessoa, 120")


async def test_what_was_answered_survives_a_killed_server(house: House) -> None:
    async with AsyncExitStack() as open_pages:
        names = ("ana", "marina", "paulo", "joao")
        ana, marina, paulo, joao = everybody = await open_pages.enter_async_context(people(house.url, *names))
        for person in everybody:
            await signed_in(person, person.name)
        case = await chapters.begins(ana)

        async def follow(person: Person) -> Follower:
            return await open_pages.enter_async_context(Follower(person, case))

        followers = [await follow(ana)]
        await a_draft_and_a_file(house, ana, case)
        followers.append(await follow(marina))
        await chapters.takes(marina, case)
        await chapters.accepts(marina, case)
        await a_complaint(house, ana, case)
        await followers[0].learns("document_ready")
        assert (await chapters.receipt(ana, case)).startswith(b"%PDF-")
        await a_notice_cut_short(house, marina, case)

        followers.append(await follow(paulo))
        await chapters.answers(paulo, case)
        hearing = await chapters.schedules(joao, case)
        rooms = [await open_pages.enter_async_context(Place(who, hearing)) for who in (joao, ana, paulo)]
        await an_accepted_clause(house, ana, paulo, joao, hearing, rooms)
        await an_end(house, everybody, hearing, rooms)

        await followers[0].learns("minutes_sealed")
        newest = await house.version(case)
        await everybody_reaches(followers, newest)
        for follower in followers:
            assert follower.seqs == list(range(1, newest + 1)), follower.person.name
        happened = Counter(followers[0].names())
        assert [happened[name] for name in ONCE] == [1] * len(ONCE)
        await everything_sent_once(house)
        assert house.faults() == []


async def falls(house: House) -> None:
    """SIGKILL, and a start after the claims of the fallen worker have run out."""
    await house.kill()
    await house.leases_end()
    await house.start()


async def a_draft_and_a_file(house: House, ana: Person, case: int) -> None:
    await ana.open(f"/casos/{case}/cadastro")
    await uploads(ana, "identity", "identidade.jpg", identity_card("Ana Souza", "529.982.247-25"))
    address = await uploads(ana, "residence", "conta.pdf", PAPER)
    assert (await ana.save(0, conflict=chapters.CONFLICT)).status == 200
    await falls(house)
    page = await ana.open(f"/casos/{case}/cadastro")
    assert chapters.CONFLICT in page.main.text
    assert await ana.download(address) == PAPER
    page = await ana.send(page.form("/cadastro"))
    assert page.path == f"/casos/{case}", page.faults()


async def a_complaint(house: House, ana: Person, case: int) -> None:
    """Answered, its letters and its receipt still to be made."""
    await ana.open(f"/casos/{case}/reclamacao")
    await uploads(ana, "exhibit", "pedido.pdf", PAPER)
    answer = await ana.act("/reclamacao", **chapters.complaint(ana.page))
    assert answer.status == 303
    await falls(house)
    page = await ana.open(f"/casos/{case}")
    assert chapters.FACTS in page.main.text
    assert "pedido.pdf" in page.words


async def a_notice_cut_short(house: House, marina: Person, case: int) -> None:
    """Killed before the answer: the act was done whole or not at all, and may be done again."""
    await marina.open(f"/casos/{case}/notificar")
    notifying = asyncio.create_task(marina.act("/notificar"))
    await asyncio.sleep(0.01)
    await falls(house)
    answered = (await asyncio.gather(notifying, return_exceptions=True))[0]
    assert isinstance(answered, aiohttp.ClientError) or not isinstance(answered, BaseException)
    page = await marina.open(f"/casos/{case}/notificar")
    if page.path.endswith("/notificar"):
        assert isinstance(answered, aiohttp.ClientError), "an answer of success was forgotten"
        page = await marina.send(page.form())
    assert page.path == f"/casos/{case}"


async def an_accepted_clause(
    house: House, ana: Person, paulo: Person, joao: Person, hearing: int, rooms: list[Place]
) -> None:
    """All three are in the room when the server falls; they find their seats again."""
    await act(joao, hearing, "/lugares/admitir")
    await chapters.opens(joao, hearing)
    await chapters.put_aside(joao, hearing)
    await chapters.proposes(paulo, hearing)
    await act(ana, hearing, chapters.acceptance(await ana.open(f"/audiencias/{hearing}")))
    await falls(house)
    for room in rooms:
        await room.comes_back(2)
        assert room.entries[1]["admitted"]
        assert room.entries[1]["seat"] == room.entries[0]["seat"]
        assert room.refusals == []
    page = await ana.open(f"/audiencias/{hearing}")
    assert not [form for form in page.main.every("form") if form.attributes["action"].endswith("/aceitar")]


async def an_end(house: House, everybody: list[Person], hearing: int, rooms: list[Place]) -> None:
    """Closed, its paper still to be sealed."""
    ana, post, paulo, joao = everybody  # marina reads the post
    await act(joao, hearing, "/texto/fechar", outcome="full_agreement")
    for person in (ana, paulo, joao):
        await chapters.signs(person, post, hearing, f"{person.name}@{DOMAIN}")
    await act(joao, hearing, "/encerrar")
    await falls(house)
    page = await joao.open(f"/audiencias/{hearing}")
    assert "acordo integral" in page.words.lower()


async def everything_sent_once(house: House) -> None:
    """Each paper was made once, and each letter is in the post under its one Message-ID.

    Only a letter that was in the hands of a killed worker may be there twice: its sender died between
    sending and saying so, and the same Message-ID lets mailboxes drop the second.
    """
    async with house.database():
        async with asyncio.timeout(20):
            while await Job.exists(done_at=None):  # noqa: ASYNC110  another process does them
                await asyncio.sleep(0.1)
        papers = await Document.filter(kind__in=PAPERS).values_list("kind", flat=True)
        letters = await Job.filter(kind=KIND).values("id", "attempts")
        assert not await Job.exists(failed_at__isnull=False)
    assert sorted(papers) == sorted(PAPERS)
    files = [file.read_bytes() for file in (house.data_dir / "outbox").glob("*.eml")]
    sent = Counter(str(message_from_bytes(file)["Message-ID"]) for file in files)
    assert set(sent) == {f"<letter-{letter['id']}@127.0.0.1>" for letter in letters}
    for letter in letters:
        assert sent[f"<letter-{letter['id']}@127.0.0.1>"] <= letter["attempts"]
    again = sum(sent.values()) - len(letters)
    print(f"\n{len(letters)} letters, {again} sent again by the next worker")
