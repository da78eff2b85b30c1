"""The wallet: papers sent, checked once, used everywhere, and the power that ends with them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from app.services import (
    casefile,
    cases,
    companies,
    negotiation,
    rooms,
    sessions,
    standing,
    wallet,
    wallet_checks,
    wallet_terms,
)
from app.services.wallet import NOBODY, SOMEBODY_ELSE, PaperForm
from app.services.wallet_checks import PaperVerdict
from models import CaseEvent, Hearing, Job, Paper, PaperStep, Representation, Seat, User
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.hearing import HearingState, SeatRole
from models.rules.people import Role, Viewer
from models.rules.representation import PaperAct, PaperKind, PaperState, Power
from tests.factories.people import NOW, make_agent, make_company, viewer_of
from tests.services.parties import REPLY_RULES, TODAY, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")
SOON = TODAY + timedelta(days=20)

BEFORE = (30, 7)
"""The profile's days before the end of a power."""


async def uploaded(people: Parties, viewer: Viewer | None = None) -> UUID:
    """A file that waits for its form; how bytes come in is tested with the documents of a case."""
    paper = await Paper.create(
        id=uuid4(),
        company_id=people.company.id,
        kind=PaperKind.APPOINTMENT,
        state=PaperState.DRAFT,
        owner_id=(viewer or people.agent).user_id,
        filename="carta.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        storage_key=uuid4().hex,
        at=NOW,
    )
    return UUID(str(paper.id))


async def sent(people: Parties, holder: str, kind: str = "mandate", until: date | None = SOON) -> UUID:
    """A paper that waits for its check."""
    await uploaded(people)
    form = PaperForm(kind, holder, "Beatriz Advogada", "bia@adv.example", may_settle=True, valid_until=until)
    return await wallet.send(people.company.id, people.agent, form, today=TODAY, now=NOW)


async def accepted(people: Parties, paper: UUID, *, settle: bool = True, until: date | None = SOON) -> None:
    """Staff accepts it with what was read in it."""
    verdict = PaperVerdict(accept=True, may_settle=settle, valid_until=until)
    await wallet_checks.decide(paper, people.attendant, verdict, today=TODAY, now=NOW)


async def signed_in(user_id: int, day: date = TODAY) -> Viewer:
    """The person as the session of that day sees them."""
    now = NOW + (day - TODAY)
    user = await User.get(id=user_id)
    found = await sessions.viewer_of(await sessions.start(user.id, now=now, address="", device=""), now)
    assert found is not None
    return found


async def letters() -> list[str]:
    """The subjects of what was written, oldest first."""
    return [job.payload["subject"] for job in await Job.filter(kind="letter").order_by("id")]


async def test_a_new_lawyer_is_checked_once_and_speaks_in_every_case() -> None:
    people = await make_parties(State.NOTIFIED, may_settle=False)
    other = await make_parties(State.NOTIFIED)
    paper = await sent(people, SOMEBODY_ELSE)
    assert [one.id for one in (await wallet_checks.board(TODAY, 30)).waiting] == [paper]
    with pytest.raises(Refused, match="not_yours"):
        await wallet_checks.decide(paper, people.agent, PaperVerdict(accept=True), today=TODAY, now=NOW)
    await accepted(people, paper)
    with pytest.raises(Refused, match="paper_not_now"):
        await accepted(people, paper)

    link = await Representation.get(company_id=people.company.id, user__email="bia@adv.example")
    assert (link.power, link.may_settle, link.valid_until, link.paper_id) == (
        Power.LAWYER,
        True,
        SOON,
        paper,
    )
    bia = await signed_in(link.user_id)
    assert (await cases.page(people.case.id, bia)).may_settle
    with pytest.raises(NotFound):
        await cases.page(other.case.id, bia)
    assert [step.act for step in (await wallet_checks.page(paper)).steps] == [PaperAct.SEND, PaperAct.ACCEPT]
    assert len([subject for subject in await letters() if subject.startswith("Representação conferida")]) == 2


async def test_a_form_names_all_that_is_wrong_and_keeps_the_upload() -> None:
    people = await make_parties()
    with pytest.raises(Invalid) as wrong:
        past = TODAY - timedelta(days=1)
        form = PaperForm("carta", SOMEBODY_ELSE, "", "x", valid_until=past)
        await wallet.send(people.company.id, people.agent, form, today=TODAY, now=NOW)
    assert set(wrong.value.fields) == {"paper", "kind", "name", "email", "valid_until"}
    await uploaded(people)
    with pytest.raises(Invalid) as wrong:
        form = PaperForm("mandate", NOBODY)
        await wallet.send(people.company.id, people.agent, form, today=TODAY, now=NOW)
    assert wrong.value.fields == {"holder": "holder_missing"}
    assert (await wallet.page(people.company.id, people.agent)).draft is not None
    await wallet.send(people.company.id, people.agent, PaperForm("articles", NOBODY), today=TODAY, now=NOW)
    stranger = viewer_of(await make_agent(await make_company()))
    with pytest.raises(NotFound):
        await wallet.page(people.company.id, stranger)


async def test_a_refused_paper_gives_nothing_and_tells_why() -> None:
    people = await make_parties(may_settle=False)
    paper = await sent(people, str(people.agent.user_id))
    with pytest.raises(Invalid):
        verdict = PaperVerdict(accept=False, reason="curto")
        await wallet_checks.decide(paper, people.attendant, verdict, today=TODAY, now=NOW)
    why = "A assinatura não é do administrador."
    verdict = PaperVerdict(accept=False, reason=why)
    await wallet_checks.decide(paper, people.attendant, verdict, today=TODAY, now=NOW)
    link = await Representation.get(company_id=people.company.id, user_id=people.agent.user_id)
    assert (link.may_settle, link.paper_id) == (False, None)
    (line,) = (await wallet.page(people.company.id, people.agent)).papers
    assert (line.state, line.reason) == (PaperState.REFUSED, why)
    assert (await letters())[-1].startswith("Documento de representação não aceito")


async def test_the_power_ends_with_the_paper_is_told_and_comes_back_with_another() -> None:
    people = await make_parties(State.HEARING_SCHEDULED, may_settle=False)
    agent = people.agent.user_id
    hearing = await Hearing.create(
        case=people.case,
        mediator_id=people.mediator.user_id,
        starts_at=NOW + timedelta(days=30),
        minutes=40,
        state=HearingState.NOT_STARTED,
    )
    seat = await Seat.create(hearing=hearing, user_id=agent, role=SeatRole.COMPANY, may_sign=False)
    await accepted(people, await sent(people, str(agent)))
    await tell_hearings()
    await seat.refresh_from_db()
    assert seat.may_sign

    assert await wallet_terms.warn(TODAY, BEFORE, now=NOW) == 1
    assert await wallet_terms.warn(TODAY, BEFORE, now=NOW) == 1  # once each: the letters have keys
    ending = [subject for subject in await letters() if "termina em" in subject]
    assert len(ending) == 2, "to the person, and to the company's address"
    (warned,) = await wallet.warnings(people.agent, TODAY, BEFORE)
    assert warned.company_id == people.company.id

    after = SOON + timedelta(days=1)
    later = NOW + (after - TODAY) + timedelta(hours=6)
    assert await wallet_terms.end(now=later - timedelta(days=1)) == 0, "its last day counts whole"
    assert await wallet_terms.end(now=later) == 1
    assert await wallet_terms.end(now=later) == 0
    await tell_hearings()
    await seat.refresh_from_db()
    assert not seat.may_sign
    ended = await CaseEvent.filter(case_id=people.case.id).order_by("-seq").first()
    assert ended is not None
    assert (ended.name, ended.sides) == ("representation_ended", "company,staff")

    person = await signed_in(agent, after + timedelta(days=1))
    for act in (
        cases.page(people.case.id, person),
        negotiation.answer(
            people.case.id, person, "O reembolso sai em cinco dias.", rules=REPLY_RULES, now=later
        ),
        rooms.entered(hearing.id, person),
    ):
        with pytest.raises(Refused, match="power_ended"):
            await act
    assert not (await casefile.people_of(people.case)).get("company"), (
        "nothing of the case is written to them"
    )
    assert [one.ended for one in await wallet.warnings(person, after, BEFORE)] == [True]
    board = await wallet_checks.board(after, 30)
    assert [one.valid_until for one in board.ended] == [SOON]

    await uploaded(people, person)
    form = PaperForm("mandate", str(agent), may_settle=True)
    again = await wallet.send(people.company.id, person, form, today=after, now=later)
    await wallet_checks.decide(again, people.attendant, PaperVerdict(accept=True), today=after, now=later)
    assert (await signed_in(agent, after)).company_ids == (people.company.id,)


async def tell_hearings() -> None:
    """What the runner does with the jobs of changed powers."""
    for job in await Job.filter(kind=standing.JOB, done_at=None).order_by("id"):
        await standing.tell_hearings(job.payload["link"], now=NOW)
        await Job.filter(id=job.id).update(done_at=NOW)


async def test_the_better_paper_counts_and_the_next_takes_its_place() -> None:
    people = await make_parties(may_settle=False)
    agent = str(people.agent.user_id)
    first = await sent(people, agent, "mandate")
    await accepted(people, first, until=SOON)
    await accepted(people, await sent(people, agent, "appointment", None), settle=False, until=None)
    link = await Representation.get(company_id=people.company.id, user_id=people.agent.user_id)
    assert (link.power, link.may_settle) == (Power.LAWYER, True)

    await wallet.withdraw(first, people.agent, today=TODAY, now=NOW)
    await link.refresh_from_db()
    assert (link.power, link.may_settle, link.valid_until) == (Power.AGENT, False, None)
    with pytest.raises(Refused, match="paper_not_now"):
        await wallet.withdraw(first, people.agent, today=TODAY, now=NOW)
    await companies.unlink(people.company.id, people.agent.user_id, people.coordinator, now=NOW)
    assert await Paper.filter(state=PaperState.ACCEPTED).count() == 0


async def test_a_paper_is_read_by_its_company_and_staff_and_each_reading_is_noted() -> None:
    people = await make_parties()
    paper = await sent(people, NOBODY, "articles")
    stranger = viewer_of(await make_agent(await make_company()))
    for viewer in (stranger, people.consumer):
        with pytest.raises(NotFound):
            await wallet.opened(paper, viewer, address="", now=NOW)
    for minute in (0, 5, 11):
        at = NOW + timedelta(minutes=minute)
        await wallet.opened(paper, people.attendant, address="192.0.2.1", now=at)
    readings = await PaperStep.filter(paper_id=paper, act=PaperAct.OPEN)
    assert [step.address for step in readings] == ["192.0.2.1"] * 2
    assert people.attendant.role is Role.ATTENDANT
