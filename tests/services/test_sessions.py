"""Sessions: how long they open, what ends them, and whom they show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import sessions
from models import Representation, Session, User
from models.rules.errors import NotFound
from models.rules.people import Role
from tests.factories.people import NOW, make_agent, make_company, make_user

pytestmark = pytest.mark.usefixtures("database")


async def start(user: User, device: str = "Firefox, Linux") -> str:
    return await sessions.start(user.id, now=NOW, address="127.0.0.1", device=device)


async def test_the_token_opens_and_only_its_hash_is_kept() -> None:
    user = await make_user()
    token = await start(user)
    viewer = await sessions.viewer_of(token, NOW)
    assert viewer is not None
    assert (viewer.user_id, viewer.role, viewer.name, viewer.email) == (
        user.id,
        Role.CONSUMER,
        user.name,
        user.email,
    )
    row = await Session.get()
    assert token not in (row.token_hash, str(row.id))
    assert await sessions.viewer_of(row.token_hash, NOW) is None
    assert await sessions.viewer_of("", NOW) is None


async def test_twelve_hours_without_use_end_it_and_use_keeps_it() -> None:
    user = await make_user()
    used, idle = await start(user), await start(user)
    later = NOW + timedelta(hours=11)
    assert await sessions.viewer_of(used, later)
    assert await sessions.viewer_of(used, NOW + timedelta(hours=22))
    assert await sessions.viewer_of(idle, NOW + timedelta(hours=12)) is None


async def test_seven_days_end_it_however_much_it_is_used() -> None:
    token = await start(await make_user())
    moment = NOW
    while moment < NOW + sessions.WHOLE:
        assert await sessions.viewer_of(token, moment)
        moment += timedelta(hours=11)
    assert await sessions.viewer_of(token, NOW + sessions.WHOLE) is None


async def test_its_use_is_written_at_most_every_five_minutes() -> None:
    token = await start(await make_user())
    await sessions.viewer_of(token, NOW + timedelta(minutes=4))
    assert (await Session.get()).seen_at == NOW
    await sessions.viewer_of(token, NOW + timedelta(minutes=5))
    assert (await Session.get()).seen_at == NOW + timedelta(minutes=5)


async def test_a_disabled_account_is_out_at_once() -> None:
    user = await make_user()
    token = await start(user)
    await User.filter(id=user.id).update(disabled_at=NOW)
    assert await sessions.viewer_of(token, NOW) is None


async def test_a_company_user_speaks_for_companies_whose_link_is_valid_today() -> None:
    company, old = await make_company(), await make_company()
    user = await make_agent(company)
    await Representation.create(
        company=old, user=user, power="lawyer", may_settle=True, valid_until=NOW.date() - timedelta(days=1)
    )
    token = await start(user)
    viewer = await sessions.viewer_of(token, NOW)
    assert viewer is not None
    assert viewer.company_ids == (company.id,)
    await Representation.filter(company=company).update(valid_until=NOW.date())
    viewer = await sessions.viewer_of(token, NOW)
    assert viewer is not None
    assert viewer.company_ids == (company.id,)


async def test_ending_one_another_or_all() -> None:
    user, other = await make_user(), await make_user()
    here, phone, theirs = await start(user), await start(user, "Chrome, Android"), await start(other)
    mine = await sessions.current(here, NOW)
    assert mine is not None
    listed = await sessions.devices(user.id, mine.session_id, NOW)
    assert {(d.device, d.current) for d in listed} == {("Firefox, Linux", True), ("Chrome, Android", False)}

    their_session = await sessions.current(theirs, NOW)
    assert their_session is not None
    with pytest.raises(NotFound):
        await sessions.end_one(user.id, their_session.session_id)
    await sessions.end_all(user.id, but=mine.session_id)
    assert await sessions.viewer_of(phone, NOW) is None
    assert await sessions.viewer_of(here, NOW)
    await sessions.end(here)
    assert await sessions.viewer_of(here, NOW) is None
    assert await sessions.viewer_of(theirs, NOW)


async def test_dead_sessions_are_swept_at_the_next_sign_in() -> None:
    user = await make_user()
    await start(user)
    await sessions.start(user.id, now=NOW + timedelta(days=1), address="", device="x" * 400)
    assert await Session.all().count() == 1
