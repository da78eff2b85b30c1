"""What happens by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.jobs.rounds import forget_connections
from app.parts import Parts
from app.services import seat_quality
from app.services.seat_quality import Span
from models import SeatQuality
from models.rules.connection_quality import Stretch
from tests.factories.hearings import Table, make_table

pytestmark = pytest.mark.usefixtures("database")


async def connected(table: Table, *times: datetime) -> None:
    """Both parties were connected in these minutes."""
    seats = [(await table.seat(viewer)).id for viewer in (table.consumer, table.agent)]
    for at in times:
        await seat_quality.write([Span(table.id, seat, at, Stretch(connected_s=60)) for seat in seats])


async def test_how_people_were_connected_is_kept_as_long_as_the_profile_says(fake_parts: Parts) -> None:
    begins = fake_parts.clock.now() - timedelta(days=fake_parts.profile.hearing.keep_connections_days)
    minute = timedelta(minutes=1)
    older, adjourned, newer = [await make_table() for _ in range(3)]
    await connected(older, begins - 9 * minute, begins - 8 * minute)
    await connected(adjourned, begins - minute, begins + minute)
    await connected(newer, begins + minute, fake_parts.clock.now())

    for _ in range(2):
        await forget_connections(fake_parts)
        left = await SeatQuality.all().order_by("id").values_list("hearing_id", "begins")
        assert left[::2] == left[1::2]  # of both parties
        assert left[::2] == [
            (adjourned.id, begins + minute),
            (newer.id, begins + minute),
            (newer.id, fake_parts.clock.now()),
        ]
