"""The clock handed to everybody."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.adapters.clock import FakeClock, SystemClock


def test_the_machine_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_the_fake_stands_still_until_moved_and_speaks_utc() -> None:
    clock = FakeClock(datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=-3))))
    assert clock.now() == clock.now() == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    clock.advance(timedelta(minutes=15))
    assert clock.now() == datetime(2026, 11, 23, 12, 15, tzinfo=UTC)


def test_the_fake_refuses_naive_times_and_running_backwards() -> None:
    with pytest.raises(ValueError, match="aware"):
        FakeClock(datetime(2026, 11, 23))  # noqa: DTZ001  the naive time is the subject
    with pytest.raises(ValueError, match="backwards"):
        FakeClock(datetime(2026, 11, 23, tzinfo=UTC)).advance(timedelta(seconds=-1))
