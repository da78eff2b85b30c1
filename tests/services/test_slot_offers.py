"""Slots offered to consumers: one of twenty gets it, the others are told what is free."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.services import case_lists, diary, scheduling, slot_offers
from app.services.booking import Booking
from app.services.duties import Reckoner, standing_of
from app.services.scheduling_words import line
from models import Case, CaseEvent, Hearing, Job, OfferedSlot, OfferedState, SlotClaim, User
from models.rules.case_machine import State
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.people import Role
from models.rules.slots import Party
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.parties import HOURS, INVITE, OPEN_CALENDAR, TODAY, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")

PEOPLE = 20
FAR = datetime(2026, 12, 14, 14, 0, tzinfo=ZONE)


async def _offer(people: Parties, *, hold: bool = False, hours: diary.Hours = HOURS) -> list[OfferedSlot]:
    await slot_offers.offer(people.case.id, people.attendant, hold=hold, now=NOW, hours=hours, invite=INVITE)
    return await OfferedSlot.filter(case_id=people.case.id, state=OfferedState.OPEN).order_by("starts_at")


async def _pick(people: Parties, offer_id: int, at: datetime = NOW) -> int:
    return await slot_offers.pick(
        people.case.id, people.consumer, offer_id, now=at, hours=HOURS, invite=INVITE
    )


async def _the_same_slot(people: Parties, mediator: int) -> int:
    row = await OfferedSlot.create(
        case_id=people.case.id,
        mediator_id=mediator,
        starts_at=FAR.astimezone(UTC),
        minutes=40,
        room=1,
        state=OfferedState.OPEN,
        offered_at=NOW,
        expires_at=NOW + timedelta(days=5),
    )
    return int(row.id)


async def test_twenty_people_take_the_same_slot_at_once() -> None:
    mediator = await make_user(Role.MEDIATOR, cpf=None)
    everybody = [await make_parties(State.ANSWERED) for _ in range(PEOPLE)]
    await User.filter(role=Role.MEDIATOR).exclude(id=mediator.id).update(disabled_at=NOW)
    offers = [await _the_same_slot(people, mediator.id) for people in everybody]

    results = await asyncio.gather(
        *(_pick(people, offer) for people, offer in zip(everybody, offers, strict=True)),
        return_exceptions=True,
    )

    hearings = await Hearing.all()
    assert len(hearings) == 1
    assert [one for one in results if isinstance(one, int)] == [hearings[0].id]
    late = [one for one in results if isinstance(one, Conflict)]
    assert len(late) == PEOPLE - 1, [one for one in results if not isinstance(one, int | Conflict)]
    taken = line(FAR, ZONE)
    for number, people in enumerate(everybody):
        error, offer = results[number], await OfferedSlot.get(id=offers[number])
        state = (await Case.get(id=people.case.id)).state
        if isinstance(error, int):
            assert (state, offer.state) == (State.HEARING_SCHEDULED, OfferedState.TAKEN)
            continue
        assert isinstance(error, Conflict)
        assert (state, offer.state) == (State.ANSWERED, OfferedState.GONE)
        free = await slot_offers.offered(people.case.id, now=NOW)
        assert len(free) == HOURS.policy.offers
        assert error.facts["free"] == "; ".join(line(slot.starts_at, ZONE) for slot in free)
        assert taken not in error.facts["free"].split("; ")
    assert await CaseEvent.filter(name="hearing_scheduled").count() == 1


async def test_what_a_latecomer_is_told_can_be_had() -> None:
    one, other = await make_parties(State.ANSWERED), await make_parties(State.UNANSWERED)
    first = await _offer(one)
    same = await _the_same_slot_as(first[0], other)
    await _pick(one, first[0].id)
    with pytest.raises(Conflict) as caught:
        await _pick(other, same)
    assert caught.value.code == "slot_gone"

    left = await slot_offers.offered(other.case.id, now=NOW)
    hearing = await Hearing.get(id=await _pick(other, left[0].id))

    assert hearing.starts_at == left[0].starts_at
    letters = [job["payload"] for job in await Job.filter(kind="letter").values("payload")]
    assert sum("METHOD:REQUEST" in letter["calendar"] for letter in letters) == 6
    assert await OfferedSlot.filter(state=OfferedState.OPEN).count() == 0


async def _the_same_slot_as(slot: OfferedSlot, people: Parties) -> int:
    row = await OfferedSlot.create(
        case_id=people.case.id,
        mediator_id=slot.mediator_id,
        starts_at=slot.starts_at,
        minutes=slot.minutes,
        room=slot.room,
        state=OfferedState.OPEN,
        offered_at=NOW,
        expires_at=slot.expires_at,
    )
    return int(row.id)


async def test_an_offer_keeps_the_notice_term_and_tells_the_consumer() -> None:
    people = await make_parties(State.ANSWERED)
    slots = await _offer(people)
    assert len(slots) == HOURS.policy.offers
    assert all(slot.starts_at.astimezone(ZONE).date() >= date(2026, 12, 14) for slot in slots)
    event = await CaseEvent.get(case_id=people.case.id)
    assert (event.name, event.sides, event.facts["slots"]) == ("slots_offered", "consumer,staff", 6)
    (job,) = await Job.filter(kind="letter").values("payload")
    assert job["payload"]["to"] == people.consumer.email
    assert line(slots[0].starts_at, ZONE) in job["payload"]["paragraphs"]

    again = await _offer(people)
    assert {slot.id for slot in again}.isdisjoint(slot.id for slot in slots), "newer offers replace the old"


async def test_a_held_slot_is_nobody_elses_until_it_lapses() -> None:
    one, other = await make_parties(State.ANSWERED), await make_parties(State.ANSWERED)
    await User.filter(id=other.mediator.user_id).update(disabled_at=NOW)
    slot = (await _offer(one, hold=True))[0]
    booking = Booking(slot.starts_at.astimezone(ZONE), 40, slot.mediator_id, short_notice=True)

    async def book() -> int:
        return await scheduling.schedule(
            other.case.id, other.coordinator, booking, now=later, hours=HOURS, invite=INVITE
        )

    later = NOW
    with pytest.raises(Invalid) as caught:
        await book()
    assert caught.value.fields == {"time": "mediator_busy"}
    later = slot.expires_at
    assert await book()
    with pytest.raises(Conflict):
        await _pick(one, slot.id, at=later)


async def test_who_holds_takes_it_and_gives_the_rest_back() -> None:
    people = await make_parties(State.ANSWERED)
    slots = await _offer(people, hold=True)
    assert await SlotClaim.filter(offered_id=slots[1].id).count() == 16
    hearing = await _pick(people, slots[0].id)
    assert await SlotClaim.exclude(hearing_id=hearing).count() == 0
    assert await SlotClaim.filter(hearing_id=hearing).count() == 8 * 3, "mediator, consumer, room"


async def test_offers_that_nobody_takes_expire_and_staff_hears_of_it() -> None:
    people = await make_parties(State.UNANSWERED)
    slots = await _offer(people, hold=True)
    last = max(slot.expires_at for slot in slots)
    reckoner = Reckoner({}, OPEN_CALENDAR, ZONE, TODAY)
    (row,) = (await case_lists.for_viewer(people.consumer)).cases
    standing = await standing_of(people.case.id, reckoner)
    assert standing is not None
    listed, written = reckoner.listed(row, Role.CONSUMER), reckoner.told(standing, Role.CONSUMER)
    assert listed == written, "the list and the letter say the same"
    assert listed.sentence.startswith(f"Escolha o horário da audiência até {last.astimezone(ZONE):%d/%m/%Y}")
    assert await slot_offers.expire(now=NOW) == 0
    assert await slot_offers.expire(now=last) == 1
    assert await slot_offers.expire(now=last) == 0
    assert await CaseEvent.filter(case_id=people.case.id, name="slots_expired").count() == 1
    assert await SlotClaim.all().count() == 0
    with pytest.raises(Conflict):
        await _pick(people, slots[0].id, at=last)


async def test_the_rule_of_the_profile_offers_by_itself_once() -> None:
    people, other = await make_parties(State.UNANSWERED), await make_parties(State.ANSWERED)
    hours = replace(HOURS, policy=replace(HOURS.policy, offer_by_itself=frozenset({State.UNANSWERED})))
    assert await slot_offers.offer_by_rule(now=NOW, hours=HOURS, invite=INVITE) == 0
    assert await slot_offers.offer_by_rule(now=NOW, hours=hours, invite=INVITE) == 1
    assert await slot_offers.offer_by_rule(now=NOW, hours=hours, invite=INVITE) == 0
    assert len(await slot_offers.offered(people.case.id, now=NOW)) == 6
    assert await slot_offers.offered(other.case.id, now=NOW) == []


async def test_who_may_offer_and_who_may_pick() -> None:
    people, stranger = await make_parties(State.ANSWERED), viewer_of(await make_user())
    slots = await _offer(people)
    for viewer, error in ((stranger, NotFound), (people.agent, Refused), (people.mediator, Refused)):
        with pytest.raises(error):
            await slot_offers.pick(people.case.id, viewer, slots[0].id, now=NOW, hours=HOURS, invite=INVITE)
    with pytest.raises(Refused):
        await slot_offers.offer(
            people.case.id, people.consumer, hold=False, now=NOW, hours=HOURS, invite=INVITE
        )
    foreign = await make_parties(State.ANSWERED)
    with pytest.raises(Conflict):
        await _pick(foreign, slots[0].id)


async def test_no_free_slot_is_said() -> None:
    people = await make_parties(State.ANSWERED)
    await User.filter(role=Role.MEDIATOR).update(disabled_at=NOW)
    with pytest.raises(Refused) as caught:
        await _offer(people)
    assert caught.value.code == "no_free_slots"
    assert await diary.free(HOURS, ZONE, Party(1, 1), now=NOW) == []
