"""Terms stand in their cases: booked when they begin, moved by an event when the calendar changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import casefile, negotiation, replies, terms
from app.services.duties import Reckoner
from app.services.terms import TermRules
from models import Case, CaseEvent, Job
from models.rules.case_machine import State
from models.rules.delivery import AWARENESS
from models.rules.duties import DUTIES, Until, deadline, duty
from models.rules.people import Role
from models.rules.terms import Calendar
from tests.factories.people import NOW
from tests.services.parties import OPEN_CALENDAR, TODAY, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")

TERMS = load_profile(PROFILES / "criciuma.toml").terms
OPEN = Reckoner(TERMS, OPEN_CALENDAR, ZONE, TODAY)
REPLY = TermRules(TERMS["consumer_reply"], TODAY, OPEN_CALENDAR)
SERVED = {state: wanted.act for state, wanted in DUTIES.items() if wanted.until is Until.SERVICE}


def closed_on(case: Case) -> Reckoner:
    """The agency after a decree that closes the case's last day."""
    assert case.due_on is not None
    return Reckoner(TERMS, Calendar({case.due_on: "Feriado novo"}, version="1"), ZONE, TODAY)


async def stands(people: Parties) -> Case:
    return await Case.get(id=people.case.id)


async def answered() -> Parties:
    """A case whose company has just answered."""
    people = await make_parties(State.ACKNOWLEDGED)
    text = "Localizamos o registro e devolvemos o valor."
    await negotiation.answer(people.case.id, people.agent, text, rules=REPLY, now=NOW)
    return people


async def test_the_companys_answer_begins_the_consumers_term_and_a_decree_moves_it_with_an_event() -> None:
    people = await answered()
    case = await stands(people)
    assert (case.due_on, case.term_act, case.term_start) == (
        TODAY + timedelta(days=21),  # the twentieth day is a Sunday
        "consumer_reply",
        TODAY,
    )
    told = OPEN.told(OPEN.standing(case, hearing_at=None, offer=None), Role.CONSUMER)
    assert told.until == case.due_on
    assert told.explanation == case.due_explanation
    assert case.due_explanation.startswith(
        f"20 dias corridos, contados da resposta da empresa em {TODAY:%d/%m/%Y}, sem incluir esse dia; "
    )
    await Job.all().delete()
    after = closed_on(case)

    same = after.told(after.standing(case, hearing_at=None, offer=None), Role.CONSUMER)
    assert same.until == case.due_on, "no page moves it before the event does"
    assert [await terms.recount(after, "Decreto 1/2026", now=NOW) for _ in range(2)] == [1, 0]

    moved = await stands(people)
    assert moved.due_on is not None
    assert case.due_on is not None
    assert moved.due_on > case.due_on
    assert "Feriado novo" in moved.due_explanation
    assert "contados da resposta da empresa" in moved.due_explanation
    assert moved.term_calendar == "1"
    event = await CaseEvent.get(case_id=case.id, name="term_recounted")
    assert event.facts["before"] == case.due_on.isoformat()
    assert event.facts["act"] == "consumer_reply"
    (letter,) = [job.payload for job in await Job.filter(kind="letter")]
    assert letter["to"] == people.consumer.email
    assert moved.due_explanation in str(letter)


async def test_a_term_ends_with_its_state() -> None:
    people = await answered()
    await replies.reply(people.case.id, people.consumer, "A resposta não resolve o problema.", now=NOW)
    case = await stands(people)
    assert {name: getattr(case, name) for name in casefile.NO_TERM} == casefile.NO_TERM


@pytest.mark.parametrize("state", SERVED)
async def test_a_state_with_a_term_has_it_booked_and_recounted_by_event(state: State) -> None:
    """Also a case from before terms were booked; the day is the one that its page counted until then."""
    people = await make_parties(state)
    case = await stands(people)
    standing = OPEN.standing(case, hearing_at=None, offer=None)
    counted = deadline(duty(standing, Role.AUDITOR), standing, TERMS, OPEN_CALENDAR)

    assert [await terms.book(OPEN, now=NOW) for _ in range(2)] == [1, 0]

    booked = await stands(people)
    assert (booked.due_on, booked.term_act) == (counted, SERVED[state])
    assert booked.version == case.version, "it is no news"
    assert await terms.recount(closed_on(booked), "Decreto 1/2026", now=NOW) == 1
    moved = await stands(people)
    assert moved.due_on is not None
    assert counted is not None
    assert moved.due_on > counted
    assert await CaseEvent.filter(case_id=case.id, name="term_recounted").count() == 1
    consumers = state is State.ANSWERED
    assert await Job.filter(kind="letter").count() == consumers, "the agency's own moves without a letter"


async def test_a_booked_term_names_the_event_that_began_it() -> None:
    people = await answered()
    text = "A resposta não resolve o problema."
    at = NOW + timedelta(days=1)
    await replies.reply(people.case.id, people.consumer, text, now=at)

    assert await terms.book(OPEN, now=at) == 1

    case = await stands(people)
    day = at.astimezone(ZONE).date()
    assert f"contados da réplica do consumidor em {day:%d/%m/%Y}" in case.due_explanation
    assert (case.term_act, case.term_trigger) == ("scheduling", "consumer_replied")


async def test_waiting_for_awareness_is_booked_and_never_passes_as_the_companys_term() -> None:
    people = await make_parties(State.NOTIFIED)
    await Case.filter(id=people.case.id).update(
        term_act=AWARENESS, term_start=TODAY, term_trigger="notice_served"
    )
    assert await terms.book(OPEN, now=NOW) == 1
    case = await stands(people)
    assert case.due_on == TODAY + timedelta(days=7)  # five days end on a Saturday
    assert "contados do início da tentativa de entrega" in case.due_explanation
    assert OPEN.standing(case, hearing_at=None, offer=None).unaware

    later = TODAY + timedelta(days=60)
    assert await terms.pass_terms(datetime(2027, 3, 1, tzinfo=ZONE), later) == 0
    assert (await stands(people)).state is State.NOTIFIED
    assert await terms.recount(closed_on(case), "Decreto 1/2026", now=NOW) == 1
    assert not await Job.filter(kind="letter").exists()
