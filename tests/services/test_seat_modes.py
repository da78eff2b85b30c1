"""The step of the ladder on a seat: set by the line, chosen by the person, given back to the line."""

from __future__ import annotations

import pytest

from app.services import seat_modes
from models import CaseEvent
from models.rules.errors import Refused
from models.rules.hearing import SeatMode
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")


async def told(table: Table) -> list[tuple[str, bool]]:
    """What the record says of it."""
    found = await CaseEvent.filter(case_id=table.case.id, name="seat_mode_changed").order_by("seq")
    return [(event.facts["mode"], event.facts["chosen"]) for event in found]


async def test_the_line_changes_the_step_and_each_change_is_told_once() -> None:
    table = await (await make_table()).in_session()
    seat = (await table.seat(table.consumer)).id

    assert await seat_modes.adapt(seat, SeatMode.LOW_VIDEO, now=NOW)
    assert await seat_modes.adapt(seat, SeatMode.LOW_VIDEO, now=NOW)

    assert await seat_modes.standing(seat) is SeatMode.LOW_VIDEO
    assert await told(table) == [("low", False)]


async def test_a_choice_holds_against_the_line_until_it_is_taken_back() -> None:
    table = await (await make_table()).in_session()
    seat = (await table.seat(table.consumer)).id

    await seat_modes.choose(table.id, table.consumer, SeatMode.AUDIO, now=NOW)
    await seat_modes.choose(table.id, table.consumer, SeatMode.AUDIO, now=NOW)
    assert not await seat_modes.adapt(seat, SeatMode.TEXT, now=NOW)
    assert await seat_modes.standing(seat) is None
    await seat_modes.choose(table.id, table.consumer, None, now=NOW)

    assert await seat_modes.standing(seat) is SeatMode.AUDIO
    assert await seat_modes.adapt(seat, SeatMode.LOW_VIDEO, now=NOW)
    assert await told(table) == [("audio", True), ("audio", False), ("low", False)]


async def test_only_people_in_the_room_are_moved() -> None:
    table = await make_table()
    await table.come(table.consumer)
    seat = (await table.seat(table.consumer)).id

    assert not await seat_modes.adapt(seat, SeatMode.AUDIO, now=NOW)
    assert not await seat_modes.adapt(99_999, SeatMode.AUDIO, now=NOW)
    with pytest.raises(Refused, match="not_admitted"):
        await seat_modes.choose(table.id, table.consumer, SeatMode.AUDIO, now=NOW)
    assert await told(table) == []
