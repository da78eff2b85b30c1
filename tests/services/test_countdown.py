"""The countdown to the opening: begun, cancelled, ended in time by whoever looks, and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import conduct, countdown, room_view
from models import CaseEvent, Hearing, User
from models.rules.countdown import LENGTH, left
from models.rules.errors import Refused
from models.rules.hearing import Conduct, HearingState
from models.rules.people import Role
from models.rules.recording import RecordingPolicy
from models.rules.room_controls import Control
from tests.factories.hearings import HOUSE, Table, make_table
from tests.factories.people import NOW, make_user

pytestmark = pytest.mark.usefixtures("database")
HALF = LENGTH / 2


async def told(table: Table) -> list[str]:
    """What the record says of it."""
    found = await CaseEvent.filter(case_id=table.case.id).order_by("seq")
    return [one.name for one in found if one.name.startswith(("countdown", "hearing_"))]


async def seen(table: Table) -> tuple[float | None, str, set[str]]:
    """What the consumer reads of it half way, and what the mediator may do."""
    policy = RecordingPolicy(enabled=False, roles=frozenset(), keep_days=1, free_bytes=0, source="")
    views = [
        await room_view.view(table.id, viewer, opens_minutes=30, recording=policy, now=NOW + HALF)
        for viewer in (table.consumer, table.mediator)
    ]
    rest = views[0].counting
    return (
        None if rest is None else rest.total_seconds(),
        views[1].status,
        {Control.START, Control.CANCEL_START, Control.OPEN} & views[1].controls,
    )


async def test_it_opens_the_hearing_in_time_as_the_act_of_who_began_it() -> None:
    table = await make_table()
    await table.come(table.mediator)
    assert await seen(table) == (None, "mediator_before", {"start"})

    await countdown.begin(table.id, table.mediator, HOUSE, now=NOW)
    await countdown.begin(table.id, table.mediator, HOUSE, now=NOW + HALF)
    assert await seen(table) == (HALF.total_seconds(), "counting", {"cancel_start", "open"})
    early = await countdown.finish(HOUSE, now=NOW + HALF)
    assert (early.opened, early.following) == (0, HALF)
    assert (await table.now()).state is HearingState.NOT_STARTED

    done = await countdown.finish(HOUSE, now=NOW + LENGTH)
    again = await countdown.finish(HOUSE, now=NOW + LENGTH)

    hearing = await table.now()
    assert (done.opened, done.following, again.opened) == (1, None, 0)
    assert (hearing.state, hearing.opened_at) == (HearingState.IN_SESSION, NOW + LENGTH)
    assert hearing.counting_from is None
    assert "Rita Melo" in hearing.record
    opened = await CaseEvent.get(case_id=table.case.id, name="hearing_opened")
    assert opened.actor_id == table.mediator.user_id
    assert await told(table) == ["countdown_started", "hearing_opened"]
    assert (await seen(table))[0] is None


async def test_the_mediator_cancels_it_and_nothing_opens() -> None:
    table = await make_table()
    await countdown.begin(table.id, table.mediator, HOUSE, now=NOW)
    for viewer in (table.consumer, table.agent):
        for act in (
            countdown.begin(table.id, viewer, HOUSE, now=NOW),
            countdown.cancel(table.id, viewer, now=NOW),
        ):
            with pytest.raises(Refused, match="not_yours"):
                await act
    await countdown.cancel(table.id, table.mediator, now=NOW + HALF)
    await countdown.cancel(table.id, table.mediator, now=NOW + HALF)

    assert (await countdown.finish(HOUSE, now=NOW + 2 * LENGTH)).opened == 0
    assert (await table.now()).state is HearingState.NOT_STARTED
    assert await told(table) == ["countdown_started", "countdown_cancelled"]


async def test_opening_at_once_ends_it_and_then_there_is_nothing_to_cancel() -> None:
    table = await make_table()
    await countdown.begin(table.id, table.mediator, HOUSE, now=NOW)
    await conduct.take(table.id, table.mediator, Conduct.OPEN, HOUSE, now=NOW + HALF)

    assert (await countdown.finish(HOUSE, now=NOW + LENGTH)).opened == 0
    assert (await table.now()).opened_at == NOW + HALF
    for act in (
        countdown.cancel(table.id, table.mediator, now=NOW),
        countdown.begin(table.id, table.mediator, HOUSE, now=NOW),
    ):
        with pytest.raises(Refused, match="hearing_not_now"):
            await act


async def test_it_waits_for_the_door_as_opening_does() -> None:
    table = await make_table(starts_at=NOW + timedelta(hours=2))
    with pytest.raises(Refused, match="door_closed"):
        await countdown.begin(table.id, table.mediator, HOUSE, now=NOW)


async def test_what_cannot_be_opened_any_more_stops_counting() -> None:
    table = await make_table()
    await countdown.begin(table.id, table.mediator, HOUSE, now=NOW)
    await User.filter(id=table.mediator.user_id).update(role=Role.ATTENDANT)
    other = await make_user(Role.MEDIATOR)
    await Hearing.filter(id=table.id).update(mediator_id=other.id)

    assert (await countdown.finish(HOUSE, now=NOW + LENGTH)).opened == 0
    assert (await table.now()).counting_from is None


def test_what_is_left_is_never_less_than_nothing() -> None:
    state = HearingState.NOT_STARTED
    assert left(state, None, NOW) is None
    assert left(state, NOW, NOW) == LENGTH
    assert left(state, NOW, NOW + 2 * LENGTH) == timedelta()
    assert left(HearingState.IN_SESSION, NOW, NOW) is None
