"""Which media process a hearing is on: chosen once, by load, and anew when it is dead."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.services import media_processes
from models import Hearing, MediaProcess
from tests.factories.hearings import make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")


async def process(name: str, rooms: int = 0, seats: int = 0) -> int:
    """A media process with a load."""
    await media_processes.beat(name, f"http://{name}:1", rooms=rooms, seats=seats, now=NOW)
    return int((await MediaProcess.get(name=name)).id)


async def test_a_beat_makes_the_row_and_renews_it() -> None:
    number = await process("one")
    later = NOW + timedelta(seconds=1)
    await media_processes.beat("one", "http://one:1", rooms=2, seats=5, now=later)

    row = await MediaProcess.get(id=number)
    assert (row.rooms, row.seats, row.started_at, row.seen_at) == (2, 5, NOW, later)
    assert [(one.id, one.name, one.door) for one in await media_processes.everyone()] == [
        (number, "one", "http://one:1")
    ]


async def test_a_hearing_goes_to_the_least_loaded_process_and_stays_there() -> None:
    table = await make_table()
    full, empty, lost = await process("full", 3, 9), await process("empty", 1, 2), await process("lost")
    alive = {full, empty}

    assert await media_processes.home(table.id, alive=alive, usable=alive) == empty
    await media_processes.beat("empty", "", rooms=9, seats=30, now=NOW)
    assert await media_processes.home(table.id, alive=alive, usable={full}) == empty
    assert await media_processes.homes([table.id]) == {table.id: empty}
    assert lost not in (await media_processes.homes([table.id])).values()


async def test_hearings_of_the_same_second_are_spread() -> None:
    tables = [await make_table() for _ in range(4)]
    both = {await process("one"), await process("two")}

    found = [await media_processes.home(table.id, alive=both, usable=both) for table in tables]

    assert sorted(found) == sorted([*both, *both])


async def test_a_dead_process_is_left_and_its_row_cleared() -> None:
    table = await make_table()
    dead, other = await process("dead"), await process("other", 5)
    assert await media_processes.home(table.id, alive={dead, other}, usable={dead, other}) == dead

    assert await media_processes.home(table.id, alive={other}, usable=set()) is None
    assert await media_processes.home(table.id, alive={other}, usable={other}) == other

    await media_processes.ended("other")
    assert (await Hearing.get(id=table.id)).media_process_id is None
    (row,) = await media_processes.everyone()
    await media_processes.beat("dead", "", rooms=0, seats=0, now=NOW + timedelta(seconds=1))
    await media_processes.forget(row)
    assert [one.name for one in await media_processes.everyone()] == ["dead"], "it gave a sign of life"
    await media_processes.forget((await media_processes.everyone())[0])
    assert await media_processes.everyone() == []


async def test_all_who_ask_at_once_are_given_the_same_process() -> None:
    tables = [await make_table() for _ in range(6)]
    all_three = {await process(name) for name in ("one", "two", "three")}

    found = await asyncio.gather(
        *(
            media_processes.home(table.id, alive=all_three, usable=all_three)
            for table in tables
            for _ in range(5)
        )
    )

    homes = await media_processes.homes([table.id for table in tables])
    for number, table in enumerate(tables):
        assert set(found[5 * number : 5 * number + 5]) == {homes[table.id]}
    assert sorted(homes.values()) == sorted([*all_three, *all_three])
