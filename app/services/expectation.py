"""The day of a hearing's mediator, for what is told to who waits."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models import Hearing
from models.rules.expectation import Expectation, Sitting, expected
from models.rules.hearing import OVER

MOST = 100
"""Nobody holds more hearings in a day."""


async def of_hearing(hearing: Hearing, zone: ZoneInfo, *, now: datetime) -> Expectation | None:
    """When a hearing of today may begin; None on another day, and once it has begun."""
    today = now.astimezone(zone).date()
    if hearing.starts_at.astimezone(zone).date() != today:
        return None
    begins = datetime.combine(today, time(), zone).astimezone(UTC)  # SQLite compares times as text
    until = begins + timedelta(days=1)
    found = (
        await Hearing.filter(mediator_id=hearing.mediator_id, starts_at__gte=begins, starts_at__lt=until)
        .order_by("starts_at", "id")
        .limit(MOST)
        .values("id", "starts_at", "minutes", "opened_at", "closed_at", "state")
    )
    day = [
        Sitting(
            row["id"],
            row["starts_at"],
            timedelta(minutes=row["minutes"]),
            row["opened_at"],
            row["closed_at"],
            row["state"] in OVER,
        )
        for row in found
    ]
    return expected(day, hearing.id, now)
