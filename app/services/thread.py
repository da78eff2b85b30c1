"""The thread of a case: what consumer, company and Procon write to one another, with files and read state.

A message is a statement that all three sides may read, from the notice to the company on (before it the
company knows nothing of the case). Each person has a bookmark: the last message that they have read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db import moment, rows, transaction
from app.services import casefile, documents, letters
from app.services.casefile import Opened
from app.services.documents import File
from app.services.wording import side_actor, side_label
from models import DocumentKind, Statement, StatementKind, ThreadBookmark, User
from models.rules.case_machine import Action
from models.rules.errors import Invalid
from models.rules.evidence import bound, statement_name
from models.rules.news import News
from models.rules.people import Side, Viewer

TEXT_MAX = 4000
NEWEST = 200
"""How many messages a page shows; older ones are in the case's export."""


@dataclass(frozen=True)
class Message:
    """One message as a person sees it; ``readers`` names the other sides of whom somebody has read it."""

    id: int
    side: Side
    author: str
    text: str
    at: datetime
    mine: bool
    unread: bool
    files: tuple[File, ...]
    readers: tuple[str, ...]


async def write(case_id: int, viewer: Viewer, text: str, *, now: datetime) -> int:
    """Write to the other two sides, with the files that the person uploaded for it; the message's id.

    Each person of the other sides who has nothing unread gets one letter: a second message before they
    have looked writes no second one. Raises Invalid or Refused("not_now", "not_yours").
    """
    text = text.strip()
    if not text or len(text) > TEXT_MAX:
        raise Invalid({"text": "required" if not text else "too_long"})
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.WRITE_MESSAGE)
        told = await _caught_up(file)
        said = await Statement.create(
            case_id=case_id,
            kind=StatementKind.MESSAGE,
            side=file.side,
            author_id=viewer.user_id,
            text=text,
            at=now,
        )
        kinds = (DocumentKind.MESSAGE,)
        sent = await documents.attach(
            file.case, viewer, kinds, company_too=True, statement_id=said.id, now=now
        )
        await _bookmark(case_id, viewer.user_id, said.id, now)
        facts = {"statement": said.id, "by": file.side, "documents": len(sent)}
        facts |= bound(sent, {statement_name(said.id): text})
        await casefile.record(file, "message_written", now=now, facts=facts)
        await _tell(file, told, said, now)
    return said.id


async def mark_read(case_id: int, viewer: Viewer, last: int, *, now: datetime) -> None:
    """Move the person's bookmark on to the message ``last``; never back, and never past the newest."""
    async with transaction():
        await casefile.opened(case_id, viewer)
        newest = (
            await Statement.filter(case_id=case_id, kind=StatementKind.MESSAGE, id__lte=last)
            .order_by("-id")
            .first()
        )
        if newest is not None:
            await _bookmark(case_id, viewer.user_id, newest.id, now)


async def of_case(case_id: int, side: Side, viewer: Viewer, files: Iterable[File]) -> tuple[Message, ...]:
    """The newest messages, oldest first; ``files`` are the case's documents that the viewer may open."""
    found = await rows(_MESSAGES, [case_id, StatementKind.MESSAGE.value, NEWEST])
    if not found:
        return ()
    marks = await _marks(case_id)
    mine = next((mark["statement_id"] for mark in marks if mark["user_id"] == viewer.user_id), 0)
    by_statement: dict[int, list[File]] = {}
    for one in files:
        if one.statement_id is not None:
            by_statement.setdefault(one.statement_id, []).append(one)
    return tuple(
        Message(
            id=row["id"],
            side=Side(row["side"]),
            author=row["author"],
            text=row["text"],
            at=moment(row["at"]),
            mine=row["author_id"] == viewer.user_id,
            unread=row["id"] > mine and row["author_id"] != viewer.user_id,
            files=tuple(by_statement.get(row["id"], ())),
            readers=_readers(marks, row["id"], Side(row["side"])),
        )
        for row in reversed(found)
    )


def _readers(marks: list[Mapping[str, Any]], message: int, author: Side) -> tuple[str, ...]:
    sides = {mark["side"] for mark in marks if mark["statement_id"] >= message}
    return tuple(side_label(side) for side in Side if side in sides and side is not author)


_MESSAGES = """
SELECT s.id, s.side, s.author_id, s.text, s.at, u.name AS author
  FROM statement s JOIN user_account u ON u.id = s.author_id
 WHERE s.case_id = $1 AND s.kind = $2 ORDER BY s.id DESC LIMIT $3
"""
_MARKS = """
SELECT b.user_id, b.statement_id, u.role FROM thread_bookmark b JOIN user_account u ON u.id = b.user_id
 WHERE b.case_id = $1
"""


async def _marks(case_id: int) -> list[Mapping[str, Any]]:
    sides = {"consumer": Side.CONSUMER, "company": Side.COMPANY}
    return [{**row, "side": sides.get(row["role"], Side.STAFF)} for row in await rows(_MARKS, [case_id])]


async def _caught_up(file: Opened) -> list[User]:
    """The people of the other sides to whom a letter says that there is a message: who has read the rest."""
    newest = await Statement.filter(case_id=file.case.id, kind=StatementKind.MESSAGE).order_by("-id").first()
    people = await casefile.people_of(file.case)
    if file.case.handler_id is not None:
        people[Side.STAFF] = await User.filter(id=file.case.handler_id, disabled_at=None)
    others = [person for side, all_of in people.items() if side is not file.side for person in all_of]
    if newest is None:
        return others
    marks = {mark["user_id"]: mark["statement_id"] for mark in await _marks(file.case.id)}
    return [
        person for person in others if marks.get(person.id, 0) >= newest.id or newest.author_id == person.id
    ]


async def _bookmark(case_id: int, user_id: int, statement_id: int, now: datetime) -> None:
    mark, _made = await ThreadBookmark.get_or_create(
        {"statement_id": statement_id, "at": now}, case_id=case_id, user_id=user_id
    )
    if mark.statement_id < statement_id:
        mark.statement_id, mark.at = statement_id, now
        await mark.save(update_fields=["statement_id", "at"])


async def _tell(file: Opened, people: list[User], said: Statement, now: datetime) -> None:
    text = await letters.standard(
        "message_new",
        {"protocol": file.case.protocol or "", "who": side_actor(file.side)},
        path=f"/casos/{file.case.id}#conversa",
        news=News.MESSAGE,
    )
    await letters.write(people, f"message:{said.id}", text, now=now)
