"""Setting a hearing: the day and the hour, the seats, the invitations, and its cancellation."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.services import agenda, scheduling
from app.services.booking import Booking
from models import Case, CaseEvent, Hearing, Job, Representation, Seat
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.hearing import HearingState, SeatRole
from tests.factories.people import NOW, make_agent
from tests.services.parties import HOURS, INVITE, TODAY, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


FAR = date(2026, 12, 14)  # a Monday, past the notice term


async def _schedule(people: Parties, starts_at: datetime, **how: object) -> int:
    booking = Booking(starts_at, 40, people.mediator.user_id, **how)  # type: ignore[arg-type]
    return await scheduling.schedule(
        people.case.id, people.mediator, booking, now=NOW, hours=HOURS, invite=INVITE
    )


async def _wrong(people: Parties, starts_at: datetime, **how: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        await _schedule(people, starts_at, **how)
    return caught.value.fields


async def test_a_hearing_gets_seats_an_event_and_an_invitation_for_each() -> None:
    people = await make_parties(State.ANSWERED)
    powerless = await make_agent(people.company, may_settle=False)
    expired = await make_agent(people.company)
    await Representation.filter(user_id=expired.id).update(valid_until=TODAY)

    hearing_id = await _schedule(people, _at(FAR, 14))

    seats = {seat.user_id: seat for seat in await Seat.filter(hearing_id=hearing_id)}
    assert {user: (seat.role, seat.may_sign) for user, seat in seats.items()} == {
        people.consumer.user_id: (SeatRole.CONSUMER, True),
        people.agent.user_id: (SeatRole.COMPANY, True),
        powerless.id: (SeatRole.COMPANY, False),
        people.mediator.user_id: (SeatRole.MEDIATOR, True),
    }
    case = await Case.get(id=people.case.id)
    assert case.state is State.HEARING_SCHEDULED
    letters = [job["payload"] for job in await Job.filter(kind="letter").values()]
    assert len(letters) == 4
    for letter in letters:
        calendar = letter["calendar"].replace("\r\n ", "")
        assert "METHOD:REQUEST" in calendar
        assert "TZID=America/Sao_Paulo:20261214T140000" in calendar
        assert [line for line in calendar.splitlines() if line.startswith("ATTENDEE")] == [
            line for line in calendar.splitlines() if letter["to"] in line
        ], "an invitation tells nobody else's address"
        party = letter["to"] != people.mediator.email
        assert letter["path"].startswith("/audiencias/entrada/") == party, "the agency signs in"
    assert len({letter["path"] for letter in letters}) == 4, "each has a link of their own"


async def test_a_house_that_does_not_wait_for_who_drops_sets_hearings_so() -> None:
    for holds in (True, False):
        people = await make_parties(State.ANSWERED)
        booking = Booking(_at(FAR, 14), 40, people.mediator.user_id)
        number = await scheduling.schedule(
            people.case.id,
            people.mediator,
            booking,
            now=NOW,
            hours=replace(HOURS, holds=holds),
            invite=INVITE,
        )
        assert (await Hearing.get(id=number)).holds is holds


async def test_the_day_and_the_hour_follow_the_agencys_rules() -> None:
    people = await make_parties(State.ANSWERED)
    assert await _wrong(people, _at(TODAY, 7)) == {"time": "time_past"}
    assert await _wrong(people, _at(TODAY - timedelta(days=3), 10)) == {"date": "time_past"}
    assert await _wrong(people, _at(date(2026, 12, 12), 10)) == {"date": "not_business_day"}
    assert await _wrong(people, _at(FAR, 7, 59)) == {"time": "outside_hours"}
    assert await _wrong(people, _at(FAR, 17, 21)) == {"time": "outside_hours"}
    assert await _wrong(people, _at(date(2026, 12, 7), 10)) == {"short_notice": "notice_short"}
    assert not await Hearing.exists()


async def test_exceptions_are_explicit_and_recorded() -> None:
    people = await make_parties(State.UNANSWERED)
    right_now = NOW.astimezone(ZONE)

    await _schedule(people, right_now, short_notice=True, out_of_hours=True)

    event = await CaseEvent.get(case_id=people.case.id)
    assert event.name == "hearing_scheduled"
    assert (event.facts["short_notice"], event.facts["out_of_hours"]) == (True, True)


async def test_a_mediator_is_in_one_place_at_a_time() -> None:
    people, others = await make_parties(State.ANSWERED), await make_parties(State.ANSWERED)
    await _schedule(people, _at(FAR, 14))
    for start, ok in ((_at(FAR, 13, 30), False), (_at(FAR, 14, 39), False), (_at(FAR, 14, 40), True)):
        booking = Booking(start, 40, people.mediator.user_id)
        act = scheduling.schedule(
            others.case.id, others.coordinator, booking, now=NOW, hours=HOURS, invite=INVITE
        )
        if ok:
            await act
        else:
            with pytest.raises(Invalid) as caught:
                await act
            assert caught.value.fields == {"time": "mediator_busy"}


async def test_two_at_once_do_not_take_one_hour() -> None:
    people, others = await make_parties(State.ANSWERED), await make_parties(State.ANSWERED)
    booking = Booking(_at(FAR, 14), 40, people.mediator.user_id)
    results = await asyncio.gather(
        *(
            scheduling.schedule(one.case.id, one.coordinator, booking, now=NOW, hours=HOURS, invite=INVITE)
            for one in (people, others)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Invalid) for result in results) == 1
    assert await Hearing.all().count() == 1


async def test_who_may_schedule_and_whom() -> None:
    people = await make_parties(State.ANSWERED)
    booking = Booking(_at(FAR, 14), 40, people.coordinator.user_id)
    with pytest.raises(Invalid) as caught:
        await scheduling.schedule(
            people.case.id, people.mediator, booking, now=NOW, hours=HOURS, invite=INVITE
        )
    assert caught.value.fields == {"mediator": "choice_invalid"}
    for viewer, error in ((people.attendant, Refused), (people.consumer, Refused)):
        with pytest.raises(error):
            await scheduling.schedule(people.case.id, viewer, booking, now=NOW, hours=HOURS, invite=INVITE)
    wrong = Booking(_at(FAR, 14), 40, people.attendant.user_id)
    with pytest.raises(Invalid):
        await scheduling.schedule(
            people.case.id, people.coordinator, wrong, now=NOW, hours=HOURS, invite=INVITE
        )


@pytest.mark.parametrize("before", [State.ANSWERED, State.UNANSWERED, State.HEARING_NOT_HELD])
async def test_a_cancelled_hearing_leaves_the_case_where_it_was(before: State) -> None:
    people = await make_parties(before)
    hearing_id = await _schedule(people, _at(FAR, 14))
    with pytest.raises(Invalid):
        await scheduling.cancel(hearing_id, people.mediator, " ", now=NOW, invite=INVITE)

    await scheduling.cancel(hearing_id, people.mediator, "Falta de luz", now=NOW, invite=INVITE)

    assert (await Case.get(id=people.case.id)).state is before
    hearing = await Hearing.get(id=hearing_id)
    assert (hearing.state, hearing.invitation) == (HearingState.CANCELLED, 1)
    last = await CaseEvent.filter(case_id=people.case.id).order_by("-seq").first()
    assert last is not None
    assert last.facts["reason"] == "Falta de luz"
    letters = await Job.filter(kind="letter", unique_key__contains=f"hearing:{hearing_id}:1").values()
    assert len(letters) == 3
    assert all("METHOD:CANCEL" in letter["payload"]["calendar"] for letter in letters)


async def test_a_hearing_that_began_is_not_cancelled() -> None:
    people = await make_parties(State.ANSWERED)
    hearing_id = await _schedule(people, _at(FAR, 14))
    await Hearing.filter(id=hearing_id).update(state=HearingState.IN_SESSION)
    with pytest.raises(Refused):
        await scheduling.cancel(hearing_id, people.mediator, "Engano", now=NOW, invite=INVITE)
    with pytest.raises(NotFound):
        await scheduling.cancel(999_999, people.mediator, "Engano", now=NOW, invite=INVITE)


async def test_the_agenda_shows_a_mediators_own_and_a_coordinators_all() -> None:
    people = await make_parties(State.ANSWERED)
    hearing_id = await _schedule(people, _at(FAR, 14))
    span = (_at(FAR, 0), _at(FAR + timedelta(days=1), 0))

    entry = (await agenda.agenda(people.mediator, *span))[0]
    assert (entry.id, entry.protocol, entry.consumer) == (
        hearing_id,
        people.case.protocol,
        people.consumer.name,
    )
    assert entry.company == people.company.legal_name
    assert len(await agenda.agenda(people.coordinator, *span)) == 1
    assert await agenda.agenda(people.coordinator, span[1], span[1] + timedelta(days=1)) == []
