"""A recording after its end: composed and told once, given up, repeated, deleted when its time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app.adapters.composer import FakeComposer, Uncomposable
from app.adapters.storage import Damaged, FolderStorage
from app.services import casefile, compositions, recordings
from app.services.recordings import Studio
from models import CaseEvent, Job, Recording, RecordingState
from models.rules.chain import first_broken
from models.rules.errors import NotFound, Refused
from models.rules.people import Role
from models.rules.recording import CARD, Take
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW, make_user, viewer_of
from tests.factories.recordings import VIDEO, compose, make_studio, start_recording

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return make_studio(tmp_path)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files", bytes(32))


@pytest.fixture
async def table(database: str) -> Table:
    return await (await make_table()).in_session()


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def record(
    table: Table, studio: Studio, acts: Sequence[tuple[int, Take]] = ((60, Take.STOP),)
) -> Recording:
    """A recording that has ended, with something in its folder."""
    recording = await start_recording(table, studio)
    for seconds, what in acts:
        await recordings.act(table.id, table.mediator, what, studio, now=at(seconds))
    folder = studio.segments.path(recording.folder)
    folder.mkdir(parents=True)
    (folder / "0001-1.mkv.enc").write_bytes(b"x")
    return await Recording.get(id=recording.id)


async def names(table: Table) -> list[str]:
    assert first_broken(await casefile.chain(table.case.id)) is None
    found = await CaseEvent.filter(case_id=table.case.id).order_by("seq").values_list("name", flat=True)
    return [str(name) for name in found if str(name).startswith("recording_")]


async def give_job_up() -> None:
    await Job.filter(kind="compose_recording").update(failed_at=NOW, error="Uncomposable")


async def test_what_is_composed_is_the_course_and_the_people(table: Table, studio: Studio) -> None:
    recording = await record(table, studio, [(10, Take.PAUSE), (100, Take.RESUME), (130, Take.STOP)])
    wanted = await compositions.ordered(recording.id, studio.segments)
    assert wanted is not None
    assert [one.name for one in wanted.people][:2] == ["Rita Melo", "Ana Souza"]
    assert wanted.protocol == table.case.protocol
    assert [(piece.paused, piece.length) for piece in wanted.course.pieces] == [
        (False, timedelta(seconds=10)),
        (True, CARD),
        (False, timedelta(seconds=30)),
    ]
    assert wanted.key == studio.segments.unwrap(recording.id, recording.key)
    assert wanted.storage_key == recording.id.hex


async def test_nothing_is_composed_while_it_runs_or_when_it_is_done(
    table: Table, studio: Studio, storage: FolderStorage
) -> None:
    recording = await start_recording(table, studio)
    assert await compositions.ordered(recording.id, studio.segments) is None
    assert await compositions.ordered(uuid4(), studio.segments) is None
    await recordings.act(table.id, table.mediator, Take.STOP, studio, now=at(9))
    await compose(recording.id, studio, storage)
    assert await compositions.ordered(recording.id, studio.segments) is None


async def test_it_is_entered_once_with_its_digest_in_the_record(
    table: Table, studio: Studio, storage: FolderStorage
) -> None:
    recording = await record(table, studio)
    wanted = await compositions.ordered(recording.id, studio.segments)
    assert wanted is not None
    await compositions.progressed(recording.id, 40)
    assert (await Recording.get(id=recording.id)).progress == 40
    for _ in range(2):  # a worker that died after storing, and the one that came after it
        kept = await storage.put_stream(wanted.storage_key, iter([VIDEO]))
        await compositions.composed(wanted, kept, timedelta(seconds=60), now=at(90))
    ready = await Recording.get(id=recording.id)
    assert (ready.state, ready.size, ready.duration_ms) == (RecordingState.READY, len(VIDEO), 60_000)
    event = await CaseEvent.get(case_id=table.case.id, name="recording_ready")
    assert event.facts["sha256"] == ready.sha256 == kept.sha256
    assert b"".join([piece async for piece in storage.read(ready.storage_key)]) == VIDEO
    await compositions.progressed(recording.id, 50)
    assert (await Recording.get(id=recording.id)).progress == 100

    folder = studio.segments.path(recording.folder)
    assert folder.exists()
    await compositions.forget_segments(recording.id, studio.segments)
    await compositions.forget_segments(recording.id, studio.segments)
    assert not folder.exists()
    assert (await Recording.get(id=recording.id)).key == b""


async def test_segments_are_kept_until_there_is_a_video(table: Table, studio: Studio) -> None:
    recording = await record(table, studio)
    await compositions.forget_segments(recording.id, studio.segments)
    assert studio.segments.written(recording.folder)


async def test_one_that_cannot_be_composed_is_told_and_may_be_tried_again(
    table: Table, studio: Studio, storage: FolderStorage
) -> None:
    recording = await record(table, studio)
    await compositions.stumbled(recording.id, "damaged")
    assert (await Recording.get(id=recording.id)).failure == "damaged"
    assert await compositions.give_up(now=NOW) == 0
    await give_job_up()
    assert await compositions.give_up(now=NOW) == 1
    assert await compositions.give_up(now=NOW) == 0
    failed = await Recording.get(id=recording.id)
    assert (failed.state, failed.failure) == (RecordingState.FAILED, "damaged")
    assert studio.segments.written(recording.folder)

    with pytest.raises(Refused, match="not_yours"):
        await compositions.again(recording.id, table.consumer, now=NOW)
    with pytest.raises(NotFound):
        await compositions.again(recording.id, viewer_of(await make_user()), now=NOW)
    await compositions.again(recording.id, table.mediator, now=NOW)
    with pytest.raises(Refused, match="recording_not_failed"):
        await compositions.again(recording.id, table.mediator, now=NOW)
    job = await Job.get(kind="compose_recording")
    assert (job.failed_at, job.attempts, job.payload) == (None, 0, {"recording": str(recording.id)})
    ready = await compose(recording.id, studio, storage)
    assert (ready.state, ready.failure) == (RecordingState.READY, "")
    assert await names(table) == [
        *("recording_agreed", "recording_agreed", "recording_started", "recording_stopped"),
        *("recording_failed", "recording_retried", "recording_ready"),
    ]


async def test_what_failed_while_it_was_recorded_is_not_forgotten(
    table: Table, studio: Studio, storage: FolderStorage
) -> None:
    recording = await start_recording(table, studio)
    await recordings.reported(recording.id, "disk_full", now=at(5))
    await recordings.act(table.id, table.mediator, Take.STOP, studio, now=at(9))
    await compositions.stumbled(recording.id, "compose")
    ready = await compose(recording.id, studio, storage)
    assert (ready.state, ready.failure) == (RecordingState.READY, "disk_full")


async def test_it_is_deleted_when_its_time_is_over(
    table: Table, studio: Studio, storage: FolderStorage
) -> None:
    recording = await record(table, studio)
    ready = await compose(recording.id, studio, storage)
    assert ready.keep_until is not None
    day: date = ready.keep_until
    assert await compositions.expire(storage, studio.segments, today=day, now=NOW) == 0
    after = day + timedelta(days=1)
    assert await compositions.expire(storage, studio.segments, today=after, now=NOW) == 1
    assert await compositions.expire(storage, studio.segments, today=after, now=NOW) == 0
    gone = await Recording.get(id=recording.id)
    assert (gone.state, gone.storage_key, gone.folder, gone.key) == (RecordingState.DELETED, "", "", b"")
    assert gone.sha256 == ready.sha256
    with pytest.raises(Damaged):
        await storage.size(ready.storage_key)
    assert not studio.segments.path(recording.folder).exists()
    assert (await names(table))[-1] == "recording_deleted"


async def test_a_deletion_that_was_cut_off_is_finished(
    table: Table, studio: Studio, storage: FolderStorage
) -> None:
    recording = await record(table, studio)
    ready = await compose(recording.id, studio, storage)
    await Recording.filter(id=recording.id).update(state=RecordingState.DELETED)
    await compositions.expire(storage, studio.segments, today=NOW.date(), now=NOW)
    with pytest.raises(Damaged):
        await storage.size(ready.storage_key)
    gone = await Recording.get(id=recording.id)
    assert (gone.folder, gone.storage_key, gone.key) == ("", "", b"")


async def test_segments_of_a_failed_one_go_too(table: Table, studio: Studio, storage: FolderStorage) -> None:
    recording = await record(table, studio)
    await give_job_up()
    await compositions.give_up(now=NOW)
    today = datetime(2030, 1, 1, tzinfo=UTC).date()
    assert await compositions.expire(storage, studio.segments, today=today, now=NOW) == 1
    assert not studio.segments.path(recording.folder).exists()


def test_who_may_repeat() -> None:
    assert [role for role in Role if compositions.may_repeat(role)] == [Role.MEDIATOR, Role.COORDINATOR]


def test_a_fake_composer_is_honest() -> None:
    assert FakeComposer().error is None
    assert [Uncomposable(cause).final for cause in ("damaged", "empty", "compose")] == [True, True, False]
