"""A hearing that holds itself while a party is away."""

from __future__ import annotations

import pytest

from app.services import holding, seats, signatures
from models import CaseEvent
from models.rules.errors import Invalid, Refused
from models.rules.hearing import Outcome, SeatRole
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW
from tests.services import signing

pytestmark = pytest.mark.usefixtures("database")


async def drops(table: Table) -> None:
    """The consumer's connection ends and does not come back in time."""
    seat = await table.seat(table.consumer)
    assert await seats.leave(seat.id, seat.generation, now=NOW)


async def test_nothing_is_frozen_while_a_party_is_away_and_all_is_well_when_it_is_back() -> None:
    table = await (await make_table()).in_session()
    await table.write("As partes conversaram e não chegaram a um acordo.")
    await drops(table)

    assert await holding.away(await table.now()) == (SeatRole.CONSUMER,)
    with pytest.raises(Refused, match="party_away"):
        await signing.freeze(table, Outcome.NO_AGREEMENT)
    assert (await table.now()).frozen_at is None

    await table.come(table.consumer)
    assert await holding.away(await table.now()) == ()
    await signing.freeze(table, Outcome.NO_AGREEMENT)


async def test_nobody_signs_while_a_party_that_has_not_signed_is_away() -> None:
    table = await (await make_table()).agreed()
    shown = await signing.freeze(table)
    await drops(table)

    with pytest.raises(Refused, match="party_away"):
        await signing.sign(table, table.agent, shown)
    await table.come(table.consumer)
    await signing.sign(table, table.consumer, shown)
    await drops(table)
    await signing.sign(table, table.agent, shown)

    assert await signatures.missing(await table.now()) == {SeatRole.MEDIATOR}


async def test_the_mediator_releases_it_with_a_reason_and_restores_it() -> None:
    table = await (await make_table()).in_session()
    await table.write("O consumidor caiu e avisou por telefone que não volta.")
    await drops(table)

    with pytest.raises(Refused, match="not_yours"):
        await holding.release(table.id, table.agent, "Quero terminar.", now=NOW)
    with pytest.raises(Invalid):
        await holding.release(table.id, table.mediator, "  ", now=NOW)
    await holding.release(table.id, table.mediator, "Avisou que não volta.", now=NOW)
    await signing.freeze(table, Outcome.NO_AGREEMENT)
    await holding.restore(table.id, table.mediator, now=NOW)
    await holding.restore(table.id, table.mediator, now=NOW)

    told = await CaseEvent.filter(case_id=table.case.id, name__startswith="hold_").order_by("seq")
    assert [event.name for event in told] == ["hold_released", "hold_restored"]
    assert told[0].facts["reason"] == "Avisou que não volta."
    assert told[0].facts["away"] == ["consumer"]
    assert (await table.now()).holds
