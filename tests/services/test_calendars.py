"""The agency's calendar: decrees, their effect on running terms, and the year that must be confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import pytest

from app.jobs import rounds
from app.parts import Parts
from app.services import calendars, terms
from app.services.calendars import Decree
from app.services.duties import Reckoner
from models import CalendarDay, Case, CaseEvent, DayKind, Job, Notice
from models.rules.case_machine import State
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.people import Role, Viewer
from models.rules.terms import Calendar, Suspension, Term
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.parties import ANSWER_TERM, TODAY, ZONE, NoHolidays, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")

FLOOD = Decree(date(2026, 11, 24), date(2026, 11, 25), DayKind.SUSPENSION, "Enchente", "Decreto 1/2026")


def reckoner(known: Calendar, today: date = TODAY) -> Reckoner:
    return Reckoner({"company_answer": ANSWER_TERM.term}, known, ZONE, today)


class Christmas(NoHolidays):
    """A country with one holiday."""

    def holidays(self, years: Iterable[int]) -> Mapping[date, str]:
        return {date(year, 12, 25): "Natal" for year in years}


async def coordinator() -> Viewer:
    return viewer_of(await make_user(Role.COORDINATOR, cpf=None, name="Helena Coordenadora"))


async def notified() -> Parties:
    """A case whose company's term of ten days began today."""
    people = await make_parties(State.NOTIFIED)
    runs = ANSWER_TERM.running()
    await Case.filter(id=people.case.id).update(**runs.columns())
    await Notice.filter(case_id=people.case.id).delete()
    await Notice.create(
        case_id=people.case.id,
        code="AAAA-BBBB-CCCC",
        channel="portal",
        sent_at=NOW,
        due_on=runs.due_on,
        explanation=runs.explanation,
    )
    return people


async def test_decrees_add_to_the_list_and_take_back_from_it() -> None:
    helena = await coordinator()
    for decree in (
        FLOOD,
        Decree(date(2026, 12, 24), None, DayKind.OPTIONAL, "Véspera de Natal", "Decreto 2/2026"),
        Decree(date(2026, 12, 25), None, DayKind.WORKING, "Plantão", "Decreto 3/2026"),
        Decree(date(2027, 2, 9), None, DayKind.HOLIDAY, "Carnaval", "Lei 4/2026"),
    ):
        await calendars.add(helena, decree, now=NOW)

    known = await calendars.current(Christmas(), TODAY)

    assert known.holidays == {
        **{date(year, 12, 25): "Natal" for year in (2024, 2025, 2027, 2028, 2029)},
        date(2027, 2, 9): "Carnaval",
    }
    assert known.optional == {date(2026, 12, 24): "Véspera de Natal"}
    assert known.suspensions == (Suspension(FLOOD.first, FLOOD.last, "Enchente"),)  # type: ignore[arg-type]
    assert known.version == "4"


async def test_a_revoked_decree_stays_to_be_seen_and_stops_nothing() -> None:
    helena = await coordinator()
    entry = await calendars.add(helena, FLOOD, now=NOW)
    await calendars.revoke(helena, entry, now=NOW)

    assert (await calendars.current(NoHolidays(), TODAY)) == Calendar({}, version="2")
    (line,) = (await calendars.year(NoHolidays(), 2026)).entries
    assert (line.name, line.added_by, line.revoked_at) == ("Enchente", helena.name, NOW)
    with pytest.raises(Conflict, match="already_revoked"):
        await calendars.revoke(helena, entry, now=NOW)


async def test_the_calendar_is_the_coordinators() -> None:
    attendant = viewer_of(await make_user(Role.ATTENDANT, cpf=None))
    with pytest.raises(NotFound):
        await calendars.add(attendant, FLOOD, now=NOW)
    assert not await CalendarDay.exists()


@pytest.mark.parametrize(
    ("decree", "fields"),
    [
        (Decree(None, None, None, "", ""), {"first", "kind", "name", "decree"}),
        (Decree(date(2026, 12, 2), date(2026, 12, 1), DayKind.HOLIDAY, "x", "y"), {"last"}),
        (Decree(date(2026, 12, 2), date(2028, 12, 1), DayKind.HOLIDAY, "x", "y"), {"last"}),
    ],
)
async def test_a_decree_that_cannot_be_is_refused_field_by_field(decree: Decree, fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        await calendars.add(await coordinator(), decree, now=NOW)
    assert set(refused.value.fields) == fields


async def test_a_suspension_moves_the_terms_that_run_and_says_so(fake_parts: Parts) -> None:
    people = await notified()
    await calendars.add(await coordinator(), FLOOD, now=NOW)
    job = await Job.get(kind=calendars.RECOUNT_JOB)

    for _ in range(2):  # a job may run twice
        await rounds.recount_terms(job.id, job.payload, fake_parts)

    case = await Case.get(id=people.case.id)
    notice = await Notice.get(case_id=case.id)
    assert case.due_on == notice.due_on
    assert case.due_on is not None
    assert case.due_on > ANSWER_TERM.running().due_on
    assert "prazos suspensos de 24/11/2026 a 25/11/2026 (Enchente)" in case.due_explanation
    assert notice.explanation == case.due_explanation
    (event,) = await CaseEvent.filter(case_id=case.id, name="term_recounted")
    assert event.facts["reason"] == "Enchente (Decreto 1/2026)"
    (letter,) = [job.payload for job in await Job.filter(kind="letter")]
    assert letter["to"] == people.agent.email
    assert f"{case.due_on:%d/%m/%Y}" in str(letter)


async def test_what_has_ended_or_was_agreed_is_not_counted_again() -> None:
    ended, agreed = await notified(), await notified_for_another()
    known = Calendar({}, (Suspension(TODAY, TODAY + timedelta(days=400), "x"),))
    after = ANSWER_TERM.running().due_on + timedelta(days=1)

    assert await terms.recount(reckoner(known, after), "x", now=NOW) == 0
    await Case.all().update(**terms.AGREED)
    assert await terms.recount(reckoner(known), "x", now=NOW) == 0
    assert {row.due_on for row in await Case.filter(id__in=[ended.case.id, agreed.case.id])} == {
        ANSWER_TERM.running().due_on
    }


async def notified_for_another() -> Parties:
    people = await make_parties(State.NOTIFIED)
    await Case.filter(id=people.case.id).update(**ANSWER_TERM.running().columns())
    return people


async def test_a_term_of_an_act_that_the_profile_lost_stays_as_it_is() -> None:
    await notified()
    known = Calendar({TODAY + timedelta(days=n): "x" for n in range(1, 30)})
    lost = Reckoner({"other": Term("other", 1, "calendar", "x")}, known, ZONE, TODAY)
    assert await terms.recount(lost, "x", now=NOW) == 0


async def test_from_october_the_next_year_asks_to_be_confirmed() -> None:
    helena = await coordinator()
    assert await calendars.unconfirmed_year(date(2026, 9, 30)) == 2026
    await calendars.confirm(helena, 2026, today=TODAY, now=NOW)
    assert await calendars.unconfirmed_year(date(2026, 9, 30)) is None
    assert await calendars.unconfirmed_year(date(2026, 10, 1)) == 2027
    await calendars.confirm(helena, 2027, today=TODAY, now=NOW)
    await calendars.confirm(helena, 2027, today=TODAY, now=NOW + timedelta(days=1))
    assert await calendars.unconfirmed_year(date(2026, 12, 31)) is None
    assert (await calendars.year(NoHolidays(), 2027)).confirmed_at == NOW
    with pytest.raises(NotFound):
        await calendars.confirm(helena, 2040, today=TODAY, now=NOW)
