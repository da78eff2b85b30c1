"""Tickets: numbers without holes, called by law, one ticket never by two desks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.services import tickets
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role
from models.rules.tickets import Line, TicketState
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.parties import TODAY

pytestmark = pytest.mark.usefixtures("database")


async def test_numbers_begin_anew_each_day_and_per_line_even_at_once() -> None:
    issued = await asyncio.gather(*(tickets.issue(Line.NORMAL, today=TODAY, now=NOW) for _ in range(4)))
    assert sorted(ticket.written for ticket in issued) == ["N001", "N002", "N003", "N004"]
    assert (await tickets.issue(Line.PRIORITY, today=TODAY, now=NOW)).written == "P001"
    tomorrow = TODAY + timedelta(days=1)
    assert (await tickets.issue(Line.NORMAL, today=tomorrow, now=NOW)).written == "N001"
    with pytest.raises(Invalid):
        await tickets.issue("vip", today=TODAY, now=NOW)


async def test_priority_comes_first_and_two_desks_never_call_the_same() -> None:
    marina, rosa = [viewer_of(await make_user(Role.ATTENDANT)) for _ in range(2)]
    for n, line in enumerate((Line.NORMAL, Line.NORMAL, Line.PRIORITY, Line.OVER_80)):
        await tickets.issue(line, today=TODAY, now=NOW + timedelta(minutes=n))
    first = await tickets.call_next(marina, "1", most=2, today=TODAY, now=NOW + timedelta(minutes=10))
    assert (first.written, first.desk) == ("S001", "1")

    both = await asyncio.gather(
        tickets.call_next(marina, "1", most=2, today=TODAY, now=NOW + timedelta(minutes=11)),
        tickets.call_next(rosa, "2", most=2, today=TODAY, now=NOW + timedelta(minutes=11)),
    )
    assert {ticket.written for ticket in both} == {"P001", "N001"}
    with pytest.raises(Invalid):
        await tickets.call_next(marina, " ", most=2, today=TODAY, now=NOW)


async def test_recall_no_show_return_and_the_figures_of_the_day() -> None:
    marina = viewer_of(await make_user(Role.ATTENDANT))
    await tickets.issue(Line.NORMAL, today=TODAY, now=NOW)
    called = await tickets.call_next(marina, "3", most=2, today=TODAY, now=NOW + timedelta(minutes=6))

    async def act(name: str, minutes: int) -> tickets.Shown:
        return await tickets.act(called.id, marina, name, today=TODAY, now=NOW + timedelta(minutes=minutes))

    assert (await act("recall", 7)).calls == 2
    assert (await tickets.screen(TODAY))[0].calls == 2
    await act("no_show", 8)
    assert [ticket.written for ticket in await tickets.absent(TODAY)] == ["N001"]
    await act("return", 9)
    assert [ticket.state for ticket in await tickets.waiting(TODAY, 2)] == [TicketState.WAITING]
    again = await tickets.call_next(marina, "3", most=2, today=TODAY, now=NOW + timedelta(minutes=10))
    assert again.id == called.id
    await act("start", 11)
    assert (await tickets.mine(marina, TODAY)) is not None
    with pytest.raises(Refused, match="ticket_not_now"):
        await act("recall", 12)
    await act("finish", 21)

    figures = await tickets.figures(TODAY)
    assert (figures.waiting, figures.served, figures.mean_wait, figures.mean_service) == (0, 1, 10, 10)
    with pytest.raises(Refused, match="nobody_waits"):
        await tickets.call_next(marina, "3", most=2, today=TODAY, now=NOW)
    with pytest.raises(NotFound):
        await act("call", 30)


async def test_after_two_priorities_the_normal_line_is_called_and_each_change_is_noticed() -> None:
    marina = viewer_of(await make_user(Role.ATTENDANT))
    seen = [await tickets.pulse(TODAY)]
    for n, line in enumerate((Line.NORMAL, *[Line.PRIORITY] * 4)):
        await tickets.issue(line, today=TODAY, now=NOW + timedelta(minutes=n))
    shown = [ticket.written for ticket in await tickets.waiting(TODAY, 2)]
    called = []
    for minute in range(10, 15):
        at = NOW + timedelta(minutes=minute)
        called.append((await tickets.call_next(marina, "1", most=2, today=TODAY, now=at)).written)
        seen.append(await tickets.pulse(TODAY))
    assert called == shown == ["P001", "P002", "N001", "P003", "P004"]
    assert len(set(seen)) == len(seen)
