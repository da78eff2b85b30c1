"""Preliminary attendance: the agency calls the company to solve a complaint at once, on the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.db import transaction
from app.i18n import N_
from app.i18n import gettext as _
from app.services import attendances, casefile, letters
from models import CompanyCall, SolvedBy
from models.rules.attendance import Kind
from models.rules.calls import CallResult, faults
from models.rules.case_machine import Action
from models.rules.errors import Invalid, Refused
from models.rules.people import Side, Viewer

SAID = (10, 4000)

RESULTS = {
    CallResult.SOLVED: N_("Resolve agora, ou prometeu resolver"),
    CallResult.NOT_SOLVED: N_("Não resolve por telefone"),
    CallResult.CALL_BACK: N_("Vai verificar: ligar de novo"),
    CallResult.NO_ANSWER: N_("Ninguém atendeu"),
}


@dataclass(frozen=True)
class CallView:
    """A call as the page of a case shows it."""

    at: datetime
    caller: str
    number: str
    spoke_with: str
    said: str
    result: CallResult


async def call(case_id: int, viewer: Viewer, typed: Mapping[str, str], *, now: datetime) -> None:
    """Put a call to the company on the record; Invalid names every field that is missing.

    Fields: ``number``, ``spoke_with``, ``said``, ``result``.
    """
    values = {name: typed.get(name, "").strip() for name in ("number", "spoke_with", "said", "result")}
    wrong = faults(
        values["result"],
        number=values["number"],
        spoke_with=values["spoke_with"],
        said=values["said"],
        least=SAID[0],
    )
    for name, most in (("number", 40), ("spoke_with", 160), ("said", SAID[1])):
        if len(values[name]) > most:
            wrong[name] = "too_long"
    if wrong:
        raise Invalid(wrong, min=SAID[0], max=SAID[1])
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.CALL_COMPANY)
        made = await CompanyCall.create(
            case_id=case_id,
            caller_id=viewer.user_id,
            number=values["number"],
            spoke_with=values["spoke_with"],
            said=values["said"],
            result=CallResult(values["result"]),
            at=now,
        )
        await attendances.classify(case_id, Kind.PRELIMINARY)
        facts = {"call": made.id, "result": made.result}
        handler = file.case.handler_id or viewer.user_id
        await casefile.record(file, "company_called", now=now, to=to, facts=facts, handler_id=handler)


async def close_solved(case_id: int, viewer: Viewer, solution: str, *, now: datetime) -> None:
    """Close a case that a call solved; ``solution`` is told to the consumer, who may have it reopened.

    Refused("no_call_solved") when no call on the record says that the company solves it.
    """
    solution = solution.strip()
    least, most = SAID
    if not least <= len(solution) <= most:
        raise Invalid({"solution": "text_length"}, min=least, max=most)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.CLOSE_SOLVED)
        last = await CompanyCall.filter(case_id=case_id).order_by("-id").first()
        if last is None or last.result is not CallResult.SOLVED:
            raise Refused("no_call_solved")
        await casefile.record(
            file,
            "preliminary_solved",
            now=now,
            to=to,
            facts={"reason": solution},
            closed_at=now,
            solved_by=SolvedBy.PRELIMINARY,
        )
        text = await letters.standard(
            "solved_by_call",
            {"protocol": file.case.protocol or "", "solution": solution},
            path=f"/casos/{case_id}",
        )
        people = await casefile.people_of(file.case)
        await letters.write(people[Side.CONSUMER], f"case:{case_id}:{file.case.version}", text, now=now)


async def calls_of(case_id: int, side: Side) -> list[CallView]:
    """The calls of a case, oldest first, for the agency and the consumer; none for the company."""
    if side not in (Side.STAFF, Side.CONSUMER):
        return []
    found = (
        await CompanyCall.filter(case_id=case_id)
        .order_by("id")
        .values("at", "caller__name", "number", "spoke_with", "said", "result")
    )
    return [
        CallView(
            at=row["at"],
            caller=row["caller__name"] if side is Side.STAFF else _("Procon"),
            number=row["number"] if side is Side.STAFF else "",
            spoke_with=row["spoke_with"],
            said=row["said"],
            result=CallResult(row["result"]),
        )
        for row in found
    ]
