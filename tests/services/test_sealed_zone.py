"""The sealed-zone test in a hearing: what goes in never comes out, and only yes or no does."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import pytest
from structlog.testing import capture_logs

from app.adapters.vault import Vault, VaultError
from app.services import conduct, sealed_zone
from models import CaseEvent, SealedRound
from models.rules.errors import Invalid, Refused
from models.rules.hearing import Outcome, SeatRole
from tests.factories.hearings import HOUSE, Table, make_table
from tests.factories.people import NOW
from tests.services.signing import VAULT, freeze, sign

pytestmark = pytest.mark.usefixtures("database")

MOST = 3


async def begin(table: Table) -> None:
    await sealed_zone.open_round(table.id, table.mediator, most=MOST, now=NOW)


async def ask(table: Table, least: int, most: int) -> bool | None:
    """A whole round; gives its answer."""
    await begin(table)
    await sealed_zone.give(table.id, table.consumer, least, vault=VAULT, now=NOW)
    await sealed_zone.give(table.id, table.agent, most, vault=VAULT, now=NOW)
    last = await SealedRound.filter(hearing_id=table.id).order_by("-number").first()
    assert last is not None
    return last.overlaps


async def everything(table: Table) -> list[object]:
    """All that anybody could read of a hearing's test: rows, events, what each person is shown."""
    shown: list[object] = []
    for role in (SeatRole.CONSUMER, SeatRole.COMPANY, SeatRole.MEDIATOR):
        seen = await sealed_zone.seen(await table.now(), role, most=MOST, inside=True, may_sign=True)
        shown.append(asdict(seen))
    events = await CaseEvent.filter(case_id=table.case.id, name__startswith="zone_").order_by("seq")
    facts = [(one.name, {k: v for k, v in one.facts.items() if k != "hearing"}) for one in events]
    rows = await SealedRound.filter(hearing_id=table.id).values(
        "number", "overlaps", "consumer_limit", "company_limit"
    )
    return [shown, facts, rows]


async def test_whatever_the_limits_were_the_same_answer_leaves_the_same_traces() -> None:
    traces: dict[bool, list[list[object]]] = {True: [], False: []}
    with capture_logs() as logs:
        for least, most in ((0, 0), (12_345, 12_345), (1, 10**12), (1, 0), (98_765, 98_764), (10**12, 3)):
            table = await (await make_table()).in_session()
            answer = await ask(table, least, most)
            assert answer is (most >= least)
            traces[bool(answer)].append(await everything(table))

    for alike in traces.values():
        assert all(trace == alike[0] for trace in alike)
    assert traces[True][0] != traces[False][0]
    assert not any(str(number) in str(logs) for number in (12_345, 98_765, 98_764))


async def test_a_limit_that_waits_is_encrypted_and_of_one_length_and_opens_nowhere_else() -> None:
    lengths = set()
    for cents in (1, 10**12):
        table = await (await make_table()).in_session()
        await begin(table)
        await sealed_zone.give(table.id, table.consumer, cents, vault=VAULT, now=NOW)
        row = await SealedRound.get(hearing_id=table.id)
        assert row.consumer_limit is not None
        lengths.add(len(row.consumer_limit))
        assert cents.to_bytes(8, "big") not in row.consumer_limit
        with pytest.raises(VaultError):
            VAULT.open(row.consumer_limit, f"sealed_round:{row.id}:company")
        with pytest.raises(VaultError):
            Vault(b"k" * 32).open(row.consumer_limit, f"sealed_round:{row.id}:consumer")
        seen = await sealed_zone.seen(
            await table.now(), SeatRole.COMPANY, most=MOST, inside=True, may_sign=True
        )
        assert (seen.open and seen.open.consumer_given, seen.given, seen.answers) == (True, False, ())
    assert len(lengths) == 1


async def test_nobody_searches_by_many_rounds_or_by_asking_alone() -> None:
    table = await (await make_table()).in_session()
    with pytest.raises(Refused, match="zone_closed"):
        await sealed_zone.give(table.id, table.agent, 1, vault=VAULT, now=NOW)
    for viewer in (table.agent, table.consumer):
        with pytest.raises(Refused, match="not_yours"):
            await sealed_zone.open_round(table.id, viewer, most=MOST, now=NOW)
    await begin(table)
    with pytest.raises(Refused, match="zone_open"):
        await begin(table)
    for cents in (
        100,
        200,
        300,
    ):  # until the other side has given one, it may be given again and tells nothing
        await sealed_zone.give(table.id, table.agent, cents, vault=VAULT, now=NOW)
    assert await CaseEvent.filter(name="zone_limit_given").count() == 1
    await sealed_zone.give(table.id, table.consumer, 250, vault=VAULT, now=NOW)
    assert (await SealedRound.get()).overlaps is True
    with pytest.raises(Refused, match="zone_closed"):
        await sealed_zone.give(table.id, table.agent, 249, vault=VAULT, now=NOW)

    for _ in range(MOST - 1):
        await ask(table, 250, 1)
    with pytest.raises(Refused, match="zone_used_up"):
        await begin(table)


async def test_two_who_answer_at_once_get_one_answer() -> None:
    table = await (await make_table()).in_session()
    await begin(table)
    await asyncio.gather(
        sealed_zone.give(table.id, table.consumer, 5, vault=VAULT, now=NOW),
        sealed_zone.give(table.id, table.agent, 5, vault=VAULT, now=NOW),
    )
    assert (await SealedRound.get()).overlaps is True
    assert await CaseEvent.filter(name="zone_answered").count() == 1


async def test_who_may_give_a_limit_and_which() -> None:
    table = await (await make_table(may_settle=False)).in_session()
    await begin(table)
    with pytest.raises(Refused, match="no_power_to_settle"):
        await sealed_zone.give(table.id, table.agent, 1, vault=VAULT, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await sealed_zone.give(table.id, table.mediator, 1, vault=VAULT, now=NOW)
    for wrong in (None, -1, 10**12 + 1):
        with pytest.raises(Invalid):
            await sealed_zone.give(table.id, table.consumer, wrong, vault=VAULT, now=NOW)


async def test_what_was_given_is_erased_when_the_round_or_the_hearing_ends() -> None:
    table = await (await make_table()).in_session()
    await begin(table)
    await sealed_zone.give(table.id, table.consumer, 5, vault=VAULT, now=NOW)
    await sealed_zone.end(table.id, table.mediator, now=NOW)
    with pytest.raises(Refused, match="zone_closed"):
        await sealed_zone.end(table.id, table.mediator, now=NOW)
    await begin(table)
    await sealed_zone.give(table.id, table.consumer, 5, vault=VAULT, now=NOW)

    await sign(table, table.mediator, await freeze(table, Outcome.NO_AGREEMENT))
    with pytest.raises(Refused, match="text_frozen"):
        await sealed_zone.give(table.id, table.agent, 5, vault=VAULT, now=NOW)
    await conduct.close(table.id, table.mediator, HOUSE, now=NOW)

    for row in await SealedRound.filter(hearing_id=table.id):
        assert (row.consumer_limit, row.overlaps) == (None, None)
        assert row.ended_at == NOW
