"""Private rooms: every pair of roles, and every set of answers."""

from __future__ import annotations

import itertools

import pytest

from models.rules.consultation import CallAnswer, after_answers, goes_on, may_call
from models.rules.hearing import SeatRole

WHO_CALLS_WHOM = """
consumer     counsel interpreter
counsel      consumer counsel interpreter
company      company interpreter
mediator     consumer counsel company
"""
ALLOWED = {
    (caller, called)
    for caller, *others in (line.split() for line in WHO_CALLS_WHOM.strip().splitlines())
    for called in others
}


@pytest.mark.parametrize(("caller", "called"), list(itertools.product(SeatRole, repeat=2)))
def test_who_may_call_whom(caller: SeatRole, called: SeatRole) -> None:
    same_person = caller is called is SeatRole.CONSUMER  # there is one; the rule need not know
    assert same_person or may_call(caller, called) == ((caller.value, called.value) in ALLOWED)


@pytest.mark.parametrize(
    ("company", "called", "allowed"),
    [
        ("mediator consumer", "counsel", True),
        ("mediator consumer", "interpreter", True),
        ("mediator consumer", "company", False),
        ("mediator company", "company", True),
        ("mediator company", "consumer", False),
        ("mediator company", "counsel", False),
        ("consumer counsel", "mediator", False),
    ],
)
def test_the_two_sides_are_never_in_one_private_room(company: str, called: str, allowed: bool) -> None:
    inside = [SeatRole(role) for role in company.split()]
    for caller in inside:
        assert may_call(caller, SeatRole(called), inside) is allowed


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ("ringing", "ringing"),
        ("declined", "declined"),
        ("expired", "expired"),
        ("declined ringing", "ringing"),
        ("declined expired", "declined"),
        ("accepted declined ringing", "open"),
    ],
)
def test_where_a_room_is_by_its_answers(answers: str, state: str) -> None:
    for order in itertools.permutations(answers.split()):
        assert after_answers(CallAnswer(one) for one in order) == state


def test_nobody_stays_alone() -> None:
    assert [goes_on(inside) for inside in (0, 1, 2, 3)] == [False, False, True, True]
