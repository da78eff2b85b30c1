"""Two web processes on one PostgreSQL: a change made through one reaches the pages of the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.chapters import begins, hands_in, takes
from tests.flows.house import OTHER, House, signed_in
from tests.flows.people import Person
from tests.flows.sockets import Follower

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(180)]


async def test_what_happens_at_one_process_is_told_by_the_other(postgres_url: str, tmp_path: Path) -> None:
    one, other = House(tmp_path, postgres_url, OTHER), House(tmp_path, postgres_url, OTHER)
    await one.furnish()
    await one.start()
    await other.start()
    try:
        ana = await signed_in(Person(one.url, "Ana"), "ana")
        marina = await signed_in(Person(other.url, "Marina"), "marina")
        case = await begins(ana)
        await hands_in(ana, case)
        async with Follower(ana, case) as at_one, Follower(marina, case) as at_other:
            await takes(marina, case)
            for page in (at_one, at_other):
                await page.until(lambda page=page: "triage_started" in page.names())
                assert [event.seq for event in page.learnt] == [1, 2]
        await ana.close()
        await marina.close()
    finally:
        await one.close()
        await other.close()
    assert one.faults() == other.faults() == []
