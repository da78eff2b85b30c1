"""The company's answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import negotiation
from app.services.terms import TermRules
from models import Case, CaseEvent, Document, DocumentKind, Job, Statement
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Side
from tests.factories.people import NOW, make_agent, make_company, viewer_of
from tests.services.parties import REPLY_RULES, TODAY, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")

TEXT = "A entrega atrasou por falha da transportadora."


async def test_an_answer_takes_the_uploads_of_its_writer_along() -> None:
    people = await make_parties(State.NOTIFIED)
    mine = await _upload(people, people.agent.user_id)
    theirs = await _upload(people, people.consumer.user_id)

    await negotiation.answer(people.case.id, people.agent, f"  {TEXT}\n", rules=REPLY_RULES, now=NOW)

    case = await Case.get(id=people.case.id)
    assert (case.state, case.due_on) == (State.ANSWERED, REPLY_RULES.running().due_on)
    assert (await Statement.get()).text == TEXT
    await mine.refresh_from_db()
    await theirs.refresh_from_db()
    assert (mine.attached_at, mine.sides) == (NOW, "consumer,company,staff")
    assert theirs.attached_at is None
    assert [job["payload"]["to"] for job in await Job.all().values()] == [people.consumer.email]
    later = TermRules(REPLY_RULES.term, TODAY + timedelta(days=3), REPLY_RULES.calendar)
    more = "Juntamos agora o comprovante."
    await negotiation.answer(people.case.id, people.agent, more, rules=later, now=NOW)
    assert await Statement.all().count() == 2
    assert (await Case.get(id=case.id)).due_on == case.due_on, "completing an answer begins no new term"


async def _upload(people: Parties, owner: int) -> Document:
    return await Document.create(
        case=people.case,
        owner_id=owner,
        kind=DocumentKind.ANSWER,
        sides=Side.COMPANY,
        filename="nota.pdf",
        media_type="application/pdf",
        size=10,
        sha256="0" * 64,
        storage_key="k",
        at=NOW,
    )


async def test_an_answer_is_the_companys_and_long_enough() -> None:
    people = await make_parties(State.NOTIFIED)
    other = await make_company()
    stranger = viewer_of(await make_agent(other), other)

    for text in ("curto", "x" * (negotiation.TEXT_MAX + 1)):
        with pytest.raises(Invalid):
            await negotiation.answer(people.case.id, people.agent, text, rules=REPLY_RULES, now=NOW)
    with pytest.raises(Refused):
        await negotiation.answer(people.case.id, people.consumer, TEXT, rules=REPLY_RULES, now=NOW)
    with pytest.raises(NotFound):
        await negotiation.answer(people.case.id, stranger, TEXT, rules=REPLY_RULES, now=NOW)
    assert not await CaseEvent.filter(case_id=people.case.id).exists()
