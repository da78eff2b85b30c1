"""Answer, offer, counter-offer, refusal and acceptance, and two people acting at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.services import negotiation, scheduling
from app.services.booking import Booking
from app.services.negotiation import OfferTerms
from models import Case, CaseEvent, Document, DocumentKind, Hearing, Job, Offer, OfferState, Statement
from models.rules.case_machine import State
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import HearingState
from models.rules.people import Side
from tests.factories.people import NOW, make_agent, make_company, viewer_of
from tests.services.parties import HOURS, INVITE, TODAY, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")

TEXT = "A entrega atrasou por falha da transportadora."


async def _offer(people: Parties, cents: int = 50_000, seen: int | None = None) -> Offer:
    await negotiation.offer(
        people.case.id,
        people.agent,
        OfferTerms("Devolvemos o valor.", cents, 2, TODAY + timedelta(days=5)),
        seen=seen,
        now=NOW,
        today=TODAY,
    )
    return await Offer.all().order_by("-id").first()  # type: ignore[return-value]


async def _counter(people: Parties, seen: int | None) -> None:
    await negotiation.offer(
        people.case.id, people.consumer, OfferTerms("Quero mais.", 80_000), seen=seen, now=NOW, today=TODAY
    )


async def test_an_answer_takes_the_uploads_of_its_writer_along() -> None:
    people = await make_parties(State.NOTIFIED)
    mine = await _upload(people, people.agent.user_id)
    theirs = await _upload(people, people.consumer.user_id)

    await negotiation.answer(people.case.id, people.agent, f"  {TEXT}\n", now=NOW)

    case = await Case.get(id=people.case.id)
    assert (case.state, case.due_on) == (State.ANSWERED, None)
    assert (await Statement.get()).text == TEXT
    await mine.refresh_from_db()
    await theirs.refresh_from_db()
    assert (mine.attached_at, mine.sides) == (NOW, "consumer,company,staff")
    assert theirs.attached_at is None
    assert [job["payload"]["to"] for job in await Job.all().values()] == [people.consumer.email]
    await negotiation.answer(people.case.id, people.agent, "Juntamos agora o comprovante.", now=NOW)
    assert await Statement.all().count() == 2


async def _upload(people: Parties, owner: int) -> Document:
    return await Document.create(
        case=people.case,
        owner_id=owner,
        kind=DocumentKind.ANSWER,
        sides=Side.COMPANY,
        filename="nota.pdf",
        media_type="application/pdf",
        size=10,
        sha256="0" * 64,
        storage_key="k",
        at=NOW,
    )


async def test_an_answer_is_the_companys_and_long_enough() -> None:
    people = await make_parties(State.NOTIFIED)
    other = await make_company()
    stranger = viewer_of(await make_agent(other), other)

    for text in ("curto", "x" * (negotiation.TEXT_MAX + 1)):
        with pytest.raises(Invalid):
            await negotiation.answer(people.case.id, people.agent, text, now=NOW)
    with pytest.raises(Refused):
        await negotiation.answer(people.case.id, people.consumer, TEXT, now=NOW)
    with pytest.raises(NotFound):
        await negotiation.answer(people.case.id, stranger, TEXT, now=NOW)
    assert not await CaseEvent.filter(case_id=people.case.id).exists()


async def test_offer_counter_and_acceptance() -> None:
    people = await make_parties(State.ANSWERED)
    first = await _offer(people)
    await _counter(people, seen=first.id)
    counter = await Offer.get(side=Side.CONSUMER)

    await negotiation.accept(people.case.id, people.agent, counter.id, now=NOW, invite=INVITE)

    await first.refresh_from_db()
    await counter.refresh_from_db()
    assert (first.state, counter.state) == (OfferState.COUNTERED, OfferState.ACCEPTED)
    assert (await Case.get(id=people.case.id)).state is State.FULFILMENT
    events = await CaseEvent.filter(case_id=people.case.id).order_by("seq")
    assert [event.name for event in events] == ["offer_made", "offer_countered", "offer_accepted"]


async def test_a_refusal_says_why_and_leaves_room_for_another_offer() -> None:
    people = await make_parties(State.ANSWERED)
    offer = await _offer(people)
    with pytest.raises(Invalid):
        await negotiation.refuse(people.case.id, people.consumer, offer.id, "  ", now=NOW)

    await negotiation.refuse(people.case.id, people.consumer, offer.id, "Muito baixo.", now=NOW)

    await offer.refresh_from_db()
    assert offer.state is OfferState.REFUSED
    assert (await Statement.get()).text == "Muito baixo."
    assert (await _offer(people, 60_000)).state is OfferState.OPEN


async def test_who_acts_on_an_offer_that_changed_is_told() -> None:
    people = await make_parties(State.ANSWERED)
    read = await _offer(people)
    await _offer(people, 60_000, seen=read.id)

    with pytest.raises(Conflict):
        await negotiation.accept(people.case.id, people.consumer, read.id, now=NOW, invite=INVITE)
    with pytest.raises(Conflict):
        await negotiation.refuse(people.case.id, people.consumer, read.id, "Não.", now=NOW)
    with pytest.raises(Conflict):
        await _counter(people, seen=read.id)
    assert (await Case.get(id=people.case.id)).state is State.ANSWERED


async def test_of_two_at_once_one_wins_and_the_other_is_told() -> None:
    people = await make_parties(State.ANSWERED)
    offer = await _offer(people)

    results = await asyncio.gather(
        negotiation.accept(people.case.id, people.consumer, offer.id, now=NOW, invite=INVITE),
        _offer(people, 10, seen=offer.id),
        return_exceptions=True,
    )

    failures = [result for result in results if isinstance(result, Exception)]
    assert len(failures) == 1
    assert isinstance(failures[0], Conflict | Refused)
    accepted = (await Case.get(id=people.case.id)).state is State.FULFILMENT
    assert await Offer.filter(state=OfferState.OPEN).count() == (0 if accepted else 1)


async def test_nobody_accepts_their_own_offer_and_only_power_to_settle_binds() -> None:
    people = await make_parties(State.ANSWERED)
    offer = await _offer(people)
    with pytest.raises(Refused) as caught:
        await negotiation.accept(people.case.id, people.agent, offer.id, now=NOW, invite=INVITE)
    assert caught.value.code == "own_offer"

    weak = await make_parties(State.ANSWERED, may_settle=False)
    with pytest.raises(Refused) as caught:
        await _offer(weak)
    assert caught.value.code == "no_power_to_settle"


async def test_a_consumer_counters_and_does_not_begin() -> None:
    people = await make_parties(State.ANSWERED)
    with pytest.raises(Refused) as caught:
        await _counter(people, seen=None)
    assert caught.value.code == "no_offer_yet"


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        (OfferTerms(" "), {"text": "required"}),
        (OfferTerms("x", 0), {"amount": "amount_invalid"}),
        (OfferTerms("x", 100, 0), {"instalments": "instalments_invalid"}),
        (OfferTerms("x", None, 3), {"instalments": "instalments_need_amount"}),
        (OfferTerms("x", due_on=TODAY - timedelta(days=1)), {"due_on": "date_past"}),
    ],
)
async def test_terms_that_make_no_sense_are_named(terms: OfferTerms, fields: dict[str, str]) -> None:
    people = await make_parties(State.ANSWERED)
    with pytest.raises(Invalid) as caught:
        await negotiation.offer(people.case.id, people.agent, terms, seen=None, now=NOW, today=TODAY)
    assert caught.value.fields == fields


async def test_an_agreement_cancels_the_hearing_unless_it_is_being_held() -> None:
    people = await make_parties(State.ANSWERED)
    starts = (NOW + timedelta(days=20)).astimezone(ZONE)
    booking = Booking(starts, 40, people.mediator.user_id, out_of_hours=True)
    hearing_id = await scheduling.schedule(
        people.case.id, people.mediator, booking, now=NOW, hours=HOURS, invite=INVITE
    )
    offer = await _offer(people)
    await Hearing.filter(id=hearing_id).update(state=HearingState.IN_SESSION)
    with pytest.raises(Refused) as caught:
        await negotiation.accept(people.case.id, people.consumer, offer.id, now=NOW, invite=INVITE)
    assert caught.value.code == "hearing_running"

    await Hearing.filter(id=hearing_id).update(state=HearingState.NOT_STARTED)
    await negotiation.accept(people.case.id, people.consumer, offer.id, now=NOW, invite=INVITE)

    assert (await Hearing.get(id=hearing_id)).state is HearingState.CANCELLED
    assert (await Case.get(id=people.case.id)).state is State.FULFILMENT


def test_an_offer_in_one_line() -> None:
    terms = OfferTerms("Devolução", 50_000, 2, TODAY)
    assert negotiation.summary(terms) == "R$ 500,00, em 2 parcelas mensais, até 23/11/2026"
    assert negotiation.summary(OfferTerms("Troca do produto")) == "Troca do produto"
