"""The queue of the counter: priority by law, and every cell of a ticket's life."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.errors import Refused
from models.rules.tickets import (
    Line,
    TicketAct,
    TicketState,
    Waiting,
    in_order,
    minutes,
    row_of_priorities,
    step,
    written,
)

START = datetime(2026, 11, 23, 11, tzinfo=UTC)
EXPECTED = {
    ("waiting", "call"): "called",
    ("called", "recall"): "called",
    ("called", "start"): "serving",
    ("called", "no_show"): "no_show",
    ("called", "return"): "waiting",
    ("serving", "finish"): "finished",
    ("no_show", "return"): "waiting",
}


@pytest.mark.parametrize(("state", "act"), list(product(TicketState, TicketAct)))
def test_every_cell(state: TicketState, act: TicketAct) -> None:
    if (state, act) in EXPECTED:
        assert step(state, act) == EXPECTED[(state, act)]
    else:
        with pytest.raises(Refused, match="ticket_not_now"):
            step(state, act)


@given(st.lists(st.tuples(st.sampled_from(Line), st.integers(0, 600))))
def test_nobody_is_called_before_who_has_priority_or_came_earlier(people: list[tuple[Line, int]]) -> None:
    rank = {Line.OVER_80: 0, Line.PRIORITY: 1, Line.NORMAL: 2}
    line = in_order([Waiting(n, at, START + timedelta(minutes=m)) for n, (at, m) in enumerate(people)])
    assert len(line) == len(people)
    for n, before in enumerate(line):
        for after in line[n + 1 :]:
            assert rank[before.line] <= rank[after.line]
            if before.line is after.line:
                assert before.issued_at <= after.issued_at


ARRIVALS = st.lists(st.tuples(st.sampled_from(Line), st.integers(0, 600)), max_size=40)


@given(ARRIVALS, st.integers(0, 6), st.integers(1, 4))
def test_the_normal_line_gets_its_turn_and_each_line_keeps_its_order(
    people: list[tuple[Line, int]], in_a_row: int, most: int
) -> None:
    waiting = [Waiting(n, at, START + timedelta(minutes=m)) for n, (at, m) in enumerate(people)]
    line = in_order(waiting, in_a_row, most)
    assert sorted(ticket.id for ticket in line) == [ticket.id for ticket in waiting]
    for kind in Line:
        arrivals = [(ticket.issued_at, ticket.id) for ticket in line if ticket.line is kind]
        assert arrivals == sorted(arrivals)
    row = in_a_row
    for n, ticket in enumerate(line):
        normal_waits = any(later.line is Line.NORMAL for later in line[n:])
        over_80_waits = any(later.line is Line.OVER_80 for later in line[n:])
        if ticket.line is Line.PRIORITY:
            assert not over_80_waits
            assert row < most or not normal_waits, "the normal line waits without end"
        if ticket.line is Line.NORMAL:
            assert not over_80_waits
        row = 0 if ticket.line is Line.NORMAL else row + 1


def test_a_row_of_priorities_is_counted_from_the_newest_call() -> None:
    assert row_of_priorities([Line.PRIORITY, Line.OVER_80, Line.NORMAL, Line.PRIORITY]) == 2
    assert row_of_priorities([]) == 0


def test_words_and_figures() -> None:
    assert written(Line.PRIORITY, 12) == "P012"
    assert minutes([timedelta(minutes=10), timedelta(minutes=21)]) == 16
    assert minutes([]) is None
