"""The job that composes: what it asks for, what it leaves behind, and that doing it twice is once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from app.adapters.composer import FakeComposer, Uncomposable
from app.jobs.compositions import compose_recording
from app.jobs.rounds import end_recordings
from app.jobs.runner import Hopeless
from app.parts import Parts
from app.services import compositions, recordings
from app.services.recordings import Studio
from models import Job, Recording, RecordingState
from models.rules.recording import Take
from tests.conftest import START
from tests.factories.hearings import make_table
from tests.factories.people import NOW
from tests.factories.recordings import POLICY, start_recording

pytestmark = pytest.mark.usefixtures("database")


def composer(parts: Parts) -> FakeComposer:
    return cast(FakeComposer, parts.composer)


async def ended(parts: Parts) -> Recording:
    """A recording of a minute with a pause of half of it, and something in its folder."""
    studio = Studio(POLICY, parts.segments)
    table = await (await make_table()).in_session()
    recording = await start_recording(table, studio)
    for seconds, what in ((10, Take.PAUSE), (40, Take.RESUME), (60, Take.STOP)):
        await recordings.act(table.id, table.mediator, what, studio, now=NOW + timedelta(seconds=seconds))
    folder = parts.segments.path(recording.folder)
    folder.mkdir(parents=True)
    (folder / "timeline-0001.enc").write_bytes(b"x")
    return recording


async def do(recording: Recording, parts: Parts) -> Recording:
    await compose_recording(1, {"recording": str(recording.id)}, parts)
    return await Recording.get(id=recording.id)


async def test_the_video_is_stored_and_the_segments_go(fake_parts: Parts) -> None:
    recording = await ended(fake_parts)
    ready = await do(recording, fake_parts)
    assert (ready.state, ready.duration_ms, ready.size) == (RecordingState.READY, 9000, len(b"a video"))
    stored = [piece async for piece in fake_parts.storage.read(ready.storage_key)]
    assert b"".join(stored) == composer(fake_parts).video
    assert not fake_parts.segments.path(recording.folder).exists()

    (order,) = composer(fake_parts).orders
    assert order.folder == fake_parts.segments.path(recording.folder)
    assert order.key == fake_parts.segments.unwrap(recording.id, recording.key)
    assert [(one.paused, one.length_ms) for one in order.stretches] == [
        (False, 10_000),
        (True, 4000),
        (False, 20_000),
    ]
    assert order.stretches[0].at_ms == round(NOW.timestamp() * 1000)
    assert list(order.names.values())[:2] == ["Rita Melo (Conciliador)", "Ana Souza (Consumidor)"]
    assert order.words.title.startswith("Procon de Criciúma · Reclamação 2026.")


async def test_doing_it_twice_is_once(fake_parts: Parts) -> None:
    recording = await ended(fake_parts)
    first = await do(recording, fake_parts)
    again = await do(recording, fake_parts)
    assert again.sha256 == first.sha256
    assert len(composer(fake_parts).orders) == 1


async def test_a_worker_that_died_before_removing_the_segments(fake_parts: Parts) -> None:
    recording = await ended(fake_parts)
    kept = replace(fake_parts, segments=_Keeping(fake_parts.segments))
    with pytest.raises(OSError, match="killed here"):
        await compose_recording(1, {"recording": str(recording.id)}, kept)
    assert fake_parts.segments.written(recording.folder)
    assert (await do(recording, fake_parts)).state is RecordingState.READY
    assert not fake_parts.segments.written(recording.folder)
    assert len(composer(fake_parts).orders) == 1


class _Keeping:
    """Segments that a dying process does not come to remove."""

    def __init__(self, real: object) -> None:
        self._real = real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def remove(self, folder: str) -> None:
        raise OSError("killed here")


@pytest.mark.parametrize(
    ("error", "raised", "cause"),
    [
        (Uncomposable("compose"), Uncomposable, "compose"),
        (Uncomposable("damaged"), Hopeless, "damaged"),
        (Uncomposable("empty"), Hopeless, "empty"),
        (OSError("disk full"), OSError, "compose"),
    ],
)
async def test_a_failure_keeps_the_segments_and_says_why(
    fake_parts: Parts, error: Exception, raised: type[Exception], cause: str
) -> None:
    recording = await ended(fake_parts)
    composer(fake_parts).error = error
    with pytest.raises(raised):
        await compose_recording(1, {"recording": str(recording.id)}, fake_parts)
    row = await Recording.get(id=recording.id)
    assert (row.state, row.failure, row.progress) == (RecordingState.COMPOSING, cause, 0)
    assert fake_parts.segments.written(recording.folder)
    composer(fake_parts).error = None
    ready = await do(recording, fake_parts)
    assert (ready.state, ready.failure) == (RecordingState.READY, "")


async def test_the_round_says_what_was_given_up_and_deletes_what_is_over(
    fake_parts: Parts, tmp_path: Path
) -> None:
    lost, kept = await ended(fake_parts), await ended(fake_parts)
    await Job.filter(unique_key=compositions.job_key(lost.id)).update(failed_at=START)
    await do(kept, fake_parts)
    await Recording.filter(id=kept.id).update(keep_until=(START - timedelta(days=2)).date())
    await end_recordings(fake_parts)
    assert (await Recording.get(id=lost.id)).state is RecordingState.FAILED
    assert (await Recording.get(id=kept.id)).state is RecordingState.DELETED
    objects = [path for path in (tmp_path / "files" / "objects").rglob("*") if path.is_file()]
    assert objects == []
