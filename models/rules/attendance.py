"""Attendances: every contact in which the agency serves somebody, with or without a case.

The words are those of staff (SINDEC). One table says what may be done with an attendance in a state, and by
whom; ``tests/rules/test_attendance.py`` visits every cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.rules.errors import Refused
from models.rules.people import Role

RATING = range(1, 6)
"""A citizen's rating of an answer, 1 (very bad) to 5 (very good)."""


class Kind(StrEnum):
    """What an attendance turned out to be; TRIAGE until somebody says so."""

    TRIAGE = "triage"
    CONSULTATION = "consultation"
    """Simples consulta: guidance, no case."""
    EXTRA_PROCON = "extra_procon"
    """Not consumer law: forwarded to who is competent, with the reason."""
    PRELIMINARY = "preliminary"
    CALCULATION = "calculation"
    CIP = "cip"
    DIRECT_OPENING = "direct_opening"
    EX_OFFICIO = "ex_officio"
    """The agency itself complains, nobody asked."""
    INSPECTION = "inspection"
    SMALL_CLAIMS = "small_claims"
    """The citizen is given a petition for the small-claims court (Juizado Especial Cível)."""


class Channel(StrEnum):
    """How the person came."""

    ONLINE = "online"
    COUNTER = "counter"
    PHONE = "phone"


class Stage(StrEnum):
    """Where an attendance is."""

    WAITING = "waiting"
    IN_HAND = "in_hand"
    ANSWERED = "answered"
    FORWARDED = "forwarded"
    UNDER_REVIEW = "under_review"
    REFERRED = "referred"
    CLOSED = "closed"


class Act(StrEnum):
    """What is done to an attendance."""

    TAKE = "take"
    ANSWER = "answer"
    FORWARD = "forward"
    REFER = "refer"
    OPEN_CASE = "open_case"
    RATE = "rate"
    ASK_REVIEW = "ask_review"
    KEEP = "keep"
    CONCLUDE = "conclude"


DESK = frozenset({Role.ATTENDANT, Role.COORDINATOR})
LEAD = frozenset({Role.LEGAL, Role.COORDINATOR})
CITIZEN = frozenset({Role.CONSUMER})


@dataclass(frozen=True)
class Cell:
    """The stage that follows, and the roles that may; a consumer only in their own attendance."""

    to: Stage
    roles: frozenset[Role]


TABLE: dict[tuple[Stage, Act], Cell] = {
    (Stage.WAITING, Act.TAKE): Cell(Stage.IN_HAND, DESK),
    (Stage.IN_HAND, Act.TAKE): Cell(Stage.IN_HAND, DESK),
    (Stage.IN_HAND, Act.ANSWER): Cell(Stage.ANSWERED, DESK),
    (Stage.IN_HAND, Act.FORWARD): Cell(Stage.FORWARDED, DESK),
    (Stage.IN_HAND, Act.REFER): Cell(Stage.REFERRED, DESK),
    (Stage.IN_HAND, Act.OPEN_CASE): Cell(Stage.CLOSED, DESK),
    (Stage.ANSWERED, Act.RATE): Cell(Stage.CLOSED, CITIZEN),
    (Stage.FORWARDED, Act.ASK_REVIEW): Cell(Stage.UNDER_REVIEW, CITIZEN),
    (Stage.UNDER_REVIEW, Act.KEEP): Cell(Stage.CLOSED, DESK),
    (Stage.UNDER_REVIEW, Act.ANSWER): Cell(Stage.ANSWERED, DESK),
    (Stage.REFERRED, Act.CONCLUDE): Cell(Stage.CLOSED, LEAD),
}


def allowed(stage: Stage, role: Role, *, own: bool) -> tuple[Act, ...]:
    """What a person of ``role`` may do now; ``own``: the attendance is theirs as a citizen."""
    return tuple(act for (at, act), cell in TABLE.items() if at is stage and _may(cell, role, own))


def step(stage: Stage, act: Act, role: Role, *, own: bool) -> Stage:
    """The stage after ``act``; Refused("attendance_not_now") or Refused("not_for_role")."""
    cell = TABLE.get((stage, act))
    if cell is None:
        raise Refused("attendance_not_now")
    if not _may(cell, role, own):
        raise Refused("not_for_role")
    return cell.to


def _may(cell: Cell, role: Role, own: bool) -> bool:
    return role in cell.roles and (role is not Role.CONSUMER or own)


def written_number(number: int, year: int) -> str:
    """An attendance's number as it is printed and said: 123, 2026 → "A-2026/000123"."""
    return f"A-{year:04d}/{number:06d}"
