"""At the door of a hearing: house rules, the expected start, and the check of who is there."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import expectation, house_rules, identification, room_view
from models import CaseEvent, Hearing, Representation, User
from models.rules.errors import NotFound, Refused
from models.rules.expectation import Expectation
from models.rules.hearing import HearingState
from models.rules.people import Viewer
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")

ZONE = ZoneInfo("America/Sao_Paulo")
VERSION = "2026-1"


async def events(table: Table, name: str) -> list[CaseEvent]:
    return await CaseEvent.filter(case_id=table.case.id, name=name).order_by("seq")


async def view(table: Table, viewer: Viewer) -> room_view.RoomView:
    policy = load_profile(PROFILES / "criciuma.toml").recording
    return await room_view.view(table.id, viewer, opens_minutes=30, recording=policy, now=NOW)


async def test_nobody_but_the_mediator_enters_without_accepting_the_rules() -> None:
    table = await make_table()
    for viewer in (table.consumer, table.agent):
        with pytest.raises(Refused, match="rules_not_accepted"):
            await table.come(viewer, rules=VERSION)
        with pytest.raises(Refused, match="rules_not_accepted"):
            await table.come(viewer, rules=VERSION, accepts="2025-9")
    await table.come(table.mediator, rules=VERSION)
    assert not await events(table, "house_rules_accepted")


async def test_accepting_is_recorded_once_with_the_version() -> None:
    table = await make_table()
    entry = await table.come(table.consumer, rules=VERSION, accepts=VERSION)
    await table.come(table.consumer, rules=VERSION, held=entry.generation)
    (event,) = await events(table, "house_rules_accepted")
    assert (event.facts["version"], event.facts["seat"]) == (VERSION, entry.seat)
    with pytest.raises(Refused, match="rules_not_accepted"):
        await table.come(table.consumer, rules="2027-1", held=entry.generation + 1)


async def test_who_refuses_is_seen_and_may_accept_later() -> None:
    table = await make_table()
    for _ in range(2):
        await house_rules.refuse(table.id, table.agent, VERSION, now=NOW)
    assert len(await events(table, "house_rules_refused")) == 1
    with pytest.raises(Refused, match="rules_not_accepted"):
        await table.come(table.agent, rules=VERSION)
    await table.come(table.agent, rules=VERSION, accepts=VERSION)
    assert (await table.seat(table.agent)).rules_version == VERSION
    with pytest.raises(Refused, match="already_inside"):
        await house_rules.refuse(table.id, table.agent, VERSION, now=NOW)


async def test_identity_is_marked_and_taken_back() -> None:
    table = await make_table()
    entry = await table.come(table.consumer)
    await table.come(table.mediator)
    for identified, name in ((True, "participant_identified"), (False, "participant_unidentified")):
        for _ in range(2):
            await identification.mark(table.id, table.mediator, entry.seat, identified=identified, now=NOW)
        assert ((await table.seat(table.consumer)).identified_at is not None) == identified
        (event,) = await events(table, name)
        assert event.facts["seat"] == entry.seat


async def test_only_who_conducts_checks_who_is_there() -> None:
    table, other = await make_table(), await make_table()
    seat = (await table.come(table.consumer)).seat
    with pytest.raises(Refused, match="not_yours"):
        await identification.mark(table.id, table.agent, seat, identified=True, now=NOW)
    with pytest.raises(NotFound):
        await identification.mark(other.id, other.mediator, seat, identified=True, now=NOW)
    mediator = (await table.come(table.mediator)).seat
    with pytest.raises(NotFound):
        await identification.mark(table.id, table.mediator, mediator, identified=True, now=NOW)


async def test_an_empty_seat_cannot_be_identified() -> None:
    table = await make_table()
    seat = (await table.seat(table.consumer)).id
    with pytest.raises(Refused, match="person_away"):
        await identification.mark(table.id, table.mediator, seat, identified=True, now=NOW)


async def test_papers_are_for_who_conducts_alone() -> None:
    table = await make_table(may_settle=False)
    await User.filter(id=table.consumer.user_id).update(cpf="12345678909")
    await Representation.filter(user_id=table.agent.user_id).update(valid_until=NOW.date())
    consumer, agent = await table.seat(table.consumer), await table.seat(table.agent)
    papers = await identification.papers(await view(table, table.mediator), table.mediator)
    assert papers.keys() == {consumer.id, agent.id}
    assert papers[consumer.id].name == "Ana Souza"
    assert papers[consumer.id].cpf == "12345678909"
    assert (papers[agent.id].may_settle, papers[agent.id].valid_until) == (False, NOW.date())
    assert not papers[agent.id].files
    for party in (table.consumer, table.agent):
        assert not await identification.papers(await view(table, party), party)


async def test_the_day_of_the_mediator_says_when_to_expect_the_hearing() -> None:
    table = await make_table(starts_at=NOW + timedelta(minutes=5))
    hearing = await table.now()
    assert await expectation.of_hearing(hearing, ZONE, now=NOW) == Expectation(1, 5)
    await Hearing.create(
        case_id=hearing.case_id,
        mediator_id=hearing.mediator_id,
        starts_at=NOW - timedelta(minutes=30),
        minutes=40,
        state=HearingState.IN_SESSION,
        opened_at=NOW - timedelta(minutes=20),
    )
    assert await expectation.of_hearing(hearing, ZONE, now=NOW) == Expectation(2, 20)
    assert await expectation.of_hearing(hearing, ZONE, now=NOW - timedelta(days=1)) is None
