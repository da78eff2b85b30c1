"""Every situation in the room: which sentence a person reads and which controls they have."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from models.rules.hearing import HearingState, SeatRole, SeatState, status_sentence
from models.rules.recording import Capture
from models.rules.room_acts import Asks, acts
from models.rules.room_controls import Control, Situation, controls
from models.rules.room_messages import permitted
from realtime.hearings import Hearings

PROTOCOL = Path(__file__).parents[2] / "docs" / "hearing-protocol.md"

P = "call hand leave say test"
M = "admit call floor leave mute_all say spotlight test"
C = "cancel_start freeze open write"
S = "freeze pause propose suspend write"

ANY = "echo echo_call echo_end heartbeat leave"
MEDIA = "answer devices publish report restart subscribe view"
MESSAGES = {
    "over": ANY,
    "out": f"{ANY} enter",
    "door": f"{ANY} enter ice",
    "room": f"{ANY} enter ice {MEDIA}",
    "full": f"{ANY} enter ice {MEDIA} point",
}
ACTS = {"p": Asks.PLACE, "i": Asks.INSIDE, "c": Asks.CONDUCT}
TABLE = f"""
not_started not_signed_in   consumer door_open             out  p   enter test
not_started available       consumer waiting               door p   leave test
not_started in_hearing      consumer admitted_before_start full pi  {P}
not_started in_consultation consumer in_consultation       full pi  call leave leave_private say test
not_started disconnected    consumer door_open             out  pi  enter test
not_started not_signed_in   mediator mediator_outside      out  pc  enter test
not_started available       mediator mediator_outside      door pc  leave test
not_started in_hearing      mediator mediator_before       full pic {M} freeze start write
not_started in_consultation mediator in_consultation       full pic {M} freeze leave_private start write
not_started disconnected    mediator mediator_outside      out  pic enter test
counting    not_signed_in   consumer door_open             out  p   enter test
counting    available       consumer waiting               door p   leave test
counting    in_hearing      consumer counting              full pi  {P}
counting    in_consultation consumer in_consultation       full pi  call leave leave_private say test
counting    disconnected    consumer door_open             out  pi  enter test
counting    not_signed_in   mediator mediator_outside      out  pc  enter test
counting    available       mediator mediator_outside      door pc  leave test
counting    in_hearing      mediator counting              full pic {M} {C}
counting    in_consultation mediator in_consultation       full pic {M} {C} leave_private
counting    disconnected    mediator mediator_outside      out  pic enter test
in_session  not_signed_in   consumer outside_in_session    out  p   enter test
in_session  available       consumer waiting_in_session    door p   leave test
in_session  in_hearing      consumer in_hearing            full pi  {P} propose
in_session  in_consultation consumer in_consultation       full pi  call leave leave_private propose say test
in_session  disconnected    consumer outside_in_session    out  pi  enter test
in_session  not_signed_in   mediator mediator_outside      out  pc  enter test
in_session  available       mediator mediator_outside      door pc  leave test
in_session  in_hearing      mediator mediator_in_session   full pic {M} {S}
in_session  in_consultation mediator in_consultation       full pic {M} {S} leave_private
in_session  disconnected    mediator mediator_outside      out  pic enter test
paused      not_signed_in   consumer paused                out  p   enter test
paused      available       consumer paused                door p   leave test
paused      in_hearing      consumer paused                room pi  {P} propose
paused      in_consultation consumer in_consultation       full pi  call leave leave_private propose say test
paused      disconnected    consumer paused                out  pi  enter test
paused      not_signed_in   mediator paused                out  pc  enter test
paused      available       mediator paused                door pc  leave test
paused      in_hearing      mediator paused                room pic {M} propose resume write
paused      in_consultation mediator in_consultation       full pic {M} leave_private propose resume write
paused      disconnected    mediator paused                out  pic enter test
suspended   not_signed_in   consumer suspended             out  p   enter test
suspended   available       consumer suspended             door p   leave test
suspended   in_hearing      consumer suspended             room pi  {P} propose
suspended   in_consultation consumer in_consultation       full pi  call leave leave_private propose say test
suspended   disconnected    consumer suspended             out  pi  enter test
suspended   not_signed_in   mediator suspended             out  pc  enter test
suspended   available       mediator suspended             door pc  leave test
suspended   in_hearing      mediator suspended             room pic {M} freeze propose resume write
suspended in_consultation mediator in_consultation full pic {M} freeze leave_private propose resume write
suspended   disconnected    mediator suspended             out  pic enter test
closed      not_signed_in   consumer closed                over -   -
closed      available       consumer closed                over -   -
closed      in_hearing      consumer closed                over -   -
closed      in_consultation consumer closed                over -   -
closed      disconnected    consumer closed                over -   -
closed      not_signed_in   mediator closed                over -   -
closed      available       mediator closed                over -   -
closed      in_hearing      mediator closed                over -   -
closed      in_consultation mediator closed                over -   -
closed      disconnected    mediator closed                over -   -
cancelled   not_signed_in   consumer cancelled             over -   -
cancelled   available       consumer cancelled             over -   -
cancelled   in_hearing      consumer cancelled             over -   -
cancelled   in_consultation consumer cancelled             over -   -
cancelled   disconnected    consumer cancelled             over -   -
cancelled   not_signed_in   mediator cancelled             over -   -
cancelled   available       mediator cancelled             over -   -
cancelled   in_hearing      mediator cancelled             over -   -
cancelled   in_consultation mediator cancelled             over -   -
cancelled   disconnected    mediator cancelled             over -   -
"""
"""Every cell: state of the hearing (``counting``: not started, and the countdown runs), state of the person,
role; the sentence that they read, the messages (``MESSAGES``) and the acts (``ACTS``) that the server takes
from them, and the controls that they have.

``P`` is what every party in the room has, ``M`` the mediator, ``C`` while they count, ``S`` in a session.
Who is disconnected had been let in: their acts are taken, for these go another way, and their page offers to
enter.
"""
COUNTING = "counting"
LINES = [line.split() for line in TABLE.strip().splitlines()]
LET_IN = (SeatState.IN_HEARING, SeatState.IN_CONSULTATION, SeatState.DISCONNECTED)


@pytest.mark.parametrize("line", LINES, ids=[" ".join(line[:3]) for line in LINES])
def test_what_is_read_and_what_can_be_done(line: list[str]) -> None:
    counting = line[0] == COUNTING
    state = HearingState.NOT_STARTED if counting else HearingState(line[0])
    seat, role = SeatState(line[1]), SeatRole(line[2])
    sentence, messages, does, *can = line[3:]
    now = Situation(state, seat, role, held=state is not HearingState.NOT_STARTED, counting=counting)

    assert status_sentence(state, seat, role, door_open=True, counting=counting) == sentence
    assert permitted(state, seat, role) == set(MESSAGES[messages].split())
    assert acts(state, role, admitted=seat in LET_IN) == {ACTS[one] for one in does if one != "-"}
    assert {control.value for control in controls(now)} == set(can) - {"-"}


def test_no_cell_is_missing() -> None:
    cells = {tuple(line[:3]) for line in LINES}
    everything = itertools.product(
        (*HearingState, COUNTING), SeatState, (SeatRole.CONSUMER, SeatRole.MEDIATOR)
    )
    assert cells == {tuple(str(one) for one in cell) for cell in everything}
    assert len(LINES) == len(cells)


def test_every_message_of_a_browser_is_in_the_table_and_in_the_protocol() -> None:
    handled = {name.removeprefix("on_") for name in dir(Hearings) if name.startswith("on_")}
    assert handled - {"connect", "disconnect"} == set(MESSAGES["full"].split())
    told = PROTOCOL.read_text("utf-8").split("### Messages of the browser")[1].split("###")[0]
    rows = [line.split("|")[1] for line in told.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall("`([a-z_]+)`", row)} == set(MESSAGES["full"].split())


LESS = {
    SeatRole.COMPANY: set(),
    SeatRole.COUNSEL: {Control.PROPOSE, Control.SIGN},
    SeatRole.INTERPRETER: {Control.PROPOSE, Control.SIGN, Control.CALL},
    SeatRole.WITNESS: {Control.PROPOSE, Control.SIGN, Control.CALL},
    SeatRole.OBSERVER: {Control.PROPOSE, Control.SIGN, Control.CALL},
}
"""What guests do not have of a consumer's controls: the agreement is the parties', and who calls into a
private room is of a side. All else is the same in every cell, the sentences and the messages too."""


def test_the_others_have_what_a_consumer_has() -> None:
    assert LESS.keys() == set(SeatRole) - {SeatRole.CONSUMER, SeatRole.MEDIATOR}
    for state, seat, role in itertools.product(HearingState, SeatState, LESS):
        consumer, other = (Situation(state, seat, who, held=True) for who in (SeatRole.CONSUMER, role))
        assert controls(consumer) - LESS[role] == controls(other)
        assert permitted(state, seat, SeatRole.CONSUMER) == permitted(state, seat, role)
        for admitted in (True, False):
            asked = acts(state, SeatRole.CONSUMER, admitted=admitted)
            assert asked == acts(state, role, admitted=admitted)
        assert status_sentence(state, seat, role, door_open=True) == status_sentence(
            state, seat, SeatRole.CONSUMER, door_open=True
        )


@pytest.mark.parametrize("role", list(SeatRole))
def test_before_the_door_opens_only_the_mediator_sits_down(role: SeatRole) -> None:
    found = permitted(HearingState.NOT_STARTED, SeatState.NOT_SIGNED_IN, role, door_open=False)
    assert ("enter" in found) == (role is SeatRole.MEDIATOR)
    assert found >= set(ANY.split())


def test_before_the_door_opens_parties_only_test_and_the_mediator_may_enter() -> None:
    for role, expected in ((SeatRole.CONSUMER, {"test"}), (SeatRole.MEDIATOR, {"test", "enter"})):
        closed = Situation(HearingState.NOT_STARTED, SeatState.NOT_SIGNED_IN, role, door_open=False)
        assert {control.value for control in controls(closed)} == expected


@pytest.mark.parametrize("role", [SeatRole.CONSUMER, SeatRole.COMPANY, SeatRole.MEDIATOR])
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
