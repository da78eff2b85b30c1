"""Conduct, chat, minutes and clauses, as the three do them in the room."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.services import agreement_view, chat, clauses, conduct, minutes, remarks, seats
from models import CaseEvent, Clause, HearingMessage
from models.rules.agreement import ClauseKind, ClauseState, Penalty
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.hearing import Conduct, HearingState, Outcome, SeatRole
from models.rules.minutes import RemarkState
from tests.factories.hearings import HOUSE, REFUND, make_table
from tests.factories.people import NOW
from tests.services.signing import freeze

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOW.date()


# --- conduct


async def test_opening_writes_who_is_present_and_with_which_power() -> None:
    table = await make_table(may_settle=False)

    await table.in_session()

    hearing = await table.now()
    assert hearing.state is HearingState.IN_SESSION
    assert "Aos 23/11/2026, às 12:00" in hearing.record
    assert "Loja Boa Ltda., CNPJ" in hearing.record
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
    paragraph = await table.write("zero")
    await minutes.change(table.id, table.mediator, paragraph.id, "um", 1, now=NOW)

    with pytest.raises(Conflict) as caught:
        await minutes.change(table.id, table.mediator, paragraph.id, "outro", 1, now=NOW)

    facts = {"revision": 2, "text": "um", "by": "Rita Melo"}
    assert (caught.value.code, caught.value.facts) == ("minutes_changed", facts)
    assert (await table.now()).record.endswith("\n\num")

    await minutes.remove(table.id, table.mediator, paragraph.id, 2, now=NOW)
    with pytest.raises(Conflict, match="paragraph_gone"):
        await minutes.change(table.id, table.mediator, paragraph.id, "dois", 2, now=NOW)


async def test_the_same_minutes_are_no_event_and_parties_write_none() -> None:
    table = await (await make_table()).in_session()
    paragraph = await table.write("um")
    assert await minutes.change(table.id, table.mediator, paragraph.id, " um ", 1, now=NOW) == 1
    with pytest.raises(Refused, match="not_yours"):
        await minutes.change(table.id, table.consumer, paragraph.id, "dois", 1, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await minutes.write(table.id, table.consumer, "dois", after=None, now=NOW)
    assert await CaseEvent.filter(name="minutes_changed").count() == 1


async def test_two_people_write_in_different_paragraphs_and_never_meet() -> None:
    table = await (await make_table()).in_session()
    one, two = await table.write("um"), await table.write("dois")
    between = await minutes.write(table.id, table.mediator, "entre", after=one.id, now=NOW)

    await asyncio.gather(
        minutes.change(table.id, table.mediator, one.id, "UM", 1, now=NOW),
        minutes.change(table.id, table.mediator, two.id, "DOIS", 1, now=NOW),
    )

    assert (await table.now()).record.endswith("UM\n\nentre\n\nDOIS")
    seen = (await agreement_view.paragraphs(table.id, table.consumer))[-3:]
    assert [one.text for one in seen] == ["UM", "entre", "DOIS"]
    assert {one.author for one in seen} == {"Rita Melo"}
    assert between.position == one.position + 1


async def test_a_text_of_the_profile_is_added_for_an_outcome() -> None:
    table = await (await make_table()).in_session()
    outcome = Outcome.CONSUMER_ABSENT
    await minutes.apply(table.id, table.mediator, outcome, HOUSE.texts, HOUSE.values, now=NOW)
    text = (await table.now()).record
    assert "tolerância de 15 minutos, o consumidor Ana Souza não compareceu" in text


# --- remarks


async def test_a_remark_goes_into_the_minutes_as_its_authors_words() -> None:
    table = await (await make_table()).in_session()
    paragraph, last = await table.write("A empresa entregou."), await table.write("Nada mais.")
    remark = await remarks.make(table.id, table.consumer, paragraph.id, " Com  atraso. ", now=NOW)
    with pytest.raises(Refused, match="remarks_open"):
        await minutes.remove(table.id, table.mediator, paragraph.id, 1, now=NOW)

    await remarks.answer(table.id, table.mediator, remark, RemarkState.ACCEPTED, now=NOW)

    seen = await agreement_view.paragraphs(table.id, table.consumer)
    words = "Ana Souza, consumidor(a), pediu que constasse: “Com atraso.”"
    assert [(one.text, one.author) for one in seen[-3:]] == [
        (paragraph.text, "Rita Melo"),
        (words, "Ana Souza"),
        (last.text, "Rita Melo"),
    ]
    assert [(one.state, one.mine) for one in seen[-3].remarks] == [(RemarkState.ACCEPTED, True)]
    with pytest.raises(Refused, match="remark_over"):
        await remarks.answer(table.id, table.mediator, remark, RemarkState.LEFT, now=NOW)


async def test_a_remark_is_answered_left_or_overtaken_by_the_end_and_never_lost() -> None:
    table = await (await make_table(may_settle=False)).in_session()
    paragraph = await table.write("A empresa entregou.")
    first, second, third = [
        await remarks.make(table.id, viewer, paragraph.id, f"Observação {number}", now=NOW)
        for number, viewer in enumerate((table.consumer, table.agent, table.agent))
    ]
    with pytest.raises(Invalid):
        await remarks.answer(table.id, table.mediator, first, RemarkState.ANSWERED, now=NOW)
    await remarks.answer(table.id, table.mediator, first, RemarkState.ANSWERED, "Já consta.", now=NOW)
    await remarks.answer(table.id, table.mediator, second, RemarkState.LEFT, now=NOW)
    for viewer in (table.consumer, table.agent):
        with pytest.raises(Refused, match="not_yours"):
            await remarks.answer(table.id, viewer, third, RemarkState.ACCEPTED, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await remarks.make(table.id, table.mediator, paragraph.id, "Minha", now=NOW)

    await freeze(table, Outcome.NO_AGREEMENT)

    seen = (await agreement_view.paragraphs(table.id, table.agent))[-1].remarks
    assert [(one.state, one.answer) for one in seen] == [
        (RemarkState.ANSWERED, "Já consta."),
        (RemarkState.LEFT, ""),
        (RemarkState.LEFT, ""),
    ]
    with pytest.raises(Refused, match="text_frozen"):
        await remarks.make(table.id, table.consumer, paragraph.id, "Tarde", now=NOW)
    told = await CaseEvent.filter(name__in=["remark_made", "remark_answered"])
    assert all("Observação" not in str(event.facts) for event in told)


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
        ({"place": "a" * 201}, {"place": "too_long"}),
        ({"penalty": Penalty(fine_percent=101)}, {"fine_percent": "fine_invalid"}),
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


async def test_another_version_is_accepted_anew_and_stands_where_the_first_stood() -> None:
    table = await (await make_table()).agreed()
    first = await Clause.get()
    other = await clauses.propose(
        table.id, table.mediator, replace(REFUND, amount_cents=5), today=TODAY, now=NOW
    )

    second = await clauses.revise(
        table.id, table.consumer, first.id, replace(REFUND, place="na loja"), today=TODAY, now=NOW
    )

    assert [clause.id for clause in await clauses.live(table.id)] == [second, other]
    assert (await Clause.get(id=first.id)).state is ClauseState.REPLACED
    newest = await Clause.get(id=second)
    assert (newest.state, newest.version, newest.company_accepted_at) == (ClauseState.PROPOSED, 2, None)
    who = agreement_view.Who(SeatRole.COMPANY, admitted=True, may_sign=True)
    seen = (await agreement_view.clauses_of(await table.now(), who))[0]
    assert (seen.number, [old.number for old in seen.history], seen.can_accept) == (1, [1], True)
    with pytest.raises(Refused, match="clauses_open"):
        await freeze(table)
    accepted = {event.facts["words"] for event in await CaseEvent.filter(name="clause_accepted")}
    revised = (await CaseEvent.get(name="clause_revised")).facts
    assert revised["version"] == 2
    assert revised["words"] not in accepted


async def test_the_second_of_two_who_change_a_clause_is_told_what_it_says_now() -> None:
    table = await (await make_table()).agreed()
    first = await Clause.get()
    versions = [replace(REFUND, place="na loja"), replace(REFUND, place="em casa")]

    done = await asyncio.gather(
        *(
            clauses.revise(table.id, viewer, first.id, version, today=TODAY, now=NOW)
            for viewer, version in zip((table.agent, table.mediator), versions, strict=True)
        ),
        return_exceptions=True,
    )

    (told,) = [result for result in done if isinstance(result, Conflict)]
    place = "em casa" if isinstance(done[0], Conflict) else "na loja"
    assert told.code == "clause_changed"
    assert f"Local: {place}." in told.facts["text"]
    with pytest.raises(Conflict, match="clause_changed"):
        await clauses.accept(table.id, table.consumer, first.id, now=NOW)
    standing = (await clauses.live(table.id))[0]
    await clauses.withdraw(table.id, table.mediator, standing.id, now=NOW)
    with pytest.raises(Conflict, match="clause_gone"):
        await clauses.revise(table.id, table.agent, first.id, versions[0], today=TODAY, now=NOW)


async def test_a_preview_says_how_a_clause_would_read_and_keeps_nothing() -> None:
    table = await (await make_table()).in_session()
    terms = await clauses.preview(table.id, table.consumer, replace(REFUND, instalments=7), today=TODAY)
    assert sum(one.amount_cents for one in terms.payments) == 12_000
    assert len(terms.payments) == 7
    with pytest.raises(Invalid):
        await clauses.preview(table.id, table.consumer, replace(REFUND, amount_cents=0), today=TODAY)
    seat = await table.seat(table.consumer)
    await seats.send_back(table.id, table.mediator, seat.id, now=NOW)
    with pytest.raises(Refused, match="not_admitted"):
        await clauses.preview(table.id, table.consumer, REFUND, today=TODAY)
    assert not await Clause.exists()
