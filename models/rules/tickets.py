"""The queue at the counter: who is called next, and what becomes of a ticket (senha).

Priority by law: people over 80 come before other priorities (Lei 10.741/2003, art. 3º, § 2º), and those
before everybody else (Lei 10.048/2000, arts. 1º and 2º). The law says immediate service and no proportion;
so that nobody waits without end, after so many priorities in a row as the profile says, the one of the
normal line who has waited longest is called. Over 80 is never put behind that (ADR 0080).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import mean

from models.rules.errors import Refused


class Line(StrEnum):
    """Which line a ticket stands in; the order of the members is the order of the law."""

    OVER_80 = "over_80"
    PRIORITY = "priority"
    NORMAL = "normal"


LETTERS = {Line.OVER_80: "S", Line.PRIORITY: "P", Line.NORMAL: "N"}
"""What a ticket's number begins with, as it is called: P012."""


class TicketState(StrEnum):
    """Where a ticket is."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    FINISHED = "finished"
    NO_SHOW = "no_show"


class TicketAct(StrEnum):
    """What a desk does with a ticket."""

    CALL = "call"
    RECALL = "recall"
    START = "start"
    NO_SHOW = "no_show"
    FINISH = "finish"
    RETURN = "return"
    """Back to the line: called by mistake, or a person who came after all."""


TABLE: dict[tuple[TicketState, TicketAct], TicketState] = {
    (TicketState.WAITING, TicketAct.CALL): TicketState.CALLED,
    (TicketState.CALLED, TicketAct.RECALL): TicketState.CALLED,
    (TicketState.CALLED, TicketAct.START): TicketState.SERVING,
    (TicketState.CALLED, TicketAct.NO_SHOW): TicketState.NO_SHOW,
    (TicketState.CALLED, TicketAct.RETURN): TicketState.WAITING,
    (TicketState.SERVING, TicketAct.FINISH): TicketState.FINISHED,
    (TicketState.NO_SHOW, TicketAct.RETURN): TicketState.WAITING,
}


def step(state: TicketState, act: TicketAct) -> TicketState:
    """The state after ``act``; Refused("ticket_not_now")."""
    if (state, act) not in TABLE:
        raise Refused("ticket_not_now")
    return TABLE[(state, act)]


@dataclass(frozen=True)
class Waiting:
    """A ticket that waits."""

    id: int
    line: Line
    issued_at: datetime


def in_order(waiting: Sequence[Waiting], in_a_row: int = 0, most: int = 0) -> list[Waiting]:
    """Those who wait, in the order of calling: by line, then by arrival, the normal line in its turn.

    ``in_a_row`` priorities were called since the last of the normal line, and ``most`` may be; 0 has no end.
    """
    lines = {
        line: [ticket for ticket in sorted(waiting, key=_arrival) if ticket.line is line] for line in Line
    }
    ordered: list[Waiting] = []
    while any(lines.values()):
        line = _next_line(lines, in_a_row, most)
        ordered.append(lines[line].pop(0))
        in_a_row = 0 if line is Line.NORMAL else in_a_row + 1
    return ordered


def _arrival(ticket: Waiting) -> tuple[datetime, int]:
    return ticket.issued_at, ticket.id


def _next_line(lines: Mapping[Line, Sequence[Waiting]], in_a_row: int, most: int) -> Line:
    first = next(line for line in Line if lines[line])
    turn = first is Line.PRIORITY and 0 < most <= in_a_row and bool(lines[Line.NORMAL])
    return Line.NORMAL if turn else first


def row_of_priorities(called: Sequence[Line]) -> int:
    """How many priorities were called since the last of the normal line; ``called`` is the newest first."""
    return next((n for n, line in enumerate(called) if line is Line.NORMAL), len(called))


def written(line: Line, number: int) -> str:
    """A ticket's number as it is shown and called: "P012"."""
    return f"{LETTERS[line]}{number:03d}"


def minutes(times: Sequence[timedelta]) -> int | None:
    """The mean of some durations in whole minutes, None of none."""
    return round(mean(time.total_seconds() for time in times) / 60) if times else None
