"""From the agreement to its end: reminded, asked, kept, silent, broken, and the kit for the court."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.adapters.kit_document import KitData
from app.profile import ExecutionRules
from app.services import (
    company_figures,
    execution_kit,
    fulfilment,
    fulfilment_links,
    indices,
    obligations,
    settlement_watch,
    settlements,
)
from app.services.execution_kit import Reckoning
from app.services.settlement_watch import Watch
from models import Case, CaseEvent, Document, DocumentKind, Job, Obligation, SolvedBy
from models.rules.agreement import Penalty
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.fulfilment import ObligationState, Word
from models.rules.terms import Calendar, Term
from tests.factories.offers import SOON, accepted, deed, offered, refund
from tests.factories.people import NOW
from tests.services.parties import OPEN_CALENDAR, ZONE, Parties, make_parties
from tests.services.test_settlements import make_press

pytestmark = pytest.mark.usefixtures("database")

REPLY = Term("settlement_reply", 10, "calendar", "teste", trigger="fulfilment_asked")
WATCH = Watch(REPLY, OPEN_CALENDAR, 3, ZONE, "segredo", 30)
LATE = SOON + timedelta(days=1)


def at(day: date) -> datetime:
    """Noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)


async def agreed(*clauses: object) -> tuple[Parties, list[Obligation]]:
    """An agreement by an accepted offer, and its obligations."""
    people = await make_parties(State.ANSWERED)
    offer = await offered(people, people.agent, *clauses)  # type: ignore[arg-type]
    await accepted(people, people.consumer, offer)
    await Job.all().delete()
    return people, await Obligation.filter(case_id=people.case.id).order_by("id")


async def say(one: Obligation, people: Parties, word: Word, day: date = LATE, note: str = "") -> None:
    await fulfilment.word(one.id, people.consumer, word, note, now=at(day), today=day)


async def told() -> list[tuple[str, str]]:
    """To whom what was written, since the last time."""
    found = [
        (job.payload["to"], job.payload["subject"]) for job in await Job.filter(kind="letter").order_by("id")
    ]
    await Job.filter(kind="letter").delete()
    return found


async def case_of(people: Parties) -> Case:
    return await Case.get(id=people.case.id)


async def test_the_watch_reminds_asks_asks_again_and_writes_silence_down() -> None:
    people, (one,) = await agreed()
    company, consumer = people.agent.email, people.consumer.email
    days = {SOON - timedelta(days=4): [], SOON - timedelta(days=3): [company], SOON: []}
    days |= {LATE: [consumer], LATE + timedelta(days=4): [], LATE + timedelta(days=5): [consumer]}
    for day, whom in days.items():
        assert await settlement_watch.look(WATCH, now=at(day)) == len(whom)
        assert await settlement_watch.look(WATCH, now=at(day)) == 0, "once"
        assert [to for to, _subject in await told()] == whom
        if day == LATE:
            case = await case_of(people)
            assert (case.due_on, case.term_act) == (LATE + timedelta(days=10), "settlement_reply")

    assert await settlement_watch.look(WATCH, now=at(LATE + timedelta(days=11))) == 1

    case = await case_of(people)
    assert (case.state, case.solved_by, case.due_on) == (State.ARCHIVED, None, None)
    assert (await Obligation.get(id=one.id)).state is ObligationState.SILENT
    assert {to for to, _subject in await told()} == {company, consumer}
    events = await CaseEvent.filter(case_id=case.id).order_by("seq")
    assert [event.name for event in events[-4:]] == [
        *("fulfilment_asked", "fulfilment_asked", "obligation_silent", "fulfilment_unanswered"),
    ]
    facts = (await company_figures.of_companies([people.company.id], ZONE, now=NOW))[0]
    assert (facts.agreed, facts.kept, facts.broken) == (1, 0, 0)

    await say(one, people, Word.BROKEN, LATE + timedelta(days=20))
    assert (await case_of(people)).state is State.BREACHED, "who was silent may still say so"


async def test_a_change_of_the_calendar_moves_the_creditors_term_and_says_so() -> None:
    people, (one,) = await agreed()
    await settlement_watch.look(WATCH, now=at(LATE))
    case = await case_of(people)
    until = LATE + timedelta(days=10)
    assert case.due_explanation.startswith("10 dias corridos, contados da pergunta sobre o cumprimento em")
    closed = replace(WATCH, calendar=Calendar({until: "Feriado novo"}))

    assert await settlement_watch.recount(closed, "Decreto 9/2026", now=at(LATE)) == 1
    assert await settlement_watch.recount(closed, "Decreto 9/2026", now=at(LATE)) == 0

    case, one = await case_of(people), await Obligation.get(id=one.id)
    assert one.reply_until == case.due_on
    assert one.reply_until is not None
    assert one.reply_until > until
    assert "Feriado novo" in case.due_explanation
    event = await CaseEvent.get(case_id=case.id, name="term_recounted")
    assert (event.facts["before"], event.facts["reason"]) == (until.isoformat(), "Decreto 9/2026")


async def test_what_was_kept_ends_the_case_as_fulfilled() -> None:
    people, (money, thing) = await agreed(refund(), deed(due_on=SOON + timedelta(days=30)))
    await say(money, people, Word.KEPT)
    case = await case_of(people)
    assert (case.state, case.due_on) == (State.FULFILMENT, SOON + timedelta(days=30))
    with pytest.raises(Refused, match="already_said"):
        await say(money, people, Word.KEPT)
    with pytest.raises(Refused, match="not_due_yet"):
        await say(thing, people, Word.BROKEN)
    with pytest.raises(Refused, match="not_yours"):
        await fulfilment.word(thing.id, people.agent, Word.KEPT, now=at(LATE), today=LATE)

    await fulfilment.word(thing.id, people.coordinator, Word.KEPT, "Por telefone.", now=at(LATE), today=LATE)

    case = await case_of(people)
    assert (case.state, case.solved_by) == (State.ARCHIVED, SolvedBy.AGREEMENT)
    figures = (await company_figures.of_companies([people.company.id], ZONE, now=NOW))[0]
    assert (figures.kept, figures.broken) == (1, 0)


async def test_a_proof_is_the_debtors_and_is_told() -> None:
    people, (one,) = await agreed()
    with pytest.raises(Invalid, match="invalid"):
        await fulfilment.prove(one.id, people.agent, now=NOW)
    paper = await Document.create(
        case=people.case,
        owner_id=people.agent.user_id,
        kind=DocumentKind.FULFILMENT,
        sides="company,staff",
        filename="pix.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        storage_key="k",
        at=NOW,
    )
    with pytest.raises(Refused, match="not_yours"):
        await fulfilment.prove(one.id, people.consumer, now=NOW)
    await fulfilment.prove(one.id, people.agent, now=NOW)
    (due,) = await obligations.of_case(people.case.id)
    assert due.proofs == (paper.id,)
    await paper.refresh_from_db()
    assert paper.sides == "consumer,company,staff"
    assert [to for to, _subject in await told()] == [people.consumer.email]


async def test_a_breach_reopens_the_case_and_what_is_done_late_is_still_broken() -> None:
    people, (first, second) = await agreed(refund(), deed(due_on=SOON + timedelta(days=30)))
    await say(first, people, Word.BROKEN, note="Nada caiu na conta.")
    case = await case_of(people)
    assert (case.state, case.due_on) == (State.BREACHED, None)
    assert {to for to, _subject in await told()} == {
        *(people.agent.email, people.consumer.email, people.coordinator.email),
    }
    assert (await Job.get(kind=fulfilment.KIT_JOB)).payload["case"] == case.id
    assert (await CaseEvent.get(name="agreement_broken")).facts["reason"] == "Nada caiu na conta."

    await say(first, people, Word.KEPT)
    case = await case_of(people)
    assert (case.state, case.due_on) == (State.FULFILMENT, SOON + timedelta(days=30))
    await say(second, people, Word.KEPT)
    case = await case_of(people)
    assert (case.state, case.solved_by) == (State.ARCHIVED, SolvedBy.AGREEMENT)
    figures = (await company_figures.of_companies([people.company.id], ZONE, now=NOW))[0]
    assert (figures.kept, figures.broken) == (0, 1)


async def test_the_kit_holds_agreement_evidence_record_and_calculation(tmp_path: Path) -> None:
    people, rows = await agreed(refund(60_000, count=2, penalty=Penalty(10, None, True)), deed())
    pdf, press = make_press(tmp_path)
    offer = (await CaseEvent.get(name="offer_accepted")).facts["offer"]
    await settlements.seal_settlement(offer, press, now=NOW)
    await indices.import_csv(
        "ipca", "IPCA", "Fonte de teste", "11/2026;1,00", today=date(2026, 12, 1), now=NOW
    )
    await say(rows[0], people, Word.BROKEN, note="Não pagou.")
    job = await Job.get(kind=fulfilment.KIT_JOB)
    how = Reckoning(ExecutionRules("ipca", "", Decimal(1), "CC, art. 395"), ZONE)
    december = at(date(2026, 12, 28))

    for _ in range(2):
        await execution_kit.seal_kit(job.payload["case"], job.payload["breach"], press, how, now=december)

    kit = pdf.asked[-1]
    assert isinstance(kit, KitData)
    assert [line.role for line in kit.signatures] == ["Empresa, propôs", "Consumidor, aceitou"]
    assert len(kit.clauses) == 2
    assert [line.state for line in kit.obligations] == [
        *("não cumprida", "ainda por vencer ou confirmar", "ainda por vencer ou confirmar"),
    ]
    assert [(line.cents, line.accelerated, line.since) for line in kit.payments] == [
        (30_000, False, SOON),
        (30_000, True, LATE),
    ]
    assert kit.payments[0].corrected_cents == 30_300
    assert [fine.cents for fine in kit.fines] == [6_000]
    assert kit.total_cents == sum(line.total_cents for line in kit.payments) + 6_000
    assert any("IPCA" in line for line in kit.method)
    chain = [line.seq for line in kit.chain]
    assert chain == sorted(chain)
    assert kit.last_hash == (await CaseEvent.get(case_id=people.case.id, seq=kit.last_seq)).hash
    assert kit.sealed_sha256 == (await Document.get(kind=DocumentKind.SETTLEMENT)).sha256
    document = await Document.get(kind=DocumentKind.KIT)
    assert document.sides == "consumer,staff", "the other side has no use for it"
    assert (await CaseEvent.get(name="kit_sealed")).sides == "consumer,staff"


async def test_a_link_is_one_persons_and_one_obligations() -> None:
    people, (one,) = await agreed()
    good = fulfilment_links.token(one.id, people.consumer.user_id, "segredo")
    asked = await fulfilment_links.find(good, "segredo")
    assert (asked.obligation.id, asked.viewer.user_id) == (one.id, people.consumer.user_id)
    agent = fulfilment_links.token(one.id, people.agent.user_id, "segredo")
    forged = good[:-1] + ("0" if good[-1] != "0" else "1")
    for token in (agent, forged, "", "1-2-3", f"{one.id + 1}-{good.partition('-')[2]}", "é-1-a"):
        with pytest.raises(NotFound):
            await fulfilment_links.find(token, "segredo")
    with pytest.raises(NotFound):
        await fulfilment_links.find(good, "outro")
