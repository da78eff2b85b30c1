"""The triage's queue, desk and decisions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.services import registrations, triage
from app.services.triage import Shelf
from models import Case, CaseEvent, Job, User
from models.rules.case_machine import Action, State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Viewer
from models.rules.terms import Calendar, Term
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 11, 23)
TERM = Term("consumer_documents", 10, "calendar", "teste")
REASON = "O comprovante está em nome de outra pessoa."


async def attendant(name: str = "Ana Atendente") -> Viewer:
    return viewer_of(await make_user(Role.ATTENDANT, cpf=None, name=name))


async def in_triage(viewer: Viewer, **values: object) -> tuple[Case, User]:
    consumer = await make_user()
    case = await make_case(State.IN_TRIAGE, consumer, handler_id=viewer.user_id, submitted_at=NOW, **values)
    return case, consumer


async def ask(case: Case, viewer: Viewer) -> None:
    await triage.ask(
        case.id, viewer, ["residence"], REASON, term=TERM, today=TODAY, calendar=Calendar({}), now=NOW
    )


async def test_the_queue_is_oldest_first_and_says_what_is_particular() -> None:
    viewer = await attendant()
    other = await attendant("Bia")
    young = await make_case(State.SUBMITTED, submitted_at=NOW, outside_territory=True)
    old = await make_case(State.SUBMITTED, submitted_at=NOW - timedelta(days=2), conflict="x y " * 100)
    mine = await make_case(State.IN_TRIAGE, submitted_at=NOW - timedelta(days=1), handler_id=viewer.user_id)
    theirs = await make_case(State.IN_TRIAGE, submitted_at=NOW - timedelta(hours=1), handler_id=other.user_id)
    waiting = await make_case(State.WAITING_CONSUMER, submitted_at=NOW - timedelta(days=3))
    await make_case(State.DRAFT)
    await make_case(State.ACCEPTED, submitted_at=NOW)

    async def ids(shelf: Shelf) -> list[int]:
        return [row.case_id for row in await triage.queue(shelf, viewer)]

    assert await ids(Shelf.NEW) == [old.id, young.id]
    assert await ids(Shelf.MINE) == [mine.id]
    assert await ids(Shelf.WAITING) == [waiting.id]
    assert await ids(Shelf.ALL) == [waiting.id, old.id, mine.id, theirs.id, young.id]
    assert await triage.counts(viewer) == {Shelf.NEW: 2, Shelf.MINE: 1, Shelf.WAITING: 1, Shelf.ALL: 5}
    first, last = await triage.queue(Shelf.NEW, viewer)
    assert (first.outside, last.outside) == (False, True)
    assert len(first.beginning) <= triage.BEGINNING + 1
    assert first.beginning.endswith("…")


async def test_two_attendants_cannot_take_the_same_registration() -> None:
    ana, bia = await attendant("Ana"), await attendant("Bia")
    case = await make_case(State.SUBMITTED, submitted_at=NOW)

    await triage.start(case.id, ana, now=NOW)
    with pytest.raises(Refused) as caught:
        await triage.start(case.id, bia, now=NOW)

    assert caught.value.code == "not_now"
    await case.refresh_from_db()
    assert (case.state, case.handler_id) == (State.IN_TRIAGE, ana.user_id)


async def test_asking_tells_the_citizen_what_why_and_until_when() -> None:
    viewer = await attendant()
    case, consumer = await in_triage(viewer)

    await ask(case, viewer)

    await case.refresh_from_db()
    assert (case.state, case.due_on, case.triage_note) == (
        State.WAITING_CONSUMER,
        date(2026, 12, 3),
        REASON,
    )
    assert await registrations.asked(case) == registrations.Asked(("residence",), REASON, date(2026, 12, 3))
    letter = await Job.get()
    assert letter.payload["to"] == consumer.email
    assert REASON in letter.payload["paragraphs"]
    assert letter.payload["path"] == f"/casos/{case.id}/complemento"


async def test_what_comes_back_is_marked_and_the_talk_is_kept() -> None:
    viewer = await attendant()
    case, consumer = await in_triage(viewer)
    await ask(case, viewer)
    await registrations.supply(case.id, viewer_of(consumer), "Segue a certidão.", now=NOW)

    (row,) = await triage.queue(Shelf.MINE, viewer)
    desk = await triage.desk(case.id, viewer)

    assert row.supplied
    assert [(step.name, step.text) for step in desk.history] == [
        ("documents_requested", REASON),
        ("documents_supplied", "Segue a certidão."),
    ]
    assert desk.actions == (Action.ASK_DOCUMENTS, Action.ACCEPT, Action.REFUSE)
    await ask(case, viewer)
    assert await Job.all().count() == 2, "a second request is a second letter"


async def test_after_the_term_an_unanswered_request_is_archived_told_and_reopened_by_an_answer() -> None:
    viewer = await attendant()
    case, consumer = await in_triage(viewer)
    await ask(case, viewer)
    due = date(2026, 12, 3)
    with pytest.raises(Refused, match="term_runs"):
        await triage.lapse(case.id, viewer, today=due, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await triage.lapse(case.id, viewer_of(consumer), today=due + timedelta(days=1), now=NOW)

    await triage.lapse(case.id, viewer, today=due + timedelta(days=1), now=NOW)

    await case.refresh_from_db()
    assert (case.state, case.closed_at, case.due_on) == (State.LAPSED, NOW, None)
    told = (await Job.all().order_by("-id").first()).payload  # type: ignore[union-attr]
    assert (told["to"], told["path"]) == (consumer.email, f"/casos/{case.id}/complemento")
    assert "03/12/2026" in told["paragraphs"][0]
    assert "comprovante de residência" in told["paragraphs"][0]
    assert "envie o que falta" in told["paragraphs"][-1]

    await registrations.supply(case.id, viewer_of(consumer), "Segue a certidão.", now=NOW)
    await case.refresh_from_db()
    assert (case.state, case.closed_at, case.handler_id) == (State.IN_TRIAGE, None, viewer.user_id)


async def test_accepting_needs_every_check_and_keeps_them() -> None:
    viewer = await attendant()
    case, _ = await in_triage(viewer, outside_territory=True)

    with pytest.raises(Invalid) as caught:
        await triage.accept(case.id, viewer, triage.CHECKS, now=NOW)
    assert caught.value.fields == {"checked": "checks_missing"}

    await triage.accept(case.id, viewer, [*triage.CHECKS, "territory"], now=NOW)

    await case.refresh_from_db()
    assert case.state is State.ACCEPTED
    event = await CaseEvent.get(case_id=case.id)
    assert event.facts["checked"] == ["residence", "identity", "consumer_relation", "territory"]
    assert (await Job.get()).payload["path"] == f"/casos/{case.id}/reclamacao"


async def test_refusing_needs_a_cause_and_words_and_tells_the_citizen() -> None:
    viewer = await attendant()
    case, consumer = await in_triage(viewer)

    with pytest.raises(Invalid) as caught:
        await triage.refuse(case.id, viewer, "whim", "não", now=NOW)
    assert caught.value.fields == {"cause": "choice_missing", "reason": "text_length"}

    await triage.refuse(case.id, viewer, "not_consumer", "É uma relação de trabalho.", now=NOW)

    await case.refresh_from_db()
    assert (case.state, case.closed_at) == (State.REFUSED, NOW)
    assert case.triage_note.endswith("É uma relação de trabalho.")
    letter = await Job.get()
    assert letter.payload["to"] == consumer.email
    assert "É uma relação de trabalho." in letter.payload["paragraphs"]


@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.LEGAL, Role.AUDITOR])
async def test_other_staff_reads_the_desk_and_decides_nothing(role: Role) -> None:
    case, _ = await in_triage(await attendant())
    viewer = viewer_of(await make_user(role, cpf=None))

    assert (await triage.desk(case.id, viewer)).actions == ()
    with pytest.raises(Refused) as caught:
        await triage.accept(case.id, viewer, triage.CHECKS, now=NOW)
    assert caught.value.code == "not_yours"


async def test_the_desk_is_for_staff_and_shows_no_draft() -> None:
    viewer = await attendant()
    case, consumer = await in_triage(viewer)
    draft = await make_case(State.DRAFT)

    for case_id, who in ((case.id, viewer_of(consumer)), (draft.id, viewer)):
        with pytest.raises(NotFound):
            await triage.desk(case_id, who)
