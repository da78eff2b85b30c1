"""Tickets of the counter: given out, called, served; and how long people wait today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.functions import Count, Sum

from app.db import transaction
from models import Ticket
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Viewer
from models.rules.tickets import (
    Line,
    TicketAct,
    TicketState,
    Waiting,
    in_order,
    minutes,
    row_of_priorities,
    step,
    written,
)

SHOWN = 6
"""How many calls the screen shows."""
DESK_MAX = 12
TRIES = 5
MOST_LOOKED_AT = 50
"""Calls that are looked back on to know whose turn it is."""


@dataclass(frozen=True)
class Shown:
    """A ticket as screens show it; ``calls`` grows with each call, so a screen knows when to sound."""

    id: int
    written: str
    line: Line
    state: TicketState
    desk: str
    calls: int
    issued_at: datetime
    called_at: datetime | None


@dataclass(frozen=True)
class Figures:
    """The day in numbers; minutes, None where nobody was called or served yet."""

    waiting: int
    served: int
    no_show: int
    mean_wait: int | None
    mean_service: int | None


async def issue(line: str, *, today: date, now: datetime) -> Shown:
    """The next number of a line; two that ask at once get two numbers."""
    if line not in set(Line):
        raise Invalid({"line": "choice_missing"})
    for _ in range(TRIES):
        try:
            async with transaction():
                last = await Ticket.filter(day=today, line=line).order_by("-number").first()
                ticket = await Ticket.create(
                    day=today,
                    line=Line(line),
                    number=last.number + 1 if last else 1,
                    state=TicketState.WAITING,
                    issued_at=now,
                )
                return _shown(ticket)
        except IntegrityError:
            continue  # somebody else took that number
    raise Refused("busy")


async def call_next(viewer: Viewer, desk: str, *, most: int, today: date, now: datetime) -> Shown:
    """Call who is next by law and arrival to a desk; Refused("nobody_waits").

    ``most`` priorities are called in a row while the normal line waits (profile: counter).
    """
    desk = _desk(desk)
    async with transaction():
        waiting = await Ticket.filter(day=today, state=TicketState.WAITING).select_for_update(
            skip_locked=True
        )
        found = [Waiting(ticket.id, ticket.line, ticket.issued_at) for ticket in waiting]
        line = in_order(found, await _in_a_row(today), most)
        if not line:
            raise Refused("nobody_waits")
        ticket = next(one for one in waiting if one.id == line[0].id)
        return await _change(ticket, TicketAct.CALL, viewer, now, desk=desk)


async def act(ticket_id: int, viewer: Viewer, name: str, *, today: date, now: datetime) -> Shown:
    """Recall, start, finish, note a no-show or put back; Refused("ticket_not_now")."""
    if name not in set(TicketAct) or name == TicketAct.CALL:
        raise NotFound
    async with transaction():
        ticket = await Ticket.filter(id=ticket_id, day=today).select_for_update().get_or_none()
        if ticket is None:
            raise NotFound
        return await _change(ticket, TicketAct(name), viewer, now)


async def screen(today: date) -> list[Shown]:
    """The newest calls, newest first."""
    called = Ticket.filter(day=today, called_at__not_isnull=True).exclude(state=TicketState.WAITING)
    return [_shown(ticket) for ticket in await called.order_by("-called_at", "-id").limit(SHOWN)]


async def waiting(today: date, most: int) -> list[Shown]:
    """Who waits, in the order of calling."""
    found = {ticket.id: ticket for ticket in await Ticket.filter(day=today, state=TicketState.WAITING)}
    waiting_ = [Waiting(ticket.id, ticket.line, ticket.issued_at) for ticket in found.values()]
    line = in_order(waiting_, await _in_a_row(today), most)
    return [_shown(found[one.id]) for one in line]


async def mine(viewer: Viewer, today: date) -> Shown | None:
    """The ticket that a person of the counter has called or serves."""
    busy = (TicketState.CALLED, TicketState.SERVING)
    ticket = (
        await Ticket.filter(day=today, attendant_id=viewer.user_id, state__in=busy).order_by("-id").first()
    )
    return _shown(ticket) if ticket else None


async def absent(today: date) -> list[Shown]:
    """Who was called and did not come: they may come after all."""
    found = await Ticket.filter(day=today, state=TicketState.NO_SHOW).order_by("-called_at").limit(SHOWN)
    return [_shown(ticket) for ticket in found]


async def figures(today: date) -> Figures:
    """The day in numbers."""
    all_ = await Ticket.filter(day=today)
    return Figures(
        waiting=sum(ticket.state is TicketState.WAITING for ticket in all_),
        served=sum(ticket.state is TicketState.FINISHED for ticket in all_),
        no_show=sum(ticket.state is TicketState.NO_SHOW for ticket in all_),
        mean_wait=minutes([t.called_at - t.issued_at for t in all_ if t.called_at]),
        mean_service=minutes([t.finished_at - t.started_at for t in all_ if t.finished_at and t.started_at]),
    )


async def pulse(today: date) -> tuple[tuple[str, int, int], ...]:
    """What of the day's tickets changes with every act on one: how many in each state, and their calls."""
    states = Ticket.filter(day=today).annotate(tickets=Count("id"), called=Sum("calls")).group_by("state")
    found = await states.order_by("state").values("state", "tickets", "called")
    return tuple((str(row["state"]), int(row["tickets"]), int(row["called"])) for row in found)


async def _in_a_row(today: date) -> int:
    """How many priorities were called since the last of the normal line."""
    called = Ticket.filter(day=today, called_at__not_isnull=True).exclude(state=TicketState.WAITING)
    lines = await called.order_by("-called_at", "-id").limit(MOST_LOOKED_AT).values_list("line", flat=True)
    return row_of_priorities([Line(str(line)) for line in lines])


async def _change(ticket: Ticket, name: TicketAct, viewer: Viewer, now: datetime, **changes: Any) -> Shown:
    to = step(ticket.state, name)
    if name in (TicketAct.CALL, TicketAct.RECALL):
        changes |= {"calls": ticket.calls + 1, "called_at": now, "attendant_id": viewer.user_id}
    if name is TicketAct.START:
        changes["started_at"] = now
    if name is TicketAct.FINISH:
        changes["finished_at"] = now
    if name is TicketAct.RETURN:
        changes |= {"desk": "", "attendant_id": None}
    ticket.update_from_dict({**changes, "state": to})
    await ticket.save()
    return _shown(ticket)


def _desk(typed: str) -> str:
    desk = typed.strip()
    if not desk or len(desk) > DESK_MAX:
        raise Invalid({"desk": "required" if not desk else "too_long"})
    return desk


def _shown(ticket: Ticket) -> Shown:
    return Shown(
        id=ticket.id,
        written=written(ticket.line, ticket.number),
        line=ticket.line,
        state=ticket.state,
        desk=ticket.desk,
        calls=ticket.calls,
        issued_at=ticket.issued_at,
        called_at=ticket.called_at,
    )
