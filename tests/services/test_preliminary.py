"""A call that solves a complaint, and the consumer's word on an answer."""

from __future__ import annotations

import pytest

from app.services import notices, preliminary, replies
from app.services.notices import Choice
from models import Case, CaseEvent, Job, Offer, OfferState, SolvedBy
from models.rules.case_machine import State
from models.rules.errors import Invalid, Refused
from models.rules.people import Side
from tests.factories.people import NOW
from tests.services.parties import ANSWER_TERM, make_parties

pytestmark = pytest.mark.usefixtures("database")

CALL = {"number": "0800 123 4567", "spoke_with": "Eva, SAC", "said": "Devolve o valor em cinco dias."}


async def test_what_a_call_solves_is_closed_and_told_to_the_consumer() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    case_id = people.case.id

    await preliminary.call(
        case_id, people.attendant, {"number": "0800 123 4567", "result": "no_answer"}, now=NOW
    )
    with pytest.raises(Refused, match="no_call_solved"):
        await preliminary.close_solved(case_id, people.attendant, "Devolve o valor.", now=NOW)
    await preliminary.call(case_id, people.attendant, {**CALL, "result": "solved"}, now=NOW)
    await preliminary.close_solved(case_id, people.attendant, "Devolve até 5 de dezembro.", now=NOW)

    case = await Case.get(id=case_id)
    assert (case.state, case.solved_by, case.closed_at) == (State.ARCHIVED, SolvedBy.PRELIMINARY, NOW)
    names = [event.name for event in await CaseEvent.filter(case_id=case_id).order_by("seq")]
    assert names == ["company_called", "company_called", "preliminary_solved"]
    letter = await Job.get(kind="letter")
    assert letter.payload["to"] == people.consumer.email
    assert "Devolve até 5 de dezembro." in letter.payload["paragraphs"]
    told = await preliminary.calls_of(case_id, Side.CONSUMER)
    assert [(call.caller, call.number) for call in told] == [("Procon", "")] * 2
    assert await preliminary.calls_of(case_id, Side.COMPANY) == []


async def test_an_unsolved_call_leads_to_the_cip_or_to_a_direct_opening() -> None:
    for opening, state, event in (
        ("", State.NOTIFIED, "company_notified"),
        ("Recusou por telefone e já é reincidente.", State.OPENED, "complaint_opened"),
    ):
        people = await make_parties(State.UNDER_ANALYSIS)
        await preliminary.call(people.case.id, people.attendant, {**CALL, "result": "not_solved"}, now=NOW)
        await notices.notify(
            people.case.id,
            people.attendant,
            Choice(people.company.id),
            now=NOW,
            rules=ANSWER_TERM,
            opening=opening,
        )
        case = await Case.get(id=people.case.id)
        assert (case.state, case.due_on) == (state, None)
        assert await CaseEvent.filter(case_id=case.id, name=event).exists()


async def test_a_call_without_its_words_is_refused_and_only_the_agency_calls() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    with pytest.raises(Invalid) as caught:
        await preliminary.call(people.case.id, people.attendant, {"result": "solved"}, now=NOW)
    assert set(caught.value.fields) == {"number", "spoke_with", "said"}
    with pytest.raises(Refused):
        await preliminary.call(people.case.id, people.consumer, {**CALL, "result": "solved"}, now=NOW)


async def test_the_consumer_says_that_an_answer_solves_or_not() -> None:
    solved, unsolved = await make_parties(State.ANSWERED), await make_parties(State.ANSWERED)

    await replies.confirm_solved(solved.case.id, solved.consumer, "", now=NOW)
    with pytest.raises(Invalid):
        await replies.reply(unsolved.case.id, unsolved.consumer, "Não.", now=NOW)
    await replies.reply(unsolved.case.id, unsolved.consumer, "A loja não devolveu o frete.", now=NOW)

    closed, open_ = await Case.get(id=solved.case.id), await Case.get(id=unsolved.case.id)
    assert (closed.state, closed.solved_by) == (State.ARCHIVED, SolvedBy.CIP)
    assert open_.state is State.REPLIED


async def test_an_open_offer_is_answered_before_the_case_is_called_solved() -> None:
    people = await make_parties(State.ANSWERED)
    await Offer.create(
        case_id=people.case.id,
        side=Side.COMPANY,
        author_id=people.agent.user_id,
        text="Devolvemos.",
        state=OfferState.OPEN,
        at=NOW,
    )
    with pytest.raises(Refused, match="offer_open"):
        await replies.confirm_solved(people.case.id, people.consumer, "", now=NOW)
