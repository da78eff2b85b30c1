"""Who sees a recording, what its chapters are, and what the log says of who opened it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from app.adapters.storage import FolderStorage
from app.services import clauses, conduct, minutes, playback, recordings, seats
from app.services.clauses import Proposal
from app.services.recordings import Studio
from models import Recording, RecordingAccess, RecordingState
from models.rules.agreement import ClauseKind
from models.rules.errors import NotFound
from models.rules.hearing import Conduct, SeatRole
from models.rules.people import Role, Side, Viewer
from models.rules.recording import Answer, Take
from tests.factories.hearings import HOUSE, Table, colleague, make_table
from tests.factories.people import NOW, make_agent, make_company, make_user, viewer_of
from tests.factories.recordings import VIDEO, compose, make_studio, start_recording

pytestmark = pytest.mark.usefixtures("database")


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return make_studio(tmp_path)


@pytest.fixture
async def table(database: str) -> Table:
    return await (await make_table()).in_session()


@pytest.fixture
async def ready(table: Table, studio: Studio, tmp_path: Path) -> Recording:
    recording = await start_recording(table, studio)
    await recordings.act(table.id, table.mediator, Take.STOP, studio, now=at(60))
    return await compose(recording.id, studio, FolderStorage(tmp_path / "files", bytes(32)))


async def watches(recording: Recording, viewer: Viewer) -> bool:
    try:
        await playback.opened(recording.id, viewer, address="203.0.113.7", now=NOW)
    except NotFound:
        return False
    return True


async def test_the_parties_and_who_is_in_charge_watch_and_nobody_else(table: Table, ready: Recording) -> None:
    for viewer in (table.consumer, table.agent, table.mediator):
        assert await watches(ready, viewer)
    for role, expected in (
        (Role.COORDINATOR, True),
        (Role.LEGAL, True),
        (Role.AUDITOR, True),
        (Role.MEDIATOR, False),
        (Role.ATTENDANT, False),
    ):
        assert await watches(ready, viewer_of(await make_user(role))) is expected
    handler = await make_user(Role.ATTENDANT)
    await type(table.case).filter(id=table.case.id).update(handler_id=handler.id)
    assert await watches(ready, viewer_of(handler))
    other = await make_company()
    assert not await watches(ready, viewer_of(await make_agent(other), other))
    assert not await watches(ready, viewer_of(await make_user()))


async def test_each_opening_is_logged_once(table: Table, ready: Recording) -> None:
    for seconds in (0, 1, 400):
        video = await playback.opened(ready.id, table.consumer, address="203.0.113.7", now=at(seconds))
    assert (video.size, video.storage_key) == (len(VIDEO), ready.id.hex)
    await playback.video(ready.id, table.agent)
    assert await RecordingAccess.all().count() == 1
    await playback.opened(ready.id, table.consumer, address="203.0.113.8", now=at(1200))
    await playback.opened(ready.id, table.agent, address="203.0.113.9", now=at(1201))

    seen = (await playback.page(ready.id, table.mediator)).openings
    assert seen is not None
    assert [(one.name, one.address) for one in seen] == [
        (table.agent.name, "203.0.113.9"),
        ("Ana Souza", "203.0.113.8"),
        ("Ana Souza", "203.0.113.7"),
    ]
    assert (await playback.page(ready.id, table.consumer)).openings is None


async def test_its_case_shows_it_from_its_end_on(table: Table, studio: Studio, tmp_path: Path) -> None:
    recording = await start_recording(table, studio)
    assert await playback.of_case(table.case.id, Side.CONSUMER, table.consumer) == {}
    await recordings.act(table.id, table.mediator, Take.STOP, studio, now=at(5))
    (seen,) = (await playback.of_case(table.case.id, Side.CONSUMER, table.consumer))[table.id]
    assert (seen.state, seen.watchable, seen.progress) == (RecordingState.COMPOSING, False, 0)
    with pytest.raises(NotFound):
        await playback.page(recording.id, table.consumer)
    await compose(recording.id, studio, FolderStorage(tmp_path / "files", bytes(32)))
    attendant = viewer_of(await make_user(Role.ATTENDANT))
    for viewer, side, expected in ((table.consumer, Side.CONSUMER, True), (attendant, Side.STAFF, False)):
        (seen,) = (await playback.of_case(table.case.id, side, viewer))[table.id]
        assert (seen.state, seen.watchable) == (RecordingState.READY, expected)
    assert (await playback.state(recording.id, attendant)).state is RecordingState.READY
    with pytest.raises(NotFound):
        await playback.state(recording.id, viewer_of(await make_user()))


async def test_a_deleted_one_is_named_and_cannot_be_opened(table: Table, ready: Recording) -> None:
    await Recording.filter(id=ready.id).update(state=RecordingState.DELETED)
    assert not await watches(ready, table.consumer)
    (seen,) = (await playback.of_case(table.case.id, Side.CONSUMER, table.consumer))[table.id]
    assert (seen.state, seen.watchable, seen.sha256) == (RecordingState.DELETED, False, ready.sha256)


async def test_chapters_are_what_happened_where_it_is_in_the_video(
    table: Table, studio: Studio, tmp_path: Path
) -> None:
    await start_recording(table, studio)
    first = await minutes.write(
        table.id, table.mediator, "A consumidora relatou a compra", after=None, now=at(10)
    )
    told = "A consumidora relatou a compra e a demora."
    await minutes.change(table.id, table.mediator, first.id, told, first.revision, now=at(12))
    await minutes.write(table.id, table.mediator, "A empresa ofereceu x", after=None, now=at(20))
    refund = Proposal(ClauseKind.REFUND, SeatRole.COMPANY, "", 12_000, 1, date(2026, 12, 10))
    clause = await clauses.propose(table.id, table.agent, refund, today=NOW.date(), now=at(25))
    await clauses.accept(table.id, table.consumer, clause, now=at(30))
    await conduct.take(table.id, table.mediator, Conduct.PAUSE, HOUSE, now=at(40))
    await conduct.take(table.id, table.mediator, Conduct.RESUME, HOUSE, now=at(100))
    await recordings.act(table.id, table.mediator, Take.RESUME, studio, now=at(101))
    _, late = await colleague(table, may_settle=False)
    await recordings.answer(table.id, late, Answer.AGREED, asked="2026-11", shown="2026-11", now=at(102))
    await table.come(late, at(103))
    await seats.admit(table.id, table.mediator, None, now=at(104))
    await recordings.act(table.id, table.mediator, Take.STOP, studio, now=at(120))
    recording = await Recording.get()
    await compose(recording.id, studio, FolderStorage(tmp_path / "files", bytes(32)))

    page = await playback.page(recording.id, table.consumer)
    assert [(chapter.at.total_seconds(), chapter.title) for chapter in page.chapters] == [
        (0, "Início da gravação"),
        (0, "Entrou: Ana Souza"),
        (0, f"Entrou: {table.agent.name}"),
        (0, "Abertura da audiência"),
        (10, "Ata: A consumidora relatou a compra e a demora."),
        (20, "Ata: A empresa ofereceu x"),
        (30, "Cláusula 1 aceita pelas duas partes"),
        (40, "Pausa da audiência"),
        (40, "Gravação pausada"),
        (40, "Retomada da audiência"),
        (47, f"Entrou: {late.name}"),
    ]
