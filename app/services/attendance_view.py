"""Attendances as pages show them: shelves of staff, a citizen's own, and one with its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q

from app.i18n import gettext as _
from app.services.bodies import Body, all_bodies
from models import Attendance, AttendanceStep, Problem
from models.rules.attendance import Act, Channel, Kind, Stage, allowed, written_number
from models.rules.errors import NotFound
from models.rules.people import Role, Viewer

PAGE = 50


class Shelf(StrEnum):
    """Which part of the attendances a list shows to staff."""

    WAITING = "waiting"
    MINE = "mine"
    REVIEW = "review"
    REFERRED = "referred"
    ALL = "all"


@dataclass(frozen=True)
class Line:
    """An attendance in a list."""

    id: int
    number: str
    kind: Kind
    stage: Stage
    channel: Channel
    name: str
    beginning: str
    attendant: str
    case_id: int | None
    rating: int | None
    created_at: datetime


@dataclass(frozen=True)
class Done:
    """A step of an attendance's record; to a citizen, people of the agency have no names."""

    act: Act
    who: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Page:
    """All that the page of an attendance shows to one person."""

    line: Line
    question: str
    answer: str
    company: str
    problem: str
    body: Body | None
    rating_text: str
    steps: tuple[Done, ...]
    acts: tuple[Act, ...]
    own: bool
    own_decision: bool
    """The viewer forwarded it, and its review is for somebody else."""

    def may(self, act: str) -> bool:
        """Whether the viewer may do that now."""
        return act in self.acts


async def lines(viewer: Viewer, shelf: Shelf = Shelf.ALL) -> list[Line]:
    """A citizen's own attendances, newest first; for staff one shelf: what waits oldest first."""
    if viewer.role is Role.CONSUMER:
        return await _lines(Attendance.filter(citizen_id=viewer.user_id).order_by("-id"))
    if not viewer.is_staff:
        return []
    order = "-id" if shelf is Shelf.ALL else "created_at"
    return await _lines(_shelf(shelf, viewer).order_by(order, "id"))


async def counts(viewer: Viewer) -> dict[Shelf, int]:
    """How many attendances stand on each shelf."""
    return {shelf: await _shelf(shelf, viewer).count() for shelf in Shelf}


async def page(attendance_id: int, viewer: Viewer) -> Page:
    """One attendance, for its citizen and for staff; NotFound for everybody else."""
    row = await Attendance.get_or_none(id=attendance_id)
    if row is None or not may_see(row, viewer):
        raise NotFound
    problem = await Problem.get_or_none(id=row.problem_id) if row.problem_id else None
    own = row.citizen_id == viewer.user_id
    acts = allowed(row.stage, viewer.role, own=own)
    done = await (
        AttendanceStep.filter(attendance_id=row.id)
        .order_by("id")
        .values("act", "text", "at", "actor__name", "actor_id", "actor__role")
    )
    return Page(
        line=(await _lines(Attendance.filter(id=row.id)))[0],
        question=row.question,
        answer=row.answer,
        company=row.company_name,
        problem=problem.label if problem else "",
        body=all_bodies().get(row.body),
        rating_text=row.rating_text,
        steps=tuple(
            Done(
                Act(one["act"]),
                _("Procon")
                if viewer.role is Role.CONSUMER and one["actor__role"] != Role.CONSUMER
                else one["actor__name"],
                one["text"],
                one["at"],
            )
            for one in done
        ),
        acts=acts,
        own=own,
        own_decision=await is_own_decision(row.id, viewer),
    )


def may_see(row: Attendance, viewer: Viewer) -> bool:
    """Staff sees every attendance, a citizen their own."""
    return viewer.is_staff or (viewer.role is Role.CONSUMER and row.citizen_id == viewer.user_id)


def _shelf(shelf: Shelf, viewer: Viewer) -> Any:
    return Attendance.filter(
        {
            Shelf.WAITING: Q(stage=Stage.WAITING),
            Shelf.MINE: Q(stage=Stage.IN_HAND, attendant_id=viewer.user_id),
            Shelf.REVIEW: Q(stage=Stage.UNDER_REVIEW),
            Shelf.REFERRED: Q(stage=Stage.REFERRED),
            Shelf.ALL: Q(),
        }[shelf]
    )


async def _lines(query: Any) -> list[Line]:
    found: Sequence[dict[str, Any]] = await query.limit(PAGE).values(
        *("id", "kind", "stage", "channel", "name", "question", "case_id", "rating", "created_at"),
        *("citizen__name", "attendant__name"),
    )
    return [
        Line(
            id=row["id"],
            number=written_number(row["id"], row["created_at"].year),
            kind=Kind(row["kind"]),
            stage=Stage(row["stage"]),
            channel=Channel(row["channel"]),
            name=row["name"] or row["citizen__name"] or "",
            beginning=" ".join(row["question"].split())[:160],
            attendant=row["attendant__name"] or "",
            case_id=row["case_id"],
            rating=row["rating"],
            created_at=row["created_at"],
        )
        for row in found
    ]


async def is_own_decision(attendance_id: int, viewer: Viewer) -> bool:
    """Whether the viewer forwarded it, so that its review is for somebody else."""
    decided = AttendanceStep.filter(attendance_id=attendance_id, act=Act.FORWARD, actor_id=viewer.user_id)
    return await decided.exists()
