"""Freezing, signing and closing, as the three do them in the room."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.services import chat, clauses, codes, conduct, minutes, seats, signatures
from models import Case, CaseEvent, Clause, Job, Obligation, Signature
from models.rules.agreement import ClauseState, text_hash
from models.rules.case_machine import State
from models.rules.errors import Conflict, Refused
from models.rules.hearing import Conduct, HearingState, Outcome, SeatRole
from tests.factories.hearings import HOUSE, REFUND, colleague, make_table
from tests.factories.people import NOW
from tests.services.signing import EVIDENCE, code_for, freeze, sign

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOW.date()


# --- freezing


async def test_the_frozen_text_is_what_is_hashed_and_nothing_changes_any_more() -> None:
    table = await (await make_table()).agreed()

    shown = await freeze(table)

    hearing = await table.now()
    assert shown == text_hash(hearing.final_text)
    assert "Cláusula 1. A empresa obriga-se a restituir o valor de R$ 120,00" in hearing.final_text
    assert (await Clause.first()).state is ClauseState.FROZEN  # type: ignore[union-attr]
    for act in (
        minutes.write(table.id, table.mediator, "x", after=None, now=NOW),
        clauses.propose(table.id, table.agent, REFUND, today=TODAY, now=NOW),
        freeze(table),
    ):
        with pytest.raises(Refused, match="text_frozen"):
            await act


async def test_withdrawn_clauses_leave_no_hole_in_the_numbers() -> None:
    table = await (await make_table()).in_session()
    first = await clauses.propose(table.id, table.agent, REFUND, today=TODAY, now=NOW)
    second = await clauses.propose(
        table.id, table.agent, replace(REFUND, amount_cents=500), today=TODAY, now=NOW
    )
    await clauses.withdraw(table.id, table.agent, first, now=NOW)
    await clauses.accept(table.id, table.consumer, second, now=NOW)

    await freeze(table)

    text = (await table.now()).final_text
    assert "Cláusula 1. A empresa obriga-se a restituir o valor de R$ 5,00" in text
    assert "Cláusula 2" not in text


async def test_freezing_an_agreement_waits_for_a_party_that_is_away() -> None:
    table = await (await make_table()).agreed()
    seat = await table.seat(table.consumer)
    await seats.leave(seat.id, seat.generation, now=NOW)

    with pytest.raises(Refused, match="signer_away"):
        await freeze(table)

    await table.come(table.consumer)
    assert await freeze(table)


async def test_a_company_without_anybody_who_may_sign_cannot_be_bound() -> None:
    table = await (await make_table(may_settle=False)).in_session()
    _, owner = await colleague(table, may_settle=True)
    await table.come(owner)
    await seats.admit(table.id, table.mediator, None, now=NOW)
    number = await clauses.propose(table.id, owner, REFUND, today=TODAY, now=NOW)
    await clauses.accept(table.id, table.consumer, number, now=NOW)
    seat = await table.seat(owner)
    await seats.leave(seat.id, seat.generation, now=NOW)

    with pytest.raises(Refused, match="signer_away"):
        await freeze(table)


async def test_freezing_refuses_open_clauses_empty_minutes_and_hearings_not_held() -> None:
    table = await (await make_table()).in_session()
    with pytest.raises(Refused, match="agreement_without_clauses"):
        await freeze(table)
    await clauses.propose(table.id, table.agent, REFUND, today=TODAY, now=NOW)
    with pytest.raises(Refused, match="clauses_open"):
        await freeze(table)
    with pytest.raises(Refused, match="clauses_without_agreement"):
        await freeze(table, Outcome.NO_AGREEMENT)

    other = await make_table()
    await other.come(other.mediator)
    with pytest.raises(Refused, match="hearing_not_opened"):
        await freeze(other, Outcome.NO_AGREEMENT)


async def test_nobody_is_absent_within_the_tolerance_or_while_present() -> None:
    table = await make_table()
    await table.come(table.mediator)
    await table.come(table.consumer)
    late = timedelta(minutes=21)

    with pytest.raises(Refused, match="tolerance_running"):
        await freeze(table, Outcome.COMPANY_ABSENT)
    with pytest.raises(Refused, match="party_present"):
        await freeze(table, Outcome.CONSUMER_ABSENT, at=late)
    assert await freeze(table, Outcome.COMPANY_ABSENT, at=late)


# --- signing


async def test_each_signature_keeps_its_evidence() -> None:
    table = await (await make_table()).agreed()
    shown = await freeze(table)

    await sign(table, table.consumer, shown)

    kept = await Signature.get(user_id=table.consumer.user_id)
    assert (kept.role, kept.text_hash, kept.method, kept.address, kept.device) == (
        SeatRole.CONSUMER,
        shown,
        "email_code",
        EVIDENCE.address,
        EVIDENCE.device,
    )


async def test_a_wrong_code_signs_nothing_and_tries_are_counted() -> None:
    table = await (await make_table()).agreed()
    shown = await freeze(table)
    right = await code_for(table, table.consumer)
    wrong = "000000" if right != "000000" else "111111"

    for _ in range(codes.TRIES):
        with pytest.raises(Refused, match="code_wrong"):
            await sign(table, table.consumer, shown, wrong)
    with pytest.raises(Refused, match="code_wrong"):
        await sign(table, table.consumer, shown, right)

    assert not await Signature.exists()


async def test_a_code_of_another_person_or_an_earlier_text_signs_nothing() -> None:
    table = await (await make_table()).agreed()
    shown = await freeze(table)
    code = await code_for(table, table.consumer)
    with pytest.raises(Refused, match="code_wrong"):
        await sign(table, table.agent, shown, code)

    await signatures.reopen(table.id, table.mediator, now=NOW)
    await table.write("Outra ata.")
    newer = await freeze(table)
    with pytest.raises(Refused, match="code_wrong"):
        await sign(table, table.consumer, newer, code)
    with pytest.raises(Conflict, match="text_changed"):
        await sign(table, table.consumer, shown, code)
    assert not await Signature.exists()


async def test_two_clicks_sign_once() -> None:
    table = await (await make_table()).agreed()
    shown = await freeze(table)
    code = await code_for(table, table.consumer)

    done = await asyncio.gather(
        *(sign(table, table.consumer, shown, code) for _ in range(2)), return_exceptions=True
    )

    assert sorted(isinstance(result, Refused) for result in done) == [False, True]
    assert await Signature.all().count() == 1


async def test_who_may_not_sign_is_told_why_and_gets_no_code() -> None:
    table = await (await make_table()).agreed()
    _, lawyer = await colleague(table, may_settle=False)
    await table.come(lawyer)
    await seats.admit(table.id, table.mediator, None, now=NOW)
    with pytest.raises(Refused, match="text_not_frozen"):
        await code_for(table, table.consumer)
    shown = await freeze(table)
    with pytest.raises(Refused, match="no_power_to_settle"):
        await code_for(table, lawyer)
    await sign(table, table.consumer, shown)
    with pytest.raises(Refused, match="already_signed"):
        await code_for(table, table.consumer)


async def test_without_agreement_only_the_mediator_signs() -> None:
    table = await (await make_table()).in_session()
    shown = await freeze(table, Outcome.NO_AGREEMENT)
    with pytest.raises(Refused, match="not_required"):
        await code_for(table, table.consumer)
    await sign(table, table.mediator, shown)
    assert await signatures.missing(await table.now()) == frozenset()


async def test_reopening_drops_signatures_and_lets_the_text_change() -> None:
    table = await (await make_table()).agreed()
    await sign(table, table.consumer, await freeze(table))

    await signatures.reopen(table.id, table.mediator, now=NOW)

    hearing = await table.now()
    assert (hearing.frozen_at, hearing.text_hash, hearing.outcome) == (None, "", None)
    assert not await Signature.exists()
    assert (await Clause.first()).state is ClauseState.ACCEPTED  # type: ignore[union-attr]
    event = await CaseEvent.get(name="text_reopened")
    assert event.facts["dropped_signatures"] == 1
    assert await CaseEvent.filter(name="text_signed").count() == 1


# --- closing


async def test_closing_with_agreement_moves_the_case_and_queues_the_seal_once() -> None:
    table = await (await make_table()).agreed()
    shown = await freeze(table)
    for viewer in (table.consumer, table.agent):
        await sign(table, viewer, shown)
    with pytest.raises(Refused, match="signatures_missing"):
        await conduct.close(table.id, table.mediator, HOUSE, now=NOW)
    await sign(table, table.mediator, shown)

    evening = datetime.combine(NOW + timedelta(days=1), time(1), UTC)  # ten o'clock where the agency is
    done = await asyncio.gather(
        *(conduct.close(table.id, table.mediator, HOUSE, now=evening) for _ in range(2)),
        return_exceptions=True,
    )

    assert sorted(isinstance(result, Refused) for result in done) == [False, True]
    case = await Case.get(id=table.case.id)
    assert (case.state, case.due_on) == (State.FULFILMENT, date(2026, 12, 10))
    assert {one.agreed_on for one in await Obligation.all()} == {NOW.date()}
    assert (await table.now()).state is HearingState.CLOSED
    assert await Job.filter(kind="seal_minutes").count() == 1
    assert (await CaseEvent.get(name="hearing_closed")).facts["outcome"] == "full_agreement"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.NO_AGREEMENT, State.NO_AGREEMENT),
        (Outcome.TECHNICAL_FAILURE, State.HEARING_NOT_HELD),
    ],
)
async def test_every_other_outcome_moves_the_case_too(outcome: Outcome, state: State) -> None:
    table = await (await make_table()).in_session()
    await sign(table, table.mediator, await freeze(table, outcome))

    await conduct.close(table.id, table.mediator, HOUSE, now=NOW)

    assert (await Case.get(id=table.case.id)).state is state


async def test_a_hearing_whose_company_never_came_closes_without_opening() -> None:
    table = await make_table(starts_at=NOW - timedelta(minutes=20))
    await table.come(table.mediator)
    await table.come(table.consumer)
    await sign(table, table.mediator, await freeze(table, Outcome.COMPANY_ABSENT))

    await conduct.close(table.id, table.mediator, HOUSE, now=NOW)

    assert (await Case.get(id=table.case.id)).state is State.HEARING_NOT_HELD


async def test_nothing_closes_unfrozen_or_paused_and_nothing_happens_afterwards() -> None:
    table = await (await make_table()).in_session()
    with pytest.raises(Refused, match="text_not_frozen"):
        await conduct.close(table.id, table.mediator, HOUSE, now=NOW)
    await sign(table, table.mediator, await freeze(table, Outcome.NO_AGREEMENT))
    await conduct.take(table.id, table.mediator, Conduct.PAUSE, HOUSE, now=NOW)
    with pytest.raises(Refused, match="hearing_not_now"):
        await conduct.close(table.id, table.mediator, HOUSE, now=NOW)
    await conduct.take(table.id, table.mediator, Conduct.RESUME, HOUSE, now=NOW)
    await conduct.close(table.id, table.mediator, HOUSE, now=NOW)

    with pytest.raises(Refused, match="hearing_over"):
        await chat.say(table.id, table.consumer, "Tarde demais", now=NOW)
    with pytest.raises(Refused, match="hearing_over"):
        await signatures.reopen(table.id, table.mediator, now=NOW)
