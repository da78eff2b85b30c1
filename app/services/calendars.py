"""The agency's calendar: the library's holidays, and what the coordinator added by decree.

A change of the calendar recounts, in the same transaction's job, every term that still runs
(``app.services.terms.recount``); nothing is ever recounted silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from app.db import transaction
from app.services import queue
from models import CalendarDay, CalendarYear, DayKind, User
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.people import Role, Viewer
from models.rules.terms import Calendar, Suspension

RECOUNT_JOB = "recount_terms"
YEARS_BACK, YEARS_AHEAD = 2, 3
LONGEST_DAYS = 366
"""A decree that closes the agency for longer than a year is a typing mistake."""
WARNING_FROM_MONTH = 10
"""From October on, the coordinator is reminded of a next year that nobody has confirmed."""


class Listed(Protocol):
    """The holidays that are known without anybody typing them (``app.adapters.holidays``)."""

    def holidays(self, years: Iterable[int]) -> Mapping[date, str]:
        """Days that stop a term."""
        ...

    def optional(self, years: Iterable[int]) -> Mapping[date, str]:
        """ "Ponto facultativo": told, and stopping nothing."""
        ...


@dataclass(frozen=True)
class Decree:
    """What the coordinator types: days, both included, what they are, and what says so."""

    first: date | None
    last: date | None
    kind: DayKind | None
    name: str
    decree: str


@dataclass(frozen=True)
class DecreeFile:
    """The published decree of an entry; ``key`` is where its bytes are, ``size`` is theirs."""

    entry_id: int
    filename: str
    media_type: str
    size: int
    sha256: str
    key: str

    @classmethod
    def of(cls, row: CalendarDay) -> DecreeFile | None:
        """That of a row, None for none."""
        if not row.file_key:
            return None
        return cls(row.id, row.file_name, row.file_type, row.file_size, row.file_sha256, row.file_key)


@dataclass(frozen=True)
class Entry:
    """One line of a year's calendar; ``id`` is None for a day of the library's list."""

    id: int | None
    first: date
    last: date
    kind: DayKind
    name: str
    source: str
    added_by: str = ""
    added_at: datetime | None = None
    revoked_at: datetime | None = None
    file: DecreeFile | None = None


@dataclass(frozen=True)
class Year:
    """A year as people look at it; ``confirmed_by`` is empty while nobody has confirmed it."""

    year: int
    entries: tuple[Entry, ...]
    confirmed_by: str
    confirmed_at: datetime | None


async def current(listed: Listed, today: date) -> Calendar:
    """The calendar as it stands, from two years back to three ahead of ``today``."""
    years = range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1)
    rows = await CalendarDay.all().order_by("id")
    holidays, optional = dict(listed.holidays(years)), dict(listed.optional(years))
    suspensions = []
    for row in rows:
        if row.revoked_at is not None:
            continue
        if row.kind is DayKind.SUSPENSION:
            suspensions.append(Suspension(row.first_day, row.last_day, row.name))
        for day in _days(row.first_day, row.last_day) if row.kind is not DayKind.SUSPENSION else ():
            holidays.pop(day, None)
            optional.pop(day, None)
            if row.kind is DayKind.HOLIDAY:
                holidays[day] = row.name
            elif row.kind is DayKind.OPTIONAL:
                optional[day] = row.name
    changes = len(rows) + sum(row.revoked_at is not None for row in rows)
    return Calendar(holidays, tuple(suspensions), optional, version=str(changes))


async def year(listed: Listed, number: int) -> Year:
    """The lines of one year in order of the day, the library's and the agency's own."""
    lines = [
        Entry(None, day, day, kind, name, "")
        for kind, days in (
            (DayKind.HOLIDAY, listed.holidays([number])),
            (DayKind.OPTIONAL, listed.optional([number])),
        )
        for day, name in days.items()
    ]
    own = CalendarDay.filter(first_day__lte=date(number, 12, 31), last_day__gte=date(number, 1, 1))
    lines += [_entry(row) for row in await own.select_related("added_by").order_by("id")]
    confirmed = await CalendarYear.get_or_none(year=number).select_related("confirmed_by")
    return Year(
        number,
        tuple(sorted(lines, key=lambda line: (line.first, line.id or 0))),
        confirmed.confirmed_by.name if confirmed else "",
        confirmed.confirmed_at if confirmed else None,
    )


def _entry(row: CalendarDay) -> Entry:
    return Entry(
        row.id,
        row.first_day,
        row.last_day,
        row.kind,
        row.name,
        row.decree,
        row.added_by.name,
        row.added_at,
        row.revoked_at,
        DecreeFile.of(row),
    )


async def unconfirmed_year(today: date) -> int | None:
    """The year that needs confirming: this one, or from October the next; None when all is confirmed."""
    wanted = [today.year] + ([today.year + 1] if today.month >= WARNING_FROM_MONTH else [])
    confirmed = {row["year"] for row in await CalendarYear.filter(year__in=wanted).values("year")}
    return next((number for number in wanted if number not in confirmed), None)


async def add(viewer: Viewer, decree: Decree, *, now: datetime) -> int:
    """Set days by decree and have the running terms recounted; answers the entry's id."""
    _require_coordinator(viewer)
    first, last, kind = _checked(decree)
    async with transaction():
        entry = await CalendarDay.create(
            first_day=first,
            last_day=last,
            kind=kind,
            name=decree.name,
            decree=decree.decree,
            added_by_id=viewer.user_id,
            added_at=now,
        )
        await _recount(f"{entry.id}", f"{decree.name} ({decree.decree})", now)
    return entry.id


async def revoke(viewer: Viewer, entry_id: int, *, now: datetime) -> None:
    """Take back days set by decree; the entry stays to be seen, and the running terms are recounted."""
    _require_coordinator(viewer)
    async with transaction():
        entry = await CalendarDay.filter(id=entry_id).select_for_update().get_or_none()
        if entry is None:
            raise NotFound
        if entry.revoked_at is not None:
            raise Conflict("already_revoked")
        entry.revoked_at, entry.revoked_by_id = now, viewer.user_id
        await entry.save()
        await _recount(f"{entry.id}:revoked", f"revogado: {entry.name} ({entry.decree})", now)


async def confirm(viewer: Viewer, number: int, *, today: date, now: datetime) -> None:
    """Say that a year's calendar has been looked through: last year's to that after next."""
    _require_coordinator(viewer)
    if not today.year - 1 <= number <= today.year + 2:
        raise NotFound
    async with transaction():
        await User.filter(id=viewer.user_id).select_for_update().get()
        await CalendarYear.get_or_create(
            defaults={"confirmed_by_id": viewer.user_id, "confirmed_at": now}, year=number
        )


def _require_coordinator(viewer: Viewer) -> None:
    if viewer.role is not Role.COORDINATOR:
        raise NotFound


def _checked(decree: Decree) -> tuple[date, date, DayKind]:
    first, last, kind = decree.first, decree.last or decree.first, decree.kind
    wrong = {}
    if first is None:
        wrong["first"] = "date_invalid"
    elif last is not None and not 0 <= (last - first).days < LONGEST_DAYS:
        wrong["last"] = "period_invalid"
    if kind is None:
        wrong["kind"] = "choice_missing"
    if not decree.name.strip():
        wrong["name"] = "required"
    if not decree.decree.strip():
        wrong["decree"] = "required"
    if wrong or first is None or last is None or kind is None:
        raise Invalid(wrong)
    return first, last, kind


async def _recount(key: str, reason: str, now: datetime) -> None:
    await queue.enqueue(RECOUNT_JOB, f"{RECOUNT_JOB}:{key}", {"reason": reason}, now=now)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
