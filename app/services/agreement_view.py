"""What a person sees of the papers of a hearing: minutes with remarks, clauses with versions, signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.services import clauses, rooms
from models import Clause, Document, Hearing, Paragraph, Remark, Signature
from models.rules.agreement import ClauseState, ClauseTerms, clause_text, obligation_text
from models.rules.hearing import SeatRole
from models.rules.minutes import RemarkState
from models.rules.people import Viewer


@dataclass(frozen=True)
class RemarkSeen:
    """A remark on a paragraph, and what the mediator did with it."""

    id: int
    author: str
    text: str
    at: datetime
    state: RemarkState
    answer: str
    mine: bool


@dataclass(frozen=True)
class ParagraphSeen:
    """A paragraph of the minutes: who wrote it and, when that is somebody else, who changed it last."""

    id: int
    number: int
    text: str
    revision: int
    author: str
    at: datetime
    editor: str
    edited_at: datetime
    remarks: tuple[RemarkSeen, ...]

    @property
    def waits(self) -> bool:
        """Whether a party waits for the mediator's answer here."""
        return any(remark.state is RemarkState.OPEN for remark in self.remarks)


@dataclass(frozen=True)
class Version:
    """An earlier version of a clause."""

    number: int
    text: str
    author: str


@dataclass(frozen=True)
class ClauseSeen:
    """A clause as a person sees it; ``number`` counts those that stand, ``history`` is its older versions."""

    id: int
    number: int | None
    version: int
    terms: ClauseTerms
    text: str
    state: ClauseState
    author: str
    consumer_accepted: bool
    company_accepted: bool
    history: tuple[Version, ...]
    can_accept: bool
    can_withdraw: bool
    can_revise: bool


@dataclass(frozen=True)
class Signed:
    """A signature on the text, with how it was confirmed."""

    name: str
    role: SeatRole
    at: datetime
    method: str


@dataclass(frozen=True)
class Sealed:
    """The sealed minutes: document and public code."""

    id: UUID
    code: str
    filename: str


@dataclass(frozen=True)
class Who:
    """The person who looks, as far as the papers ask: their role, whether they are in, whether they sign."""

    role: SeatRole
    admitted: bool
    may_sign: bool


async def paragraphs(hearing_id: int, viewer: Viewer) -> tuple[ParagraphSeen, ...]:
    """The minutes in their order."""
    found = (
        await Paragraph.filter(hearing_id=hearing_id)
        .order_by("position", "id")
        .prefetch_related("author", "editor")
    )
    said: dict[int, list[RemarkSeen]] = defaultdict(list)
    for remark in (
        await Remark.filter(paragraph__hearing_id=hearing_id).order_by("id").prefetch_related("author")
    ):
        said[remark.paragraph_id].append(
            RemarkSeen(
                id=remark.id,
                author=remark.author.name,
                text=remark.text,
                at=remark.at,
                state=remark.state,
                answer=remark.answer,
                mine=remark.author_id == viewer.user_id,
            )
        )
    return tuple(
        ParagraphSeen(
            id=row.id,
            number=number,
            text=row.text,
            revision=row.revision,
            author=row.author.name,
            at=row.at,
            editor=row.editor.name,
            edited_at=row.edited_at,
            remarks=tuple(said[row.id]),
        )
        for number, row in enumerate(found, start=1)
    )


async def clauses_of(hearing: Hearing, who: Who) -> tuple[ClauseSeen, ...]:
    """The clauses in their order: those that stand, and those that were withdrawn."""
    found = await Clause.filter(hearing_id=hearing.id).order_by("number").prefetch_related("author")
    older: dict[int, list[Clause]] = defaultdict(list)
    newest: list[Clause] = []
    for clause in found:
        (older[clause.rank] if clause.state is ClauseState.REPLACED else newest).append(clause)
    seen: list[ClauseSeen] = []
    number = 0
    for clause in sorted(newest, key=lambda one: one.rank):
        stands = clause.state is not ClauseState.WITHDRAWN
        number += stands
        seen.append(_clause(clause, number if stands else None, older[clause.rank], who))
    return tuple(seen)


def _clause(clause: Clause, number: int | None, older: Iterable[Clause], who: Who) -> ClauseSeen:
    consumer, company = clause.consumer_accepted_at is not None, clause.company_accepted_at is not None
    accepted = {SeatRole.CONSUMER: consumer, SeatRole.COMPANY: company}.get(who.role, True)
    open_now = clause.state is ClauseState.PROPOSED
    changes = clause.state in clauses.OPEN
    mediator = who.role is SeatRole.MEDIATOR
    terms = clauses.terms(clause, number or clause.rank)
    return ClauseSeen(
        id=clause.id,
        number=number,
        version=clause.version,
        terms=terms,
        text=clause_text(terms) if number else obligation_text(terms),
        state=clause.state,
        author=clause.author.name,
        consumer_accepted=consumer,
        company_accepted=company,
        history=tuple(
            Version(one.version, obligation_text(clauses.terms(one, 1)), one.author.name) for one in older
        ),
        can_accept=who.admitted and who.may_sign and open_now and not accepted,
        can_withdraw=who.admitted
        and ((mediator and changes) or (open_now and rooms.side_role(clause.author.role) is who.role)),
        can_revise=who.admitted and who.may_sign and changes,
    )


async def signed(hearing: Hearing) -> tuple[Signed, ...]:
    """The signatures on the text, in their order."""
    found = await Signature.filter(hearing_id=hearing.id).order_by("id").prefetch_related("user")
    return tuple(Signed(one.user.name, one.role, one.at, one.method) for one in found)


async def sealed(document_id: Any) -> Sealed | None:
    """The sealed minutes, once there are any."""
    if document_id is None:
        return None
    document = await Document.get(id=document_id)
    return Sealed(document.id, document.code or "", document.filename)
