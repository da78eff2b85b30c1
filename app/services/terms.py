"""Terms that run in cases: booked when they begin, counted again when the calendar changes, passed when over.

Every day that is told to anybody stands in the case with its sentence and the version of the calendar by
which it was counted (ADR 0083). A party's term is booked by the act that begins it; the agency's own, on
which nobody's right hangs, is booked within the minute (``book``), from the same day and by the same count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, letters, parties
from app.services.duties import Reckoner
from models import Case, CaseEvent, Notice
from models.rules.case_machine import CIP_RUNS, Action, State
from models.rules.delivery import BEFORE_AWARENESS
from models.rules.duties import DUTIES, Until, duty
from models.rules.people import Role, Side
from models.rules.term_words import TRIGGERS, explain
from models.rules.terms import Calendar, DueDate, Term, Trigger, due_date

AGREED: Mapping[str, Any] = {
    name: value for name, value in casefile.NO_TERM.items() if name.startswith("term_")
}
"""Columns of a case whose date people agreed on, or that has none: nothing to count again."""
BOOKED = (State.NOTIFIED, *(state for state, wanted in DUTIES.items() if wanted.until is Until.SERVICE))
"""The states with a term of the profile."""
AT_ONCE = 200
"""Terms that one round books."""
_OWN = {State.WAITING_CONSUMER: Side.CONSUMER, State.ANSWERED: Side.CONSUMER}


@dataclass(frozen=True)
class Running:
    """A term that starts to run: its last day, the sentence that explains it, and what it is counted from."""

    due_on: date
    explanation: str
    act: str
    start: date
    trigger: Trigger
    calendar: str

    def columns(self) -> dict[str, Any]:
        """The columns of a case in which this term runs."""
        return {
            "due_on": self.due_on,
            "due_explanation": self.explanation,
            "term_act": self.act,
            "term_start": self.start,
            "term_trigger": self.trigger.event,
            "term_how": self.trigger.how,
            "term_calendar": self.calendar,
        }


def running(term: Term, start: date, calendar: Calendar, trigger: Trigger | None = None) -> Running:
    """``term`` from a trigger on ``start``, with its explanation in Portuguese."""
    result: DueDate = due_date(term, start, calendar, trigger)
    return Running(result.due, explain(result), term.act, start, result.trigger, result.version)


@dataclass(frozen=True)
class TermRules:
    """What a term is counted with: the term, the agency's date and its calendar."""

    term: Term
    today: date
    calendar: Calendar

    def running(self, how: str = "") -> Running:
        """The term as it runs from today; ``how`` its trigger is known."""
        return running(self.term, self.today, self.calendar, Trigger(self.term.trigger, how))


async def book(reckoner: Reckoner, *, now: datetime) -> int:
    """Enter the term of every case whose state has one that nobody entered; answers how many.

    From then on a change of the calendar moves it with an event, not silently. That includes cases from
    before terms were booked. Each is a transaction of its own; a second run changes nothing.
    """
    waiting = Case.filter(state__in=BOOKED, due_on=None).order_by("id").limit(AT_ONCE)
    return sum([await _book(row["id"], reckoner) for row in await waiting.values("id")])


async def _book(case_id: int, reckoner: Reckoner) -> bool:
    async with transaction():
        case = (await casefile.opened(case_id, None)).case
        standing = reckoner.standing(case, hearing_at=None, offer=None)
        wanted = duty(standing, Role.AUDITOR)
        term = reckoner.terms.get(wanted.act)
        if case.due_on is not None or wanted.until is not Until.SERVICE or term is None:
            return False
        runs = running(term, standing.since, reckoner.calendar, await _trigger(case))
        # No event: the one that began the state began the term, and every page said this day already.
        await Case.filter(id=case_id).update(**runs.columns())
    return True


async def _trigger(case: Case) -> Trigger | None:
    """The event that brought a case into its state, or began the attempt of service; None when unknown."""
    if case.state is State.NOTIFIED:
        return Trigger(case.term_trigger) if case.term_trigger else None
    began = CaseEvent.filter(case_id=case.id, at=case.state_since, name__in=list(TRIGGERS))
    event = await began.order_by("-seq").first()
    return Trigger(event.name) if event else None


async def pass_terms(now: datetime, today: date) -> int:
    """Move each case whose company let its term pass to "unanswered"; answers how many moved.

    ``today`` is the agency's date: a term that ends today still runs. Each case is a transaction of its
    own and is looked at again under its lock, so the loop may run in several processes.
    """
    over = Case.filter(state__in=CIP_RUNS, due_on__lt=today).exclude(term_act__in=BEFORE_AWARENESS)
    late = await over.order_by("due_on", "id").values("id")
    return sum([await _pass(row["id"], now, today) for row in late])


async def _pass(case_id: int, now: datetime, today: date) -> bool:
    async with transaction():
        file = await casefile.opened(case_id, None)
        case = file.case
        if case.state not in CIP_RUNS or case.term_act in BEFORE_AWARENESS:
            return False
        if case.due_on is None or case.due_on >= today:
            return False
        ended = case.due_on
        to = file.step(Action.TERM_PASSED)
        event = await casefile.record(file, "term_passed", now=now, to=to, facts={"due": ended.isoformat()})
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


async def recount(reckoner: Reckoner, reason: str, *, now: datetime) -> int:
    """Count every running term again after a change of the calendar; answers how many moved.

    ``reason`` names the change. A term that has ended stays as it was. Each case is a transaction of its
    own, and a second run changes nothing.
    """
    running_now = Case.filter(term_start__isnull=False, due_on__gte=reckoner.today).order_by("id")
    cases = await running_now.values("id")
    return sum([await _recount(row["id"], reckoner, reason, now) for row in cases])


async def _recount(case_id: int, reckoner: Reckoner, reason: str, now: datetime) -> bool:
    async with transaction():
        file = await casefile.opened(case_id, None)
        case = file.case
        before, start, term = case.due_on, case.term_start, reckoner.terms.get(case.term_act)
        if before is None or before < reckoner.today or start is None or term is None:
            return False
        trigger = Trigger(case.term_trigger, case.term_how) if case.term_trigger else None
        again = running(term, start, reckoner.calendar, trigger)
        if again.due_on == before:
            return False
        event = await casefile.record(
            file,
            "term_recounted",
            now=now,
            facts={
                "act": case.term_act,
                "before": before.isoformat(),
                "due": again.due_on.isoformat(),
                "reason": reason,
            },
            sides=None if case.notified_at else (Side.CONSUMER, Side.STAFF),
            **again.columns(),
        )
        await _move_notice(case, before, again)
        await _tell_recount(case, before, again, f"case:{case.id}:{event.seq}", now)
    return True


async def _move_notice(case: Case, before: date, again: Running) -> None:
    """The notice that set the company's term says the new day, too."""
    notice = await Notice.filter(case_id=case.id, due_on=before).order_by("-id").first()
    if whose(case) is Side.COMPANY and notice is not None:
        notice.due_on, notice.explanation = again.due_on, again.explanation
        await notice.save()


def whose(case: Case) -> Side | None:
    """The side whose term runs in a case; None for the agency's own."""
    if case.state in CIP_RUNS:
        return None if case.term_act in BEFORE_AWARENESS else Side.COMPANY
    return _OWN.get(case.state)


async def _tell_recount(case: Case, before: date, again: Running, key: str, now: datetime) -> None:
    """Write to the side whose term it is; the agency's own moves with the event alone."""
    side = whose(case)
    if side is None:
        return
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
