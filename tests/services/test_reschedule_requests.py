"""A party asks for another day; staff offers slots, moves it or refuses; a new one has its cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.services import reschedule_requests, scheduling, slot_offers
from app.services.booking import Booking
from app.services.diary import Hours
from app.services.scheduling import Why
from models import Case, CaseEvent, Hearing, Job, OfferedSlot, OfferedState, RescheduleRequest
from models.rules.case_machine import State
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import HearingState, Outcome
from models.rules.outcomes import Cause as NotHeld
from models.rules.people import Side, Viewer
from models.rules.rescheduling import Cause, RequestState
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.parties import HOURS, INVITE, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")

FAR = datetime(2026, 12, 14, 14, 0, tzinfo=ZONE)
REASON = "Tenho uma cirurgia marcada nesse dia."


async def _scheduled() -> tuple[Parties, int]:
    people = await make_parties(State.ANSWERED)
    return people, await _schedule(people, people.mediator)


async def _schedule(people: Parties, viewer: Viewer, at: datetime = FAR) -> int:
    booking = Booking(at, 40, people.mediator.user_id)
    return await scheduling.schedule(people.case.id, viewer, booking, now=NOW, hours=HOURS, invite=INVITE)


async def _ask(hearing: int, viewer: Viewer, now: datetime = NOW, reason: str = REASON) -> RescheduleRequest:
    await reschedule_requests.ask(hearing, viewer, reason, policy=HOURS.policy, now=now)
    return await RescheduleRequest.filter(hearing_id=hearing).order_by("-id").first()  # type: ignore[return-value]


async def _grant(request: RescheduleRequest, viewer: Viewer, now: datetime = NOW) -> list[OfferedSlot]:
    await reschedule_requests.grant(request.id, viewer, hold=False, now=now, hours=HOURS, invite=INVITE)
    return await OfferedSlot.filter(state=OfferedState.OPEN).order_by("starts_at")


async def _letters(key: str) -> list[dict[str, str]]:
    found = await Job.filter(unique_key__startswith=f"letter:{key}").values("payload")
    return [job["payload"] for job in found]


async def test_asked_granted_with_slots_and_moved_by_the_consumers_choice() -> None:
    people, hearing = await _scheduled()
    request = await _ask(hearing, people.agent)
    case = (people.case.id, Side.CONSUMER, people.consumer)
    asking = await reschedule_requests.of_case(*case, policy=HOURS.policy, now=NOW)
    assert [(one.side, one.reason) for one in asking.requests] == [(Side.COMPANY, REASON)]
    assert asking.hearing_id == hearing, "the other party may still ask for itself"
    told = {letter["to"] for letter in await _letters(f"request:{request.id}:asked")}
    assert told == {people.mediator.email, people.consumer.email}
    with pytest.raises(Refused, match="reschedule_asked"):
        await _ask(hearing, people.agent)
    with pytest.raises(Refused, match="not_yours"):
        await _grant(request, people.attendant)
    for viewer, count in ((people.mediator, 1), (people.coordinator, 1), (people.attendant, 0)):
        assert len(await reschedule_requests.waiting(viewer)) == count

    slots = await _grant(request, people.mediator)
    assert len(slots) == HOURS.policy.offers
    assert (await Hearing.get(id=hearing)).starts_at == FAR, "it stands until one is chosen"
    with pytest.raises(Refused, match="request_decided"):
        await _grant(request, people.mediator)
    await slot_offers.pick(people.case.id, people.consumer, slots[0].id, now=NOW, hours=HOURS, invite=INVITE)

    row = await Hearing.get(id=hearing)
    assert (row.starts_at, row.invitation) == (slots[0].starts_at, 1)
    assert (await RescheduleRequest.get(id=request.id)).state is RequestState.GRANTED
    event = await CaseEvent.filter(case_id=people.case.id, name="hearing_moved").get()
    assert event.facts["cause"] == Cause.COMPANY_JUSTIFIED
    letters = await _letters(f"hearing:{hearing}:1:")
    assert len(letters) == 3
    assert all("SEQUENCE:1" in letter["calendar"] for letter in letters)
    assert await OfferedSlot.filter(state=OfferedState.OPEN).count() == 0
    with pytest.raises(Refused, match="reschedule_used"):
        await _ask(hearing, people.agent)
    await _ask(hearing, people.consumer)
    assert not await reschedule_requests.waiting((await make_parties(State.ANSWERED)).mediator)


async def test_moving_the_hearing_grants_and_cancelling_it_settles() -> None:
    people, hearing = await _scheduled()
    mine, theirs = await _ask(hearing, people.consumer), await _ask(hearing, people.agent)
    booking = Booking(FAR + timedelta(days=1), 40, people.mediator.user_id)
    why = Why(Cause.CONSUMER_JUSTIFIED)
    await scheduling.move(hearing, people.mediator, booking, why, now=NOW, hours=HOURS, invite=INVITE)
    for request in (mine, theirs):
        assert (await RescheduleRequest.get(id=request.id)).state is RequestState.GRANTED
    again = await _ask(hearing, people.agent)
    await scheduling.cancel(hearing, people.mediator, "Falta de luz.", now=NOW, invite=INVITE)
    assert (await RescheduleRequest.get(id=again.id)).state is RequestState.LAPSED


async def test_refused_with_a_reason_to_both_and_slots_that_nobody_took_are_staffs_again() -> None:
    people, hearing = await _scheduled()
    request = await _ask(hearing, people.consumer)
    with pytest.raises(Invalid):
        await reschedule_requests.refuse(request.id, people.mediator, " ", now=NOW, invite=INVITE)
    why = "O documento não mostra a data da cirurgia"
    await reschedule_requests.refuse(request.id, people.mediator, why, now=NOW, invite=INVITE)
    letters = await _letters(f"request:{request.id}:refused")
    assert {letter["to"] for letter in letters} == {people.consumer.email, people.agent.email}
    assert all(f"{why}." in letter["paragraphs"][0] for letter in letters)
    assert (await Hearing.get(id=hearing)).starts_at == FAR

    request = await _ask(hearing, people.consumer)  # refused: nothing was used up
    (first, *_rest) = await _grant(request, people.coordinator)
    late = first.expires_at + timedelta(minutes=1)
    await slot_offers.expire(now=late)
    assert (await RescheduleRequest.get(id=request.id)).state is RequestState.OPEN
    assert [one["to"] for one in await _letters(f"request:{request.id}:expired")] == [people.mediator.email]
    with pytest.raises(Conflict):
        await slot_offers.pick(
            people.case.id, people.consumer, first.id, now=late, hours=HOURS, invite=INVITE
        )


async def test_who_may_not_ask_is_told_why() -> None:
    people, hearing = await _scheduled()
    before = FAR.astimezone(UTC) - timedelta(hours=HOURS.policy.ask_hours)
    for viewer, now, wrong in (
        (viewer_of(await make_user()), NOW, NotFound),
        (people.mediator, NOW, Refused),
        (people.consumer, before + timedelta(seconds=1), Refused),
    ):
        with pytest.raises(wrong):
            await _ask(hearing, viewer, now)
    for reason in ("", "não", "x" * 2001):
        with pytest.raises(Invalid):
            await _ask(hearing, people.consumer, reason=reason)
    late = await reschedule_requests.of_case(
        people.case.id, Side.CONSUMER, people.consumer, policy=HOURS.policy, now=FAR
    )
    assert (late.hearing_id, late.refused and late.refused.code) == (None, "reschedule_late")
    await _ask(hearing, people.consumer, before)
    await Hearing.filter(id=hearing).update(state=HearingState.IN_SESSION)
    with pytest.raises(Refused, match="hearing_not_now"):
        await _ask(hearing, people.agent, before)


async def _not_held(people: Parties, hearing: int, outcome: Outcome, cause: NotHeld) -> None:
    await Hearing.filter(id=hearing).update(state=HearingState.CLOSED, outcome=outcome, cause=cause)
    await Case.filter(id=people.case.id).update(state=State.HEARING_NOT_HELD)


async def test_a_new_hearing_carries_why_the_last_was_not_held_and_each_party_has_its_one() -> None:
    people, first = await _scheduled()
    await _not_held(people, first, Outcome.COMPANY_ABSENT, NotHeld.JUSTIFIED)
    second = await _schedule(people, people.mediator, FAR + timedelta(days=1))
    event = await CaseEvent.filter(case_id=people.case.id, name="hearing_scheduled").order_by("-seq").first()
    assert event is not None
    assert event.facts["after"] == {
        "hearing": first,
        "outcome": Outcome.COMPANY_ABSENT,
        "cause": NotHeld.JUSTIFIED,
        "by": [Side.COMPANY],
    }
    letters = await _letters(f"hearing:{second}:0:")
    assert all("ausência da empresa, com justificativa aceita" in one["paragraphs"][1] for one in letters)
    with pytest.raises(Refused, match="reschedule_used"):
        await _ask(second, people.agent)

    await _not_held(people, second, Outcome.CONSUMER_ABSENT, NotHeld.JUSTIFIED)
    third = await _schedule(people, people.mediator, FAR + timedelta(days=2))
    await _not_held(people, third, Outcome.COMPANY_ABSENT, NotHeld.JUSTIFIED)
    with pytest.raises(Refused, match="no_rescheduling"):
        await _schedule(people, people.mediator, FAR + timedelta(days=3))
    with pytest.raises(Refused, match="no_rescheduling"):
        await slot_offers.offer(
            people.case.id, people.attendant, hold=False, now=NOW, hours=HOURS, invite=INVITE
        )
    await _schedule(people, people.coordinator, FAR + timedelta(days=3))


async def test_what_is_set_again_by_the_rule_is_offered_at_once() -> None:
    policy = replace(HOURS.policy, offer_by_itself=frozenset({State.HEARING_NOT_HELD}))
    hours = replace(HOURS, policy=policy)
    people, hearing = await _scheduled()

    async def offers(rules: Hours = hours) -> bool:
        return await slot_offers.offer_again(hearing, now=NOW, hours=rules, invite=INVITE)

    assert not await offers(), "it is still to be held"
    await _not_held(people, hearing, Outcome.TECHNICAL_FAILURE, NotHeld.OF_CONSUMER)
    assert not await offers(HOURS), "not by this profile"
    assert await offers()
    assert not await offers(), "once"
    (slot, *_others) = await OfferedSlot.filter(state=OfferedState.OPEN).order_by("starts_at")
    await slot_offers.pick(people.case.id, people.consumer, slot.id, now=NOW, hours=hours, invite=INVITE)
    event = await CaseEvent.filter(case_id=people.case.id, name="hearing_scheduled").order_by("-seq").first()
    assert event is not None
    assert event.facts["after"]["by"] == [Side.CONSUMER]
    assert not await offers(), "the case has gone on"
