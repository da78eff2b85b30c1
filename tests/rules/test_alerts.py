"""Which conditions stand in which hearing, what becomes of the tasks, and when a seat counts as silent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.alerts import (
    SILENT_SECONDS,
    SOUND_SECONDS,
    AlertKind,
    Condition,
    HearingNow,
    Known,
    Listening,
    Resolution,
    SeatNow,
    changes,
    listen,
    standing,
)
from models.rules.hearing import HearingState, SeatMode, SeatRole, SeatState

IN, LOST, WAITS = SeatState.IN_HEARING, SeatState.DISCONNECTED, SeatState.AVAILABLE
HERE = SeatNow(1, SeatRole.CONSUMER, IN, admitted=True, flows=True, silent=False)
OPEN = HearingNow(HearingState.IN_SESSION, due=True, near=True, recording_fails=False, seats=())
EARLY = replace(OPEN, state=HearingState.NOT_STARTED, due=False)
DUE = replace(EARLY, due=True)
DISTANT = replace(EARLY, near=False)
SUSPENDED = replace(OPEN, state=HearingState.SUSPENDED)
CLOSED = replace(OPEN, state=HearingState.CLOSED)
D, M = Condition(AlertKind.DISCONNECTED, 1), Condition(AlertKind.MEDIA_BLOCKED, 1)
S, R = Condition(AlertKind.SUSPENDED), Condition(AlertKind.RECORDING_FAILED)
H = Condition(AlertKind.HELP_ASKED, 1)

gone = replace(HERE, state=LOST, flows=False)
mediator = replace(gone, role=SeatRole.MEDIATOR, conducts=True)
visitor = replace(gone, role=SeatRole.MEDIATOR)
outside = replace(HERE, state=WAITS, admitted=False, flows=False, silent=None)
silent = replace(HERE, silent=True)
failed = replace(outside, check_failed=True)


@pytest.mark.parametrize(
    ("hearing", "seat", "stands"),
    [
        (OPEN, HERE, set()),
        (OPEN, gone, {D}),
        (OPEN, replace(gone, admitted=False), set()),  # left before being let in: nobody waits for them
        (OPEN, mediator, {D}),
        (OPEN, visitor, set()),  # a coordinator who looked in
        (OPEN, replace(gone, role=SeatRole.INTERPRETER), {D}),
        (OPEN, replace(gone, role=SeatRole.OBSERVER), set()),  # who only looks on
        (OPEN, replace(silent, role=SeatRole.OBSERVER), set()),
        (replace(OPEN, state=HearingState.PAUSED), gone, {D}),
        (EARLY, gone, set()),  # before its time people come and go
        (DUE, gone, {D}),
        (DUE, replace(gone, admitted=False), {D}),  # the waiting person vanished
        (CLOSED, gone, set()),
        (OPEN, silent, {M}),
        (OPEN, replace(silent, mode=SeatMode.TEXT), set()),  # takes part in writing
        (OPEN, replace(silent, mode=SeatMode.AUDIO), {M}),
        (OPEN, replace(silent, flows=False), set()),  # nobody is heard during a break
        (OPEN, replace(silent, state=LOST), {D}),  # one thing at a time
        (EARLY, failed, {M}),
        (DISTANT, failed, set()),  # days before there is time to test again
        (EARLY, replace(failed, state=SeatState.NOT_SIGNED_IN), {M}),
        (OPEN, replace(failed, silent=False), set()),  # sound arrives, whatever the test said
        (CLOSED, failed, set()),
        (SUSPENDED, HERE, {S}),
        (SUSPENDED, gone, {S, D}),
        (replace(OPEN, recording_fails=True), HERE, {R}),
        (replace(CLOSED, recording_fails=True), HERE, {R}),  # its video could not be made
    ],
)
def test_what_stands(hearing: HearingNow, seat: SeatNow, stands: set[Condition]) -> None:
    assert standing(replace(hearing, seats=(seat,))) == stands


@pytest.mark.parametrize(
    ("hearing", "seat", "known", "raised", "gone_now", "how"),
    [
        (OPEN, gone, [], {D}, set(), Resolution.CLEARED),
        (OPEN, gone, [Known(D, True)], set(), set(), Resolution.CLEARED),  # once
        (OPEN, gone, [Known(D, False)], set(), set(), Resolution.CLEARED),  # resolved by hand, still away
        (OPEN, HERE, [Known(D, True)], set(), {D}, Resolution.CLEARED),
        (OPEN, HERE, [Known(D, False)], set(), {D}, Resolution.CLEARED),  # so that it may stand anew
        (OPEN, HERE, [Known(H, True)], set(), set(), Resolution.CLEARED),  # until somebody says otherwise
        (CLOSED, HERE, [Known(H, True), Known(S, True)], set(), {H, S}, Resolution.OVER),
        (OPEN, silent, [Known(D, True)], {M}, {D}, Resolution.CLEARED),
    ],
)
def test_what_becomes_of_the_tasks(
    hearing: HearingNow,
    seat: SeatNow,
    known: list[Known],
    raised: set[Condition],
    gone_now: set[Condition],
    how: Resolution,
) -> None:
    assert changes(replace(hearing, seats=(seat,)), known) == (raised, gone_now, how)


seats = st.builds(
    SeatNow,
    st.integers(1, 3),
    st.sampled_from(SeatRole),
    st.sampled_from(SeatState),
    *[st.booleans()] * 3,
    st.sampled_from(SeatMode),
    st.booleans(),
    st.none() | st.booleans(),
)
hearings = st.builds(
    HearingNow, st.sampled_from(HearingState), *[st.booleans()] * 3, st.lists(seats, max_size=3).map(tuple)
)


@given(st.lists(hearings, max_size=8))
def test_after_any_story_exactly_what_stands_is_known_and_help_stays(story: list[HearingNow]) -> None:
    known = {H}
    for hearing in story:
        todo = changes(hearing, [Known(one, True) for one in known])
        assert not todo.raised & known
        known = (known | todo.raised) - todo.gone
        over = hearing.state in (HearingState.CLOSED, HearingState.CANCELLED)
        assert known - {H} == standing(hearing)
        assert not (over and H in known)


def test_silence_is_believed_after_a_while_and_sound_soon() -> None:
    now = Listening()
    for _ in range(SILENT_SECONDS - 1):
        now = listen(now, sound=False)
    assert now.silent is None
    now = listen(now, sound=False)
    assert now.silent is True
    for _ in range(SOUND_SECONDS - 1):
        now = listen(now, sound=True)
    assert now.silent is True
    assert listen(now, sound=True).silent is False


def test_a_gap_now_and_then_is_no_silence() -> None:
    now = Listening(silent=False)
    for second in range(60):
        now = listen(now, sound=second % SILENT_SECONDS != 0)
    assert now.silent is False
