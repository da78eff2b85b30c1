"""A web process opens what has been counted down, and what another process left behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.services import countdown
from app.services.history import Happening
from app.wake import Wake
from models.rules.countdown import LENGTH
from models.rules.hearing import HearingState
from models.rules.people import Side
from realtime.countdowns import Countdowns
from tests.factories.hearings import HOUSE, Table, make_table
from tests.factories.people import NOW
from tests.realtime.rooms import FixedClock

pytestmark = pytest.mark.usefixtures("database")


async def opened(table: Table) -> None:
    """Wait until the hearing is open."""
    async with asyncio.timeout(5):
        while (await table.now()).state is not HearingState.IN_SESSION:  # noqa: ASYNC110  the database has no event
            await asyncio.sleep(0.01)


async def test_it_hears_of_a_countdown_and_opens_at_its_end() -> None:
    table, clock, wake = await make_table(), FixedClock(), Wake()
    countdowns = Countdowns(clock, wake, HOUSE)
    running = asyncio.create_task(countdowns.run())
    await asyncio.sleep(0.05)
    begun = NOW - LENGTH + timedelta(seconds=0.2)
    await countdown.begin(table.id, table.mediator, HOUSE, now=begun)
    told = Happening(
        1, table.case.id, 1, countdown.BEGUN, frozenset(Side), {}, NOW, table.mediator.user_id, None
    )
    await countdowns.relayed(told)
    await asyncio.sleep(0.1)
    assert (await table.now()).state is HearingState.NOT_STARTED

    clock.at = NOW + timedelta(seconds=0.2)
    await opened(table)
    running.cancel()


async def test_one_that_a_dead_process_left_behind_is_ended_at_the_start() -> None:
    table = await make_table()
    await countdown.begin(table.id, table.mediator, HOUSE, now=NOW - timedelta(minutes=1))
    running = asyncio.create_task(Countdowns(FixedClock(), Wake(), HOUSE).run())
    await opened(table)
    running.cancel()
