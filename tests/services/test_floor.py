"""Hands, the word, the spotlight, and silence for all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import floor, seats
from models import CaseEvent
from models.rules.errors import NotFound, Refused
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")


async def events(table: Table) -> list[str]:
    """The newest events of the case, oldest first."""
    found = await CaseEvent.filter(case_id=table.case.id).order_by("seq")
    opened = [event.name for event in found].index("hearing_opened")
    return [event.name for event in found[opened + 1 :]]


async def test_a_hand_is_raised_once_and_keeps_its_place() -> None:
    table = await (await make_table()).in_session()

    await floor.hand(table.id, table.consumer, raised=True, now=NOW)
    await floor.hand(table.id, table.consumer, raised=True, now=NOW + timedelta(seconds=9))

    assert (await table.seat(table.consumer)).hand_raised_at == NOW
    await floor.hand(table.id, table.consumer, raised=False, now=NOW)
    assert (await table.seat(table.consumer)).hand_raised_at is None
    assert await events(table) == ["hand_raised", "hand_lowered"]


async def test_the_mediator_raises_no_hand_and_parties_lower_only_their_own() -> None:
    table = await (await make_table()).in_session()
    await floor.hand(table.id, table.consumer, raised=True, now=NOW)
    seat = await table.seat(table.consumer)

    with pytest.raises(Refused, match="not_yours"):
        await floor.hand(table.id, table.mediator, raised=True, now=NOW)
    for act in (floor.lower, floor.give, floor.spotlight):
        with pytest.raises(Refused, match="not_yours"):
            await act(table.id, table.agent, seat.id, now=NOW)
    await floor.lower(table.id, table.mediator, seat.id, now=NOW)
    assert (await table.seat(table.consumer)).hand_raised_at is None


async def test_giving_the_word_answers_the_hand_and_touches_no_microphone() -> None:
    table = await (await make_table()).in_session()
    await floor.hand(table.id, table.agent, raised=True, now=NOW)
    seat = await table.seat(table.agent)

    await floor.give(table.id, table.mediator, seat.id, now=NOW)
    await floor.give(table.id, table.mediator, seat.id, now=NOW)

    assert (await table.now()).floor == seat.id
    assert not (await table.seat(table.consumer)).muted
    await floor.give(table.id, table.mediator, None, now=NOW)
    assert (await table.now()).floor is None
    assert await events(table) == ["hand_raised", "hand_lowered", "floor_given", "floor_returned"]


async def test_the_spotlight_moves_and_goes_out() -> None:
    table = await (await make_table()).in_session()
    one, other = await table.seat(table.agent), await table.seat(table.consumer)

    for seat in (one.id, other.id, other.id, None):
        await floor.spotlight(table.id, table.mediator, seat, now=NOW)

    assert (await table.now()).spotlight is None
    assert await events(table) == ["spotlight_given", "spotlight_given", "spotlight_ended"]
    with pytest.raises(NotFound):
        await floor.spotlight(table.id, table.mediator, 99_999, now=NOW)


@pytest.mark.parametrize("how", ["sent back", "left"])
async def test_nothing_stays_with_an_empty_place(how: str) -> None:
    table = await (await make_table()).in_session()
    seat = await table.seat(table.consumer)
    await floor.give(table.id, table.mediator, seat.id, now=NOW)
    await floor.spotlight(table.id, table.mediator, seat.id, now=NOW)
    await floor.hand(table.id, table.consumer, raised=True, now=NOW)

    if how == "left":
        await seats.leave(seat.id, seat.generation, now=NOW, by_choice=True)
    else:
        await seats.send_back(table.id, table.mediator, seat.id, now=NOW)

    hearing = await table.now()
    assert (hearing.floor, hearing.spotlight) == (None, None)
    assert (await table.seat(table.consumer)).hand_raised_at is None
    if how == "sent back":
        with pytest.raises(Refused, match="person_away"):
            await floor.give(table.id, table.mediator, seat.id, now=NOW)


async def test_who_lost_the_connection_keeps_hand_and_word() -> None:
    table = await (await make_table()).in_session()
    seat = await table.seat(table.consumer)
    await floor.give(table.id, table.mediator, seat.id, now=NOW)
    await floor.hand(table.id, table.consumer, raised=True, now=NOW)

    await seats.leave(seat.id, seat.generation, now=NOW)

    assert (await table.now()).floor == seat.id
    assert (await table.seat(table.consumer)).hand_raised_at == NOW


async def test_silence_for_all_spares_the_mediator_and_who_has_the_word() -> None:
    table = await (await make_table()).in_session()
    await floor.give(table.id, table.mediator, (await table.seat(table.consumer)).id, now=NOW)

    await seats.mute_all(table.id, table.mediator, now=NOW)
    await seats.mute_all(table.id, table.mediator, now=NOW)

    muted = [(await table.seat(who)).muted for who in (table.mediator, table.consumer, table.agent)]
    assert muted == [False, False, True]
    assert (await events(table)).count("participant_muted") == 1
    with pytest.raises(Refused, match="not_yours"):
        await seats.mute_all(table.id, table.agent, now=NOW)
