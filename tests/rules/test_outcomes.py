"""How a hearing ended, why, and what follows: every outcome with every cause."""

from __future__ import annotations

import pytest

from models.rules.errors import Invalid
from models.rules.hearing import AGREEMENTS, NOT_HELD, Outcome
from models.rules.outcomes import (
    CAUSES,
    Cause,
    FollowUp,
    caused_by,
    check_cause,
    follow_up,
    outcome_text,
    uses_rescheduling,
)
from models.rules.people import Side

R, C, F = Outcome, Cause, FollowUp
FIRST = {
    (R.FULL_AGREEMENT, None): F.FULFIL,
    (R.PARTIAL_AGREEMENT, None): F.FULFIL,
    (R.NO_AGREEMENT, None): F.MERITS,
    (R.CONSUMER_ABSENT, C.UNJUSTIFIED): F.LOST_INTEREST,
    (R.CONSUMER_ABSENT, C.JUSTIFIED): F.RESCHEDULE,
    (R.COMPANY_ABSENT, C.UNJUSTIFIED): F.GOES_ON,
    (R.COMPANY_ABSENT, C.JUSTIFIED): F.RESCHEDULE,
    (R.BOTH_ABSENT, C.UNJUSTIFIED): F.LOST_INTEREST,
    (R.BOTH_ABSENT, C.JUSTIFIED): F.RESCHEDULE,
    (R.TECHNICAL_FAILURE, C.OF_CONSUMER): F.RESCHEDULE,
    (R.TECHNICAL_FAILURE, C.OF_COMPANY): F.RESCHEDULE,
    (R.TECHNICAL_FAILURE, C.OF_AGENCY): F.RESCHEDULE,
}
SPENT = FIRST | {
    (R.CONSUMER_ABSENT, C.JUSTIFIED): F.COORDINATION,
    (R.COMPANY_ABSENT, C.JUSTIFIED): F.COORDINATION,
    (R.BOTH_ABSENT, C.JUSTIFIED): F.COORDINATION,
    (R.TECHNICAL_FAILURE, C.OF_CONSUMER): F.COORDINATION,
    (R.TECHNICAL_FAILURE, C.OF_COMPANY): F.COORDINATION,
}


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("cause", [None, *Cause])
def test_each_outcome_has_its_causes_and_its_follow_up(outcome: Outcome, cause: Cause | None) -> None:
    if (outcome, cause) not in FIRST:
        with pytest.raises(Invalid):
            check_cause(outcome, cause)
        return
    check_cause(outcome, cause)
    for allowed in (1, 2, 5):
        assert follow_up(outcome, cause, allowed - 1, allowed) is FIRST[outcome, cause]
        assert follow_up(outcome, cause, allowed, allowed) is SPENT[outcome, cause]
    assert follow_up(outcome, cause, 0, 0) is SPENT[outcome, cause]


def test_a_failure_of_the_agency_harms_nobody_however_often_it_happens() -> None:
    assert not uses_rescheduling(Outcome.TECHNICAL_FAILURE, Cause.OF_AGENCY)
    assert follow_up(Outcome.TECHNICAL_FAILURE, Cause.OF_AGENCY, 9, 1) is FollowUp.RESCHEDULE
    assert "não prejudica" in outcome_text(Outcome.TECHNICAL_FAILURE, Cause.OF_AGENCY)


def test_every_outcome_that_was_not_held_has_causes_and_no_other() -> None:
    assert set(CAUSES) == NOT_HELD
    assert not AGREEMENTS & set(CAUSES)
    assert {one for causes in CAUSES.values() for one in causes} == set(Cause)
    for outcome in Outcome:
        for cause in CAUSES.get(outcome, (None,)):
            assert bool(caused_by(outcome, cause)) == (outcome in NOT_HELD)
    assert caused_by(R.BOTH_ABSENT, C.JUSTIFIED) == {Side.CONSUMER, Side.COMPANY}
    assert caused_by(R.TECHNICAL_FAILURE, C.OF_AGENCY) == {Side.STAFF}


def test_what_was_not_held_before_causes_were_kept_may_be_set_again() -> None:
    assert follow_up(Outcome.COMPANY_ABSENT, None, 0, 1) is FollowUp.RESCHEDULE
