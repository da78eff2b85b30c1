"""Entering and leaving the room: one live connection per seat, and never a seat lost by a late message."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.services import casefile, seats
from app.services.seats import DeviceCheck
from hearings.room import MAX_SEATS
from models import CaseEvent, Seat
from models.rules.chain import first_broken
from models.rules.errors import Conflict, NotFound, Refused
from models.rules.hearing import MOST_PEOPLE, HearingState
from models.rules.people import Role
from tests.factories.hearings import Table, colleague, make_table
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")


async def names(table: Table) -> list[str]:
    """The events of the case, in order."""
    return [event.name for event in await CaseEvent.filter(case_id=table.case.id).order_by("seq")]


async def test_entering_is_recorded_and_waits_for_the_mediator() -> None:
    table = await make_table()

    entry = await table.come(table.consumer)

    assert (entry.generation, entry.admitted) == (1, False)
    event = await CaseEvent.get(case_id=table.case.id)
    assert event.name == "seat_entered"
    assert event.facts["hearing"] == table.id
    assert event.facts["seat"] == entry.seat


async def test_the_door_opens_for_parties_half_an_hour_before_and_always_for_the_mediator() -> None:
    table = await make_table(starts_at=NOW + timedelta(minutes=31))

    with pytest.raises(Refused, match="door_closed"):
        await table.come(table.consumer)
    assert (await table.come(table.mediator)).admitted
    assert not (await table.come(table.consumer, at=NOW + timedelta(minutes=1))).admitted


async def test_a_stranger_finds_no_hearing() -> None:
    table = await make_table()
    for role in (Role.CONSUMER, Role.MEDIATOR, Role.ATTENDANT, Role.AUDITOR):
        with pytest.raises(NotFound):
            await table.come(viewer_of(await make_user(role)))
    with pytest.raises(NotFound):
        await seats.enter(
            999, table.consumer, device="", held=None, take_over=False, opens_minutes=30, now=NOW
        )


async def test_a_coordinator_stands_in_for_the_mediator() -> None:
    table = await make_table()
    coordinator = viewer_of(await make_user(Role.COORDINATOR))

    entry = await table.come(coordinator)

    assert entry.admitted
    await table.come(table.consumer)
    await seats.admit(table.id, coordinator, None, now=NOW)
    assert (await table.seat(table.consumer)).admitted


async def test_a_room_has_eight_places_and_keeps_one_for_who_conducts() -> None:
    table = await make_table()
    await table.come(table.consumer)
    others = [(await colleague(table, may_settle=False))[1] for _ in range(MOST_PEOPLE - 1)]
    for other in others[: MOST_PEOPLE - 2]:
        await table.come(other)
    with pytest.raises(Refused, match="room_full"):
        await table.come(others[-1])
    await table.come(table.mediator)

    gone = await table.seat(others[0])
    await seats.admit(table.id, table.mediator, gone.id, now=NOW)
    await seats.leave(gone.id, gone.generation, now=NOW)
    with pytest.raises(Refused, match="room_full"):
        await table.come(others[-1])
    await table.come(others[0])  # who was let in finds the place kept
    await table.come(others[0], take_over=True)

    gone = await table.seat(others[0])
    await seats.leave(gone.id, gone.generation, now=NOW, by_choice=True)
    await seats.send_back(table.id, table.mediator, gone.id, now=NOW)
    await table.come(others[-1])


def test_the_media_process_has_as_many_places_as_the_rule() -> None:
    assert MAX_SEATS == MOST_PEOPLE


async def test_a_representative_appointed_later_has_a_seat_with_their_own_power() -> None:
    table = await make_table()
    _, lawyer = await colleague(table, may_settle=False)

    await table.come(lawyer)

    assert not (await table.seat(lawyer)).may_sign


async def test_a_second_device_is_told_of_the_first_and_may_take_over() -> None:
    table = await make_table()
    await table.come(table.consumer, device="Chrome, Android")

    with pytest.raises(Conflict) as caught:
        await table.come(table.consumer, device="Firefox, Windows")
    assert (caught.value.code, caught.value.facts) == ("seat_taken", {"device": "Chrome, Android"})

    entry = await table.come(table.consumer, device="Firefox, Windows", take_over=True)
    assert entry.generation == 2
    assert (await table.seat(table.consumer)).device == "Firefox, Windows"


async def test_the_same_browser_comes_back_without_being_asked() -> None:
    table = await make_table()
    first = await table.come(table.consumer)

    again = await table.come(table.consumer, held=first.generation)

    assert again.generation == first.generation + 1


async def test_the_departure_of_an_old_connection_empties_no_seat() -> None:
    table = await make_table()
    first = await table.come(table.consumer)
    await table.come(table.consumer, held=first.generation)

    assert not await seats.leave(first.seat, first.generation, now=NOW)
    assert not await seats.alive(first.seat, first.generation, now=NOW)

    assert (await table.seat(table.consumer)).connected
    assert await names(table) == ["seat_entered", "seat_entered"]


async def test_leaving_is_recorded_once() -> None:
    table = await make_table()
    entry = await table.come(table.consumer)

    left = await asyncio.gather(*(seats.leave(entry.seat, entry.generation, now=NOW) for _ in range(3)))

    assert sorted(left) == [False, False, True]
    assert await names(table) == ["seat_entered", "seat_left"]


async def test_a_broken_connection_frees_the_seat_for_any_device_of_the_person() -> None:
    table = await make_table()
    entry = await table.come(table.consumer)

    await seats.lost(entry.seat, entry.generation, now=NOW)

    assert (await table.come(table.consumer, device="Safari, iPhone")).generation == 2


async def test_a_broken_connection_keeps_its_seat_for_the_grace() -> None:
    table = await make_table()
    entry = await table.come(table.consumer)
    await seats.lost(entry.seat, entry.generation, now=NOW)

    assert await seats.sweep(now=NOW + timedelta(seconds=4)) == 0
    assert await seats.sweep(now=NOW + timedelta(seconds=6)) == 1


async def test_the_sweep_takes_who_gave_no_sign_of_life() -> None:
    table = await make_table()
    silent = await table.come(table.consumer)
    alive = await table.come(table.mediator)
    later = NOW + seats.STALE + seats.GRACE + timedelta(seconds=1)
    assert await seats.alive(alive.seat, alive.generation, now=later)

    assert await seats.sweep(now=later) == 1

    assert not (await Seat.get(id=silent.seat)).connected
    assert (await Seat.get(id=alive.seat)).connected
    assert await seats.sweep(now=later) == 0


async def test_admitted_people_stay_admitted_when_they_come_back() -> None:
    table = await (await make_table()).in_session()
    seat = await table.seat(table.consumer)
    await seats.leave(seat.id, seat.generation, now=NOW)

    assert (await table.come(table.consumer)).admitted


async def test_only_the_mediator_admits_and_each_admission_is_one_event() -> None:
    table = await make_table()
    entry = await table.come(table.consumer)
    await table.come(table.mediator)
    with pytest.raises(Refused, match="not_yours"):
        await seats.admit(table.id, table.agent, entry.seat, now=NOW)

    await asyncio.gather(
        seats.admit(table.id, table.mediator, entry.seat, now=NOW),
        seats.admit(table.id, table.mediator, None, now=NOW),
    )

    assert (await names(table)).count("participant_admitted") == 1


async def test_nobody_is_admitted_into_another_hearing() -> None:
    one, other = await make_table(), await make_table()
    stranger = await other.seat(other.consumer)
    with pytest.raises(NotFound):
        await seats.admit(one.id, one.mediator, stranger.id, now=NOW)


async def test_sending_back_and_muting_are_recorded_and_the_mediator_stays() -> None:
    table = await (await make_table()).in_session()
    consumer, mediator = await table.seat(table.consumer), await table.seat(table.mediator)

    await seats.mute(table.id, table.mediator, consumer.id, muted=True, now=NOW)
    await seats.mute(table.id, table.mediator, consumer.id, muted=True, now=NOW)
    await seats.send_back(table.id, table.mediator, consumer.id, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await seats.send_back(table.id, table.mediator, mediator.id, now=NOW)

    seat = await table.seat(table.consumer)
    assert (seat.muted, seat.admitted) == (True, False)
    assert (await names(table))[-2:] == ["participant_muted", "participant_returned"]


async def test_the_device_test_is_kept_for_the_mediator() -> None:
    table = await make_table(starts_at=NOW + timedelta(days=3))

    await seats.checked(table.id, table.agent, DeviceCheck("ok", "failed", "skipped"), now=NOW)

    kept = (await table.seat(table.agent)).device_check
    assert (kept["camera"], kept["microphone"], kept["speaker"]) == ("ok", "failed", "skipped")


async def test_nobody_enters_a_hearing_that_is_over() -> None:
    table = await make_table()
    table.hearing.state = HearingState.CANCELLED
    await table.hearing.save()

    with pytest.raises(Refused, match="hearing_over"):
        await table.come(table.consumer)


async def test_the_record_of_a_busy_door_has_no_gap() -> None:
    table = await make_table()
    await asyncio.gather(*(table.come(who) for who in (table.consumer, table.agent, table.mediator)))

    links = await casefile.chain(table.case.id)

    assert len(links) == 3
    assert first_broken(links) is None
