"""A second, invented city's profile: nothing that a person reads names the first one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from quart import Quart

from app.adapters.mail import FakeMail
from app.equipment import listed_holidays
from app.factory import create_app
from app.jobs.letters import send_letter
from app.jobs.papers import letterhead
from app.parts import Parts
from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import calendars, follow_up, notices
from app.services.notices import Choice
from app.services.terms import TermRules
from app.settings import Settings
from models import Case, CaseEvent, Hearing, Job, User
from models.rules.case_machine import State
from models.rules.hearing import HearingState, Outcome
from models.rules.outcomes import Cause, FollowUp
from models.rules.terms import due_date
from tests.conftest import MakeSettings
from tests.factories.hearings import make_table
from tests.factories.people import NOW
from tests.services.parties import make_parties
from tests.walks.table import TABLE
from tests.walks.world import PEOPLE, World

OTHER = Path(__file__).parent / "porto_claro.toml"
FIRST = load_profile(PROFILES / "criciuma.toml").agency
OURS = re.compile(rf"(?i:crici|{re.escape(FIRST.phone)}|henrique lage)|/SC\b")
"""What would give the first city away."""


@pytest.fixture
def settings(make_settings: MakeSettings, database_url: str) -> Settings:
    """Settings of the other city."""
    return make_settings(DATABASE_URL=database_url, PROCON_PROFILE=str(OTHER))


@pytest.fixture
def other_parts(fake_parts: Parts) -> Parts:
    """The parts as that city has them."""
    return replace(fake_parts, holidays=listed_holidays(fake_parts.profile.calendar))


@pytest.fixture
def whole_site(settings: Settings, other_parts: Parts) -> Quart:
    """The whole site in the other city."""
    return create_app(settings, parts=other_parts, jobs=False, media=False).quart


async def test_no_page_names_the_first_city(whole_site: Quart, world: World) -> None:
    await User.all().update(city="Porto Claro", uf="AM")
    named = set()
    for person in ("visitor", "consumer", "company", "coordinator"):
        for address, expected in TABLE:
            if expected[PEOPLE.index(person)] != 200 or address.startswith("/desenvolvimento"):
                continue
            response = await world.browsers[person].get(address.format(**world.names))
            if not str(response.content_type).startswith("text/html"):
                continue
            text = re.sub(r"/static/[^\"\s]+", "", (await response.get_data()).decode())
            if found := OURS.search(text):
                named.add((address, text[max(0, found.start() - 40) : found.end() + 20]))
            if person == "visitor" and address == "/":
                assert "Procon de Porto Claro" in text
    assert not named


async def test_how_often_a_hearing_is_set_again_is_the_other_citys(database: str, other_parts: Parts) -> None:
    """Porto Claro sets a hearing again twice for one party's excused reason, Criciúma once."""
    assert other_parts.profile.reminders.powers_before == (45, 10)
    first = await make_table()
    await Hearing.filter(id=first.id).update(
        state=HearingState.CLOSED, outcome=Outcome.COMPANY_ABSENT, cause=Cause.JUSTIFIED
    )
    hearing = await Hearing.create(
        case_id=first.case.id,
        mediator_id=first.mediator.user_id,
        starts_at=NOW,
        minutes=40,
        state=HearingState.CLOSED,
        outcome=Outcome.COMPANY_ABSENT,
        cause=Cause.JUSTIFIED,
    )
    allowed = other_parts.house.not_held_reschedules
    assert await follow_up.decide(hearing, allowed) is FollowUp.RESCHEDULE
    here = load_profile(PROFILES / "criciuma.toml").scheduling.not_held_reschedules
    assert await follow_up.decide(hearing, here) is FollowUp.COORDINATION

    await CaseEvent.create(
        case_id=first.case.id,
        seq=99,
        name="hearing_closed",
        sides="staff",
        facts={"hearing": hearing.id, "follow_up": FollowUp.RESCHEDULE},
        at=NOW,
        previous="",
        hash="",
    )
    assert await follow_up.of_hearing(hearing) is FollowUp.RESCHEDULE, "as it was told when it closed"


async def test_letters_papers_and_terms_are_the_other_citys(database: str, other_parts: Parts) -> None:
    profile = other_parts.profile
    zone, today = profile.agency.zone, date(2026, 3, 9)
    now = datetime(2026, 3, 9, 11, tzinfo=zone)
    known = await calendars.current(other_parts.holidays, today)
    rules = TermRules(profile.terms["company_answer"], today, known)
    people = await make_parties(State.UNDER_ANALYSIS)
    await notices.notify(people.case.id, people.attendant, Choice(people.company.id), now=now, rules=rules)
    assert await notices.opened_by(people.case.id, people.agent, now=now, rules=rules)

    case = await Case.get(id=people.case.id)
    assert case.due_on == date(2026, 3, 31)  # 15 business days over the patron's day, 19 March
    assert "São José, padroeiro" in case.due_explanation
    assert due_date(profile.terms["company_answer"], today, known).due == case.due_on

    for job in await Job.filter(kind="letter").order_by("id"):
        await send_letter(job.id, job.payload, other_parts)
    assert isinstance(other_parts.mail, FakeMail)
    assert other_parts.mail.sent
    for letter in other_parts.mail.sent:
        assert "Coordenadoria de Defesa do Consumidor de Porto Claro" in letter.text
        assert not OURS.search(f"{letter.subject} {letter.text} {letter.html}")
    assert letterhead(profile).name == "Procon de Porto Claro"
