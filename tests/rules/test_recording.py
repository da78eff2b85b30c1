"""When a hearing may be recorded, who may watch, and where its moments are in the video."""

from __future__ import annotations

import hashlib
import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.errors import Refused
from models.rules.hearing import HearingState, SeatRole
from models.rules.people import Role, Side
from models.rules.recording import (
    CARD,
    QUESTION,
    TABLE,
    Answer,
    Asked,
    Capture,
    Take,
    all_agreed,
    course,
    may_run,
    may_watch,
    possible,
    take,
)

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
EXPECTED = {
    ("none", "record"): "running",
    ("running", "record_pause"): "paused",
    ("paused", "record_resume"): "running",
    ("running", "record_stop"): "none",
    ("paused", "record_stop"): "none",
}
TEMPLATE = Path(__file__).parents[2] / "app" / "templates" / "hearings" / "_recording_question.html"
WORDS = {"2026-11": "dd0a1f6926a2afeab11b4c35dbb749d81f804b0b0c47559fb5c583af1e83fd25"}
"""Of each version of the question, the SHA-256 of its words: other words need another version."""
EVERY = list(itertools.product(Capture, Take, HearingState, [True, False]))


@pytest.mark.parametrize(("capture", "act", "hearing", "agreed"), EVERY)
def test_every_cell(capture: Capture, act: Take, hearing: HearingState, agreed: bool) -> None:
    expected = EXPECTED.get((capture.value, act.value))
    live = hearing is HearingState.IN_SESSION and agreed
    if expected is None or (expected == "running" and not live):
        assert act not in possible(capture, hearing, agreed=agreed)
        with pytest.raises(Refused):
            take(capture, act, hearing, agreed=agreed)
    else:
        assert act in possible(capture, hearing, agreed=agreed)
        assert take(capture, act, hearing, agreed=agreed) == expected


def test_the_refusal_says_what_is_missing() -> None:
    for hearing, agreed, code in (
        (HearingState.NOT_STARTED, True, "recording_not_in_session"),
        (HearingState.PAUSED, False, "recording_not_in_session"),
        (HearingState.IN_SESSION, False, "recording_not_agreed"),
    ):
        with pytest.raises(Refused, match=code):
            take(Capture.NONE, Take.START, hearing, agreed=agreed)
    with pytest.raises(Refused, match="recording_not_now"):
        take(Capture.RUNNING, Take.START, HearingState.IN_SESSION, agreed=True)


def test_stopping_is_possible_whatever_the_hearing_does() -> None:
    for hearing, agreed in itertools.product(HearingState, [True, False]):
        for capture in (Capture.RUNNING, Capture.PAUSED):
            assert Take.STOP in possible(capture, hearing, agreed=agreed)
    assert len(TABLE) == len(EXPECTED)


@pytest.mark.parametrize(("hearing", "agreed"), list(itertools.product(HearingState, [True, False])))
def test_nothing_runs_but_in_session_and_agreed(hearing: HearingState, agreed: bool) -> None:
    assert may_run(hearing, agreed=agreed) == (hearing is HearingState.IN_SESSION and agreed)


def test_everybody_let_in_must_have_agreed_but_the_agency() -> None:
    mediator = Asked(SeatRole.MEDIATOR, admitted=True, answer=None)
    yes = Asked(SeatRole.CONSUMER, admitted=True, answer=Answer.AGREED)
    no = Asked(SeatRole.COMPANY, admitted=True, answer=Answer.DECLINED)
    silent = Asked(SeatRole.COMPANY, admitted=True, answer=None)
    waiting = Asked(SeatRole.COMPANY, admitted=False, answer=None)

    assert all_agreed([mediator, yes, waiting])
    assert not all_agreed([mediator, yes, silent])
    assert not all_agreed([mediator, yes, no])


@pytest.mark.parametrize(("role", "in_charge"), list(itertools.product(Role, [True, False])))
def test_who_watches(role: Role, in_charge: bool) -> None:
    side = {Role.CONSUMER: Side.CONSUMER, Role.COMPANY: Side.COMPANY}.get(role, Side.STAFF)
    always = {Role.CONSUMER, Role.COMPANY, Role.COORDINATOR, Role.LEGAL, Role.AUDITOR}
    assert may_watch(side, role, in_charge=in_charge) == (in_charge or role in always)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_pause_is_a_card() -> None:
    ran = course(at(0), at(100), [(at(10), True), (at(70), False)])
    assert [(piece.paused, piece.starts, piece.length) for piece in ran.pieces] == [
        (False, timedelta(), timedelta(seconds=10)),
        (True, timedelta(seconds=10), CARD),
        (False, timedelta(seconds=10) + CARD, timedelta(seconds=30)),
    ]
    assert ran.length == timedelta(seconds=40) + CARD
    assert ran.position(at(5)) == timedelta(seconds=5)
    assert ran.position(at(40)) == timedelta(seconds=10)
    assert ran.position(at(75)) == timedelta(seconds=15) + CARD
    assert ran.position(at(-1)) is ran.position(at(100)) is None


def test_a_recording_that_ends_in_a_pause_or_at_once() -> None:
    ended = course(at(0), at(60), [(at(30), True)])
    assert ended.length == timedelta(seconds=30) + CARD
    short = course(at(0), at(31), [(at(30), True)])
    assert short.length == timedelta(seconds=31)
    assert course(at(0), at(0), []).pieces == ()
    assert course(at(0), at(0), []).position(at(0)) is None


@given(
    changes=st.lists(st.tuples(st.integers(-5, 200), st.booleans()), max_size=12).map(sorted),
    length=st.integers(0, 120),
    moment=st.integers(-5, 130),
)
def test_any_course_is_whole_and_goes_forward(
    changes: list[tuple[int, bool]], length: int, moment: int
) -> None:
    ran = course(at(0), at(length), [(at(when), paused) for when, paused in changes])
    edge, position = at(0), timedelta()
    for piece in ran.pieces:
        assert (piece.at, piece.starts) == (edge, position)
        assert piece.length <= piece.until - piece.at
        edge, position = piece.until, position + piece.length
    assert edge == at(length)
    assert ran.length == position <= timedelta(seconds=length)
    found = ran.position(at(moment))
    assert (found is None) == (not 0 <= moment < length)
    if found is not None:
        assert timedelta() <= found < ran.length


def test_the_question_is_worded_as_its_version_says() -> None:
    words = "\n".join(re.findall(r'_\("([^"]+)"', TEMPLATE.read_text("utf-8")))
    assert hashlib.sha256(words.encode()).hexdigest() == WORDS[QUESTION]
