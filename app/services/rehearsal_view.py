"""A rehearsal in the shape of a hearing: what the room's page shows, made from the script, not from rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.i18n import gettext as _
from app.services import rehearsal_words as words
from app.services.consultation_view import Part, PrivateSeen
from app.services.exhibits import Exhibit
from app.services.recording_view import RecordingSeen
from app.services.rehearsals import ME, MEDIATOR, OTHER, Run
from app.services.room_view import Person, RoomView, Said
from models import Hearing
from models.rules.hearing import (
    Audience,
    HearingState,
    SeatFacts,
    SeatMode,
    SeatRole,
    SeatState,
    seat_state,
    status_sentence,
)
from models.rules.people import Role, Viewer
from models.rules.recording import Capture
from models.rules.rehearsal import Rehearsal, Step, admitted
from models.rules.room_controls import Control, Situation, controls

OFFERED = frozenset({Control.ENTER, Control.LEAVE, Control.SAY, Control.HAND, Control.LEAVE_PRIVATE})
"""What of a room can be tried in a rehearsal."""
CIRCLE = "ensaio"
"""The private room."""
PAPER = UUID(int=0)
_NOTHING_RECORDED = RecordingSeen(
    offered=False,
    records=False,
    capture=Capture.NONE,
    id=None,
    failure="",
    answers={},
    missing=(),
    asked=False,
    mine=None,
)


def role_of(viewer: Viewer) -> SeatRole:
    """As what a person rehearses: a company's people as the company, everybody else as the consumer."""
    return SeatRole.COMPANY if viewer.role is Role.COMPANY else SeatRole.CONSUMER


def other_role(viewer: Viewer) -> SeatRole:
    """Who sits on the other side."""
    return SeatRole.CONSUMER if role_of(viewer) is SeatRole.COMPANY else SeatRole.COMPANY


def view(run: Run | None, viewer: Viewer, *, rules: str, pace: float, now: datetime) -> RoomView:
    """The room as the person who rehearses sees it; ``run`` is None before the beginning.

    ``rules`` is the version of the house rules: here they are read, not asked for.
    """
    state = run.state if run is not None else Rehearsal(now)
    hearing = _hearing(state, now)
    me = _me(run, viewer, rules)
    people = (me, *_scripted(run, viewer)) if run is not None else (me,)
    role, names = role_of(viewer), {role: _(name) for role, name in words.NAMES.items()}
    mine = names | {role: viewer.name}
    situation = Situation(hearing=hearing.state, seat=me.state, role=role)
    return RoomView(
        hearing=hearing,
        case_id=0,
        version=run.version if run is not None else 0,
        protocol=_("Ensaio"),
        consumer=mine[SeatRole.CONSUMER],
        company=mine[SeatRole.COMPANY],
        mediator=names[SeatRole.MEDIATOR],
        me=me,
        people=people,
        status=status_sentence(hearing.state, me.state, role, door_open=True),
        door_open=True,
        media=me.connected and me.admitted,
        controls=controls(situation) & OFFERED,
        messages=tuple(_said(run, role)) if run is not None else (),
        clauses=(),
        signatures=(),
        missing=frozenset(),
        sealed=None,
        recording=_NOTHING_RECORDED,
        private=_private(run, state, pace, now),
        callable=frozenset(),
        exhibit=_exhibit(state),
        showable=(),
        away=(),
        counting=None,
    )


def _hearing(state: Rehearsal, now: datetime) -> Hearing:
    """A hearing that is in no table; it begins when the person is called in."""
    begun = HearingState.IN_SESSION if admitted(state.step) else HearingState.NOT_STARTED
    return Hearing(
        id=0,
        starts_at=now,
        minutes=3,
        state=HearingState.CLOSED if state.over else begun,
        record="",
        record_revision=0,
        holds=True,
        floor=None,
        spotlight=None,
        exhibit_page=1,
        captions=False,
    )


def _me(run: Run | None, viewer: Viewer, rules: str) -> Person:
    connected = run is not None and not run.state.over and run.generation > 0 and run.away_since is None
    inside = run is not None and run.inside
    private = run is not None and run.private
    facts = SeatFacts(inside, muted=False, connected=connected, entered_at=None, private=private)
    mode = run.mode if run is not None else None
    return Person(
        seat=ME,
        user_id=viewer.user_id,
        name=viewer.name,
        role=role_of(viewer),
        state=seat_state(facts) if connected or inside else SeatState.NOT_SIGNED_IN,
        admitted=inside,
        muted=False,
        connected=connected,
        may_sign=False,
        device_check=None,
        mine=True,
        circle=CIRCLE if private else "",
        hand=1 if run is not None and run.hand else 0,
        rules=rules,
        mode=mode or SeatMode.VIDEO,
        mode_chosen=mode is not None,
    )


def _scripted(run: Run, viewer: Viewer) -> tuple[Person, Person]:
    mediator = Person(
        seat=MEDIATOR,
        user_id=0,
        name=_(words.NAMES[SeatRole.MEDIATOR]),
        role=SeatRole.MEDIATOR,
        state=SeatState.IN_CONSULTATION if run.private else SeatState.IN_HEARING,
        admitted=True,
        muted=False,
        connected=True,
        may_sign=False,
        device_check=None,
        mine=False,
        circle=CIRCLE if run.private else "",
    )
    role = other_role(viewer)
    name = _(words.NAMES[role])
    return mediator, replace(
        mediator, seat=OTHER, name=name, role=role, state=SeatState.IN_HEARING, circle=""
    )


def _said(run: Run, role: SeatRole) -> Iterator[Said]:
    """The scripted mediator's lines, and the person's own between them."""
    lines = [(at, text, False) for at, text in scripted_lines(run)]
    lines += [(own.at, own.text, True) for own in run.said]
    for number, (at, text, mine) in enumerate(sorted(lines, key=lambda line: line[0]), start=1):
        author = run.viewer.name if mine else _(words.NAMES[SeatRole.MEDIATOR])
        by = role if mine else SeatRole.MEDIATOR
        yield Said(number, author, by, text, at, mine, Audience.ALL)


def scripted_lines(run: Run) -> list[tuple[datetime, str]]:
    """What the scripted mediator has said, with times; the newest last."""
    lines: list[tuple[datetime, str]] = []
    for number, (at, step) in enumerate(run.log):
        lines.append((at, words.line(step)))
        ended = run.log[number + 1][0] if number + 1 < len(run.log) else run.state.done_at
        if ended is not None:
            lines.append((ended, words.answer(step, run.state.results.get(step))))
    return [(at, text) for at, text in lines if text]


def _private(run: Run | None, state: Rehearsal, pace: float, now: datetime) -> PrivateSeen | None:
    if run is None or state.step not in (Step.CALL, Step.PRIVATE):
        return None
    mediator = _(words.NAMES[SeatRole.MEDIATOR])
    called = state.step is Step.CALL
    if called and state.done_at is not None:
        return None
    return PrivateSeen(
        id=1,
        part=Part.CALLED if called else Part.INSIDE,
        caller=mediator,
        names=(mediator,),
        seconds=round(state.left(now, pace).total_seconds()) if called else 0,
        ends=False,
    )


def _exhibit(state: Rehearsal) -> Exhibit | None:
    if state.step is not Step.DOCUMENT:
        return None
    return Exhibit(document=PAPER, filename=_("Nota fiscal de ensaio"), page=1, pages=1, turns=False)
