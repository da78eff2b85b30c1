"""The consumer's word on the company's answer to the CIP: it is solved, or it is not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.db import transaction
from app.services import casefile, letters
from app.services.casefile import Opened
from models import Offer, OfferState, SolvedBy, Statement, StatementKind
from models.rules.case_machine import Action
from models.rules.errors import Invalid, Refused
from models.rules.evidence import bound, statement_name
from models.rules.news import News
from models.rules.people import Side, Viewer

REPLY = (20, 8000)


async def reply(case_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """Say that the answer solves nothing, and why: the case goes to a hearing."""
    text = text.strip()
    least, most = REPLY
    if not least <= len(text) <= most:
        raise Invalid({"reply": "text_length"}, min=least, max=most)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.REPLY)
        facts = await _say(file, viewer, text, now)
        await casefile.record(file, "consumer_replied", now=now, to=to, facts=facts)
        await _tell(file, "consumer_replied", now)


async def confirm_solved(case_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """Say that the company's answer solved it: the case is closed as solved by the CIP.

    Refused("offer_open") while an offer waits: accepting or refusing it comes first, as only an accepted
    offer binds the company.
    """
    text = text.strip()
    if len(text) > REPLY[1]:
        raise Invalid({"reply": "too_long"})
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.CONFIRM_SOLVED)
        if await Offer.filter(case_id=case_id, state=OfferState.OPEN).exists():
            raise Refused("offer_open")
        facts = await _say(file, viewer, text, now) if text else {}
        await casefile.record(
            file,
            "solution_confirmed",
            now=now,
            to=to,
            facts=facts,
            closed_at=now,
            solved_by=SolvedBy.CIP,
        )
        await _tell(file, "solved_by_answer", now)


async def _say(file: Opened, viewer: Viewer, text: str, now: datetime) -> dict[str, Any]:
    """Keep the words; answers the facts that tell of them."""
    said = await Statement.create(
        case_id=file.case.id,
        kind=StatementKind.REPLY,
        side=file.side,
        author_id=viewer.user_id,
        text=text,
        at=now,
    )
    return {"statement": said.id, **bound(texts={statement_name(said.id): text})}


async def _tell(file: Opened, kind: str, now: datetime) -> None:
    case = file.case
    text = await letters.standard(
        kind, {"protocol": case.protocol or ""}, path=f"/casos/{case.id}", news=News.PROGRESS
    )
    people = await casefile.people_of(case)
    await letters.write(people.get(Side.COMPANY, []), f"case:{case.id}:{case.version}", text, now=now)
