"""Moving hearings, absences and working hours, blocks, and the reminders that go with them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.services import blocks, diary, hearing_reminders, queue, scheduling, working_hours
from app.services.booking import Booking
from app.services.hearing_reminders import REMINDER_JOB
from app.services.scheduling import Why
from models import AbsenceKind, Case, CaseEvent, Hearing, HearingBlock, Job, Seat, SlotClaim
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.hearing import HearingState
from models.rules.people import Role
from models.rules.rescheduling import Cause
from models.rules.slots import Party, Shift
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.parties import HOURS, INVITE, ZONE, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")

FAR = datetime(2026, 12, 14, 14, 0, tzinfo=ZONE)  # a Monday, past the notice term
AGENCY = Why(Cause.AGENCY)


async def _schedule(people: Parties, at: datetime = FAR, **how: object) -> int:
    booking = Booking(at, 40, people.mediator.user_id, **how)  # type: ignore[arg-type]
    return await scheduling.schedule(
        people.case.id, people.mediator, booking, now=NOW, hours=HOURS, invite=INVITE
    )


async def _move(people: Parties, hearing: int, at: datetime, why: Why = AGENCY, **how: object) -> None:
    values = {"mediator_id": people.mediator.user_id, **how}
    await scheduling.move(
        hearing,
        people.coordinator,
        Booking(at, 40, **values),  # type: ignore[arg-type]
        why,
        now=NOW,
        hours=HOURS,
        invite=INVITE,
    )


async def _letters(hearing: int, number: int) -> list[dict[str, str]]:
    found = await Job.filter(unique_key__startswith=f"letter:hearing:{hearing}:{number}:").values("payload")
    return [job["payload"] for job in found]


async def test_a_moved_hearing_is_the_same_entry_in_everybodys_calendar() -> None:
    people = await make_parties(State.ANSWERED)
    hearing = await _schedule(people)
    await _move(people, hearing, FAR + timedelta(days=1), Why(Cause.OTHER, "Falta de luz no bairro."))

    row = await Hearing.get(id=hearing)
    assert row.starts_at == FAR + timedelta(days=1)
    assert (await Case.get(id=people.case.id)).state is State.HEARING_SCHEDULED
    event = await CaseEvent.filter(case_id=people.case.id).order_by("-seq").first()
    assert event is not None
    assert (event.name, event.facts["reason"]) == ("hearing_moved", "Falta de luz no bairro.")
    letters = await _letters(hearing, 1)
    assert len(letters) == 3
    for letter in letters:
        calendar = letter["calendar"].replace("\r\n ", "")
        assert "METHOD:REQUEST" in calendar
        assert "SEQUENCE:1" in calendar
        assert f"UID:hearing-{hearing}@procon.exemplo.com" in calendar
        assert "20261215T140000" in calendar
    free = await diary.free(
        HOURS, ZONE, Party(0, None), now=NOW, first=FAR.date(), days=1, mediator=people.mediator.user_id
    )
    assert FAR in [slot.starts_at for slot in free], "the old time is free again"


async def test_another_mediator_gets_the_seat_and_the_first_is_told() -> None:
    people = await make_parties(State.ANSWERED)
    other = await make_user(Role.MEDIATOR, cpf=None)
    hearing = await _schedule(people)
    await _move(people, hearing, FAR, mediator_id=other.id)
    assert await Seat.filter(hearing_id=hearing, user_id=people.mediator.user_id).count() == 0
    assert await Seat.filter(hearing_id=hearing, user_id=other.id).count() == 1
    cancels = [one for one in await _letters(hearing, 1) if "METHOD:CANCEL" in one["calendar"]]
    assert [one["to"] for one in cancels] == [people.mediator.email]


async def test_a_move_meets_the_same_rules_and_changes_nothing_when_refused() -> None:
    people, others = await make_parties(State.ANSWERED), await make_parties(State.ANSWERED)
    hearing = await _schedule(people)
    await scheduling.schedule(
        others.case.id,
        others.coordinator,
        Booking(FAR + timedelta(hours=2), 40, people.mediator.user_id),
        now=NOW,
        hours=HOURS,
        invite=INVITE,
    )
    for at, wrong in (
        (FAR + timedelta(hours=2, minutes=20), {"time": "mediator_busy"}),
        (FAR.replace(day=12), {"date": "not_business_day"}),
        (FAR.replace(hour=7), {"time": "outside_hours"}),
        (FAR.replace(day=7), {"short_notice": "notice_short"}),
    ):
        with pytest.raises(Invalid) as caught:
            await _move(people, hearing, at)
        assert caught.value.fields == wrong
    with pytest.raises(Invalid):
        await _move(people, hearing, FAR.replace(hour=9), Why(Cause.OTHER))
    with pytest.raises(Refused):
        await scheduling.move(
            hearing,
            others.mediator,
            Booking(FAR.replace(hour=9), 40, others.mediator.user_id),
            AGENCY,
            now=NOW,
            hours=HOURS,
            invite=INVITE,
        )
    row = await Hearing.get(id=hearing)
    assert (row.starts_at, row.invitation) == (FAR, 0)
    assert await SlotClaim.filter(hearing_id=hearing).count() == 24


async def test_a_partys_justified_absence_moves_it_once() -> None:
    people = await make_parties(State.ANSWERED)
    hearing = await _schedule(people)
    await _move(people, hearing, FAR.replace(day=15), Why(Cause.CONSUMER_JUSTIFIED, "Consulta médica."))
    with pytest.raises(Refused) as caught:
        await _move(people, hearing, FAR.replace(day=16), Why(Cause.CONSUMER_JUSTIFIED))
    assert caught.value.code == "reschedule_used"
    await _move(people, hearing, FAR.replace(day=16), Why(Cause.COMPANY_JUSTIFIED))
    await _move(people, hearing, FAR.replace(day=17), Why(Cause.TECHNICAL))
    assert (await Hearing.get(id=hearing)).invitation == 3


async def test_consumer_company_and_rooms_are_in_one_place_at_a_time() -> None:
    people = await make_parties(State.ANSWERED)
    await _schedule(people)
    second = await make_case(
        State.ANSWERED,
        await make_user(),
        protocol="2026.990001-0",
        company=people.company,
        notified_at=NOW,
    )
    third = await make_case(State.ANSWERED, None, consumer_id=people.consumer.user_id, protocol="2026.99-0")
    other = await make_user(Role.MEDIATOR, cpf=None)
    for case, code in ((second, "company_busy"), (third, "consumer_busy")):
        with pytest.raises(Invalid) as caught:
            await scheduling.schedule(
                case.id,
                people.coordinator,
                Booking(FAR + timedelta(minutes=20), 40, other.id),
                now=NOW,
                hours=HOURS,
                invite=INVITE,
            )
        assert caught.value.fields == {"time": code}


async def test_as_many_hearings_at_once_as_there_are_rooms() -> None:
    everybody = [await make_parties(State.ANSWERED) for _ in range(4)]
    results = await asyncio.gather(*(_schedule(people) for people in everybody), return_exceptions=True)
    refused = [one for one in results if isinstance(one, Invalid)]
    assert len(refused) == 1, results
    assert refused[0].fields == {"time": "rooms_full"}
    assert sorted(await Hearing.all().values_list("room", flat=True)) == [1, 2, 3]


async def test_an_absence_closes_the_diary_and_names_the_hearings_in_it() -> None:
    people = await make_parties(State.ANSWERED)
    hearing = await _schedule(people)
    mine = people.mediator.user_id
    day = FAR.replace(hour=0)
    absence = await working_hours.add_absence(
        people.mediator, mine, day, day + timedelta(days=1), AbsenceKind.VACATION, "", now=NOW
    )
    week = await working_hours.week(people.mediator, mine, now=NOW, hours=HOURS)
    assert [number for number, _at in week.away[0].hearings] == [hearing]
    with pytest.raises(Invalid) as caught:
        await _move(people, hearing, FAR.replace(hour=9), out_of_hours=True)
    assert caught.value.fields == {"time": "mediator_away"}
    assert not await diary.free(HOURS, ZONE, Party(0, None), now=NOW, first=FAR.date(), days=1, mediator=mine)
    await working_hours.revoke_absence(people.coordinator, absence, now=NOW)
    await _move(people, hearing, FAR.replace(hour=9))
    for viewer in (people.attendant, viewer_of(await make_user(Role.MEDIATOR, cpf=None))):
        with pytest.raises(NotFound):
            await working_hours.week(viewer, mine, now=NOW, hours=HOURS)


async def test_a_mediators_week_rules_and_is_checked() -> None:
    people = await make_parties(State.ANSWERED)
    mine = people.mediator.user_id
    for shifts in (
        [Shift(0, 600, 540)],
        [Shift(0, 540, 600), Shift(0, 595, 700)],
        [Shift(0, 541, 600)],
    ):
        with pytest.raises(Invalid) as caught:
            await working_hours.set_week(people.mediator, mine, shifts)
        assert caught.value.fields == {"day-0": "shift_invalid"}
    await working_hours.set_week(people.mediator, mine, [Shift(1, 13 * 60, 17 * 60)])
    with pytest.raises(Invalid) as caught:
        await _schedule(people)
    assert caught.value.fields == {"time": "mediator_off"}
    await _schedule(people, FAR.replace(day=15))
    week = await working_hours.week(people.mediator, mine, now=NOW, hours=HOURS)
    assert (week.shifts, week.usual) == ((Shift(1, 780, 1020),), False)


async def _due() -> dict[str, datetime]:
    found = await Job.filter(kind=REMINDER_JOB, done_at=None).values("payload", "run_at")
    return {job["payload"]["moment"]: job["run_at"] for job in found}


async def test_reminders_are_planned_move_and_fall_with_the_hearing() -> None:
    people = await make_parties(State.ANSWERED)
    hearing = await _schedule(people)
    before = {"7d": timedelta(days=7), "24h": timedelta(days=1), "30min": timedelta(minutes=30)}
    assert await _due() == {name: FAR - earlier for name, earlier in before.items()}
    later = FAR + timedelta(days=2)
    await _move(people, hearing, later)
    assert await _due() == {name: later - earlier for name, earlier in before.items()}
    await scheduling.cancel(hearing, people.mediator, "Falta de luz", now=NOW, invite=INVITE)
    assert await _due() == {}
    await _schedule(people, NOW.astimezone(ZONE) + timedelta(hours=1), short_notice=True)
    assert list(await _due()) == ["30min"], "what is past is not planned"


async def _run_due(now: datetime) -> int:
    """What the runner does, and once more as after a crash between the work and its receipt."""
    told, now = 0, now.astimezone(UTC)
    for job in await queue.claim(now, 10, [REMINDER_JOB]):
        told += await hearing_reminders.remind(job.payload, now=now, invite=INVITE)
        await hearing_reminders.remind(job.payload, now=now, invite=INVITE)
        await queue.done(job.id, now)
    return told


async def test_each_party_is_reminded_once_with_link_test_and_what_to_bring() -> None:
    people = await make_parties(State.ANSWERED)
    hearing = await _schedule(people)
    for earlier in (timedelta(days=7), timedelta(days=1), timedelta(minutes=30)):
        assert await _run_due(FAR - earlier) == 2
        assert await _run_due(FAR - earlier) == 0
    found = await Job.filter(unique_key__startswith=f"letter:reminder:{hearing}:").values("payload")
    assert len(found) == 6, "three reminders, two parties, each once"
    for letter in (job["payload"] for job in found):
        said = " ".join(letter["paragraphs"])
        assert f"https://procon.exemplo.com/audiencias/{hearing}/teste" in said
        assert "documento com foto" in said
        assert letter["path"].startswith("/audiencias/entrada/")
        assert letter["to"] in (people.consumer.email, people.agent.email)


async def test_a_reminder_that_came_too_late_or_for_another_time_is_silent() -> None:
    people = await make_parties(State.ANSWERED)
    hearing = await _schedule(people)
    stale = {"hearing": hearing, "starts_at": FAR.timestamp(), "moment": "7d"}
    at = FAR - timedelta(hours=23)
    assert await hearing_reminders.remind(stale, now=at, invite=INVITE) == 0, "24 h is due as well"
    await _move(people, hearing, FAR + timedelta(days=2))
    at = FAR - timedelta(days=6)
    assert await hearing_reminders.remind(stale, now=at, invite=INVITE) == 0, "it was moved"
    await Hearing.filter(id=hearing).update(state=HearingState.IN_SESSION)
    fresh = {"hearing": hearing, "starts_at": (FAR + timedelta(days=2)).timestamp(), "moment": "24h"}
    assert await hearing_reminders.remind(fresh, now=FAR, invite=INVITE) == 0


async def _block(people: Parties, count: int = 5) -> tuple[int, list[int]]:
    """A block of the company's cases, each of another consumer."""
    numbers = [people.case.id]
    for number in range(count - 1):
        case = await make_case(
            State.UNANSWERED,
            await make_user(),
            protocol=f"2026.88000{number}-0",
            company=people.company,
            notified_at=NOW,
        )
        numbers.append(case.id)
    slots = await blocks.propose(
        people.company.id,
        people.agent.user_id,
        count,
        mediator_id=people.mediator.user_id,
        first=FAR.date(),
        now=NOW,
        hours=HOURS,
        invite=INVITE,
    )
    assert len(slots) == count
    plan = blocks.Plan(
        people.company.id,
        people.agent.user_id,
        people.mediator.user_id,
        tuple(numbers),
        slots[0].starts_at,
    )
    return await blocks.book(people.mediator, plan, now=NOW, hours=HOURS, invite=INVITE), numbers


async def test_a_company_has_its_hearings_in_one_block_with_one_agent() -> None:
    people = await make_parties(State.ANSWERED)
    assert [(row[0], row[2]) for row in await blocks.companies()] == []
    block, numbers = await _block(people)

    view = await blocks.view(block, people.agent)
    assert [one.case_id for one in view.lines] == numbers
    starts = [one.starts_at for one in view.lines]
    assert starts == [starts[0] + timedelta(minutes=40 * n) for n in range(5)]
    letters = await Job.filter(unique_key__startswith=f"letter:block:{block}:0:").values("payload")
    assert {job["payload"]["to"] for job in letters} == {people.agent.email, people.mediator.email}
    calendar = letters[0]["payload"]["calendar"].replace("\r\n ", "")
    assert f"UID:block-{block}@" in calendar
    assert "DTEND;TZID=America/Sao_Paulo:20261214T112000" in calendar
    to_agent = [
        job
        for job in await Job.filter(kind="letter").values("payload")
        if job["payload"]["to"] == people.agent.email
    ]
    assert len(to_agent) == 1, "the company is told of the block once, not of each hearing"
    assert [one.id for one in await blocks.upcoming(people.agent, NOW)] == [block]
    stranger = (await make_parties(State.ANSWERED)).agent
    with pytest.raises(NotFound):
        await blocks.view(block, stranger)

    first = view.lines[0]
    assert await _run_due(first.starts_at - timedelta(days=1)) >= 2
    reminded = await Job.filter(unique_key__startswith="letter:reminder:").values("payload")
    assert sum(job["payload"]["to"] == people.agent.email for job in reminded) == 1

    await scheduling.cancel(first.id, people.mediator, "Acordo direto", now=NOW, invite=INVITE)
    again = await Job.filter(unique_key__startswith=f"letter:block:{block}:1:").values("payload")
    assert "SEQUENCE:1" in again[0]["payload"]["calendar"]
    assert (await HearingBlock.get(id=block)).invitation == 1


async def test_a_block_is_booked_whole_or_not_at_all() -> None:
    people, others = await make_parties(State.ANSWERED), await make_parties(State.ANSWERED)
    await scheduling.schedule(
        others.case.id,
        others.coordinator,
        Booking(FAR.replace(hour=9), 40, people.mediator.user_id),
        now=NOW,
        hours=HOURS,
        invite=INVITE,
    )
    second = await make_case(
        State.ANSWERED, await make_user(), protocol="2026.880009-0", company=people.company, notified_at=NOW
    )
    plan = blocks.Plan(
        people.company.id,
        people.agent.user_id,
        people.mediator.user_id,
        (people.case.id, second.id),
        FAR.replace(hour=8, minute=20),
    )
    with pytest.raises(Invalid) as caught:
        await blocks.book(people.mediator, plan, now=NOW, hours=HOURS, invite=INVITE)
    assert caught.value.fields == {"start": "mediator_busy"}
    assert caught.value.facts["protocol"] == second.protocol
    assert await HearingBlock.exists() is False
    assert await Hearing.filter(case_id=people.case.id).exists() is False
    assert (await Case.get(id=people.case.id)).state is State.ANSWERED
    for wrong in ((people.case.id,), (people.case.id, people.case.id), (people.case.id, others.case.id)):
        with pytest.raises(Invalid):
            await blocks.book(
                people.mediator,
                blocks.Plan(plan.company_id, plan.agent_id, plan.mediator_id, wrong, FAR),
                now=NOW,
                hours=HOURS,
                invite=INVITE,
            )
