"""The complaint: checked as a whole, numbered without a gap, sent once."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from app.services import complaints, drafts, taxonomy
from models import Case, CaseEvent, DocumentKind, Job, Problem, User
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_agent, make_company, make_user, viewer_of
from tests.services.test_registrations import make_upload

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 11, 23)
FACTS = "Comprei um fogão em 1º de outubro, paguei à vista e ele nunca foi entregue."
CNPJ = "12ABC34501DE35"


@pytest.fixture(autouse=True)
async def problems(database: str) -> None:
    await taxonomy.load(TODAY)


async def accepted() -> tuple[Case, User]:
    user = await make_user()
    return await make_case(State.ACCEPTED, user), user


async def typed(**values: str) -> dict[str, str]:
    problem = await Problem.get(code="PR0202")
    return {
        "company_name": "Lojas do Sul",
        "problem": str(problem.id),
        "facts": FACTS,
        "occurred_on": "2026-10-01",
        "amount": "1.234,56",
        "wish": "refund",
        **values,
    }


async def send(case: Case, user: User, **values: str) -> str:
    return await complaints.send(case.id, viewer_of(user), await typed(**values), today=TODAY, now=NOW)


async def test_sending_gives_a_protocol_and_leaves_the_whole_complaint_in_the_case() -> None:
    case, user = await accepted()
    exhibit = await make_upload(case, user, DocumentKind.EXHIBIT)
    await drafts.save(case.id, "complaint", viewer_of(user), {"facts": "rascunho"}, 0, NOW)

    protocol = await send(case, user, wish_text="Em até dez dias.")

    assert protocol == "2026.000001-9"
    await case.refresh_from_db()
    assert (case.state, case.protocol, case.sent_at) == (State.UNDER_ANALYSIS, protocol, NOW)
    assert (case.facts, case.amount_cents, case.occurred_on) == (FACTS, 123456, date(2026, 10, 1))
    assert case.request == "Devolução do valor pago. Em até dez dias."
    assert (case.company_id, case.company_name) == (None, "Lojas do Sul")
    await exhibit.refresh_from_db()
    assert (exhibit.attached_at, exhibit.sides) == (NOW, "consumer,company,staff")
    event = await CaseEvent.get(case_id=case.id)
    assert event.name == "complaint_sent"
    assert event.facts["protocol"] == protocol
    kinds = {job.kind: job.payload for job in await Job.all()}
    assert kinds["receipt"] == {"case": case.id}
    assert protocol in kinds["letter"]["subject"]
    with pytest.raises(Refused):
        await send(case, user)


async def test_numbers_follow_each_other_without_a_gap_even_at_the_same_moment() -> None:
    ready = [await accepted() for _ in range(5)]

    numbers = await asyncio.gather(*(send(case, user) for case, user in ready))
    case, user = await accepted()
    with pytest.raises(Invalid):
        await send(case, user, facts="curto")
    numbers.append(await send(case, user))

    assert sorted(number[5:11] for number in numbers) == [f"{n:06d}" for n in range(1, 7)]


async def test_everything_wrong_is_said_at_once_in_the_order_of_the_page() -> None:
    case, user = await accepted()

    with pytest.raises(Invalid) as caught:
        await complaints.send(
            case.id,
            viewer_of(user),
            {"amount": "12.50", "company_cnpj": "123", "wish": "other", "occurred_on": "ontem"},
            today=TODAY,
            now=NOW,
        )

    assert list(caught.value.fields.items()) == [
        ("company_name", "company_missing"),
        ("company_cnpj", "cnpj_invalid"),
        ("problem", "choice_missing"),
        ("facts", "facts_length"),
        ("occurred_on", "date_invalid"),
        ("amount", "amount_invalid"),
        ("wish_text", "wish_length"),
    ]
    await case.refresh_from_db()
    assert case.state is State.ACCEPTED


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"occurred_on": "2026-11-24"}, "date_future"),
        ({"occurred_on": "24/11/2026"}, "date_future"),
        ({"occurred_on": "1975-01-01"}, "date_invalid"),
        ({"occurred_on": ""}, "date_invalid"),
        ({"amount": "0,00"}, "amount_invalid"),
        ({"amount": "-5"}, "amount_invalid"),
        ({"facts": "x" * 49}, "facts_length"),
        ({"facts": "x" * 8001}, "facts_length"),
        ({"problem": "0"}, "choice_missing"),
        ({"problem": "999999"}, "choice_missing"),
        ({"problem": "9" * 40}, "choice_missing"),
        ({"wish": "gold"}, "choice_missing"),
        ({"wish": "other", "wish_text": "sim"}, "wish_length"),
        ({"company_name": "x"}, "company_missing"),
        ({"company_name": "", "company_cnpj": CNPJ}, "company_missing"),
        ({"company_cnpj": "00000000000000"}, "cnpj_invalid"),
    ],
)
async def test_each_value_has_its_limit(values: dict[str, str], code: str) -> None:
    case, user = await accepted()
    with pytest.raises(Invalid) as caught:
        await send(case, user, **values)
    assert list(caught.value.fields.values()) == [code]


@pytest.mark.parametrize(
    "values",
    [
        {"occurred_on": "23/11/2026"},
        {"occurred_on": "1/9/2026"},
        {"amount": ""},
        {"amount": "R$ 10"},
        {"facts": "x" * 8000},
    ],
)
async def test_the_edges_are_accepted(values: dict[str, str]) -> None:
    case, user = await accepted()
    assert await send(case, user, **values)


async def test_a_known_company_is_linked_by_its_cnpj_and_still_sees_nothing() -> None:
    company = await make_company(cnpj=CNPJ, trade_name="Sul Móveis")
    agent = viewer_of(await make_agent(company), company)
    case, user = await accepted()

    await send(case, user, company_name="", company_cnpj="12.abc.345/01de-35")

    await case.refresh_from_db()
    assert (case.company_id, case.company_name, case.company_cnpj) == (company.id, "Sul Móveis", CNPJ)
    with pytest.raises(NotFound):
        await complaints.sheet(case.id, agent, TODAY)


async def test_the_form_is_the_citizens_at_its_time() -> None:
    case, user = await accepted()
    await make_upload(case, user, DocumentKind.EXHIBIT, filename="nota.pdf")
    await make_upload(case, user, DocumentKind.IDENTITY, attached_at=NOW)
    await drafts.save(case.id, "complaint", viewer_of(user), {"facts": "Comprei"}, 0, NOW)

    sheet = await complaints.sheet(case.id, viewer_of(user), TODAY)

    assert [file.filename for file in sheet.exhibits] == ["nota.pdf"]
    assert sheet.draft.values == {"facts": "Comprei"}
    assert len(sheet.areas) == 7
    with pytest.raises(NotFound):
        await complaints.sheet(case.id, viewer_of(await make_user(Role.ATTENDANT, cpf=None)), TODAY)
    draft = await make_case(State.DRAFT, user)
    with pytest.raises(Refused):
        await complaints.sheet(draft.id, viewer_of(user), TODAY)
