"""Every cell of the hearing's states, a seat's state, and where media may flow."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from app.services.wording import STATUS
from models.rules.errors import Refused
from models.rules.hearing import (
    Conduct,
    HearingState,
    SeatFacts,
    SeatRole,
    SeatState,
    conduct,
    media_flows,
    possible_conduct,
    seat_state,
    sign_in_open,
    silenced,
    status_sentence,
)

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)

EXPECTED = {
    ("not_started", "open"): "in_session",
    ("not_started", "close"): "closed",
    ("in_session", "pause"): "paused",
    ("in_session", "suspend"): "suspended",
    ("in_session", "close"): "closed",
    ("paused", "resume"): "in_session",
    ("suspended", "resume"): "in_session",
    ("suspended", "close"): "closed",
}


@pytest.mark.parametrize(("state", "act"), list(itertools.product(HearingState, Conduct)))
def test_every_cell(state: HearingState, act: Conduct) -> None:
    expected = EXPECTED.get((state.value, act.value))
    assert (act in possible_conduct(state)) == (expected is not None)
    if expected is None:
        with pytest.raises(Refused):
            conduct(state, act)
    else:
        assert conduct(state, act) == expected


@pytest.mark.parametrize(
    ("admitted", "connected", "entered", "expected"),
    [
        (False, False, False, SeatState.NOT_SIGNED_IN),
        (True, False, False, SeatState.NOT_SIGNED_IN),
        (False, True, True, SeatState.AVAILABLE),
        (True, True, True, SeatState.IN_HEARING),
        (False, False, True, SeatState.DISCONNECTED),
        (True, False, True, SeatState.DISCONNECTED),
    ],
)
def test_seat_state(admitted: bool, connected: bool, entered: bool, expected: SeatState) -> None:
    facts = SeatFacts(admitted, False, connected, NOW if entered else None)
    assert seat_state(facts) is expected


@pytest.mark.parametrize(("admitted", "connected"), list(itertools.product([True, False], repeat=2)))
def test_only_who_is_in_the_room_is_in_a_private_one(admitted: bool, connected: bool) -> None:
    inside = seat_state(SeatFacts(admitted, False, connected, NOW, private=True))
    assert (inside is SeatState.IN_CONSULTATION) == (admitted and connected)


@pytest.mark.parametrize(("state", "admitted"), list(itertools.product(HearingState, [True, False])))
def test_a_private_room_goes_on_through_a_break_and_ends_with_the_hearing(
    state: HearingState, admitted: bool
) -> None:
    facts = SeatFacts(admitted, False, True, NOW, private=True)
    over = state in (HearingState.CLOSED, HearingState.CANCELLED)
    assert media_flows(state, facts) == (admitted and not over)


def test_the_mediators_silence_is_the_hearings_alone() -> None:
    assert silenced(SeatFacts(True, True, True, NOW))
    assert not silenced(SeatFacts(True, True, True, NOW, private=True))
    assert not silenced(SeatFacts(True, False, True, NOW))


@pytest.mark.parametrize(("state", "admitted"), list(itertools.product(HearingState, [True, False])))
def test_media_flows_only_between_admitted_people_of_a_live_room(state: HearingState, admitted: bool) -> None:
    facts = SeatFacts(admitted, False, True, NOW)
    live = state in (HearingState.NOT_STARTED, HearingState.IN_SESSION)
    assert media_flows(state, facts) == (admitted and live)


def test_the_door_opens_in_time() -> None:
    assert not sign_in_open(NOW, NOW - timedelta(minutes=31), 30)
    assert sign_in_open(NOW, NOW - timedelta(minutes=30), 30)
    assert sign_in_open(NOW, NOW + timedelta(hours=3), 30)


@pytest.mark.parametrize(
    ("state", "seat", "role", "door"),
    list(itertools.product(HearingState, SeatState, SeatRole, [True, False])),
)
def test_every_situation_has_a_sentence(
    state: HearingState, seat: SeatState, role: SeatRole, door: bool
) -> None:
    key = status_sentence(state, seat, role, door_open=door)
    assert key in STATUS
    if state is HearingState.CLOSED:
        assert key == "closed"
    if seat is SeatState.IN_CONSULTATION and state not in (HearingState.CLOSED, HearingState.CANCELLED):
        assert key == "in_consultation"
    elif not door and role is SeatRole.CONSUMER and state is HearingState.NOT_STARTED:
        assert key == ("admitted_before_start" if seat is SeatState.IN_HEARING else "door_closed")
