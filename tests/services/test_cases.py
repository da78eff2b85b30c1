"""The page of a case cut to each side, its lists, and what staff does beside its course."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import case_lists, cases, casework, negotiation
from app.services.case_lists import Wanted
from models import Case, Company, Job, Offer
from models.rules.case_machine import Action, State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Side, Viewer
from tests.factories.cases import make_case
from tests.factories.offers import SOON, offered
from tests.factories.people import NOW, make_agent, make_company, make_user, viewer_of
from tests.services.parties import REPLY_RULES, make_parties

pytestmark = pytest.mark.usefixtures("database")


async def test_a_company_sees_the_complaint_and_nothing_of_the_registration() -> None:
    people = await make_parties(State.ANSWERED)

    page = await cases.page(people.case.id, people.agent)

    assert page.side is Side.COMPANY
    assert (page.case.consumer, page.case.facts) == (
        people.consumer.name,
        "Comprei uma geladeira que nunca chegou.",
    )
    shown = repr(page)
    user_email, address = people.consumer.email, "Rua Secreta"
    for secret in (user_email, address, "88801500", "48999990000", "Cobrança indevida"):
        assert secret not in shown
    theirs = repr(await cases.page(people.case.id, people.attendant))
    assert all(secret in theirs for secret in (user_email, address, "88801500"))


async def test_a_case_exists_only_for_its_people() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    await Case.filter(id=people.case.id).update(company_id=people.company.id)
    other = viewer_of(await make_user())
    draft = await make_case(State.DRAFT)
    for case_id, viewer in (
        (people.case.id, people.agent),  # not yet notified
        (people.case.id, other),
        (draft.id, people.coordinator),
        (999_999, people.coordinator),
    ):
        with pytest.raises(NotFound):
            await cases.page(case_id, viewer)


async def test_the_story_has_words_and_hides_what_is_not_for_a_side() -> None:
    people = await make_parties(State.NOTIFIED)
    case_id = people.case.id
    await casework.add_note(case_id, people.attendant, "Empresa reincidente.", now=NOW)
    await negotiation.answer(
        case_id, people.agent, "A entrega atrasou por falha nossa.", rules=REPLY_RULES, now=NOW
    )
    await offered(people, people.agent)

    staff = await cases.page(case_id, people.attendant)
    page = await cases.page(case_id, people.consumer)

    assert [moment.name for moment in staff.timeline] == [
        "note_added",
        "company_answered",
        "offer_made",
    ]
    assert [(moment.title, moment.text) for moment in page.timeline] == [
        ("A empresa respondeu", "A entrega atrasou por falha nossa."),
        ("Proposta de acordo apresentada", f"restituir R$ 500,00, até {SOON:%d/%m/%Y}"),
    ]
    assert "reincidente" not in repr(page)
    assert page.open_offer is not None
    assert not page.open_offer.mine
    assert page.may(Action.ACCEPT_OFFER)
    assert not page.may(Action.ANSWER)


async def test_staff_reads_as_procon_to_the_parties() -> None:
    people = await make_parties(State.FULFILMENT)
    await casework.archive(people.case.id, people.coordinator, "Acordo cumprido.", now=NOW)
    assert [moment.who for moment in (await cases.page(people.case.id, people.agent)).timeline] == ["Procon"]
    named = (await cases.page(people.case.id, people.attendant)).timeline
    assert [moment.who for moment in named] == [people.coordinator.name]


async def test_archiving_and_reopening_say_why_and_are_for_the_lead() -> None:
    people = await make_parties(State.NO_AGREEMENT)
    case_id = people.case.id
    with pytest.raises(Refused):
        await casework.archive(case_id, people.attendant, "Não.", now=NOW)
    with pytest.raises(Invalid):
        await casework.archive(case_id, people.coordinator, "  ", now=NOW)
    await casework.archive(case_id, people.coordinator, "Sem acordo.", now=NOW)
    assert (await Case.get(id=case_id)).closed_at == NOW
    await casework.reopen(case_id, people.coordinator, "Fato novo.", now=NOW)
    case = await Case.get(id=case_id)
    assert (case.state, case.closed_at) == (State.UNDER_ANALYSIS, None)
    assert await Job.filter(kind="letter").count() == 4


async def test_notes_are_written_by_staff_that_works_on_cases() -> None:
    people = await make_parties(State.NOTIFIED)
    auditor = viewer_of(await make_user(Role.AUDITOR, cpf=None))
    for viewer in (people.consumer, people.agent, auditor):
        with pytest.raises(Refused):
            await casework.add_note(people.case.id, viewer, "x", now=NOW)


async def _ids(viewer: Viewer, **wanted: object) -> list[int]:
    listing = await case_lists.for_viewer(viewer, Wanted(**wanted))  # type: ignore[arg-type]
    return [case.id for case in listing.cases]


async def test_each_person_lists_their_own() -> None:
    mine, others = await make_parties(State.ANSWERED), await make_parties(State.UNDER_ANALYSIS)
    draft = await make_case(State.DRAFT)
    both = viewer_of(await make_agent(mine.company), mine.company, others.company)

    assert await _ids(mine.consumer) == [mine.case.id]
    assert await _ids(both) == [mine.case.id]  # the other one was not notified
    assert await _ids(viewer_of(await make_agent(await make_company()))) == []
    assert set(await _ids(mine.attendant)) == {mine.case.id, others.case.id}
    assert draft.id not in await _ids(mine.coordinator)
    assert await _ids(viewer_of(await make_user(Role.GUEST, cpf=None))) == []


async def test_staff_finds_by_state_protocol_name_company_and_own() -> None:
    people, others = await make_parties(State.ANSWERED), await make_parties(State.UNDER_ANALYSIS)
    await Case.filter(id=people.case.id).update(handler_id=people.attendant.user_id)
    await Case.filter(id=others.case.id).update(company_name="Padaria 100% Boa")
    await Company.filter(id=people.company.id).update(search="12abc eletro sao jose")
    staff = people.attendant

    assert await _ids(staff, state=State.ANSWERED) == [people.case.id]
    assert await _ids(staff, mine=True) == [people.case.id]
    assert await _ids(staff, text=people.case.protocol) == [people.case.id]
    assert await _ids(staff, text=people.consumer.name.upper()) == [people.case.id]
    assert await _ids(staff, text="SÃO JOSÉ") == [people.case.id]
    assert await _ids(staff, text="ose") == []  # words are found by their beginning
    assert await _ids(staff, text="100% b") == [others.case.id]
    assert await _ids(staff, text="100_ b") == []


async def test_pages_go_on_by_key_without_a_gap_or_a_repetition() -> None:
    people = await make_parties(State.ANSWERED)
    consumer = await make_user()
    made = []
    for number in range(case_lists.PAGE + 7):
        at = NOW + timedelta(seconds=number // 3)  # several share a moment
        made.append((await make_case(State.SUBMITTED, consumer, changed_at=at)).id)
    viewer = viewer_of(consumer)

    first = await case_lists.for_viewer(viewer)
    assert first.after is not None
    second = await case_lists.for_viewer(viewer, after=first.after)

    assert len(first.cases) == case_lists.PAGE
    assert second.after is None
    assert [case.id for case in first.cases + second.cases] == sorted(made, reverse=True)
    assert people.case.id not in made
    nonsense = await case_lists.for_viewer(viewer, after="x~y")
    assert nonsense.cases[0].id == made[-1]


async def test_a_partys_list_knows_the_open_offer() -> None:
    people = await make_parties(State.ANSWERED)
    await offered(people, people.agent)
    line = (await case_lists.for_viewer(people.consumer)).cases[0]
    assert line.open_offer is Side.COMPANY
    assert line.offer_until == (await Offer.get(case_id=people.case.id)).expires_on
    assert line.company == people.company.legal_name


async def test_the_queues_count_by_state() -> None:
    for state in (State.SUBMITTED, State.SUBMITTED, State.IN_TRIAGE, State.DRAFT, State.ARCHIVED):
        await make_case(state)
    queues = await case_lists.queues()
    assert queues.of(State.SUBMITTED, State.IN_TRIAGE) == 3
    assert queues.of(State.DRAFT, State.ARCHIVED) == 0
