"""Offers of either side, answered, withdrawn and expired, and two people acting at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.parts import Parts
from app.services import cases, codes, conduct, offer_signing, offers, scheduling
from app.services.booking import Booking
from app.services.offers import Draft
from models import (
    Case,
    CaseEvent,
    Clause,
    Hearing,
    Job,
    Obligation,
    Offer,
    OfferSignature,
    OfferState,
    Statement,
)
from models.rules.agreement import ClauseKind, ClauseState
from models.rules.case_machine import State
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.hearing import Conduct, HearingState
from models.rules.news import News
from models.rules.people import Side
from tests.factories.hearings import HOUSE
from tests.factories.offers import BROWSER, SOON, accepted, deed, offered, refund
from tests.factories.people import NOW
from tests.services.parties import HOURS, INVITE, TODAY, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")


async def test_either_side_begins_the_other_counters_and_what_is_accepted_is_booked() -> None:
    people = await make_parties(State.ANSWERED)
    first = await offered(people, people.consumer, refund(80_000))
    second = await offered(
        people, people.agent, refund(60_000, count=2), deed(), seen=first.id, note="Último."
    )
    own = await offered(people, people.agent, refund(70_000, count=2), deed(), seen=second.id)
    assert [(await Offer.get(id=one.id)).state for one in (first, second)] == ["countered", "replaced"]

    page = await cases.page(people.case.id, people.consumer)
    assert [offer.version for offer in page.offers] == [1, 2, 3]
    assert page.offers[2].changes[0].parts == ("valor: de R$ 600,00 para R$ 700,00",)
    assert page.offers[1].changes[1].before == ""
    assert page.open_offer is not None
    assert (page.open_offer.id, page.open_offer.mine) == (own.id, False)

    await accepted(people, people.consumer, own)

    case = await Case.get(id=people.case.id)
    assert (case.state, case.due_on) == (State.FULFILMENT, SOON)
    booked = await Obligation.filter(case_id=case.id).order_by("id")
    assert [(one.amount_cents, one.due_on, one.debtor) for one in booked] == [
        (35_000, SOON, "company"),
        (35_000, SOON.replace(month=SOON.month + 1), "company"),
        (None, SOON, "company"),
    ]
    assert set(await Clause.filter(offer_id=own.id).values_list("state", flat=True)) == {ClauseState.FROZEN}
    signed = await OfferSignature.filter(offer_id=own.id).order_by("id")
    assert [(one.user_id, one.method, one.address, one.text_hash) for one in signed] == [
        (people.agent.user_id, "session", BROWSER.address, own.text_hash),
        (people.consumer.user_id, "email_code", BROWSER.address, own.text_hash),
    ]
    events = await CaseEvent.filter(case_id=case.id).order_by("seq")
    assert [event.name for event in events] == [
        "offer_made",
        "offer_countered",
        "offer_made",
        "offer_accepted",
    ]
    assert all(len(event.facts["evidence"]) == 64 for event in events)
    told = await Job.filter(kind="letter").order_by("id")
    assert {job.payload["subject"].partition(":")[0]: job.payload["news"] for job in told} == {
        "Proposta de acordo": News.PROGRESS,  # what a party does by itself is news by choice
        "Acordo feito": News.LEGAL,  # what binds always goes
    }


async def test_accepting_takes_a_code_for_exactly_this_text(fake_parts: Parts) -> None:
    people = await make_parties(State.ANSWERED)
    offer = await offered(people, people.agent)
    await offer_signing.ask_code(offer, people.consumer, secret="s", now=NOW)
    letter = await Job.get(unique_key__startswith=f"letter:accept:{offer.id}")
    code = letter.payload["subject"][:6]

    async def confirm(shown: str, typed: str) -> offer_signing.Confirmed:
        return await offer_signing.confirm(
            offer.id,
            people.consumer,
            code=typed,
            shown_hash=shown,
            evidence=BROWSER,
            secret="s",
            vault=fake_parts.vault,
            now=NOW,
        )

    for shown, typed in (("0" * 64, code), (offer.text_hash, "000000" if code != "000000" else "1")):
        with pytest.raises(Refused, match="code_wrong"):
            await confirm(shown, typed)
    confirmed = await confirm(offer.text_hash, code)
    await accepted(people, people.consumer, offer, confirmed=confirmed)
    assert (await OfferSignature.get(offer_id=offer.id, role="consumer")).method == "email_code"
    with pytest.raises(Refused, match="code_wrong"):
        await codes.check(
            people.consumer.user_id,
            codes.accept_purpose(offer.id, offer.text_hash),
            code,
            secret="s",
            now=NOW,
        )


async def test_a_refusal_says_why_and_leaves_room_for_another_offer() -> None:
    people = await make_parties(State.ANSWERED)
    offer = await offered(people, people.agent)
    with pytest.raises(Invalid):
        await offers.refuse(people.case.id, people.consumer, offer.id, "  ", now=NOW, today=TODAY)

    await offers.refuse(people.case.id, people.consumer, offer.id, "Muito baixo.", now=NOW, today=TODAY)

    assert (await Offer.get(id=offer.id)).state is OfferState.REFUSED
    assert (await Statement.get()).text == "Muito baixo."
    assert (await offered(people, people.agent)).state is OfferState.OPEN


async def test_an_offer_is_withdrawn_by_its_side_alone() -> None:
    people = await make_parties(State.ANSWERED)
    offer = await offered(people, people.consumer)
    with pytest.raises(Refused, match="not_your_offer"):
        await offers.withdraw(people.case.id, people.agent, offer.id, now=NOW, today=TODAY)

    await offers.withdraw(people.case.id, people.consumer, offer.id, now=NOW, today=TODAY)

    with pytest.raises(Conflict) as caught:
        await accepted(people, people.agent, offer)
    assert caught.value.facts["text"] == "a proposta que você lia foi retirada"


async def test_the_clock_ends_an_offer_and_tells_both() -> None:
    people = await make_parties(State.ANSWERED)
    offer = await offered(people, people.agent, expires_on=TODAY + timedelta(days=2))
    assert await offers.expire(now=NOW, today=TODAY + timedelta(days=2)) == 0
    late = TODAY + timedelta(days=3)
    with pytest.raises(Refused, match="offer_expired"):
        await accepted(people, people.consumer, offer, today=late)
    await Job.all().delete()

    assert await offers.expire(now=NOW, today=late) == 1
    assert await offers.expire(now=NOW, today=late) == 0

    assert (await Offer.get(id=offer.id)).state is OfferState.EXPIRED
    assert (await CaseEvent.filter(name="offer_expired")) != []
    told = {job["payload"]["to"] for job in await Job.filter(kind="letter").values()}
    assert told == {people.consumer.email, people.agent.email}


async def test_who_acts_on_an_offer_that_changed_is_told_what_changed() -> None:
    people = await make_parties(State.ANSWERED)
    read = await offered(people, people.agent)
    await offered(people, people.agent, refund(60_000), seen=read.id)

    acts = (
        lambda: accepted(people, people.consumer, read),
        lambda: offers.refuse(people.case.id, people.consumer, read.id, "Não.", now=NOW, today=TODAY),
        lambda: offered(people, people.consumer, seen=read.id),
    )
    for act in acts:
        with pytest.raises(Conflict) as caught:
            await act()
        assert caught.value.facts["text"] == (
            f"agora vale a versão 2, de Empresa: restituir R$ 600,00, até {SOON:%d/%m/%Y} "
            "(valor: de R$ 500,00 para R$ 600,00)"
        )
    assert (await Case.get(id=people.case.id)).state is State.ANSWERED


async def test_of_two_at_once_one_wins_and_the_other_is_told() -> None:
    people = await make_parties(State.ANSWERED)
    offer = await offered(people, people.agent)

    results = await asyncio.gather(
        accepted(people, people.consumer, offer),
        offered(people, people.agent, refund(10), seen=offer.id),
        return_exceptions=True,
    )

    failures = [result for result in results if isinstance(result, Exception)]
    assert len(failures) == 1
    assert isinstance(failures[0], Conflict | Refused)
    agreed = (await Case.get(id=people.case.id)).state is State.FULFILMENT
    assert await Offer.filter(state=OfferState.OPEN).count() == (0 if agreed else 1)
    assert await Obligation.all().count() == int(agreed)


async def test_nobody_accepts_their_own_offer_and_only_power_to_settle_binds() -> None:
    people = await make_parties(State.ANSWERED)
    offer = await offered(people, people.agent)
    with pytest.raises(Refused, match="own_offer"):
        await accepted(people, people.agent, offer)
    with pytest.raises(Conflict):
        await accepted(people, people.consumer, await _renamed(offer))
    weak = await make_parties(State.ANSWERED, may_settle=False)
    with pytest.raises(Refused, match="no_power_to_settle"):
        await offered(weak, weak.agent)


async def _renamed(offer: Offer) -> Offer:
    """The same offer, read with another text."""
    other = await Offer.get(id=offer.id)
    other.text_hash = "0" * 64
    return other


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (Draft((), ""), {"clauses": "agreement_without_clauses"}),
        (Draft((replace(refund(), amount_cents=None),), ""), {"c1_amount": "required"}),
        (Draft((refund(), replace(deed(), due_on=None)), ""), {"c2_due_on": "required"}),
        (Draft((replace(deed(), text=" "),), ""), {"c1_text": "required"}),
        (Draft((refund(due_on=TODAY - timedelta(days=1)),), ""), {"c1_due_on": "date_past"}),
        (Draft((refund(),), "", TODAY - timedelta(days=1)), {"expires_on": "date_past"}),
        (Draft((refund(),), "", TODAY + timedelta(days=61)), {"expires_on": "offer_too_long"}),
    ],
)
async def test_terms_that_make_no_sense_are_named(draft: Draft, fields: dict[str, str]) -> None:
    people = await make_parties(State.ANSWERED)
    with pytest.raises(Invalid) as caught:
        await offers.preview(people.case.id, people.agent, draft, today=TODAY)
    assert caught.value.fields == fields


def test_only_an_abstention_has_no_date() -> None:
    offers.check(Draft((deed(ClauseKind.NOT_DO, due_on=None),), ""), TODAY)


async def _scheduled(people: Parties) -> int:
    starts = (NOW + timedelta(days=20)).astimezone(ZONE)
    booking = Booking(starts, 40, people.mediator.user_id, out_of_hours=True)
    return await scheduling.schedule(
        people.case.id, people.mediator, booking, now=NOW, hours=HOURS, invite=INVITE
    )


async def test_an_agreement_cancels_the_hearing_unless_it_is_being_held() -> None:
    people = await make_parties(State.ANSWERED)
    hearing_id = await _scheduled(people)
    offer = await offered(people, people.agent)
    await Hearing.filter(id=hearing_id).update(state=HearingState.IN_SESSION)
    with pytest.raises(Refused, match="hearing_running"):
        await accepted(people, people.consumer, offer)

    await Hearing.filter(id=hearing_id).update(state=HearingState.NOT_STARTED)
    await accepted(people, people.consumer, offer)

    assert (await Hearing.get(id=hearing_id)).state is HearingState.CANCELLED
    assert (await Case.get(id=people.case.id)).state is State.FULFILMENT


@pytest.mark.parametrize("refused", [False, True])
async def test_a_hearing_goes_on_from_the_last_terms(refused: bool) -> None:
    people = await make_parties(State.ANSWERED)
    hearing_id = await _scheduled(people)
    offer = await offered(people, people.agent, refund(60_000, count=2), deed())
    if refused:
        await offers.refuse(people.case.id, people.consumer, offer.id, "Pouco.", now=NOW, today=TODAY)
    at = (await Hearing.get(id=hearing_id)).starts_at

    await conduct.take(hearing_id, people.mediator, Conduct.OPEN, HOUSE, now=at)

    clauses = await Clause.filter(hearing_id=hearing_id).order_by("number")
    assert [(one.kind, one.amount_cents, one.instalments, one.state) for one in clauses] == [
        ("refund", 60_000, 2, ClauseState.PROPOSED),
        ("do", None, 1, ClauseState.PROPOSED),
    ]
    assert [one.company_accepted_at is not None for one in clauses] == [not refused] * 2
    assert not any(one.consumer_accepted_at for one in clauses)
    events = await CaseEvent.filter(case_id=people.case.id, name="clause_proposed").order_by("seq")
    assert [event.facts["offer"] for event in events] == [offer.id] * 2
    assert events[0].facts["role"] == Side.COMPANY
