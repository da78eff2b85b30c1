"""Minutes, chat, clauses, freezing, signing and closing, as the three do them in the room."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.services import chat, clauses, codes, conduct, minutes, seats, signatures
from app.services.signatures import Evidence
from models import Case, CaseEvent, Clause, HearingMessage, Job, Signature
from models.rules.agreement import ClauseKind, ClauseState, text_hash
from models.rules.case_machine import State
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.hearing import Conduct, HearingState, Outcome, SeatRole
from models.rules.people import Viewer
from tests.factories.hearings import HOUSE, REFUND, Table, colleague, make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOW.date()
SECRET = "s" * 64
EVIDENCE = Evidence("203.0.113.7", "Mozilla/5.0")


async def freeze(table: Table, outcome: Outcome = Outcome.FULL_AGREEMENT, at: timedelta = timedelta()) -> str:
    """The mediator freezes; gives the hash that people see."""
    await signatures.freeze(
        table.id, table.mediator, outcome, tolerance_minutes=HOUSE.tolerance_minutes, now=NOW + at
    )
    return (await table.now()).text_hash


async def code_for(table: Table, viewer: Viewer) -> str:
    """Ask for a code and read the letter that brings it."""
    await signatures.ask_code(table.id, viewer, secret=SECRET, now=NOW)
    letter = (await Job.filter(kind="letter").order_by("-id").first()).payload  # type: ignore[union-attr]
    assert letter["to"] == viewer.email
    return str(letter["subject"][:6])


async def sign(table: Table, viewer: Viewer, shown: str, code: str | None = None) -> None:
    """Sign as a person does: ask, read, type."""
    code = code or await code_for(table, viewer)
    await signatures.sign(
        table.id, viewer, code=code, shown_hash=shown, evidence=EVIDENCE, secret=SECRET, now=NOW
    )


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


# --- freezing


async def test_the_frozen_text_is_what_is_hashed_and_nothing_changes_any_more() -> None:
    table = await (await make_table()).agreed()

    shown = await freeze(table)

    hearing = await table.now()
    assert shown == text_hash(hearing.final_text)
    assert "Cláusula 1. A empresa obriga-se a restituir o valor de R$ 120,00" in hearing.final_text
    assert (await Clause.first()).state is ClauseState.FROZEN  # type: ignore[union-attr]
    for act in (
        minutes.save(table.id, table.mediator, "x", hearing.record_revision, now=NOW),
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
        await conduct.close(table.id, table.mediator, now=NOW)
    await sign(table, table.mediator, shown)

    done = await asyncio.gather(
        *(conduct.close(table.id, table.mediator, now=NOW) for _ in range(2)), return_exceptions=True
    )

    assert sorted(isinstance(result, Refused) for result in done) == [False, True]
    case = await Case.get(id=table.case.id)
    assert (case.state, case.due_on) == (State.FULFILMENT, date(2026, 12, 10))
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

    await conduct.close(table.id, table.mediator, now=NOW)

    assert (await Case.get(id=table.case.id)).state is state


async def test_a_hearing_whose_company_never_came_closes_without_opening() -> None:
    table = await make_table(starts_at=NOW - timedelta(minutes=20))
    await table.come(table.mediator)
    await table.come(table.consumer)
    await sign(table, table.mediator, await freeze(table, Outcome.COMPANY_ABSENT))

    await conduct.close(table.id, table.mediator, now=NOW)

    assert (await Case.get(id=table.case.id)).state is State.HEARING_NOT_HELD


async def test_nothing_closes_unfrozen_or_paused_and_nothing_happens_afterwards() -> None:
    table = await (await make_table()).in_session()
    with pytest.raises(Refused, match="text_not_frozen"):
        await conduct.close(table.id, table.mediator, now=NOW)
    await sign(table, table.mediator, await freeze(table, Outcome.NO_AGREEMENT))
    await conduct.take(table.id, table.mediator, Conduct.PAUSE, HOUSE, now=NOW)
    with pytest.raises(Refused, match="hearing_not_now"):
        await conduct.close(table.id, table.mediator, now=NOW)
    await conduct.take(table.id, table.mediator, Conduct.RESUME, HOUSE, now=NOW)
    await conduct.close(table.id, table.mediator, now=NOW)

    with pytest.raises(Refused, match="hearing_over"):
        await chat.say(table.id, table.consumer, "Tarde demais", now=NOW)
    with pytest.raises(Refused, match="hearing_over"):
        await signatures.reopen(table.id, table.mediator, now=NOW)
