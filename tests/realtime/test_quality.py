"""From seconds to the rows of the hearing's record, across restarts and databases that are away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.services import seat_quality
from models import SeatQuality
from realtime.quality import QualityRecord
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW
from tests.realtime.rooms import SECOND, FixedClock

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def table(database: str) -> Table:
    """A hearing."""
    return await make_table()


async def row(seat: int) -> SeatQuality:
    """The one span of a seat."""
    return await SeatQuality.get(seat_id=seat)


def with_counts(freezes: int | None, milliseconds: int | None = 0) -> dict[str, Any]:
    """A second in which the browser had counted so much."""
    return {**SECOND, "freezes": freezes, "freeze_ms": milliseconds}


async def test_seconds_become_one_row_a_span_however_often_it_is_written(table: Table) -> None:
    seat = (await table.seat(table.consumer)).id
    record = QualityRecord(FixedClock())
    for _ in range(5):
        record.heard(table.id, seat, SECOND)
    await record.write()
    await record.write()
    lost = {**SECOND, "up": {**SECOND["up"], "loss": 0.4}, "video": False, "rtt_ms": 900.0}
    lost["down"] = {**SECOND["down"], "layers": {"9/video": "q"}, "hears": {"9": (50, 20)}}
    for _ in range(5):
        record.heard(table.id, seat, lost)
    await record.write()

    found = await row(seat)
    assert (found.hearing_id, found.begins) == (table.id, seat_quality.span_of(NOW))
    assert (found.connected_s, found.heard_s, found.seen_s) == (10, 10, 5)
    assert (found.kbps_in, found.kbps_out) == (500, 1000)
    assert found.loss_in == pytest.approx(0.2)
    assert (found.jitter_ms, found.rtt_ms) == (4, 900)
    assert (found.seconds, found.pictured_s, found.layer) == (10, 10, 1.5)
    assert found.hears == {"9": [5, 10, 500, 345]}


async def test_a_process_that_takes_over_goes_on_with_what_was_measured(table: Table) -> None:
    seat = (await table.seat(table.consumer)).id
    for _ in range(3):
        record = QualityRecord(FixedClock())
        for _ in range(3):
            record.heard(table.id, seat, SECOND)
        await record.write()
        await record.write()

    assert (await row(seat)).connected_s == 9


async def test_a_span_that_is_over_is_written_and_forgotten(table: Table) -> None:
    seat = (await table.seat(table.consumer)).id
    clock = FixedClock()
    record = QualityRecord(clock)
    record.heard(table.id, seat, SECOND)
    clock.at += timedelta(seconds=20)
    record.heard(table.id, seat, {**SECOND, "publish": "gone", "subscribe": None, "voice": "no_packets"})
    await record.write()

    spans = (await seat_quality.of_hearing(table.id))[seat]
    assert [(span.measured.connected_s, span.measured.heard_s) for span in spans] == [(1, 1), (0, 0)]
    assert seat_quality.summary(spans).connected_s == 1
    assert len(record._open) == 1


async def test_what_cannot_be_written_now_is_written_later(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = (await table.seat(table.consumer)).id
    record = QualityRecord(FixedClock())
    record.heard(table.id, seat, SECOND)
    write = seat_quality.write

    async def fails(_: object) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr(seat_quality, "write", fails)
    with pytest.raises(OSError):
        await record.write()
    monkeypatch.setattr(seat_quality, "write", write)
    await record.write()
    assert (await row(seat)).connected_s == 1


@pytest.mark.parametrize(
    ("counts", "freezes"),
    [
        ([None, 2, 2, 3], 3),  # the page entered while we looked: all of it is ours
        ([4, 4, 6], 2),  # it had counted before
        ([4, 1, 2], 2),  # another page, from its own beginning
        ([None, None], 0),
    ],
)
async def test_freezes_are_counted_once(table: Table, counts: list[int | None], freezes: int) -> None:
    seat = (await table.seat(table.consumer)).id
    record = QualityRecord(FixedClock())
    for count in counts:
        record.heard(table.id, seat, with_counts(count, None if count is None else count * 100))
    await record.write()

    found = await row(seat)
    assert (found.freezes, found.freeze_ms) == (freezes, freezes * 100)


async def test_a_span_measured_twice_has_ten_seconds(table: Table) -> None:
    seat = (await table.seat(table.consumer)).id
    record = QualityRecord(FixedClock())
    for _ in range(15):
        record.heard(table.id, seat, SECOND)
    await record.write()
    assert (await row(seat)).connected_s == 10
