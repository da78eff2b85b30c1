"""Terms that run: when the company's term ends, and what happens on the day after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, letters
from app.services.letters import Text
from models import Case
from models.rules.case_machine import Action, State
from models.rules.people import Side
from models.rules.terms import DueDate, Term, due_date, explain

Holidays = Callable[[date, date], Mapping[date, str]]
"""Days without service between two dates (both included), with their names."""

_HORIZON = 3
"""How many calendar days of holidays are asked for each day of a term: enough for business days."""


@dataclass(frozen=True)
class Running:
    """A term that starts to run: its last day and the sentence that explains it."""

    due_on: date
    explanation: str


def ends(term: Term, start: date, holidays: Holidays) -> DueDate:
    """The last day of ``term`` when its first, excluded day is ``start``."""
    until = start + timedelta(days=_HORIZON * term.days + 30)
    return due_date(term, start, holidays(start, until))


def running(term: Term, start: date, holidays: Holidays) -> Running:
    """The same, with its explanation in Portuguese."""
    result = ends(term, start, holidays)
    return Running(result.due, explain(result))


async def pass_terms(now: datetime, today: date) -> int:
    """Move each case whose company let its term pass to "unanswered"; answers how many moved.

    ``today`` is the agency's date: a term that ends today still runs. Each case is a transaction of its
    own and is looked at again under its lock, so the loop may run in several processes.
    """
    late = await Case.filter(state=State.NOTIFIED, due_on__lt=today).order_by("due_on", "id").values("id")
    return sum([await _pass(row["id"], now, today) for row in late])


async def _pass(case_id: int, now: datetime, today: date) -> bool:
    async with transaction():
        file = await casefile.opened(case_id, None)
        case = file.case
        if case.state is not State.NOTIFIED or case.due_on is None or case.due_on >= today:
            return False
        ended = case.due_on
        to = file.step(Action.TERM_PASSED)
        event = await casefile.record(
            file, "term_passed", now=now, to=to, facts={"due": ended.isoformat()}, due_on=None
        )
        people = await casefile.people_of(case)
        key = f"case:{case.id}:{event.seq}"
        path = f"/casos/{case.id}"
        await letters.write(
            people[Side.CONSUMER],
            key,
            Text(
                subject=_("A empresa não respondeu: reclamação %(protocol)s") % {"protocol": case.protocol},
                paragraphs=(
                    _("O prazo da empresa terminou em %(day)s sem resposta.") % {"day": f"{ended:%d/%m/%Y}"},
                    _("O Procon vai marcar uma audiência de conciliação por vídeo. Você será avisado."),
                ),
                button=_("Abrir a reclamação"),
                path=path,
            ),
            now=now,
        )
        await letters.write(
            people.get(Side.COMPANY, []),
            key,
            Text(
                subject=_("Prazo encerrado: reclamação %(protocol)s") % {"protocol": case.protocol},
                paragraphs=(
                    _("O prazo para responder terminou em %(day)s.") % {"day": f"{ended:%d/%m/%Y}"},
                    _("Ainda é possível responder e propor um acordo antes da audiência."),
                ),
                button=_("Responder agora"),
                path=path,
            ),
            now=now,
        )
    return True
