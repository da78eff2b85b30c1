"""The ledger of a notice: refused and bounced mail, letters with a receipt, claims by code and CNPJ."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from app.adapters.errors import PermanentFailure
from app.adapters.mail import FakeMail
from app.jobs.letters import send_letter
from app.parts import Parts
from app.services import case_lists, cases, claims, deliveries, notices, sessions
from app.services.claims import ClaimForm, Verdict
from app.services.companies import CompanyForm
from app.services.deliveries import Step
from app.services.notices import Choice
from app.services.terms import TermRules
from models import (
    Case,
    Claim,
    Delivery,
    DeliveryStep,
    Document,
    DocumentKind,
    Job,
    Notice,
    Paper,
    Representation,
    User,
)
from models.rules.case_machine import State
from models.rules.delivery import Channel, DeliveryStatus
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Viewer
from models.rules.representation import KIND_OF, PaperState
from tests.factories.people import NOW, viewer_of
from tests.services.parties import ANSWER_TERM, OPEN_CALENDAR, TODAY, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")
CNPJ = "12ABC34501DE35"
ORDER = (Channel.PORTAL, Channel.EMAIL, Channel.LETTER, Channel.PUBLICATION)
S = DeliveryStatus


async def served(email: str = "sac@moveis.example") -> Parties:
    """A case whose company has no account: it was notified by e-mail, or by nothing yet."""
    people = await make_parties(State.UNDER_ANALYSIS)
    form = CompanyForm("12.ABC.345/01DE-35", "Móveis do Vale Ltda.", email=email)
    await notices.notify(people.case.id, people.attendant, Choice(new=form), now=NOW, rules=ANSWER_TERM)
    return people


async def post(parts: Parts) -> None:
    """Send the letters that wait, as the runner does."""
    for job in await Job.filter(kind="letter", done_at=None, failed_at=None).order_by("id"):
        try:
            await send_letter(job.id, job.payload, parts)
        except PermanentFailure:
            await Job.filter(id=job.id).update(failed_at=NOW)
        else:
            await Job.filter(id=job.id).update(done_at=NOW)


async def proof(people: Parties, owner: Viewer, kind: DocumentKind = DocumentKind.PROOF) -> None:
    """An upload that waits to be attached."""
    await Document.create(
        id=uuid4(),
        case_id=people.case.id,
        owner_id=owner.user_id,
        kind=kind,
        sides="staff" if kind is DocumentKind.PROOF else "company,staff",
        filename="ar.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        storage_key="x",
        at=NOW,
    )


async def test_a_company_that_nobody_can_reach_is_left_to_the_next_means() -> None:
    people = await served(email="")
    case = await Case.get(id=people.case.id)
    ledger = await deliveries.of_case(case.id, ORDER)
    assert ledger is not None
    assert (case.state, case.term_act, ledger.deliveries, ledger.next) == (
        State.NOTIFIED,
        "redelivery",
        (),
        Channel.LETTER,
    )


async def test_mail_that_was_sent_begins_no_term_and_one_that_bounces_asks_for_another_means(
    fake_parts: Parts,
) -> None:
    people = await served()
    await post(fake_parts)
    email = await Delivery.get(channel=Channel.EMAIL)
    assert email.status is S.SENT
    assert email.message_id
    case = await Case.get(id=people.case.id)
    assert (case.state, case.due_on, case.term_act) == (State.NOTIFIED, None, "awareness")

    for news in (True, False):  # the report may come twice
        found = await deliveries.bounced(email.message_id, S.FAILED, "550 5.1.1", today=TODAY, now=NOW)
        assert found is news
    await case.refresh_from_db()
    assert case.term_act == "redelivery"
    assert await Job.filter(unique_key__contains=f"undelivered:{email.id}").count() == 1
    assert not await deliveries.bounced("<other@x>", S.FAILED, "", today=TODAY, now=NOW)


async def test_an_address_that_the_server_refuses_is_a_failure_in_the_ledger(fake_parts: Parts) -> None:
    people = await served()
    assert isinstance(fake_parts.mail, FakeMail)
    fake_parts.mail.fail_with = PermanentFailure("smtp_550")
    await post(fake_parts)
    steps = await DeliveryStep.all().order_by("id")
    assert [(step.status, step.note) for step in steps] == [(S.QUEUED, ""), (S.FAILED, "smtp_550")]
    assert (await Case.get(id=people.case.id)).term_act == "redelivery"


async def test_the_term_runs_from_the_receipt_that_came_back() -> None:
    people = await served()
    case_id, staff = people.case.id, people.attendant
    with pytest.raises(Invalid) as caught:
        await deliveries.begin(case_id, staff, Channel.LETTER, "", today=TODAY, now=NOW)
    assert caught.value.fields == {"address": "required"}
    letter = await deliveries.begin(
        case_id, staff, Channel.LETTER, "Rua A, 1, 88800-000 Criciúma/SC", today=TODAY, now=NOW
    )
    assert await Job.filter(kind=deliveries.LETTER_JOB).count() == 1
    later = NOW + timedelta(days=9)
    rules = TermRules(ANSWER_TERM.term, TODAY + timedelta(days=9), OPEN_CALENDAR)
    received = TODAY + timedelta(days=4)

    async def write(status: S, on: date, tracking: str = "") -> None:
        step = Step(status, on, tracking=tracking)
        await deliveries.write_down(letter, staff, step, zone=ZONE, rules=rules, now=later)

    await write(S.SENT, TODAY, "BR123456789BR")
    with pytest.raises(Invalid) as caught:
        await write(S.DELIVERED, received)
    assert caught.value.fields == {"proof": "proof_missing"}
    with pytest.raises(Invalid):
        await write(S.DELIVERED, TODAY + timedelta(days=30))
    await proof(people, staff)
    await write(S.DELIVERED, received)

    case = await Case.get(id=case_id)
    assert (case.state, case.due_on) == (State.ACKNOWLEDGED, received + timedelta(days=10))
    notice = await Notice.get(case_id=case_id)
    assert notice.aware_at is not None
    assert (notice.due_on, notice.aware_at.astimezone(ZONE).date()) == (case.due_on, received)
    for who in (people.consumer, people.attendant):
        kinds = [file.kind for file in (await cases.page(case_id, who)).documents]
        assert DocumentKind.PROOF in kinds
    with pytest.raises(Refused):
        await write(S.FAILED, TODAY)
    with pytest.raises((Refused, NotFound)):
        await deliveries.begin(case_id, people.consumer, Channel.LETTER, "Rua", today=TODAY, now=NOW)


async def claimed(people: Parties, **changes: str) -> User:
    """Somebody takes the case over."""
    code = (await Notice.get(case_id=people.case.id)).code
    form = ClaimForm(
        **({"cnpj": CNPJ, "name": "Rui Sá", "email": "rui@m.example", "power": "agent"} | changes)
    )
    email = await claims.claim(code, form, rules=ANSWER_TERM, now=NOW)
    return await User.get(email=email)


async def seen_by(user: User) -> Viewer:
    """The person as a request of theirs is seen."""
    token = await sessions.start(user.id, now=NOW, address="", device="")
    current = await sessions.current(token, NOW)
    assert current is not None
    return current.viewer


async def test_the_code_and_the_cnpj_open_one_case_until_staff_checks_the_papers() -> None:
    people = await served()
    other = await make_parties(State.NOTIFIED)
    await Case.filter(id=other.case.id).update(company_id=(await Case.get(id=people.case.id)).company_id)
    for changes, wrong in (
        ({"cnpj": "11222333000181"}, {"cnpj": "cnpj_other"}),
        ({"email": people.consumer.email}, {"email": "email_taken"}),
        ({"power": "king", "name": ""}, {"power": "choice_missing", "name": "name_invalid"}),
    ):
        with pytest.raises(Invalid) as caught:
            await claimed(people, **changes)
        assert caught.value.fields == wrong

    rui = await claimed(people)
    await claimed(people)  # sent twice: one claim
    found = await Claim.get()
    case = await Case.get(id=people.case.id)
    assert (case.state, case.due_on) == (State.ACKNOWLEDGED, TODAY + timedelta(days=10))

    viewer = await seen_by(rui)
    page = await cases.page(case.id, viewer)
    assert (page.side, page.may_settle, page.may("answer")) == ("company", False, True)
    with pytest.raises(NotFound):
        await cases.page(other.case.id, viewer)
    assert [line.id for line in (await case_lists.for_viewer(viewer)).cases] == [case.id]

    with pytest.raises(Invalid):
        await claims.prove(case.id, viewer, now=NOW)
    await proof(people, viewer, DocumentKind.POWER)
    await claims.prove(case.id, viewer, now=NOW)
    assert DocumentKind.POWER not in [
        file.kind for file in (await cases.page(case.id, people.consumer)).documents
    ]
    assert DocumentKind.POWER in [
        file.kind for file in (await cases.page(case.id, people.attendant)).documents
    ]

    await claims.decide(
        found.id, people.attendant, Verdict(accept=True, may_settle=True), today=TODAY, now=NOW
    )
    with pytest.raises(Refused):
        await claims.decide(found.id, people.attendant, Verdict(accept=True), today=TODAY, now=NOW)
    viewer = await seen_by(rui)
    assert viewer.case_ids == ()
    assert (await cases.page(case.id, viewer)).may_settle
    paper = await Paper.get(holder_id=rui.id)
    assert (paper.state, paper.kind, paper.checked_by_id) == (
        PaperState.ACCEPTED,
        KIND_OF[found.power],
        people.attendant.user_id,
    )
    await cases.page(other.case.id, viewer)


async def test_a_refused_claim_opens_nothing_any_more() -> None:
    people = await served()
    rui = await claimed(people)
    found = await Claim.get()
    with pytest.raises(Invalid):
        await claims.decide(found.id, people.attendant, Verdict(accept=False), today=TODAY, now=NOW)
    await claims.decide(
        found.id,
        people.attendant,
        Verdict(accept=False, reason="Falta a procuração."),
        today=TODAY,
        now=NOW,
    )
    with pytest.raises(NotFound):
        await cases.page(people.case.id, await seen_by(rui))
    assert not await Representation.filter(user_id=rui.id).exists()
    assert viewer_of(rui).case_ids == ()
