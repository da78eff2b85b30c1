"""Which paper counts, when a warning is due, and every cell of a paper's states."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.errors import Refused
from models.rules.representation import (
    KIND_OF,
    POWER_OF,
    TABLE,
    PaperAct,
    PaperKind,
    PaperState,
    Proof,
    best,
    step,
    warning,
)

DAY = date(2026, 11, 23)
DAYS = st.none() | st.integers(-40, 40).map(lambda days: DAY + timedelta(days=days))
PROOFS = st.lists(st.builds(Proof, st.uuids(), st.sampled_from(PaperKind), st.booleans(), DAYS), max_size=6)


@given(PROOFS)
def test_the_best_paper_is_in_force_and_none_gives_more(proofs: list[Proof]) -> None:
    found = best(proofs, DAY)
    standing = [proof for proof in proofs if proof.valid_until is None or proof.valid_until >= DAY]
    assert (found is None) == (not standing)
    for proof in standing:
        assert found is not None
        assert found.may_settle or not proof.may_settle
        if found.may_settle == proof.may_settle:
            assert (found.valid_until or date.max) >= (proof.valid_until or date.max)


def test_the_last_day_of_a_paper_counts_whole() -> None:
    proof = Proof(uuid4(), PaperKind.MANDATE, may_settle=True, valid_until=DAY)
    assert best([proof], DAY) is proof
    assert best([proof], DAY + timedelta(days=1)) is None


@pytest.mark.parametrize("state", PaperState)
@pytest.mark.parametrize("act", PaperAct)
def test_every_cell_is_a_step_or_refused(state: PaperState, act: PaperAct) -> None:
    if (state, act) in TABLE:
        assert step(state, act) is TABLE[(state, act)]
    else:
        with pytest.raises(Refused, match="paper_not_now"):
            step(state, act)


def test_warnings_come_at_their_days_and_the_nearest_counts() -> None:
    assert [warning(left, (30, 7)) for left in (31, 30, 8, 7, 0, -1)] == [None, 30, 30, 7, 7, None]
    assert [warning(left, (10, 45)) for left in (46, 45, 10, 0)] == [None, 45, 10, 10]


def test_each_kind_proves_a_capacity_of_its_own() -> None:
    assert {KIND_OF[POWER_OF[kind]] for kind in PaperKind} == set(PaperKind)
