"""Notifying a company, its first opening, and the passing of its term."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.services import notices, terms
from app.services.companies import CompanyForm
from app.services.notices import Choice
from app.services.terms import TermRules
from models import Case, CaseEvent, Company, Job, Notice, Representation
from models.rules.case_machine import State
from models.rules.delivery import Channel
from models.rules.errors import Invalid, NotFound, Refused
from tests.factories.people import NOW
from tests.services.parties import ANSWER_TERM, OPEN_CALENDAR, TODAY, make_parties

pytestmark = pytest.mark.usefixtures("database")


async def _names(case_id: int) -> list[str]:
    return [event.name for event in await CaseEvent.filter(case_id=case_id).order_by("seq")]


async def test_the_notice_starts_the_term_and_tells_all() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)

    code = await notices.notify(
        people.case.id, people.attendant, Choice(people.company.id), now=NOW, rules=ANSWER_TERM
    )

    case = await Case.get(id=people.case.id)
    assert (case.state, case.company_id, case.notified_at) == (State.NOTIFIED, people.company.id, NOW)
    assert (case.due_on, case.term_act, case.term_start) == (None, "awareness", TODAY)
    assert "10 dias corridos, contados da ciência da notificação" in case.due_explanation
    assert case.handler_id == people.attendant.user_id
    letters = {job["payload"]["to"]: job["payload"] for job in await Job.filter(kind="letter").values()}
    assert set(letters) == {people.agent.email, people.company.email, people.consumer.email}
    assert letters[people.agent.email]["path"] == f"/notificacao/{code}"
    assert await Job.filter(kind=notices.JOB).count() == 1


async def test_a_company_of_no_register_is_entered_with_the_notice() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    form = CompanyForm("12.ABC.345/01DE-35", "Móveis do Vale Ltda.", email="sac@moveis.example")

    await notices.notify(people.case.id, people.attendant, Choice(new=form), now=NOW, rules=ANSWER_TERM)

    company = await Company.get(cnpj="12ABC34501DE35")
    assert (await Case.get(id=people.case.id)).company_id == company.id
    assert (await Notice.get(case_id=people.case.id)).channel == Channel.EMAIL


async def test_what_is_wrong_with_the_company_leaves_the_case_as_it_was() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    for choice, fields in (
        (Choice(), {"company": "required"}),
        (Choice(999_999), {"company": "choice_invalid"}),
        (Choice(new=CompanyForm("11", "")), {"cnpj": "cnpj_invalid", "legal_name": "name_invalid"}),
    ):
        with pytest.raises(Invalid) as caught:
            await notices.notify(people.case.id, people.attendant, choice, now=NOW, rules=ANSWER_TERM)
        assert caught.value.fields == fields
    assert (await Case.get(id=people.case.id)).state is State.UNDER_ANALYSIS
    assert not await Company.filter(cnpj="12ABC34501DE35").exists()
    with pytest.raises(Refused):
        await notices.notify(
            people.case.id, people.consumer, Choice(people.company.id), now=NOW, rules=ANSWER_TERM
        )


async def test_only_the_companys_first_opening_counts() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    case_id = people.case.id
    await notices.notify(case_id, people.attendant, Choice(people.company.id), now=NOW, rules=ANSWER_TERM)
    later = NOW + timedelta(days=1)

    assert not await notices.opened_by(case_id, people.consumer, now=later, rules=ANSWER_TERM)
    assert await notices.opened_by(case_id, people.agent, now=later, rules=ANSWER_TERM)
    assert not await notices.opened_by(case_id, people.agent, now=later, rules=ANSWER_TERM)

    notice = await Notice.get(case_id=case_id)
    assert notice.opened_at == later
    assert notice.aware_at == later
    assert (await _names(case_id))[-2:] == ["notice_tracked", "notice_opened"]
    assert notice.due_on == TODAY + timedelta(days=10)  # as the rules of that day count
    assert (await Case.get(id=case_id)).state is State.ACKNOWLEDGED


async def test_a_notice_by_mail_alone_runs_from_its_opening() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    case_id = people.case.id
    await Representation.all().delete()
    await notices.notify(case_id, people.attendant, Choice(people.company.id), now=NOW, rules=ANSWER_TERM)
    await Representation.create(
        company=people.company, user_id=people.agent.user_id, power="agent", may_settle=True
    )
    tomorrow = TermRules(ANSWER_TERM.term, TODAY + timedelta(days=1), OPEN_CALENDAR)

    await notices.opened_by(case_id, people.agent, now=NOW + timedelta(days=1), rules=tomorrow)

    case = await Case.get(id=case_id)
    assert case.due_on == (await Notice.get(case_id=case_id)).due_on == TODAY + timedelta(days=11)


async def test_the_code_alone_tells_who_and_until_when() -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    code = await notices.notify(
        people.case.id, people.attendant, Choice(people.company.id), now=NOW, rules=ANSWER_TERM
    )

    found = await notices.by_code(code.lower().replace("-", " "))

    assert (found.case_id, found.company, found.waiting) == (people.case.id, people.company.legal_name, True)
    for wrong in ("", "AAAA-BBBB-CCCC", "x" * 300):
        with pytest.raises(NotFound):
            await notices.by_code(wrong)


async def test_a_term_passes_on_the_day_after_its_last() -> None:
    people = await make_parties(State.NOTIFIED)
    await Case.filter(id=people.case.id).update(due_on=date(2026, 12, 3))

    assert await terms.pass_terms(NOW, date(2026, 12, 3)) == 0
    assert await terms.pass_terms(NOW, date(2026, 12, 4)) == 1
    assert await terms.pass_terms(NOW, date(2026, 12, 4)) == 0

    case = await Case.get(id=people.case.id)
    assert (case.state, case.due_on) == (State.UNANSWERED, None)
    event = await CaseEvent.get(case_id=case.id)
    assert (event.name, event.actor_id) == ("term_passed", None)
    written = {job["payload"]["to"] for job in await Job.filter(kind="letter").values()}
    assert written == {people.consumer.email, people.agent.email}


async def test_an_answered_case_has_no_term_to_pass() -> None:
    people = await make_parties(State.ANSWERED)
    await Case.filter(id=people.case.id).update(due_on=date(2026, 12, 3))
    assert await terms.pass_terms(NOW, date(2027, 1, 1)) == 0
