"""The counter: a case for who has no e-mail, once per key, and the way home by the receipt's code."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from app.services import accounts, counter, taxonomy
from app.services.account_form import Registration
from app.services.counter import Made
from models import Attendance, Case, CaseEvent, Job, Problem, User
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Viewer
from models.rules.territory import Territory
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.parties import TODAY

pytestmark = pytest.mark.usefixtures("database")

CPF = "529.982.247-25"
KEY = "0d5a2f0e-7f7c-4c0e-9a3f-1b2c3d4e5f60"
CEPS = Territory((("88800000", "88819999"),))
SECRET = "s" * 64


async def _typed(**more: str) -> dict[str, str]:
    await taxonomy.load(TODAY)
    problem = await Problem.all().order_by("code").first()
    assert problem is not None
    return {
        "key": KEY,
        "identity_seen": "1",
        "cpf": CPF,
        "name": "José da Silva",
        "cep": "88801-500",
        "street": "Rua das Flores",
        "number": "10",
        "district": "Centro",
        "city": "Criciúma",
        "uf": "SC",
        "company_name": "Loja do Bairro",
        "problem": str(problem.id),
        "facts": "Comprei uma geladeira em outubro, paguei à vista e a loja não a entregou até hoje.",
        "occurred_on": "2026-10-10",
        "wish": "deliver",
        **more,
    }


async def _marina() -> Viewer:
    return viewer_of(await make_user(Role.ATTENDANT))


async def _open(viewer: Viewer, typed: Mapping[str, str]) -> Made:
    return await counter.open_case(viewer, typed, territory=CEPS, today=TODAY, now=NOW)


async def test_who_has_no_email_has_a_case_a_protocol_and_a_code() -> None:
    marina = await _marina()
    made = await _open(marina, await _typed())

    case = await Case.get(id=made.case_id).select_related("consumer")
    assert (case.state, case.protocol, case.handler_id) == (
        State.UNDER_ANALYSIS,
        made.protocol,
        marina.user_id,
    )
    assert (case.consumer.email, case.consumer.cpf, made.claimed) == (None, "52998224725", False)
    event = await CaseEvent.get(case_id=case.id)
    assert (event.name, event.actor_id) == ("opened_at_counter", marina.user_id)
    assert [job.kind for job in await Job.all()] == ["receipt"]  # nobody to write to
    known = await counter.find(CPF)
    assert known is not None
    assert (known.values["name"], known.has_email) == ("José da Silva", False)
    assert await counter.find("111.111.111-11") is None


async def test_the_same_key_is_one_case_one_after_another_and_at_once() -> None:
    marina, typed = await _marina(), await _typed()
    first = await _open(marina, typed)
    again = await asyncio.gather(*(_open(marina, typed) for _ in range(3)))
    assert {made.case_id for made in again} == {first.case_id}

    other = {**typed, "key": "another-key-of-a-browser"}
    at_once = await asyncio.gather(*(_open(marina, other) for _ in range(4)))
    assert len({made.case_id for made in at_once}) == 1
    assert await Case.all().count() == await Attendance.all().count() == 2
    assert await User.filter(cpf="52998224725").count() == 1


async def test_all_that_is_wrong_is_said_at_once_and_nothing_is_made() -> None:
    marina = await _marina()
    typed = await _typed(cpf="1", facts="curto", identity_seen="", problem="0", email="x")
    with pytest.raises(Invalid) as caught:
        await _open(marina, typed)
    assert set(caught.value.fields) == {"cpf", "facts", "identity_seen", "problem", "email"}
    assert not await Case.exists()


async def test_the_receipts_code_and_the_cpf_give_the_account_to_its_person() -> None:
    made = await _open(await _marina(), await _typed())
    claim = {"secret": SECRET, "now": NOW}

    with pytest.raises(NotFound):
        await counter.claim("AAAA-BBBB-CCCC", CPF, "jose@exemplo.com", "hash", **claim)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="claim_wrong"):
        await counter.claim(made.code, "153.509.460-56", "jose@exemplo.com", "hash", **claim)  # type: ignore[arg-type]
    typed = made.code.lower().replace("-", " ")
    assert await counter.claim(typed, CPF, "Jose@Exemplo.com", "hash", **claim) == "jose@exemplo.com"  # type: ignore[arg-type]

    letter = await Job.get(kind="letter")
    code = letter.payload["subject"][:6]
    user_id = await accounts.confirm_email("jose@exemplo.com", code, secret=SECRET, now=NOW)
    assert (await Case.get(id=made.case_id)).consumer_id == user_id
    assert await CaseEvent.filter(case_id=made.case_id, name="account_claimed").exists()
    with pytest.raises(Refused, match="claimed"):
        await counter.claim(made.code, CPF, "outro@exemplo.com", "hash", **claim)  # type: ignore[arg-type]
    assert not await counter.may_claim(made.code)


async def test_nobody_takes_the_account_of_the_counter_by_registering_with_its_cpf() -> None:
    made = await _open(await _marina(), await _typed())
    new = Registration(
        phone="48999990000",
        cep="88801500",
        street="Rua",
        number="1",
        complement="",
        district="Centro",
        city="Criciúma",
        uf="SC",
        name="Outra Pessoa",
        email="outra@exemplo.com",
        cpf="52998224725",
    )
    await accounts.register(new, "hash", secret=SECRET, now=NOW)

    user = await User.get(cpf="52998224725")
    assert (user.name, user.email) == ("José da Silva", None)
    letter = await Job.get(kind="letter")
    assert (letter.payload["to"], letter.payload["path"]) == ("outra@exemplo.com", "/continuar")
    assert await Case.filter(id=made.case_id, consumer_id=user.id).exists()
