"""The published decree behind days of the calendar, kept as a file for whoever doubts a date."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app.adapters.storage import Storage
from app.db import transaction
from app.services import documents
from app.services.calendars import DecreeFile
from app.services.documents import Intake
from models import CalendarDay
from models.rules.errors import Conflict, NotFound
from models.rules.filenames import clean_filename
from models.rules.people import Role, Viewer

_NONE = {"file_key": "", "file_name": "", "file_type": "", "file_sha256": "", "file_size": 0}


async def attach(
    viewer: Viewer, entry_id: int, filename: str, chunks: AsyncIterator[bytes], *, intake: Intake
) -> DecreeFile:
    """Keep the decree of an entry, in the place of one that was there before.

    Raises what ``documents.taken_in`` raises, NotFound, or Conflict("already_revoked").
    """
    await _entry(viewer, entry_id)
    taken = await documents.taken_in(chunks, intake)
    try:
        async with transaction():
            entry = await _entry(viewer, entry_id)
            before = entry.file_key
            entry.file_key, entry.file_sha256 = taken.key, taken.received.sha256
            entry.file_name = clean_filename(filename, taken.inspection.extension)
            entry.file_type, entry.file_size = taken.inspection.media_type, taken.received.size
            await entry.save()
    except BaseException:
        await intake.storage.delete(taken.key)
        raise
    if before:
        await intake.storage.delete(before)
    return await opened(entry_id)


async def opened(entry_id: int) -> DecreeFile:
    """The decree of an entry; NotFound when it has none."""
    entry = await CalendarDay.get_or_none(id=entry_id)
    file = DecreeFile.of(entry) if entry else None
    if file is None:
        raise NotFound
    return file


async def remove(viewer: Viewer, entry_id: int, *, storage: Storage) -> None:
    """Take a file away that was the wrong one."""
    async with transaction():
        entry = await _entry(viewer, entry_id)
        key = entry.file_key
        await entry.update_from_dict(_NONE).save()
    if key:
        await storage.delete(key)


async def _entry(viewer: Viewer, entry_id: int) -> CalendarDay:
    if viewer.role is not Role.COORDINATOR:
        raise NotFound
    entry = await CalendarDay.filter(id=entry_id).select_for_update().get_or_none()
    if entry is None:
        raise NotFound
    if entry.revoked_at is not None:
        raise Conflict("already_revoked")
    return entry
