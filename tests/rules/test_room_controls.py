"""Every situation in the room: which sentence a person reads and which controls they have."""

from __future__ import annotations

import itertools

import pytest

from models.rules.hearing import HearingState, SeatRole, SeatState, status_sentence
from models.rules.recording import Capture
from models.rules.room_controls import Control, Situation, controls
from models.rules.room_messages import permitted

P = "call hand leave say test"
M = "admit call floor leave mute_all say spotlight test"
TABLE = f"""
not_started  not_signed_in    consumer  door_open              enter test
not_started  available        consumer  waiting                leave test
not_started  in_hearing       consumer  admitted_before_start  {P}
not_started  in_consultation  consumer  in_consultation        call leave leave_private say test
not_started  disconnected     consumer  door_open              enter test
not_started  not_signed_in    mediator  mediator_outside       enter test
not_started  available        mediator  mediator_outside       leave test
not_started  in_hearing       mediator  mediator_before        {M} freeze open write
not_started  in_consultation  mediator  in_consultation        {M} freeze leave_private open write
not_started  disconnected     mediator  mediator_outside       enter test
in_session   not_signed_in    consumer  outside_in_session     enter test
in_session   available        consumer  waiting_in_session     leave test
in_session   in_hearing       consumer  in_hearing             {P} propose
in_session   in_consultation  consumer  in_consultation        call leave leave_private propose say test
in_session   disconnected     consumer  outside_in_session     enter test
in_session   not_signed_in    mediator  mediator_outside       enter test
in_session   available        mediator  mediator_outside       leave test
in_session   in_hearing       mediator  mediator_in_session    {M} freeze pause propose suspend write
in_session   in_consultation  mediator in_consultation {M} freeze leave_private pause propose suspend write
in_session   disconnected     mediator  mediator_outside       enter test
paused       not_signed_in    consumer  paused                 enter test
paused       available        consumer  paused                 leave test
paused       in_hearing       consumer  paused                 {P} propose
paused       in_consultation  consumer  in_consultation        call leave leave_private propose say test
paused       disconnected     consumer  paused                 enter test
paused       not_signed_in    mediator  paused                 enter test
paused       available        mediator  paused                 leave test
paused       in_hearing       mediator  paused                 {M} propose resume write
paused       in_consultation  mediator  in_consultation        {M} leave_private propose resume write
paused       disconnected     mediator  paused                 enter test
suspended    not_signed_in    consumer  suspended              enter test
suspended    available        consumer  suspended              leave test
suspended    in_hearing       consumer  suspended              {P} propose
suspended    in_consultation  consumer  in_consultation        call leave leave_private propose say test
suspended    disconnected     consumer  suspended              enter test
suspended    not_signed_in    mediator  suspended              enter test
suspended    available        mediator  suspended              leave test
suspended    in_hearing       mediator  suspended              {M} freeze propose resume write
suspended    in_consultation  mediator  in_consultation        {M} freeze leave_private propose resume write
suspended    disconnected     mediator  suspended              enter test
closed       not_signed_in    consumer  closed                 -
closed       available        consumer  closed                 -
closed       in_hearing       consumer  closed                 -
closed       in_consultation  consumer  closed                 -
closed       disconnected     consumer  closed                 -
closed       not_signed_in    mediator  closed                 -
closed       available        mediator  closed                 -
closed       in_hearing       mediator  closed                 -
closed       in_consultation  mediator  closed                 -
closed       disconnected     mediator  closed                 -
cancelled    not_signed_in    consumer  cancelled              -
cancelled    available        consumer  cancelled              -
cancelled    in_hearing       consumer  cancelled              -
cancelled    in_consultation  consumer  cancelled              -
cancelled    disconnected     consumer  cancelled              -
cancelled    not_signed_in    mediator  cancelled              -
cancelled    available        mediator  cancelled              -
cancelled    in_hearing       mediator  cancelled              -
cancelled    in_consultation  mediator  cancelled              -
cancelled    disconnected     mediator  cancelled              -
"""
"""Every cell: state of the hearing, state of the person, role, the sentence, the controls."""
LINES = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("line", LINES, ids=[" ".join(line[:3]) for line in LINES])
def test_what_is_read_and_what_can_be_done(line: list[str]) -> None:
    state, seat, role = HearingState(line[0]), SeatState(line[1]), SeatRole(line[2])
    expected = set() if line[4] == "-" else set(line[4:])

    now = Situation(state, seat, role, held=state is not HearingState.NOT_STARTED)

    assert status_sentence(state, seat, role, door_open=True) == line[3]
    assert {control.value for control in controls(now)} == expected


def test_no_cell_is_missing() -> None:
    cells = {tuple(line[:3]) for line in LINES}
    everything = itertools.product(HearingState, SeatState, (SeatRole.CONSUMER, SeatRole.MEDIATOR))
    assert cells == {tuple(str(one) for one in cell) for cell in everything}
    assert len(LINES) == len(cells)


INSIDE = "answer devices enter heartbeat ice leave point publish report restart subscribe view"
MESSAGES = {
    SeatState.NOT_SIGNED_IN: "enter",
    SeatState.DISCONNECTED: "enter",
    SeatState.AVAILABLE: "enter heartbeat ice leave",
    SeatState.IN_HEARING: INSIDE,
    SeatState.IN_CONSULTATION: INSIDE,
}


@pytest.mark.parametrize(("state", "seat"), list(itertools.product(HearingState, SeatState)))
def test_which_messages_a_browser_may_send(state: HearingState, seat: SeatState) -> None:
    over = state in (HearingState.CLOSED, HearingState.CANCELLED)
    assert permitted(state, seat) == (set() if over else set(MESSAGES[seat].split()))


def test_the_others_have_what_a_consumer_has() -> None:
    others = (SeatRole.COMPANY, SeatRole.COUNSEL, SeatRole.INTERPRETER)
    for state, seat, role in itertools.product(HearingState, SeatState, others):
        consumer, other = (Situation(state, seat, who, held=True) for who in (SeatRole.CONSUMER, role))
        assert controls(consumer) == controls(other)
        assert status_sentence(state, seat, role, door_open=True) == status_sentence(
            state, seat, SeatRole.CONSUMER, door_open=True
        )


def test_before_the_door_opens_parties_only_test_and_the_mediator_may_enter() -> None:
    for role, expected in ((SeatRole.CONSUMER, {"test"}), (SeatRole.MEDIATOR, {"test", "enter"})):
        closed = Situation(HearingState.NOT_STARTED, SeatState.NOT_SIGNED_IN, role, door_open=False)
        assert {control.value for control in controls(closed)} == expected


@pytest.mark.parametrize("role", list(SeatRole))
def test_a_frozen_text_is_signed_or_reopened_and_nothing_else(role: SeatRole) -> None:
    frozen = Situation(
        HearingState.IN_SESSION, SeatState.IN_HEARING, role, held=True, frozen=True, signs=True
    )
    found = controls(frozen)
    assert Control.SIGN in found
    assert not {Control.PROPOSE, Control.WRITE, Control.FREEZE, Control.CLOSE} & found
    assert (Control.REOPEN in found) == (role is SeatRole.MEDIATOR)


def test_closing_waits_for_the_last_signature_and_for_the_end_of_a_break() -> None:
    for state, complete, expected in (
        (HearingState.IN_SESSION, False, False),
        (HearingState.IN_SESSION, True, True),
        (HearingState.NOT_STARTED, True, True),
        (HearingState.PAUSED, True, False),
    ):
        now = Situation(
            state, SeatState.IN_HEARING, SeatRole.MEDIATOR, held=True, frozen=True, complete=complete
        )
        assert (Control.CLOSE in controls(now)) is expected


@pytest.mark.parametrize(
    ("state", "capture", "agreed", "expected"),
    [
        ("in_session", "none", True, {"record"}),
        ("in_session", "none", False, set()),
        ("in_session", "running", True, {"record_pause", "record_stop"}),
        ("in_session", "paused", True, {"record_resume", "record_stop"}),
        ("in_session", "paused", False, {"record_stop"}),
        ("not_started", "none", True, set()),
        ("paused", "none", True, set()),
        ("paused", "paused", True, {"record_stop"}),
        ("suspended", "paused", True, {"record_stop"}),
        ("closed", "none", True, set()),
    ],
)
def test_the_recording_is_the_mediators_where_the_house_records(
    state: str, capture: str, agreed: bool, expected: set[str]
) -> None:
    def found(role: SeatRole, *, records: bool = True, seat: SeatState = SeatState.IN_HEARING) -> set[str]:
        now = Situation(
            HearingState(state),
            seat,
            role,
            held=True,
            records=records,
            agreed=agreed,
            capture=Capture(capture),
        )
        return {control.value for control in controls(now) if control.value.startswith("record")}

    assert found(SeatRole.MEDIATOR) == expected
    assert found(SeatRole.MEDIATOR, records=False) == set()
    assert found(SeatRole.MEDIATOR, seat=SeatState.DISCONNECTED) == set()
    assert found(SeatRole.CONSUMER) == set()
