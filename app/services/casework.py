"""What staff does to a case beside its course: internal notes, archiving, reopening."""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import casefile, letters
from app.services.casefile import Opened
from models import Statement, StatementKind
from models.rules.case_machine import Action, State
from models.rules.errors import Invalid, Refused
from models.rules.evidence import bound, statement_name
from models.rules.people import Role, Side, Viewer

NOTE_MAX = 4000
REASON_MAX = 2000


async def add_note(case_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """An internal note, for the agency's eyes only; the auditor reads and does not write."""
    text = _checked("note", text, NOTE_MAX)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        if file.side is not Side.STAFF or viewer.role is Role.AUDITOR:
            raise Refused("not_yours")
        note = await Statement.create(
            case_id=case_id,
            kind=StatementKind.NOTE,
            side=Side.STAFF,
            author_id=viewer.user_id,
            text=text,
            at=now,
        )
        await casefile.record(
            file,
            "note_added",
            now=now,
            facts={"statement": note.id, **bound(texts={statement_name(note.id): text})},
        )


async def archive(case_id: int, viewer: Viewer, reason: str, *, now: datetime) -> None:
    """Close a case for good, with the reason told to the parties (Decreto 2.181/1997, art. 39)."""
    reason = _checked("reason", reason, REASON_MAX)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.ARCHIVE)
        await casefile.record(file, "case_archived", now=now, to=to, facts={"reason": reason}, closed_at=now)
        await _tell(file, "case_archived", reason, now)


async def reopen(case_id: int, viewer: Viewer, reason: str, *, now: datetime) -> None:
    """Take an archived case up again."""
    reason = _checked("reason", reason, REASON_MAX)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to: State = file.step(Action.REOPEN)
        await casefile.record(file, "case_reopened", now=now, to=to, facts={"reason": reason}, closed_at=None)
        await _tell(file, "case_reopened", reason, now)


def _checked(field: str, text: str, limit: int) -> str:
    text = text.strip()
    if not text or len(text) > limit:
        raise Invalid({field: "required" if not text else "too_long"})
    return text


async def _tell(file: Opened, kind: str, reason: str, now: datetime) -> None:
    text = await letters.standard(
        kind,
        {"protocol": file.case.protocol or "", "reason": reason},
        path=f"/casos/{file.case.id}",
        case=file.case.id,
    )
    for people in (await casefile.people_of(file.case)).values():
        await letters.write(people, f"case:{file.case.id}:{file.case.version}", text, now=now)
