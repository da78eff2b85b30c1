"""The queue of the counter: priority by law, and every cell of a ticket's life."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.errors import Refused
from models.rules.tickets import Line, TicketAct, TicketState, Waiting, in_order, minutes, step, written

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


def test_words_and_figures() -> None:
    assert written(Line.PRIORITY, 12) == "P012"
    assert minutes([timedelta(minutes=10), timedelta(minutes=21)]) == 16
    assert minutes([]) is None
