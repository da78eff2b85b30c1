"""How often a party's justified absence moves a hearing."""

from __future__ import annotations

import pytest

from models.rules.errors import Refused
from models.rules.rescheduling import BY_PARTY, Cause, check_cause


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
