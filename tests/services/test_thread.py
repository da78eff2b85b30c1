"""The thread of a case: who may write, who is told, how far each has read, and whose files come along."""

from __future__ import annotations

import pytest

from app.services import documents, thread
from models import CaseEvent, Document, DocumentKind, Job, Statement, ThreadBookmark
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Side, Viewer
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.parties import Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")


async def _seen(people: Parties, viewer: Viewer, side: Side) -> tuple[thread.Message, ...]:
    files = await documents.of_case(people.case.id, side, viewer)
    return await thread.of_case(people.case.id, side, viewer, files)


async def _letters() -> list[str]:
    return [job["payload"]["to"] for job in await Job.filter(kind="letter").order_by("id").values()]


async def test_each_side_reads_what_the_others_write_and_is_told_once() -> None:
    people = await make_parties(State.ANSWERED)
    first = await thread.write(people.case.id, people.consumer, "  Quando vem o técnico?\n", now=NOW)
    await thread.write(people.case.id, people.consumer, "Posso na terça.", now=NOW)

    assert await _letters() == [people.agent.email], "one letter until they have looked"
    for viewer, side in ((people.agent, Side.COMPANY), (people.mediator, Side.STAFF)):
        found = await _seen(people, viewer, side)
        assert [(one.text, one.unread, one.mine) for one in found] == [
            ("Quando vem o técnico?", True, False),
            ("Posso na terça.", True, False),
        ]
    mine = await _seen(people, people.consumer, Side.CONSUMER)
    assert [(one.mine, one.unread, one.readers) for one in mine] == [(True, False, ())] * 2

    await thread.mark_read(people.case.id, people.agent, first, now=NOW)
    mine = await _seen(people, people.consumer, Side.CONSUMER)
    assert [one.readers for one in mine] == [("Empresa",), ()]
    await thread.write(people.case.id, people.consumer, "Ou na quarta.", now=NOW)
    assert len(await _letters()) == 1, "they still have one to read"

    await thread.write(people.case.id, people.agent, "Terça às 14h.", now=NOW)
    assert (await _letters())[1:] == [people.consumer.email]
    assert not any(one.unread for one in await _seen(people, people.agent, Side.COMPANY)), (
        "who writes has read"
    )
    assert await CaseEvent.filter(case_id=people.case.id, name="message_written").count() == 4


async def test_the_person_in_charge_is_told_and_may_join_in() -> None:
    people = await make_parties(State.HEARING_SCHEDULED)
    people.case.handler_id = people.attendant.user_id
    await people.case.save()
    await thread.write(people.case.id, people.agent, "Juntamos o laudo.", now=NOW)
    assert sorted(await _letters()) == sorted([people.consumer.email, people.attendant.email])
    await thread.write(people.case.id, people.mediator, "Tragam o laudo à audiência.", now=NOW)
    assert [one.side for one in await _seen(people, people.consumer, Side.CONSUMER)] == [
        Side.COMPANY,
        Side.STAFF,
    ]


async def test_files_of_a_message_are_opened_to_all_with_it() -> None:
    people = await make_parties(State.FULFILMENT)
    waiting = await Document.create(
        case=people.case,
        owner_id=people.agent.user_id,
        kind=DocumentKind.MESSAGE,
        sides=Side.COMPANY,
        filename="recibo.pdf",
        media_type="application/pdf",
        size=10,
        sha256="0" * 64,
        storage_key="k",
        at=NOW,
    )
    assert not await documents.of_case(people.case.id, Side.CONSUMER, people.consumer)
    await thread.write(people.case.id, people.agent, "Segue o recibo.", now=NOW)
    (message,) = await _seen(people, people.consumer, Side.CONSUMER)
    assert [file.id for file in message.files] == [waiting.id]


async def test_a_bookmark_never_goes_back_nor_past_the_newest() -> None:
    people = await make_parties(State.ANSWERED)
    first = await thread.write(people.case.id, people.consumer, "Um.", now=NOW)
    second = await thread.write(people.case.id, people.consumer, "Dois.", now=NOW)
    await thread.mark_read(people.case.id, people.agent, second + 1000, now=NOW)
    await thread.mark_read(people.case.id, people.agent, first, now=NOW)
    assert (await ThreadBookmark.get(user_id=people.agent.user_id)).statement_id == second
    await Statement.create(
        case=people.case, kind="answer", side=Side.COMPANY, author_id=people.agent.user_id, text="x", at=NOW
    )
    await thread.mark_read(people.case.id, people.agent, second + 1000, now=NOW)
    assert (await ThreadBookmark.get(user_id=people.agent.user_id)).statement_id == second


async def test_who_may_not_write() -> None:
    people = await make_parties(State.ANSWERED)
    auditor = viewer_of(await make_user(Role.AUDITOR, cpf=None))
    with pytest.raises(Refused, match="not_yours"):
        await thread.write(people.case.id, auditor, "Olá.", now=NOW)
    with pytest.raises(NotFound):
        await thread.write(people.case.id, viewer_of(await make_user()), "Olá.", now=NOW)
    for text in ("", "   ", "a" * (thread.TEXT_MAX + 1)):
        with pytest.raises(Invalid):
            await thread.write(people.case.id, people.consumer, text, now=NOW)
    before = await make_parties(State.UNDER_ANALYSIS)
    with pytest.raises(Refused, match="not_now"):
        await thread.write(before.case.id, before.attendant, "Olá.", now=NOW)
