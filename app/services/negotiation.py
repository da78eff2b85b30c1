"""The company's answer to a complaint. Offers are in ``app.services.offers``."""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import casefile, documents, letters
from app.services.casefile import Opened
from app.services.terms import TermRules
from models import DocumentKind, Statement, StatementKind
from models.rules.case_machine import Action
from models.rules.errors import Invalid
from models.rules.evidence import bound, statement_name
from models.rules.news import News
from models.rules.people import Side, Viewer

ANSWER_MIN = 20
TEXT_MAX = 8000


async def answer(case_id: int, viewer: Viewer, text: str, *, rules: TermRules, now: datetime) -> None:
    """The company's answer, with the files that its person uploaded for it; may be completed later.

    It begins the consumer's term to say whether it solves the problem (``rules``); completing it does not
    begin it again.
    """
    text = text.strip()
    if not ANSWER_MIN <= len(text) <= TEXT_MAX:
        raise Invalid({"text": "answer_length"})
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        before, to = file.case.state, file.step(Action.ANSWER)
        statement = await say(file, StatementKind.ANSWER, text, now)
        files = await documents.attach(file.case, viewer, (DocumentKind.ANSWER,), company_too=True, now=now)
        await casefile.record(
            file,
            "company_answered",
            now=now,
            to=to,
            facts={
                "statement": statement.id,
                "documents": len(files),
                **bound(files, {statement_name(statement.id): text}),
            },
            **(rules.running().columns() if to is not before else {}),
        )
        await tell(file, Side.CONSUMER, "company_answered", now, news=News.LEGAL)


async def say(file: Opened, kind: StatementKind, text: str, now: datetime) -> Statement:
    """What a person says in writing, inside the caller's transaction."""
    assert file.viewer is not None  # noqa: S101 -- only a person says something
    return await Statement.create(
        case_id=file.case.id, kind=kind, side=file.side, author_id=file.viewer.user_id, text=text, at=now
    )


async def tell(
    file: Opened, side: Side, kind: str, now: datetime, *, news: News, path: str = "", **values: str
) -> None:
    """Write to one side of a case, once for the event that was just recorded.

    ``values`` are those of the kind's variables but the protocol; the button leads to the case unless
    ``path`` says where. ``news``: what a party does of its own accord is news by choice, what binds or sets
    a term is legal (ADR 0076).
    """
    case = file.case
    text = await letters.standard(
        kind,
        {"protocol": case.protocol or "", **values},
        path=path or f"/casos/{case.id}",
        case=case.id,
        news=news,
    )
    people = (await casefile.people_of(case)).get(side, [])
    await letters.write(people, f"case:{case.id}:{case.version}", text, now=now)
