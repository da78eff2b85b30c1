"""Attendances without a case: question and answer with a rating, forwarding with its review, referrals."""

from __future__ import annotations

import pytest

from app.services import attendance_view, attendances
from app.services.attendance_view import Shelf
from app.services.attendances import Person
from models import Attendance, Job
from models.rules.attendance import Act, Channel, Kind, Stage
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Viewer
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")

QUESTION = "A loja pode cobrar pela troca de um presente com defeito?"
ANSWER = "Não: o conserto de um vício é por conta de quem vendeu (CDC, art. 18)."


async def _viewer(role: Role) -> Viewer:
    return viewer_of(await make_user(role))


async def test_a_question_is_answered_by_letter_and_rated_once() -> None:
    ana, marina = await _viewer(Role.CONSUMER), await _viewer(Role.ATTENDANT)

    number = await attendances.ask(ana, f"  {QUESTION}\n", now=NOW)
    assert [line.id for line in await attendance_view.lines(marina, Shelf.WAITING)] == [number]
    await attendances.take(number, marina, now=NOW)
    await attendances.answer(number, marina, ANSWER, now=NOW)
    for stars in ("0", "6", "", "cinco"):
        with pytest.raises(Invalid):
            await attendances.rate(number, ana, stars, "", now=NOW)
    await attendances.rate(number, ana, "5", "Resolveu na hora.", now=NOW)
    with pytest.raises(Refused, match="attendance_not_now"):
        await attendances.rate(number, ana, "1", "", now=NOW)

    row = await Attendance.get(id=number)
    assert (row.kind, row.stage, row.rating) == (Kind.CONSULTATION, Stage.CLOSED, 5)
    letter = await Job.get(kind="letter")
    assert (letter.payload["to"], letter.payload["paragraphs"][0]) == (ana.email, ANSWER)
    told = await attendance_view.page(number, ana)
    assert [(done.act, done.who) for done in told.steps] == [
        (Act.TAKE, "Procon"),
        (Act.ANSWER, "Procon"),
        (Act.RATE, ana.name),
    ]


async def test_a_forwarding_has_a_body_a_reason_and_a_review_by_somebody_else() -> None:
    ana, marina = await _viewer(Role.CONSUMER), await _viewer(Role.ATTENDANT)
    helena = await _viewer(Role.COORDINATOR)
    number = await attendances.ask(ana, "Meu patrão não pagou o décimo terceiro salário.", now=NOW)
    await attendances.take(number, marina, now=NOW)

    with pytest.raises(Invalid) as caught:
        await attendances.forward(number, marina, "ninguem", "curto", now=NOW)
    assert set(caught.value.fields) == {"body", "reason"}
    reason = "Salário é relação de trabalho, não de consumo."
    await attendances.forward(number, marina, "trabalho", reason, now=NOW)
    await attendances.ask_review(number, ana, "Comprei dele também um produto com defeito.", now=NOW)
    for decide in (attendances.keep, attendances.answer):
        with pytest.raises(Refused, match="own_decision"):
            await decide(number, marina, "Mantenho o que foi decidido.", now=NOW)
    await attendances.keep(number, helena, "O produto é outro caso: registre-o como reclamação.", now=NOW)

    row = await Attendance.get(id=number)
    assert (row.kind, row.stage, row.body) == (Kind.EXTRA_PROCON, Stage.CLOSED, "trabalho")
    assert (await attendance_view.page(number, ana)).body is not None
    assert await Job.filter(kind="letter").count() == 2


async def test_who_stands_at_the_counter_needs_no_account_and_a_citizen_sees_only_their_own() -> None:
    marina, stranger = await _viewer(Role.ATTENDANT), await _viewer(Role.CONSUMER)
    with pytest.raises(Invalid) as caught:
        await attendances.begin(marina, Person("", "123", "fax"), "?", now=NOW)
    assert set(caught.value.fields) == {"name", "cpf", "channel", "question"}

    number = await attendances.begin(marina, Person("José da Silva", "", Channel.PHONE), QUESTION, now=NOW)
    await attendances.answer(number, marina, ANSWER, now=NOW)

    assert not await Job.exists()
    with pytest.raises(NotFound):
        await attendance_view.page(number, stranger)
    with pytest.raises(NotFound):
        await attendances.rate(number, stranger, "5", "", now=NOW)
    assert await attendance_view.lines(stranger) == []


async def test_referrals_and_complaints_of_the_agency_end_with_a_result() -> None:
    marina, otavio = await _viewer(Role.ATTENDANT), await _viewer(Role.LEGAL)
    facts = "Fiscal viu produtos vencidos à venda na gôndola."
    own = await attendances.ex_officio(marina, "Mercado Central", facts, now=NOW)
    told = await attendances.begin(marina, Person("José da Silva", "", Channel.COUNTER), QUESTION, now=NOW)
    await attendances.refer(
        told, marina, "Mercado Central, Rua 1", "Verificar validades na gôndola.", now=NOW
    )

    assert {line.id for line in await attendance_view.lines(otavio, Shelf.REFERRED)} == {own, told}
    with pytest.raises(Refused, match="not_for_role"):
        await attendances.conclude(own, marina, "Visita feita, auto lavrado.", now=NOW)
    await attendances.conclude(own, otavio, "Visita feita, auto lavrado.", now=NOW)
    kinds = {row["id"]: row["kind"] for row in await Attendance.all().values("id", "kind")}
    assert kinds == {own: Kind.EX_OFFICIO, told: Kind.INSPECTION}


async def test_a_citizen_has_few_open_questions() -> None:
    ana = await _viewer(Role.CONSUMER)
    for _ in range(attendances.OPEN_QUESTIONS):
        await attendances.ask(ana, QUESTION, now=NOW)
    with pytest.raises(Refused, match="too_many_questions"):
        await attendances.ask(ana, QUESTION, now=NOW)
