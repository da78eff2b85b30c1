"""What a company does in bulk and how it answers; entries of one company made one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import bulk_answers, companies, company_figures, company_merging, negotiation
from models import Case, CaseEvent, Company, Representation, Statement
from models.rules.case_machine import State
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from tests.factories.people import NOW, make_agent, make_company, viewer_of
from tests.services.parties import REPLY_RULES, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")

TEXT = "Sobre {protocolo}: {consumidor}, o reembolso sai em cinco dias."


async def _second(people: Parties, state: State) -> Case:
    """Another case of the same company."""
    other = await make_parties(state)
    await Case.filter(id=other.case.id).update(company_id=people.company.id)
    return await Case.get(id=other.case.id)


async def test_one_text_answers_many_cases_each_in_its_own_words() -> None:
    people = await make_parties(State.NOTIFIED)
    second = await _second(people, State.UNANSWERED)
    strange = await make_parties(State.NOTIFIED)
    answered = await _second(people, State.ANSWERED)
    assert {case.id for case in await bulk_answers.waiting(people.agent)} == {people.case.id, second.id}

    chosen = [people.case.id, second.id, strange.case.id, answered.id, second.id]
    done = await bulk_answers.answer(people.agent, chosen, TEXT, rules=REPLY_RULES, now=NOW)

    assert [(one.case_id, one.error) for one in done] == [
        (people.case.id, ""),
        (second.id, ""),
        (strange.case.id, "not_found"),
        (answered.id, "answered_already"),
    ]
    said = await Statement.get(case_id=people.case.id)
    assert (
        said.text == f"Sobre {people.case.protocol}: {people.consumer.name}, o reembolso sai em cinco dias."
    )
    assert await Statement.filter(case_id=strange.case.id).count() == 0
    assert await bulk_answers.waiting(people.agent) == []


async def test_nothing_is_begun_without_cases_or_words() -> None:
    people = await make_parties(State.NOTIFIED)
    with pytest.raises(Invalid) as wrong:
        await bulk_answers.answer(people.agent, [], "curto", rules=REPLY_RULES, now=NOW)
    assert wrong.value.fields == {"cases": "choice_missing", "text": "answer_length"}
    with pytest.raises(Invalid):
        await bulk_answers.answer(people.agent, list(range(51)), TEXT, rules=REPLY_RULES, now=NOW)


async def test_figures_are_read_from_the_cases() -> None:
    people = await make_parties(State.NOTIFIED)
    await Case.filter(id=people.case.id).update(notified_at=NOW - timedelta(days=6), amount_cents=12345)
    await negotiation.answer(
        people.case.id, people.agent, "O reembolso sai em cinco dias.", rules=REPLY_RULES, now=NOW
    )
    await _second(people, State.UNANSWERED)
    old = await _second(people, State.ARCHIVED)
    await Case.filter(id=old.id).update(notified_at=NOW - timedelta(days=900))

    found, lines = await company_figures.of_companies([people.company.id], ZONE, now=NOW)

    assert (found.received, found.answered, found.open, found.mean_days) == (2, 1, 2, 6)
    assert [line.protocol for line in lines][-1] == people.case.protocol
    assert await company_figures.cases_of([], ZONE, now=NOW) == ()


async def test_two_entries_become_one_and_each_case_says_so() -> None:
    people = await make_parties(State.ANSWERED)
    twin = await make_company()
    await Company.filter(id=twin.id).update(legal_name="Loja Velha Ltda.", email="velha@exemplo.com")
    await make_agent(twin)
    both = await Representation.create(
        company=twin, user_id=people.agent.user_id, power="agent", may_settle=True
    )
    moved = await make_parties(State.NOTIFIED)
    await Case.filter(id=moved.case.id).update(company_id=twin.id)

    told = await company_merging.proposed(people.company.id, twin.id, people.coordinator)
    assert (told.cases, told.people) == (1, 2)
    with pytest.raises(Refused, match="not_yours"):
        await company_merging.merge(people.company.id, twin.id, people.attendant, cases=1, now=NOW)
    with pytest.raises(Conflict, match="company_changed"):
        await company_merging.merge(people.company.id, twin.id, people.coordinator, cases=0, now=NOW)
    await company_merging.merge(people.company.id, twin.id, people.coordinator, cases=1, now=NOW)

    assert (await Case.get(id=moved.case.id)).company_id == people.company.id
    event = await CaseEvent.filter(case_id=moved.case.id).order_by("-seq").first()
    assert event is not None
    assert (event.name, event.facts["from"], event.facts["to"]) == (
        "company_merged",
        twin.cnpj,
        people.company.cnpj,
    )
    assert await Representation.filter(company_id=twin.id).count() == 0
    assert not await Representation.filter(id=both.id).exists()
    kept = await companies.file(people.company.id)
    assert "Loja Velha Ltda." in kept.other_names
    assert [hit.id for hit in await companies.search("velha")] == [people.company.id]
    assert [hit.id for hit in await companies.candidates("", twin.cnpj)] == [people.company.id]
    for act in (companies.file(twin.id), company_merging.branches(twin.id)):
        with pytest.raises(NotFound):
            await act
    with pytest.raises(NotFound):
        await company_merging.proposed(people.company.id, twin.id, people.coordinator)
    with pytest.raises(Refused, match="same_company"):
        await company_merging.proposed(people.company.id, people.company.id, people.coordinator)


async def test_branches_share_the_root_of_the_cnpj() -> None:
    first, other = await make_company(), await make_company()
    branch = await make_company()
    await Company.filter(id=branch.id).update(cnpj=first.cnpj[:8] + "000299")
    await Company.filter(id=other.id).update(cnpj="99999999000191")
    assert [one.id for one in await company_merging.branches(first.id)] == [branch.id]
    assert viewer_of(await make_agent(first), first).company_ids == (first.id,)
