"""Escalation by rule: after failures and silence, by the system or by a person, and never the term itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.adapters.documents import NoticeData
from app.adapters.pdf import FakePdfMaker
from app.adapters.publication_document import PublicationData
from app.jobs import rounds
from app.jobs.papers import print_notice_letter
from app.parts import Parts
from app.services import casefile, company_addresses, deliveries, escalation, notices
from app.services.companies import CompanyForm
from app.services.duties import Reckoner
from app.services.escalation import ServicePolicy
from app.services.notices import Choice
from models import Case, CaseEvent, Company, Delivery, Document, Job
from models.rules.case_machine import State
from models.rules.delivery import Channel, DeliveryStatus
from models.rules.terms import Term, due_date
from tests.factories.people import NOW, make_company
from tests.services.parties import ANSWER_TERM, OPEN_CALENDAR, TODAY, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")
ORDER = (Channel.PORTAL, Channel.EMAIL, Channel.LETTER, Channel.PUBLICATION)
BY_HAND = ServicePolicy(ORDER, frozenset())
ALONE = ServicePolicy(ORDER, frozenset(ORDER))
TERMS = {
    "awareness": Term("awareness", 5, "calendar", "teste"),
    "redelivery": Term("redelivery", 1, "business", "teste"),
}
FORM_CNPJ = "12ABC34501DE35"
ADDRESS = {
    "cep": "88801010",
    "street": "Rua Henrique Lage",
    "number": "267",
    "complement": "galpão 3",
    "district": "Comerciário",
    "city": "Criciúma",
    "uf": "SC",
}
WRITTEN = "Rua Henrique Lage, 267, galpão 3\nComerciário\n88801-010 Criciúma/SC"
FORM = CompanyForm("12.ABC.345/01DE-35", "Móveis do Vale Ltda.", email="sac@moveis.example")


async def served(form: CompanyForm | None = FORM, opening: str = "") -> Parties:
    """A notified case; without ``form``, of the company that is known."""
    people = await make_parties(State.UNDER_ANALYSIS)
    known = await Company.get_or_none(cnpj=FORM_CNPJ)
    choice = Choice(known.id if known else None) if form is None else Choice(new=form)
    case, staff = people.case.id, people.attendant
    await notices.notify(case, staff, choice, now=NOW, rules=ANSWER_TERM, opening=opening)
    return people


async def goes_on(policy: ServicePolicy, days: int = 0) -> int:
    """The rule runs, twice: the second time it changes nothing."""
    reckoner = Reckoner(TERMS, OPEN_CALENDAR, ZONE, TODAY + timedelta(days=days))
    told = await escalation.escalate(policy, reckoner, now=NOW + timedelta(days=days))
    assert await escalation.escalate(policy, reckoner, now=NOW + timedelta(days=days)) == 0
    return told


async def steps() -> list[tuple[str, str, bool]]:
    """What the record tells: the means, why, and whether the system began."""
    events = await CaseEvent.filter(name="service_escalated").order_by("id")
    return [(e.facts["channel"], e.facts["cause"], e.facts["begun"]) for e in events]


async def fails(channel: Channel) -> None:
    """The last attempt by a means comes back."""
    attempt = await Delivery.filter(channel=channel).order_by("-id").first()
    assert attempt is not None
    assert await deliveries.bounced(attempt.message_id or "", DeliveryStatus.FAILED, "", today=TODAY, now=NOW)


async def test_silence_is_borne_for_its_term_and_a_failure_not_at_all() -> None:
    people = await served()
    await Delivery.all().update(message_id="<1@x>", status=DeliveryStatus.SENT)
    last = (due_date(TERMS["awareness"], TODAY, OPEN_CALENDAR).due - TODAY).days
    assert await goes_on(BY_HAND) == 0
    assert await goes_on(BY_HAND, days=last) == 0, "the last day still counts"
    assert await goes_on(BY_HAND, days=last + 1) == 1
    assert await steps() == [("letter", "silent", False)]
    await fails(Channel.EMAIL)
    assert await goes_on(BY_HAND, days=last + 1) == 0, "the letter was asked for already"
    case = await Case.get(id=people.case.id)
    assert (case.state, case.due_on) == (State.NOTIFIED, None), "no term of the company began"
    told = await Job.filter(kind="letter", unique_key__contains="escalated:").values()
    assert [job["payload"]["to"] for job in told] == [people.attendant.email]
    assert "Não há endereço postal que sirva" in told[0]["payload"]["paragraphs"][0]


async def test_the_system_begins_what_it_can_do_alone(fake_parts: Parts) -> None:
    first = await served()
    await deliveries.begin(first.case.id, first.attendant, Channel.LETTER, "Rua A, 1", today=TODAY, now=NOW)
    await served(None)
    last = await Delivery.filter(channel=Channel.EMAIL).order_by("-id").first()
    assert last is not None
    await Delivery.filter(id=last.id).update(message_id="<2@x>", status=DeliveryStatus.SENT)
    await deliveries.bounced("<2@x>", DeliveryStatus.FAILED, "", today=TODAY, now=NOW)
    assert await goes_on(ALONE) == 1
    assert await steps() == [("letter", "failed", True)]
    letter = await Delivery.filter(channel=Channel.LETTER).order_by("-id").first()
    assert letter is not None
    assert letter.address == "Rua A, 1", "the address of the company's last letter that did not come back"
    case = await Case.get(id=(await letter.notice).case_id)
    assert (case.term_act, case.due_on) == ("awareness", None)

    await deliveries.came_to(
        await casefile.opened(case.id, None), letter, DeliveryStatus.FAILED, at=NOW, now=NOW, today=TODAY
    )
    await case.refresh_from_db()
    assert case.term_act == "redelivery"
    assert await goes_on(ALONE) == 1
    assert await goes_on(ALONE, days=9) == 1, "the other case stayed silent: it goes on too"
    assert (await steps())[1:] == [("publication", "failed", True), ("publication", "silent", True)]
    assert await goes_on(ALONE, days=99) == 0, "every means was tried: it is on the board of what is late"

    for job in await Job.filter(kind=deliveries.LETTER_JOB).order_by("id"):
        await print_notice_letter(job.id, job.payload, fake_parts)
    names = sorted(document.filename.split("-2026")[0] for document in await Document.all())
    assert names == ["carta-ar", "carta-ar", "edital", "edital"]
    assert isinstance(fake_parts.pdf, FakePdfMaker)


@pytest.mark.parametrize("opening", ["", "Há risco à saúde de quem usa o produto."])
async def test_a_company_without_any_way_is_asked_for_a_postal_address_at_once(
    opening: str, fake_parts: Parts
) -> None:
    people = await served(replace(FORM, email=""), opening)
    for _ in range(2):  # once a minute, as the profile says
        await rounds.escalate_service(fake_parts)
    assert await steps() == [("letter", "failed", False)]
    await Company.filter(cnpj=FORM_CNPJ).update(**ADDRESS)
    for _ in range(2):
        await rounds.escalate_service(fake_parts)
    assert await steps() == [("letter", "failed", False), ("letter", "failed", True)]
    (letter,) = await Delivery.all()
    assert letter.address == WRITTEN
    told = await Job.filter(kind="letter", unique_key__contains="escalated:").order_by("id").values()
    assert ["Não há endereço postal" in job["payload"]["paragraphs"][0] for job in told] == [True, False]
    assert {job["payload"]["to"] for job in told} == {people.attendant.email}


async def test_the_letter_goes_to_where_the_company_is_and_never_twice_to_where_one_came_back() -> None:
    await served(replace(FORM, address=ADDRESS))
    branch = await Company.get(cnpj=FORM_CNPJ)
    head = await make_company(cnpj="12ABC345000100", **{**ADDRESS, "number": "1", "cep": "88801000"})
    await Delivery.all().update(message_id="<1@x>", status=DeliveryStatus.SENT)
    assert await goes_on(ALONE, days=9) == 1
    assert await steps() == [("letter", "silent", True)]
    letter = await Delivery.get(channel=Channel.LETTER)
    assert letter.address == WRITTEN

    await Company.filter(id=branch.id).update(number="999")
    await letter.refresh_from_db()
    assert letter.address == WRITTEN, "the attempt keeps where it went"
    await Company.filter(id=branch.id).update(number=ADDRESS["number"])
    await Delivery.filter(id=letter.id).update(status=DeliveryStatus.FAILED)
    elsewhere = WRITTEN.replace(", 267", ", 1").replace("88801-010", "88801-000")
    assert await company_addresses.for_letter(branch) == elsewhere, "that of the head office"
    await Company.filter(id=head.id).update(street="", merged_into_id=None)
    assert await company_addresses.for_letter(branch) is None


async def test_the_gazettes_text_tells_neither_consumer_nor_facts_nor_code(fake_parts: Parts) -> None:
    people = await served()
    for channel, address in ((Channel.PUBLICATION, ""), (Channel.IN_PERSON, "Balcão")):
        await deliveries.begin(people.case.id, people.attendant, channel, address, today=TODAY, now=NOW)
    printed: list[object] = []

    class Pdf(FakePdfMaker):
        async def render(self, document: object) -> bytes:
            printed.append(document)
            return b"%PDF-1.7"

    parts = replace(fake_parts, pdf=Pdf())
    for job in await Job.filter(kind=deliveries.LETTER_JOB).order_by("id"):
        await print_notice_letter(job.id, job.payload, parts)
    gazette, slip = printed
    assert isinstance(gazette, PublicationData)
    assert isinstance(slip, NoticeData)
    assert (slip.receipt, slip.mailing) == (True, "")
    kept = {document.code for document in await Document.all()}
    assert kept == {gazette.check.code, slip.check.code}, "each paper is checked by a code of its own"
    words = " ".join(gazette.paragraphs)
    code = (await Delivery.all().first().select_related("notice")).notice.code  # type: ignore[union-attr]
    assert "12.ABC.345/01DE-35" in words
    assert people.case.protocol is not None
    assert people.case.protocol in words
    for private in (people.consumer.name, "geladeira", code):
        assert private not in words
