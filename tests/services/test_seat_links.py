"""Personal links to a hearing: one use, one seat, one person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import seat_links
from app.services.seat_links import AFTER_START, LinkState
from models import SeatLink, User
from models.rules.errors import NotFound, Refused
from models.rules.hearing import HearingState
from tests.factories.hearings import make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")


async def test_a_link_is_good_once_and_its_token_is_kept_nowhere() -> None:
    table = await make_table()
    token = await seat_links.issue(await table.now(), table.consumer.user_id)
    assert not await SeatLink.filter(token_hash__contains=token).exists()
    link = await seat_links.use(token, now=NOW)
    assert (link.hearing_id, link.user_id) == (table.id, table.consumer.user_id)
    with pytest.raises(Refused, match="link_over"):
        await seat_links.use(token, now=NOW)
    assert (await seat_links.find(token, now=NOW)).state is LinkState.USED


async def test_looking_at_a_link_does_not_use_it_up() -> None:
    table = await make_table()
    token = await seat_links.issue(await table.now(), table.agent.user_id)
    for _ in range(2):
        assert (await seat_links.find(token, now=NOW)).state is LinkState.GOOD
    await seat_links.use(token, now=NOW)


async def test_a_link_ends_a_day_after_the_start_and_with_the_hearing() -> None:
    table = await make_table()
    hearing = await table.now()
    token = await seat_links.issue(hearing, table.consumer.user_id)
    late = hearing.starts_at + AFTER_START
    with pytest.raises(Refused, match="link_over"):
        await seat_links.use(token, now=late)
    assert (await seat_links.find(token, now=late - timedelta(seconds=1))).state is LinkState.GOOD
    hearing.state = HearingState.CANCELLED
    await hearing.save(update_fields=["state"])
    with pytest.raises(Refused, match="link_over"):
        await seat_links.use(token, now=NOW)


async def test_the_agency_has_no_links_and_strangers_neither() -> None:
    table, other = await make_table(), await make_table()
    assert await seat_links.issue(await table.now(), table.mediator.user_id) == ""
    assert await seat_links.issue(await table.now(), other.consumer.user_id) == ""


async def test_unknown_tokens_and_closed_accounts_open_nothing() -> None:
    table = await make_table()
    token = await seat_links.issue(await table.now(), table.consumer.user_id)
    with pytest.raises(NotFound):
        await seat_links.find(token + "x", now=NOW)
    await User.filter(id=table.consumer.user_id).update(disabled_at=NOW)
    with pytest.raises(NotFound):
        await seat_links.use(token, now=NOW)
