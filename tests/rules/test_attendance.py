"""Every cell of the attendances' table: stage × act × role."""

from itertools import product

import pytest

from models.rules.attendance import TABLE, Act, Stage, allowed, step, written_number
from models.rules.errors import Refused
from models.rules.people import Role

DESK, LEAD, CITIZEN = {Role.ATTENDANT, Role.COORDINATOR}, {Role.LEGAL, Role.COORDINATOR}, {Role.CONSUMER}

# Written out from the procedure, not from the table under test.
EXPECTED = {
    ("waiting", "take"): ("in_hand", DESK),
    ("in_hand", "take"): ("in_hand", DESK),
    ("in_hand", "answer"): ("answered", DESK),
    ("in_hand", "forward"): ("forwarded", DESK),
    ("in_hand", "refer"): ("referred", DESK),
    ("in_hand", "open_case"): ("closed", DESK),
    ("answered", "rate"): ("closed", CITIZEN),
    ("forwarded", "ask_review"): ("under_review", CITIZEN),
    ("under_review", "keep"): ("closed", DESK),
    ("under_review", "answer"): ("answered", DESK),
    ("referred", "conclude"): ("closed", LEAD),
}


@pytest.mark.parametrize(("stage", "act"), list(product(Stage, Act)))
def test_every_cell(stage: Stage, act: Act) -> None:
    expected = EXPECTED.get((stage, act))
    for role, own in product(Role, (True, False)):
        if expected and role in expected[1] and (own or role is not Role.CONSUMER):
            assert step(stage, act, role, own=own) == expected[0]
            assert act in allowed(stage, role, own=own)
        else:
            with pytest.raises(Refused) as refusal:
                step(stage, act, role, own=own)
            assert refusal.value.code == ("not_for_role" if expected else "attendance_not_now")
            assert act not in allowed(stage, role, own=own)


def test_the_table_has_no_further_cell_and_a_number_reads_well() -> None:
    assert {(stage.value, act.value) for stage, act in TABLE} == set(EXPECTED)
    assert written_number(123, 2026) == "A-2026/000123"
