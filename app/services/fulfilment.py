"""What the parties say and show of an agreement's obligations, and what follows for the case (ADR 0074)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.db import transaction
from app.services import casefile, documents, letters, obligations, queue
from app.services.casefile import Opened
from app.services.negotiation import tell
from app.services.terms import AGREED
from models import Case, DocumentKind, Obligation, ObligationProof, SolvedBy, User
from models.rules.case_machine import Action, State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.evidence import bound
from models.rules.fulfilment import (
    CREDITOR,
    DEBTOR,
    REPLY_TERM,
    ObligationState,
    Word,
    say,
    settled,
)
from models.rules.hearing import SeatRole
from models.rules.news import News
from models.rules.people import Role, Side, Viewer

NOTE_MAX = 1000
KIT_JOB = "seal_kit"


async def word(
    obligation_id: int, viewer: Viewer, said: Word, note: str = "", *, now: datetime, today: date
) -> None:
    """The creditor says whether an obligation was fulfilled; staff may write it down for them.

    All fulfilled: the case ends. Not fulfilled: the case is open again, the company and the coordination are
    told, and the execution kit is made. Refused("not_due_yet", "already_said", "not_yours", "not_now").
    """
    note = note.strip()
    if len(note) > NOTE_MAX:
        raise Invalid({"note": "too_long"})
    async with transaction():
        file, found = await _locked(obligation_id, viewer)
        to = file.step(Action.CONFIRM_KEPT if said is Word.KEPT else Action.REPORT_BREACH)
        if file.side not in (CREDITOR[found.debtor], Side.STAFF):
            raise Refused("not_yours")
        found.state = say(found.state, said, found.due_on, today)
        found.decided_at, found.decided_by_id, found.note = now, viewer.user_id, note
        if said is Word.BROKEN:
            found.broken_at = now
        await found.save()
        if said is Word.KEPT:
            await _kept(file, found, now)
        else:
            await _broken(file, found, to, now)


async def prove(obligation_id: int, viewer: Viewer, *, now: datetime) -> None:
    """The debtor shows that an obligation was fulfilled, with the files that they uploaded for it."""
    async with transaction():
        file, found = await _locked(obligation_id, viewer)
        file.step(Action.FILE_PROOF)
        if file.side is not DEBTOR[found.debtor]:
            raise Refused("not_yours")
        sent = await documents.attach(
            file.case, viewer, (DocumentKind.FULFILMENT,), company_too=True, now=now
        )
        if not sent:
            raise Invalid({"proof": "proof_missing"})
        await ObligationProof.bulk_create(
            [ObligationProof(obligation_id=found.id, document_id=one) for one in sent]
        )
        facts = {"obligation": found.id, "documents": len(sent), **bound(sent)}
        await casefile.record(file, "proof_filed", now=now, facts=facts)
        path = f"/casos/{file.case.id}#obrigacoes"
        told = {"path": path, "what": found.text}
        await tell(file, CREDITOR[found.debtor], "obligation_proved", now, news=News.PROGRESS, **told)


async def close_if_settled(file: Opened, *, now: datetime) -> bool:
    """End the case when nothing of its agreement is awaited, inside the caller's transaction.

    It is solved by the agreement only when every obligation was confirmed.
    """
    states = await _states(file.case)
    if not settled(states):
        return False
    to = file.step(Action.CLOSE_FULFILLED)
    all_kept = all(state is ObligationState.KEPT for state in states)
    await casefile.record(
        file,
        "agreement_fulfilled" if all_kept else "fulfilment_unanswered",
        now=now,
        to=to,
        closed_at=now,
        solved_by=SolvedBy.AGREEMENT if all_kept else None,
    )
    kind = "agreement_kept" if all_kept else "agreement_unconfirmed"
    for side in (Side.CONSUMER, Side.COMPANY):
        await tell(file, side, kind, now, news=News.LEGAL)
    return True


async def term_columns(case: Case) -> dict[str, Any]:
    """The columns of the case's term: the consumer's answer that is awaited, or the agreement's next date."""
    waiting = await Obligation.filter(case_id=case.id, state=ObligationState.PENDING).order_by("id")
    asked = [
        (one.reply_until, one.reply_explanation)
        for one in waiting
        if one.asked_at and one.reply_until and one.debtor is SeatRole.COMPANY
    ]
    if asked:
        until, explanation = min(asked)
        return {**AGREED, "due_on": until, "due_explanation": explanation, "term_act": REPLY_TERM}
    first = min((one.due_on for one in waiting if one.due_on), default=None)
    return {**AGREED, "due_on": first, "due_explanation": obligations.explained(first)}


async def _kept(file: Opened, found: Obligation, now: datetime) -> None:
    if file.case.state is State.BREACHED:
        await _resume(file, found, now)
        return
    facts = {"obligation": found.id, "by": file.side}
    await casefile.record(file, "obligation_kept", now=now, facts=facts, **await term_columns(file.case))
    if not await close_if_settled(file, now=now):
        await _thank(file, found, now)


async def _resume(file: Opened, found: Obligation, now: datetime) -> None:
    """What was broken was done late: the case ends, or goes back to what is still to come."""
    states = await _states(file.case)
    facts = {"obligation": found.id, "by": file.side}
    if ObligationState.PENDING in states and ObligationState.BROKEN not in states:
        to = file.step(Action.RESUME_FULFILMENT)
        terms = await term_columns(file.case)
        await casefile.record(file, "obligation_kept", now=now, to=to, facts=facts, **terms)
    else:
        await casefile.record(file, "obligation_kept", now=now, facts=facts)
        if await close_if_settled(file, now=now):
            return
    await _thank(file, found, now)


async def _thank(file: Opened, found: Obligation, now: datetime) -> None:
    await tell(file, DEBTOR[found.debtor], "obligation_kept", now, news=News.PROGRESS, what=found.text)


async def _broken(file: Opened, found: Obligation, to: State, now: datetime) -> None:
    facts = {"obligation": found.id, "by": file.side, "reason": found.note or found.text}
    event = await casefile.record(
        file,
        "agreement_broken",
        now=now,
        to=to,
        facts=facts,
        closed_at=None,
        solved_by=None,
    )
    case = file.case
    kit = {"case": case.id, "breach": event.seq}
    await queue.enqueue(KIT_JOB, f"{KIT_JOB}:{case.id}:{event.seq}", kit, now=now)
    for side, kind in (
        (DEBTOR[found.debtor], "agreement_broken_debtor"),
        (CREDITOR[found.debtor], "agreement_broken_creditor"),
    ):
        await tell(file, side, kind, now, news=News.LEGAL, what=found.text)
    await _tell_lead(file, found.text, now)


async def _tell_lead(file: Opened, what: str, now: datetime) -> None:
    """The coordination and who has the case in hand."""
    case = file.case
    people = await User.filter(role=Role.COORDINATOR, disabled_at=None)
    if case.handler_id is not None and case.handler_id not in {person.id for person in people}:
        people += await User.filter(id=case.handler_id, disabled_at=None)
    values = {"protocol": case.protocol or "", "what": what}
    text = await letters.standard("agreement_broken_staff", values, path=f"/casos/{case.id}", case=case.id)
    await letters.write(people, f"case:{case.id}:{case.version}:lead", text, now=now)


async def _states(case: Case) -> Sequence[ObligationState]:
    return [
        ObligationState(str(state))
        for state in await Obligation.filter(case_id=case.id).values_list("state", flat=True)
    ]


async def _locked(obligation_id: int, viewer: Viewer | None) -> tuple[Opened, Obligation]:
    """The case of an obligation, locked, and the obligation read under the lock."""
    known = await Obligation.get_or_none(id=obligation_id)
    if known is None:
        raise NotFound
    file = await casefile.opened(known.case_id, viewer)
    return file, await Obligation.get(id=obligation_id)
