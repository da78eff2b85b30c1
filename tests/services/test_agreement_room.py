"""Conduct, chat, minutes and clauses, as the three do them in the room."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.services import chat, clauses, conduct, minutes, seats
from models import CaseEvent, Clause, HearingMessage
from models.rules.agreement import ClauseKind, ClauseState
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.hearing import Conduct, HearingState, SeatRole
from tests.factories.hearings import HOUSE, REFUND, make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOW.date()


# --- conduct


async def test_opening_writes_who_is_present_and_with_which_power() -> None:
    table = await make_table(may_settle=False)

    await table.in_session()

    hearing = await table.now()
    assert hearing.state is HearingState.IN_SESSION
    assert "Aos 23/11/2026, às 12:00" in hearing.record
    assert "- Ana Souza, consumidor(a);" in hearing.record
    assert "sem poderes para transigir" in hearing.record
    assert hearing.record_revision == 1


async def test_opening_keeps_minutes_that_were_begun_before() -> None:
    table = await make_table()
    await table.come(table.mediator)
    await table.write("Minuta preparada.")

    await conduct.take(table.id, table.mediator, Conduct.OPEN, HOUSE, now=NOW)

    assert (await table.now()).record == "Minuta preparada."


async def test_conduct_follows_the_table_and_is_the_mediators() -> None:
    table = await (await make_table()).in_session()
    with pytest.raises(Refused, match="not_yours"):
        await conduct.take(table.id, table.consumer, Conduct.PAUSE, HOUSE, now=NOW)
    await conduct.take(table.id, table.mediator, Conduct.PAUSE, HOUSE, now=NOW)
    with pytest.raises(Refused, match="hearing_not_now"):
        await conduct.take(table.id, table.mediator, Conduct.SUSPEND, HOUSE, now=NOW)
    await conduct.take(table.id, table.mediator, Conduct.RESUME, HOUSE, now=NOW)
    assert (await table.now()).state is HearingState.IN_SESSION


async def test_two_clicks_open_once() -> None:
    table = await make_table()
    await table.come(table.mediator)

    done = await asyncio.gather(
        *(conduct.take(table.id, table.mediator, Conduct.OPEN, HOUSE, now=NOW) for _ in range(2)),
        return_exceptions=True,
    )

    assert sorted(isinstance(result, Refused) for result in done) == [False, True]
    assert await CaseEvent.filter(case_id=table.case.id, name="hearing_opened").count() == 1


async def test_a_hearing_does_not_open_days_before() -> None:
    table = await make_table(starts_at=NOW + timedelta(days=2))
    await table.come(table.mediator)
    with pytest.raises(Refused, match="door_closed"):
        await conduct.take(table.id, table.mediator, Conduct.OPEN, HOUSE, now=NOW)


# --- chat and minutes


async def test_chat_is_kept_and_is_for_who_is_in_the_room() -> None:
    table = await (await make_table()).in_session()
    await chat.say(table.id, table.consumer, "  Bom dia  ", now=NOW)
    assert [m.text for m in await HearingMessage.all()] == ["Bom dia"]

    seat = await table.seat(table.consumer)
    await seats.send_back(table.id, table.mediator, seat.id, now=NOW)
    with pytest.raises(Refused, match="not_admitted"):
        await chat.say(table.id, table.consumer, "Alô?", now=NOW)


@pytest.mark.parametrize(("text", "code"), [("   ", "required"), ("a" * 1001, "too_long")])
async def test_chat_refuses_nothing_and_too_much(text: str, code: str) -> None:
    table = await (await make_table()).in_session()
    with pytest.raises(Invalid) as caught:
        await chat.say(table.id, table.consumer, text, now=NOW)
    assert caught.value.fields == {"text": code}


async def test_what_is_said_stands_in_no_event() -> None:
    table = await (await make_table()).in_session()
    await chat.say(table.id, table.consumer, "meu segredo", now=NOW)
    assert all("segredo" not in str(event.facts) for event in await CaseEvent.all())


async def test_minutes_of_a_window_that_fell_behind_are_refused_with_the_newer_text() -> None:
    table = await (await make_table()).in_session()
    await minutes.save(table.id, table.mediator, "um", 1, now=NOW)

    with pytest.raises(Conflict) as caught:
        await minutes.save(table.id, table.mediator, "outro", 1, now=NOW)

    assert (caught.value.code, caught.value.facts) == ("minutes_changed", {"revision": 2, "text": "um"})
    assert (await table.now()).record == "um"


async def test_the_same_minutes_are_no_event_and_parties_write_none() -> None:
    table = await (await make_table()).in_session()
    assert await minutes.save(table.id, table.mediator, "um", 1, now=NOW) == 2
    assert await minutes.save(table.id, table.mediator, "um", 2, now=NOW) == 2
    with pytest.raises(Refused, match="not_yours"):
        await minutes.save(table.id, table.consumer, "dois", 2, now=NOW)
    assert await CaseEvent.filter(name="minutes_changed").count() == 1


# --- clauses


async def test_a_clause_stands_when_both_have_accepted() -> None:
    table = await (await make_table()).in_session()
    number = await clauses.propose(table.id, table.mediator, REFUND, today=TODAY, now=NOW)

    await clauses.accept(table.id, table.consumer, number, now=NOW)
    assert (await Clause.get(id=number)).state is ClauseState.PROPOSED
    await asyncio.gather(
        clauses.accept(table.id, table.agent, number, now=NOW),
        clauses.accept(table.id, table.consumer, number, now=NOW),
    )

    assert (await Clause.get(id=number)).state is ClauseState.ACCEPTED
    assert await CaseEvent.filter(name="clause_accepted").count() == 2


async def test_who_proposes_has_accepted() -> None:
    await (await make_table()).agreed()
    assert (await Clause.first()).state is ClauseState.ACCEPTED  # type: ignore[union-attr]


async def test_the_mediator_accepts_for_nobody() -> None:
    table = await (await make_table()).in_session()
    number = await clauses.propose(table.id, table.mediator, REFUND, today=TODAY, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await clauses.accept(table.id, table.mediator, number, now=NOW)


async def test_without_power_to_settle_nothing_is_accepted_or_proposed() -> None:
    table = await (await make_table(may_settle=False)).in_session()
    number = await clauses.propose(table.id, table.mediator, REFUND, today=TODAY, now=NOW)
    with pytest.raises(Refused, match="no_power_to_settle"):
        await clauses.accept(table.id, table.agent, number, now=NOW)
    with pytest.raises(Refused, match="no_power_to_settle"):
        await clauses.propose(table.id, table.agent, REFUND, today=TODAY, now=NOW)


async def test_a_clause_is_withdrawn_by_its_side_while_open_and_then_by_the_mediator_alone() -> None:
    table = await (await make_table()).in_session()
    number = await clauses.propose(table.id, table.agent, REFUND, today=TODAY, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await clauses.withdraw(table.id, table.consumer, number, now=NOW)
    await clauses.accept(table.id, table.consumer, number, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await clauses.withdraw(table.id, table.agent, number, now=NOW)

    await clauses.withdraw(table.id, table.mediator, number, now=NOW)

    assert (await Clause.get(id=number)).state is ClauseState.WITHDRAWN
    with pytest.raises(Refused, match="clause_not_open"):
        await clauses.accept(table.id, table.consumer, number, now=NOW)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"amount_cents": None}, {"amount": "required"}),
        ({"amount_cents": 0}, {"amount": "amount_invalid"}),
        ({"due_on": None}, {"due_on": "required"}),
        ({"due_on": TODAY - timedelta(days=1)}, {"due_on": "date_past"}),
        ({"instalments": 61}, {"instalments": "instalments_invalid"}),
        ({"amount_cents": 3, "instalments": 4}, {"instalments": "instalments_invalid"}),
        ({"debtor": SeatRole.MEDIATOR}, {"debtor": "choice_invalid"}),
        ({"text": "a" * 2001}, {"text": "too_long"}),
        ({"kind": ClauseKind.DO, "amount_cents": None, "due_on": None}, {"text": "required"}),
        (
            {"kind": ClauseKind.DO, "text": "x", "amount_cents": None, "instalments": 2},
            {"instalments": "instalments_without_amount"},
        ),
    ],
)
def test_a_clause_that_cannot_stand_is_refused_field_by_field(
    change: dict[str, object], wrong: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as caught:
        clauses.check(replace(REFUND, **change), TODAY)  # type: ignore[arg-type]
    assert caught.value.fields == wrong


async def test_no_clause_before_the_hearing_opens() -> None:
    table = await make_table()
    await table.come(table.mediator)
    with pytest.raises(Refused, match="hearing_not_opened"):
        await clauses.propose(table.id, table.mediator, REFUND, today=TODAY, now=NOW)
