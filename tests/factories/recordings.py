"""Recordings of a hearing: a place to write them, people who agree to them, and one that is composed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.adapters.segments import SegmentFolders
from app.adapters.storage import Storage
from app.services import compositions, recordings
from app.services.recordings import Studio
from models import Recording
from models.rules.people import Role
from models.rules.recording import Answer, RecordingPolicy, Take
from tests.factories.hearings import Table
from tests.factories.people import NOW

POLICY = RecordingPolicy(
    enabled=True,
    roles=frozenset({Role.MEDIATOR, Role.COORDINATOR}),
    keep_days=30,
    free_bytes=1000,
    source="teste",
)
VIDEO = bytes(range(256)) * 1000


def make_studio(folder: Path, *, policy: RecordingPolicy = POLICY, free: int = 10**9) -> Studio:
    """A house that records, on a disk with so many bytes left."""
    return Studio(policy, SegmentFolders(folder / "recordings", bytes(32), lambda _: free))


async def all_agree(table: Table, at: datetime = NOW) -> None:
    """Both parties agree to be recorded."""
    for viewer in (table.consumer, table.agent):
        await recordings.answer(table.id, viewer, Answer.AGREED, asked="2026-11", shown="2026-11", now=at)


async def start_recording(table: Table, studio: Studio, at: datetime = NOW) -> Recording:
    """In a hearing in session, everybody agrees and the mediator records."""
    await all_agree(table, at)
    await recordings.act(table.id, table.mediator, Take.START, studio, now=at)
    found = await recordings.running(table.id)
    assert found is not None
    return found


async def compose(recording: UUID, studio: Studio, storage: Storage, at: datetime = NOW) -> Recording:
    """What the job does, with a video that is none."""
    wanted = await compositions.ordered(recording, studio.segments)
    assert wanted is not None
    kept = await storage.put_stream(wanted.storage_key, iter([VIDEO]))
    await compositions.composed(wanted, kept, timedelta(seconds=90), now=at)
    return await Recording.get(id=recording)
