"""The job queue: work that commits with its cause and is done afterwards, at least once.

Claiming is a lease: a worker that dies loses it, and another takes the job. A handler must therefore
be safe to run twice. Attempts are spaced 10 s, 1 min, 5 min, 30 min, 2 h and then given up, visibly.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from app.db import transaction
from models import Job

LEASE = timedelta(minutes=2)
RETRY = (10, 60, 300, 1800, 7200)


@dataclass(frozen=True)
class Claimed:
    """A job in this worker's hands until its lease ends."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int


async def enqueue(
    kind: str, key: str, payload: Mapping[str, Any], *, now: datetime, at: datetime | None = None
) -> None:
    """Queue a job inside the caller's transaction; a ``key`` seen before is already queued or done.

    It is done now, or ``at`` a later moment, whatever restarts lie between.
    """
    if await Job.filter(unique_key=key).exists():
        return
    await Job.create(kind=kind, unique_key=key, payload=dict(payload), run_at=(at or now).astimezone(UTC))


async def known(key: str) -> bool:
    """Whether a job of this key was ever queued."""
    return bool(await Job.filter(unique_key=key).exists())


async def again(kind: str, key: str, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Queue a job anew that was given up or done, inside the caller's transaction."""
    await Job.filter(unique_key=key).delete()
    await enqueue(kind, key, payload, now=now)


async def remind(
    kind: str,
    about: str,
    moments: Mapping[str, datetime],
    payload: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Plan the reminders of a thing anew, inside the caller's transaction: what was planned is dropped.

    ``about`` names the thing ("hearing:17"), ``moments`` each moment by a short label ("24h"). A moment that
    is past is left out; one that was told already stays told, because the job's key is thing, label and
    moment. The handler gets ``payload`` with ``moment`` (the label) and asks whether the thing still stands.
    """
    await forget(kind, about)
    for label, at in moments.items():
        if at > now:
            key = f"{kind}:{about}:{label}:{at.astimezone(UTC):%Y%m%dT%H%M}"
            await enqueue(kind, key, {**payload, "moment": label}, now=now, at=at)


async def forget(kind: str, about: str) -> None:
    """Drop the reminders of a thing that are still to come, inside the caller's transaction."""
    await Job.filter(
        kind=kind, unique_key__startswith=f"{kind}:{about}:", done_at__isnull=True, failed_at__isnull=True
    ).delete()


async def claim(now: datetime, limit: int, kinds: Collection[str]) -> list[Claimed]:
    """Take up to ``limit`` due jobs of these kinds whose lease is free, oldest first.

    A kind that nobody here knows waits for who does: a newer version of us, perhaps.
    """
    async with transaction():
        jobs = (
            await Job.filter(Q(leased_until__isnull=True) | Q(leased_until__lt=now))
            .filter(done_at__isnull=True, failed_at__isnull=True, run_at__lte=now, kind__in=list(kinds))
            .order_by("run_at", "id")
            .limit(limit)
            .select_for_update(skip_locked=True)
        )
        for job in jobs:
            job.leased_until = now + LEASE
            job.attempts += 1
            await job.save(update_fields=["leased_until", "attempts"])
    return [Claimed(job.id, job.kind, job.payload, job.attempts) for job in jobs]


async def keep(job: Claimed, now: datetime) -> bool:
    """Prolong the lease of a job that takes longer; False when another worker has it by now."""
    mine = Job.filter(id=job.id, attempts=job.attempts, done_at__isnull=True, failed_at__isnull=True)
    return bool(await mine.update(leased_until=now + LEASE))


@dataclass(frozen=True)
class Backlog:
    """How many jobs of a kind are not done: ``due`` now, for a later time, or given up."""

    kind: str
    due: int
    later: int
    failed: int
    oldest: datetime | None
    """Since when the oldest of the due ones is due."""


async def backlog(now: datetime) -> list[Backlog]:
    """What is not done, by kind."""
    found = await Job.filter(done_at__isnull=True).values("kind", "run_at", "failed_at")
    kinds: dict[str, list[dict[str, Any]]] = {}
    for job in found:
        kinds.setdefault(job["kind"], []).append(job)
    backlogs = []
    for kind, jobs in sorted(kinds.items()):
        open_jobs = [job["run_at"] for job in jobs if job["failed_at"] is None]
        due = [at for at in open_jobs if at <= now]
        backlogs.append(
            Backlog(
                kind, len(due), len(open_jobs) - len(due), len(jobs) - len(open_jobs), min(due, default=None)
            )
        )
    return backlogs


async def done(job_id: int, now: datetime) -> None:
    """The job's work is finished; what it carried (a letter with a code, say) is not kept."""
    await Job.filter(id=job_id).update(done_at=now, leased_until=None, error="", payload={})


async def postpone(job: Claimed, at: datetime) -> None:
    """Do the job at a later moment; this was no try."""
    await Job.filter(id=job.id).update(
        leased_until=None, run_at=at.astimezone(UTC), attempts=job.attempts - 1
    )


async def failed(job: Claimed, error: str, now: datetime, *, final: bool = False) -> None:
    """The job's work failed: try again later, or give up when ``final`` or out of attempts."""
    over = final or job.attempts > len(RETRY)
    changes: dict[str, Any] = {"leased_until": None, "error": error[:200]}
    if over:
        changes["failed_at"] = now
    else:
        changes["run_at"] = now + timedelta(seconds=RETRY[job.attempts - 1])
    await Job.filter(id=job.id).update(**changes)
