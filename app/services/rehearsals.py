"""The rehearsals that run in this web process: who rehearses, and where each is. Nothing of them is kept.

A rehearsal is in memory because there is nothing to remember: no case, no record, three minutes (ADR 0046).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.wake import Wake
from models.rules import rehearsal
from models.rules.errors import Invalid, Refused
from models.rules.hearing import SeatMode
from models.rules.people import Viewer
from models.rules.rehearsal import Rehearsal, Signal, Step

KEPT = timedelta(minutes=10)
"""What was tried is shown for so long."""
MOST_SAID = 50
MOST_CHARACTERS = 1000
ME, MEDIATOR, OTHER = 1, 2, 3
"""The seats."""


@dataclass(frozen=True)
class Line:
    """A line that the person wrote in the chat."""

    at: datetime
    text: str


@dataclass
class Run:
    """One person's rehearsal. ``news`` rings at each change, ``version`` counts them.

    ``log`` is each step with the time it began; since ``away_since`` no page of the person is connected.
    ``generation`` counts the pages that sat down. ``broken``: the media are not there.
    """

    viewer: Viewer
    state: Rehearsal
    log: list[tuple[datetime, Step]]
    away_since: datetime | None
    said: list[Line] = field(default_factory=list)
    hand: bool = False
    mode: SeatMode | None = None
    generation: int = 0
    version: int = 1
    broken: bool = False
    news: Wake = field(default_factory=Wake)

    @property
    def inside(self) -> bool:
        """Whether the person was called in."""
        return rehearsal.admitted(self.state.step)

    @property
    def private(self) -> bool:
        """Whether the person and the scripted mediator are by themselves."""
        return self.state.step is Step.PRIVATE

    def changed(self) -> None:
        """Something that pages show is different."""
        self.version += 1
        self.news.ring()


class Rehearsals:
    """At most ``most`` at one time, of each person one; ``pace`` stretches the script's times."""

    def __init__(self, most: int = 8, pace: float = 1.0) -> None:
        self.pace = pace
        self._most = most
        self._runs: dict[int, Run] = {}

    @property
    def running(self) -> int:
        """How many there are now."""
        return sum(not run.state.over for run in self._runs.values())

    def of(self, viewer: Viewer) -> Run | None:
        """A person's rehearsal: the one that runs, or what came of the last one."""
        return self._runs.get(viewer.user_id)

    def begin(self, viewer: Viewer, *, now: datetime) -> Run:
        """The person's rehearsal, a new one when none runs; Refused("rehearsals_full") if too many do.

        Refused("rehearsals_off") in a house that offers none.
        """
        self._clear(now)
        known = self._runs.get(viewer.user_id)
        if known is not None and not known.state.over:
            return known
        if not self._most:
            raise Refused("rehearsals_off")
        if self.running >= self._most:
            raise Refused("rehearsals_full")
        run = Run(viewer, Rehearsal(now), [(now, Step.WAITING)], away_since=now)
        self._runs[viewer.user_id] = run
        return run

    def forget(self, viewer: Viewer) -> None:
        """What came of a rehearsal that is over need not be shown any more."""
        run = self._runs.get(viewer.user_id)
        if run is not None and run.state.over:
            del self._runs[viewer.user_id]

    def hear(self, viewer: Viewer, signal: Signal, *, now: datetime) -> None:
        """Something was noticed of the person; without a rehearsal it means nothing."""
        run = self._runs.get(viewer.user_id)
        if run is not None:
            self._move(run, rehearsal.hear(run.state, signal, now), now)

    def tick(self, run: Run, *, now: datetime) -> None:
        """Time passes; who is away for too long has left."""
        away = run.away_since is not None and now - run.away_since > rehearsal.AWAY
        after = rehearsal.end(run.state, now) if away else rehearsal.tick(run.state, now, self.pace)
        self._move(run, after, now)

    def end(self, run: Run, *, now: datetime, broken: bool = False) -> None:
        """Over at once."""
        run.broken = run.broken or broken
        self._move(run, rehearsal.end(run.state, now), now)

    def raise_hand(self, viewer: Viewer, *, raised: bool, now: datetime) -> None:
        """The person's hand goes up or down; Refused("hearing_not_now") outside the room."""
        run = self._inside(viewer)
        run.hand = raised
        if raised:
            self.hear(viewer, Signal.HAND, now=now)
        run.changed()

    def answer(self, viewer: Viewer, *, accepts: bool, now: datetime) -> None:
        """Take the call into the private room, or decline; Refused("call_over") when nobody calls."""
        run = self._inside(viewer)
        if run.state.step is not Step.CALL or run.state.done_at is not None:
            raise Refused("call_over")
        self.hear(viewer, Signal.ACCEPTED if accepts else Signal.DECLINED, now=now)
        self.tick(run, now=now)

    def come_back(self, viewer: Viewer, *, now: datetime) -> None:
        """Out of the private room."""
        run = self._inside(viewer)
        self.hear(viewer, Signal.BACK, now=now)
        self.tick(run, now=now)

    def say(self, viewer: Viewer, text: str, *, now: datetime) -> None:
        """A line in the chat, which only its author reads; the oldest go when there are many."""
        run = self._inside(viewer)
        text = text.strip()
        if not text:
            raise Invalid({"text": "required"})
        if len(text) > MOST_CHARACTERS:
            raise Invalid({"text": "too_long"})
        run.said = [*run.said[1 - MOST_SAID :], Line(now, text)]
        run.changed()

    def choose(self, viewer: Viewer, mode: SeatMode | None) -> None:
        """Take part by video, sound or text; None: as the line bears."""
        run = self._inside(viewer)
        run.mode = mode
        run.changed()

    def _inside(self, viewer: Viewer) -> Run:
        run = self._runs.get(viewer.user_id)
        if run is None or not run.inside:
            raise Refused("hearing_not_now")
        return run

    def _move(self, run: Run, after: Rehearsal, now: datetime) -> None:
        before, run.state = run.state, after
        if after.step is not before.step:
            run.log.append((now, after.step))
            run.hand = False
        if after != before:
            run.changed()

    def _clear(self, now: datetime) -> None:
        for user, run in list(self._runs.items()):
            if run.state.over and now - run.state.since > KEPT:
                del self._runs[user]
