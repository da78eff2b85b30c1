"""Recording a hearing: who agreed, who starts it, what pauses and ends it, what the media process is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.services import casefile, conduct, recordings, seats
from app.services.recordings import SETTLE, Studio
from models import CaseEvent, Job, Recording, RecordingState
from models.rules.chain import first_broken
from models.rules.errors import NotFound, Refused
from models.rules.hearing import Conduct, Outcome
from models.rules.people import Role
from models.rules.recording import Answer, Take
from tests.factories.hearings import HOUSE, Table, colleague, make_table
from tests.factories.people import NOW, make_user, viewer_of
from tests.factories.recordings import POLICY, all_agree, make_studio, start_recording
from tests.services.signing import freeze, sign

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return make_studio(tmp_path)


@pytest.fixture
async def table(database: str) -> Table:
    return await (await make_table()).in_session()


async def act(table: Table, what: Take, studio: Studio, seconds: int = 0) -> None:
    await recordings.act(table.id, table.mediator, what, studio, now=NOW + timedelta(seconds=seconds))


async def state(table: Table) -> RecordingState:
    return (await Recording.filter(hearing_id=table.id).order_by("-started_at").first()).state  # type: ignore[union-attr]


async def told(table: Table) -> list[tuple[str, str]]:
    """The recording's events and their causes."""
    rows = await CaseEvent.filter(case_id=table.case.id).order_by("seq").values("name", "facts")
    found = [(row["name"], row["facts"].get("cause", "")) for row in rows if "recording" in row["facts"]]
    assert first_broken(await casefile.chain(table.case.id)) is None
    return [(name.removeprefix("recording_"), cause) for name, cause in found]


async def test_a_recording_runs_pauses_goes_on_and_ends(table: Table, studio: Studio) -> None:
    recording = await start_recording(table, studio)
    assert recording.keep_until == (NOW + timedelta(days=30)).date()
    wanted = await recordings.wanted(table.id, studio.segments)
    assert wanted is not None
    assert (wanted.recording, wanted.paused, len(wanted.key)) == (recording.id, False, 32)
    assert wanted.folder == studio.segments.path(recording.folder)
    assert wanted.key not in recording.key

    await act(table, Take.PAUSE, studio, 10)
    paused = await recordings.wanted(table.id, studio.segments)
    assert paused == replace(wanted, paused=True)
    await act(table, Take.RESUME, studio, 20)
    assert await recordings.wanted(table.id, studio.segments) == wanted
    await act(table, Take.STOP, studio, 30)
    assert await recordings.wanted(table.id, studio.segments) is None

    ended = await Recording.get(id=recording.id)
    assert (ended.state, ended.ended_at) == (RecordingState.COMPOSING, NOW + timedelta(seconds=30))
    job = await Job.get(kind="compose_recording")
    assert job.payload == {"recording": str(recording.id)}
    assert job.run_at == NOW + timedelta(seconds=30) + SETTLE
    assert await told(table) == [("started", ""), ("paused", "mediator"), ("resumed", ""), ("stopped", "")]


async def test_another_recording_may_follow(table: Table, studio: Studio) -> None:
    first = await start_recording(table, studio)
    await act(table, Take.STOP, studio, 5)
    second = await start_recording(table, studio, NOW + timedelta(seconds=6))
    assert first.id != second.id
    assert first.folder != second.folder
    assert await Recording.filter(hearing_id=table.id).count() == 2


async def test_nothing_is_recorded_before_the_hearing_is_opened(database: str, studio: Studio) -> None:
    table = await make_table()
    await table.come(table.mediator)
    with pytest.raises(Refused, match="recording_not_in_session"):
        await act(table, Take.START, studio)
    assert await Recording.all().count() == 0


async def test_everybody_let_in_must_have_agreed(table: Table, studio: Studio) -> None:
    await recordings.answer(
        table.id, table.consumer, Answer.AGREED, asked="2026-11", shown="2026-11", now=NOW
    )
    with pytest.raises(Refused, match="recording_not_agreed"):
        await act(table, Take.START, studio)
    await recordings.answer(table.id, table.agent, Answer.DECLINED, asked="2026-11", shown="2026-11", now=NOW)
    with pytest.raises(Refused, match="recording_not_agreed"):
        await act(table, Take.START, studio)
    await recordings.answer(table.id, table.agent, Answer.AGREED, asked="2026-11", shown="2026-11", now=NOW)
    await act(table, Take.START, studio)
    assert await state(table) is RecordingState.RECORDING


async def test_an_answer_may_come_before_entering_and_is_kept_once(database: str) -> None:
    table = await make_table()
    await all_agree(table)
    await all_agree(table)
    answers = await CaseEvent.filter(name="recording_agreed").values("facts", "sides", "actor_id")
    assert {row["actor_id"] for row in answers} == {table.consumer.user_id, table.agent.user_id}
    assert len(answers) == 2
    assert all(row["sides"] == "consumer,company,staff" for row in answers)
    assert all(row["facts"]["version"] == "2026-11" for row in answers)
    assert await recordings.everybody_agreed(table.hearing)


async def test_the_agency_is_not_asked_and_strangers_have_no_answer(table: Table) -> None:
    with pytest.raises(Refused, match="not_yours"):
        await recordings.answer(
            table.id, table.mediator, Answer.AGREED, asked="2026-11", shown="2026-11", now=NOW
        )
    with pytest.raises(NotFound):
        await recordings.answer(
            table.id, viewer_of(await make_user()), Answer.AGREED, asked="", shown="", now=NOW
        )


async def test_taking_an_agreement_back_pauses_the_recording(table: Table, studio: Studio) -> None:
    await start_recording(table, studio)
    await recordings.answer(
        table.id, table.consumer, Answer.DECLINED, asked="2026-11", shown="2026-11", now=NOW
    )
    assert await state(table) is RecordingState.PAUSED
    assert (await told(table))[-1] == ("paused", "agreement")
    with pytest.raises(Refused, match="recording_not_agreed"):
        await act(table, Take.RESUME, studio)
    await recordings.answer(
        table.id, table.consumer, Answer.AGREED, asked="2026-11", shown="2026-11", now=NOW
    )
    assert await state(table) is RecordingState.PAUSED
    await act(table, Take.RESUME, studio)
    assert await state(table) is RecordingState.RECORDING


async def test_who_comes_later_is_not_recorded_before_agreeing(table: Table, studio: Studio) -> None:
    await start_recording(table, studio)
    _, late = await colleague(table, may_settle=False)
    await table.come(late)
    assert await state(table) is RecordingState.RECORDING
    seat = await table.seat(late)
    await seats.admit(table.id, table.mediator, seat.id, now=NOW)
    assert await state(table) is RecordingState.PAUSED
    assert (await told(table))[-1] == ("paused", "agreement")
    await recordings.answer(table.id, late, Answer.AGREED, asked="2026-11", shown="2026-11", now=NOW)
    await act(table, Take.RESUME, studio)

    _, later = await colleague(table, may_settle=False)
    await recordings.answer(table.id, later, Answer.AGREED, asked="2026-11", shown="2026-11", now=NOW)
    await table.come(later)
    await seats.admit(table.id, table.mediator, None, now=NOW)
    assert await state(table) is RecordingState.RECORDING


@pytest.mark.parametrize("what", [Conduct.PAUSE, Conduct.SUSPEND])
async def test_a_hearing_that_stops_pauses_it_and_it_goes_on_only_by_hand(
    table: Table, studio: Studio, what: Conduct
) -> None:
    await start_recording(table, studio)
    await conduct.take(table.id, table.mediator, what, HOUSE, now=NOW)
    assert await state(table) is RecordingState.PAUSED
    assert (await told(table))[-1] == ("paused", "hearing")
    with pytest.raises(Refused, match="recording_not_in_session"):
        await act(table, Take.RESUME, studio)
    await conduct.take(table.id, table.mediator, Conduct.RESUME, HOUSE, now=NOW)
    assert await state(table) is RecordingState.PAUSED
    await act(table, Take.RESUME, studio)
    assert await state(table) is RecordingState.RECORDING


async def test_closing_the_hearing_ends_it(table: Table, studio: Studio) -> None:
    recording = await start_recording(table, studio)
    await act(table, Take.PAUSE, studio)
    await table.write("Sem acordo.")
    shown = await freeze(table, Outcome.NO_AGREEMENT)
    await sign(table, table.mediator, shown)
    await conduct.close(table.id, table.mediator, HOUSE, now=NOW + timedelta(minutes=9))
    ended = await Recording.get(id=recording.id)
    assert (ended.state, ended.ended_at) == (RecordingState.COMPOSING, NOW + timedelta(minutes=9))
    assert (await told(table))[-1] == ("stopped", "")
    names = await CaseEvent.filter(case_id=table.case.id).order_by("seq").values_list("name", flat=True)
    assert list(names)[-2:] == ["recording_stopped", "hearing_closed"]
    assert await recordings.wanted(table.id, studio.segments) is None


async def test_only_who_conducts_records_and_only_where_the_house_does(
    table: Table, studio: Studio, tmp_path: Path
) -> None:
    await all_agree(table)
    with pytest.raises(Refused, match="not_yours"):
        await recordings.act(table.id, table.consumer, Take.START, studio, now=NOW)
    off = make_studio(tmp_path, policy=replace(POLICY, enabled=False))
    with pytest.raises(Refused, match="recording_off"):
        await act(table, Take.START, off)
    chiefs = make_studio(tmp_path, policy=replace(POLICY, roles=frozenset({Role.COORDINATOR})))
    with pytest.raises(Refused, match="not_yours"):
        await act(table, Take.START, chiefs)
    chief = viewer_of(await make_user(Role.COORDINATOR))
    await recordings.act(table.id, chief, Take.START, chiefs, now=NOW)
    assert await state(table) is RecordingState.RECORDING


async def test_a_full_disk_refuses_the_start_alone(table: Table, studio: Studio, tmp_path: Path) -> None:
    full = make_studio(tmp_path, free=999)
    await all_agree(table)
    with pytest.raises(Refused, match="recording_no_space"):
        await act(table, Take.START, full)
    await act(table, Take.START, studio)
    await act(table, Take.PAUSE, full)
    await act(table, Take.RESUME, full)
    await act(table, Take.STOP, full)


async def test_acts_out_of_order_and_at_once(table: Table, studio: Studio) -> None:
    with pytest.raises(Refused, match="recording_not_now"):
        await act(table, Take.STOP, studio)
    await all_agree(table)
    results = await asyncio.gather(
        *(act(table, Take.START, studio) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused", "Refused"]
    assert await Recording.all().count() == 1


async def test_a_failure_is_told_once_and_so_is_its_end(table: Table, studio: Studio) -> None:
    recording = await start_recording(table, studio)
    assert not await recordings.reported(recording.id, "", now=NOW)
    results = await asyncio.gather(
        *(recordings.reported(recording.id, "disk_full", now=NOW) for _ in range(3))
    )
    assert sorted(results) == [False, False, True]
    assert (await Recording.get(id=recording.id)).failure == "disk_full"
    assert await state(table) is RecordingState.RECORDING
    assert await recordings.reported(recording.id, "", now=NOW)
    assert await told(table) == [("started", ""), ("failed", "disk_full"), ("recovered", "")]

    await act(table, Take.STOP, studio)
    assert not await recordings.reported(recording.id, "writer_died", now=NOW)
    assert (await Recording.get(id=recording.id)).failure == ""


async def test_one_that_failed_may_be_stopped_and_begun_again(table: Table, studio: Studio) -> None:
    first = await start_recording(table, studio)
    await recordings.reported(first.id, "disk_full", now=NOW)
    await act(table, Take.STOP, studio)
    await act(table, Take.START, studio, 1)
    wanted = await recordings.wanted(table.id, studio.segments)
    assert wanted is not None
    assert wanted.recording != first.id
    kept = await Recording.get(id=first.id)
    assert (kept.state, kept.failure) == (RecordingState.COMPOSING, "disk_full")
