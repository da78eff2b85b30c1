"""Reminders before a term, escalation after it, and the board of what is late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.jobs import rounds
from app.parts import Parts
from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import late, term_reminders
from app.services.duties import Reckoner
from app.services.duty_words import TERMS as TERMS_BY_NAME
from models import Case, Job
from models.rules.case_machine import State
from models.rules.terms import Calendar
from tests.factories.people import NOW
from tests.services.parties import TODAY, ZONE, Parties, make_parties

TERMS = load_profile(PROFILES / "criciuma.toml").terms


def day(ahead: int) -> Reckoner:
    """The agency's day, so many days from the one on which the case stands."""
    return Reckoner(TERMS, Calendar({}), ZONE, TODAY + timedelta(days=ahead))


@given(st.integers(-30, 60), st.lists(st.integers(0, 30), min_size=1, max_size=4))
def test_a_reminder_is_due_from_its_day_until_the_last(left: int, before: list[int]) -> None:
    due = term_reminders.step(left, before)
    if left < 0 or left > max(before):
        assert due is None
    else:
        assert due is not None
        assert due >= left
        assert not any(left <= other < due for other in before)


async def letters() -> list[tuple[str, str]]:
    """Subject and recipient of what was written, in order."""
    return [
        (job["payload"]["subject"], job["payload"]["to"]) for job in await Job.all().order_by("id").values()
    ]


async def running() -> Parties:
    """A case whose company has ten days to answer."""
    people = await make_parties(State.ACKNOWLEDGED)
    await Case.filter(id=people.case.id).update(
        due_on=TODAY + timedelta(days=10), term_act="company_answer", handler_id=people.attendant.user_id
    )
    return people


@pytest.mark.usefixtures("database")
async def test_the_company_is_reminded_once_for_each_step_and_nobody_else() -> None:
    people = await running()
    for ahead in (0, 6, 7, 7, 8, 10, 10):
        await term_reminders.remind(day(ahead), (3, 1), now=NOW)
    protocol = people.case.protocol
    assert await letters() == [
        (f"Faltam 3 dias: {protocol}", people.agent.email),
        (f"É hoje: {protocol}", people.agent.email),
    ]


@pytest.mark.usefixtures("database")
async def test_what_is_late_is_told_to_who_answers_for_it_and_daily_to_the_coordination() -> None:
    people = await running()
    await Case.filter(id=people.case.id).update(state=State.UNANSWERED, due_on=None, state_since=NOW)
    for ahead in (7, 8, 9, 9):
        await term_reminders.remind(day(ahead), (3, 1), now=NOW)
    protocol = people.case.protocol
    assert await letters() == [
        (f"Prazo passado: {protocol}", people.attendant.email),
        ("1 caso em atraso", people.coordinator.email),
        ("1 caso em atraso", people.coordinator.email),
    ]


@pytest.mark.usefixtures("database")
async def test_the_board_counts_by_term_and_by_person_and_lists_the_latest_first() -> None:
    first, second, third = await running(), await running(), await running()
    await Case.filter(id=first.case.id).update(state=State.UNDER_ANALYSIS, due_on=None, state_since=NOW)
    await Case.filter(id=second.case.id).update(state=State.UNANSWERED, due_on=None, state_since=NOW)
    await Case.filter(id=third.case.id).update(
        state=State.FULFILMENT, due_on=TODAY, term_act="", handler_id=None
    )
    board = await late.board(day(16))
    assert [(line.case.id, line.term, line.late) for line in board.late] == [
        (third.case.id, "agreement", 16),
        (second.case.id, "scheduling", 9),
        (first.case.id, "analysis", 2),
    ]
    assert dict(board.by_term) == {"agreement": 1, "scheduling": 1, "analysis": 1}
    assert dict(board.by_person) == {first.attendant.name: 1, second.attendant.name: 1, "": 1}
    assert board.worst == 16
    nobodys = await late.board(day(16), person="-")
    assert [line.case.id for line in nobodys.late] == [third.case.id]
    assert [line.term for line in (await late.board(day(12))).soon] == ["analysis"]
    assert set(dict(board.by_term)) <= TERMS_BY_NAME.keys()


@pytest.mark.usefixtures("database")
async def test_the_agency_looks_once_a_business_day_from_its_hour_on(fake_parts: Parts) -> None:
    clock = fake_parts.clock
    jobs = Job.filter(kind=term_reminders.JOB)
    for at, count in (
        (datetime(2026, 11, 27, 7, 59, tzinfo=ZONE), 0),
        (datetime(2026, 11, 27, 8, 0, tzinfo=ZONE), 1),
        (datetime(2026, 11, 27, 17, 0, tzinfo=ZONE), 1),
        (datetime(2026, 11, 28, 9, 0, tzinfo=ZONE), 1),  # a Saturday
        (datetime(2026, 12, 4, 9, 0, tzinfo=ZONE), 1),  # the city's holiday
        (datetime(2026, 12, 7, 9, 0, tzinfo=ZONE), 2),
    ):
        clock.advance(at - clock.now())  # type: ignore[attr-defined]
        await rounds.plan_reminders(fake_parts)
        assert await jobs.count() == count
