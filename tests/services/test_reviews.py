"""The review of a refused registration: once, in words, and decided by somebody else."""

from __future__ import annotations

import pytest

from app.services import reviews, triage
from app.services.triage import Shelf
from models import Case, CaseEvent, Job
from models.rules.case_machine import Action, State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Viewer
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")

WHY = "O contrato é com a loja, e não de trabalho: segue a nota."


async def attendant(name: str) -> Viewer:
    return viewer_of(await make_user(Role.ATTENDANT, cpf=None, name=name))


async def refused_case(by: Viewer) -> tuple[Case, Viewer]:
    consumer = await make_user()
    case = await make_case(State.IN_TRIAGE, consumer, handler_id=by.user_id, submitted_at=NOW)
    await triage.refuse(case.id, by, "not_consumer", "É uma relação de trabalho.", now=NOW)
    return case, viewer_of(consumer)


async def test_it_goes_back_to_the_queue_with_the_reason_and_without_an_end() -> None:
    by = await attendant("Ana")
    case, consumer = await refused_case(by)
    await reviews.ask(case.id, consumer, f"  {WHY} ", now=NOW)

    await case.refresh_from_db()
    assert (case.state, case.closed_at, case.handler_id) == (State.SUBMITTED, None, None)
    event = await CaseEvent.filter(case_id=case.id).order_by("-seq").first()
    assert event is not None
    assert (event.name, event.facts["text"]) == ("review_asked", WHY)
    (row,) = await triage.queue(Shelf.NEW, by)
    assert row.review
    assert [step.name for step in (await triage.desk(case.id, by)).history] == [
        "registration_refused",
        "review_asked",
    ]


async def test_who_refused_does_not_decide_the_review() -> None:
    ana, bia = await attendant("Ana"), await attendant("Bia")
    case, consumer = await refused_case(ana)
    await reviews.ask(case.id, consumer, WHY, now=NOW)

    assert (await triage.desk(case.id, ana)).own_decision
    assert not (await triage.desk(case.id, bia)).own_decision
    with pytest.raises(Refused, match="own_decision"):
        await triage.start(case.id, ana, now=NOW)
    await triage.start(case.id, bia, now=NOW)
    for decide in (
        triage.accept(case.id, ana, triage.CHECKS, now=NOW),
        triage.refuse(case.id, ana, "other", "Continua sendo trabalho.", now=NOW),
    ):
        with pytest.raises(Refused, match="own_decision"):
            await decide
    await triage.accept(case.id, bia, triage.CHECKS, now=NOW)
    assert (await Case.get(id=case.id)).state is State.ACCEPTED


async def test_a_second_refusal_is_the_last_word_and_says_so() -> None:
    ana, bia = await attendant("Ana"), await attendant("Bia")
    case, consumer = await refused_case(ana)
    first = await Job.filter(kind="letter").order_by("-id").first()
    assert first is not None
    assert "outra pessoa do Procon vai decidir" in first.payload["paragraphs"][-1]

    await reviews.ask(case.id, consumer, WHY, now=NOW)
    await triage.start(case.id, bia, now=NOW)
    await triage.refuse(case.id, bia, "not_consumer", "A nota é de serviço prestado ao patrão.", now=NOW)
    last = await Job.filter(kind="letter").order_by("-id").first()
    assert last is not None
    assert "decisão da revisão" in last.payload["paragraphs"][-1]
    with pytest.raises(Refused, match="review_used"):
        await reviews.ask(case.id, consumer, WHY, now=NOW)


async def test_it_is_the_citizens_alone_in_words_and_after_a_refusal() -> None:
    by = await attendant("Ana")
    case, consumer = await refused_case(by)
    with pytest.raises(Invalid) as wrong:
        await reviews.ask(case.id, consumer, "não", now=NOW)
    assert wrong.value.fields == {"text": "text_length"}
    with pytest.raises(NotFound):
        await reviews.ask(case.id, viewer_of(await make_user()), WHY, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await reviews.ask(case.id, by, WHY, now=NOW)
    accepted = await make_case(State.ACCEPTED, await make_user())
    with pytest.raises(Refused) as caught:
        await reviews.ask(accepted.id, viewer_of(await accepted.consumer), WHY, now=NOW)
    assert caught.value.facts["action"] is Action.ASK_REVIEW
