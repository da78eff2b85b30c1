"""Terms that run: when the company's term ends, and what happens on the day after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, letters, parties
from models import Case, Notice
from models.rules.case_machine import CIP_RUNS, Action
from models.rules.people import Side
from models.rules.terms import Calendar, DueDate, Term, due_date, explain

AGREED: Mapping[str, Any] = {"term_act": "", "term_start": None}
"""Columns of a case whose date people agreed on, or that has none: nothing to count again."""


@dataclass(frozen=True)
class Running:
    """A term that starts to run: its last day and the sentence that explains it."""

    due_on: date
    explanation: str
    act: str
    start: date

    def columns(self) -> dict[str, Any]:
        """The columns of a case in which this term runs."""
        return {
            "due_on": self.due_on,
            "due_explanation": self.explanation,
            "term_act": self.act,
            "term_start": self.start,
        }


def running(term: Term, start: date, calendar: Calendar) -> Running:
    """``term`` from a trigger on ``start``, with its explanation in Portuguese."""
    result: DueDate = due_date(term, start, calendar)
    return Running(result.due, explain(result), term.act, start)


@dataclass(frozen=True)
class TermRules:
    """What a term is counted with: the term, the agency's date and its calendar."""

    term: Term
    today: date
    calendar: Calendar

    def running(self) -> Running:
        """The term as it runs from today."""
        return running(self.term, self.today, self.calendar)


async def pass_terms(now: datetime, today: date) -> int:
    """Move each case whose company let its term pass to "unanswered"; answers how many moved.

    ``today`` is the agency's date: a term that ends today still runs. Each case is a transaction of its
    own and is looked at again under its lock, so the loop may run in several processes.
    """
    late = await Case.filter(state__in=CIP_RUNS, due_on__lt=today).order_by("due_on", "id").values("id")
    return sum([await _pass(row["id"], now, today) for row in late])


async def _pass(case_id: int, now: datetime, today: date) -> bool:
    async with transaction():
        file = await casefile.opened(case_id, None)
        case = file.case
        if case.state not in CIP_RUNS or case.due_on is None or case.due_on >= today:
            return False
        ended = case.due_on
        to = file.step(Action.TERM_PASSED)
        event = await casefile.record(
            file, "term_passed", now=now, to=to, facts={"due": ended.isoformat()}, due_on=None, **AGREED
        )
        await _tell_passed(case, ended, f"case:{case.id}:{event.seq}", now)
    return True


async def _tell_passed(case: Case, ended: date, key: str, now: datetime) -> None:
    """Write to both sides, each in words of its own."""
    people = await casefile.people_of(case)
    consumer = people[Side.CONSUMER][0]
    values = {
        "consumer": consumer.name,
        "company": (await parties.of_case(case)).company_name,
        "protocol": case.protocol or "",
        "day": f"{ended:%d/%m/%Y}",
    }
    for side, kind in ((Side.CONSUMER, "unanswered_consumer"), (Side.COMPANY, "unanswered_company")):
        text = await letters.standard(kind, values, path=f"/casos/{case.id}", case=case.id)
        await letters.write(people.get(side, []), key, text, now=now)


async def recount(
    terms: Mapping[str, Term], calendar: Calendar, reason: str, *, today: date, now: datetime
) -> int:
    """Count every running term again after a change of the calendar; answers how many moved.

    ``reason`` names the change. A term that has ended stays as it was. Each case is a transaction of its
    own, and a second run changes nothing.
    """
    running_now = Case.filter(term_start__isnull=False, due_on__gte=today).order_by("id")
    cases = await running_now.values("id")
    return sum([await _recount(row["id"], terms, calendar, reason, today, now) for row in cases])


async def _recount(
    case_id: int, terms: Mapping[str, Term], calendar: Calendar, reason: str, today: date, now: datetime
) -> bool:
    async with transaction():
        file = await casefile.opened(case_id, None)
        case = file.case
        before, start, term = case.due_on, case.term_start, terms.get(case.term_act)
        if before is None or before < today or start is None or term is None:
            return False
        again = running(term, start, calendar)
        if again.due_on == before:
            return False
        event = await casefile.record(
            file,
            "term_recounted",
            now=now,
            facts={"before": before.isoformat(), "due": again.due_on.isoformat(), "reason": reason},
            **again.columns(),
        )
        await _move_notice(case, before, again)
        await _tell_recount(case, before, again, f"case:{case.id}:{event.seq}", now)
    return True


async def _move_notice(case: Case, before: date, again: Running) -> None:
    """The notice that set the company's term says the new day, too."""
    notice = await Notice.filter(case_id=case.id, due_on=before).order_by("-id").first()
    if case.state in CIP_RUNS and notice is not None:
        notice.due_on, notice.explanation = again.due_on, again.explanation
        await notice.save()


async def _tell_recount(case: Case, before: date, again: Running, key: str, now: datetime) -> None:
    """Write to the side whose term it is."""
    side = Side.COMPANY if case.state in CIP_RUNS else Side.CONSUMER
    text = await letters.standard(
        "term_recounted",
        {
            "protocol": case.protocol or _("cadastro"),
            "before": f"{before:%d/%m/%Y}",
            "day": f"{again.due_on:%d/%m/%Y}",
            "explanation": again.explanation,
        },
        path=f"/casos/{case.id}",
        case=case.id,
    )
    await letters.write((await casefile.people_of(case)).get(side, []), key, text, now=now)
