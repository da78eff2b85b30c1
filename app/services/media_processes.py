"""The media processes that there are, and which of them forwards a hearing's room (ADR 0045).

Each process has a row that its supervisor writes about each second. Whether a process lives is judged by
who watches the rows: clocks of two machines are never compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import F

from app.db import transaction
from models import Hearing, MediaProcess


@dataclass(frozen=True)
class Process:
    """A row as it was read: where the process's door is, and its last sign of life."""

    id: int
    name: str
    door: str
    seen_at: datetime


async def beat(name: str, door: str, *, rooms: int, seats: int, now: datetime) -> None:
    """A sign of life of a process, the first one included, and its load."""
    if not await MediaProcess.filter(name=name).update(seen_at=now, rooms=rooms, seats=seats):
        await MediaProcess.create(name=name, door=door, started_at=now, seen_at=now, rooms=rooms, seats=seats)


async def ended(name: str) -> None:
    """A process is over: its hearings have none until somebody needs one."""
    await MediaProcess.filter(name=name).delete()


async def forget(process: Process) -> None:
    """Clear the row of a process that died with its supervisor, unless it gave a sign of life since."""
    await MediaProcess.filter(id=process.id, seen_at=process.seen_at).delete()


async def everyone() -> list[Process]:
    """Every process that has a row, alive or not."""
    rows = await MediaProcess.all().order_by("id").values("id", "name", "door", "seen_at")
    return [Process(**row) for row in rows]


async def homes(hearings: Iterable[int]) -> dict[int, int | None]:
    """By hearing: the process it is on at the moment."""
    rows = await Hearing.filter(id__in=list(hearings)).values_list("id", "media_process_id")
    return dict(rows)


async def home(hearing_id: int, *, alive: Collection[int], usable: Collection[int]) -> int | None:
    """The process of a hearing; without one that is alive, the least loaded of the usable ones from now on.

    None when none is usable. Two that ask at once get the same answer: the choice is made with the rows of
    the processes locked. A hearing counts as a room of its process at once, so that several hearings that
    begin in the same second do not all go to the same one.
    """
    present = (await homes([hearing_id])).get(hearing_id)
    if present in alive:
        return present
    async with transaction():
        candidates = await MediaProcess.filter(id__in=list(usable)).order_by("id").select_for_update().all()
        present = (await homes([hearing_id])).get(hearing_id)
        if present in alive or not candidates:
            return present if present in alive else None
        chosen = min(candidates, key=lambda process: (process.rooms, process.seats, process.id))
        await Hearing.filter(id=hearing_id).update(media_process_id=chosen.id)
        await MediaProcess.filter(id=chosen.id).update(rooms=F("rooms") + 1)
    return int(chosen.id)
