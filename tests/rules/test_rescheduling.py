"""How often a party's justified absence moves a hearing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.errors import Refused
from models.rules.people import Side
from models.rules.rescheduling import (
    BY_PARTY,
    JUSTIFIED_BY,
    Cause,
    SchedulingPolicy,
    check_cause,
    check_request,
)


@pytest.mark.parametrize("cause", list(Cause))
def test_only_a_partys_absence_is_counted(cause: Cause) -> None:
    check_cause(cause, [], 1)
    if cause in BY_PARTY:
        with pytest.raises(Refused) as caught:
            check_cause(cause, [cause], 1)
        assert caught.value.code == "reschedule_used"
        check_cause(cause, [cause], 2)
    else:
        check_cause(cause, [cause] * 9, 0)


def test_one_partys_absence_is_not_counted_against_the_other() -> None:
    check_cause(Cause.COMPANY_JUSTIFIED, [Cause.CONSUMER_JUSTIFIED, Cause.AGENCY], 1)


@pytest.mark.parametrize("side", list(JUSTIFIED_BY))
@pytest.mark.parametrize("hours", [0, 24])
def test_another_day_is_asked_for_in_time_and_as_often_as_allowed(side: Side, hours: int) -> None:
    starts, policy = datetime(2026, 12, 14, 14, tzinfo=UTC), SchedulingPolicy(ask_hours=hours)
    last = starts - timedelta(hours=hours)
    others = [cause for cause in Cause if cause is not JUSTIFIED_BY[side]]
    check_request(side, starts, others, policy, now=last)
    for now, before, code in (
        (last + timedelta(seconds=1), [], "reschedule_late"),
        (last, [JUSTIFIED_BY[side]], "reschedule_used"),
    ):
        with pytest.raises(Refused) as caught:
            check_request(side, starts, before, policy, now=now)
        assert caught.value.code == code
