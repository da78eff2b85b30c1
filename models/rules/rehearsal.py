"""The script of a rehearsal: what the scripted mediator asks for, how long it is waited for, what came of it.

Times are those of a rehearsal of three minutes; ``pace`` makes all of them shorter or longer alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Step(StrEnum):
    """Where a rehearsal is; the order is that of the script."""

    WAITING = "waiting"
    VOICE = "voice"
    MICROPHONE = "microphone"
    CAMERA = "camera"
    HAND = "hand"
    DOCUMENT = "document"
    CALL = "call"
    PRIVATE = "private"
    FAREWELL = "farewell"
    OVER = "over"


class Signal(StrEnum):
    """What was noticed of the person, by the media process or by an act of theirs."""

    VOICE = "voice"
    MICROPHONE_OFF = "microphone_off"
    MICROPHONE_ON = "microphone_on"
    CAMERA_OFF = "camera_off"
    CAMERA_ON = "camera_on"
    HAND = "hand"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    BACK = "back"


class Result(StrEnum):
    """What came of a step that asked for something."""

    DONE = "done"
    MISSED = "missed"
    DECLINED = "declined"


@dataclass(frozen=True)
class Scene:
    """A step of the script: at most ``most`` seconds, at least ``least``; ``awaits`` in this order."""

    step: Step
    most: float
    least: float = 0.0
    awaits: tuple[Signal, ...] = ()


SCRIPT = (
    Scene(Step.WAITING, 8),
    Scene(Step.VOICE, 30, 8, (Signal.VOICE,)),
    Scene(Step.MICROPHONE, 30, 4, (Signal.MICROPHONE_OFF, Signal.MICROPHONE_ON)),
    Scene(Step.CAMERA, 30, 4, (Signal.CAMERA_OFF, Signal.CAMERA_ON)),
    Scene(Step.HAND, 25, 4, (Signal.HAND,)),
    Scene(Step.DOCUMENT, 15),
    Scene(Step.CALL, 25, 0, (Signal.ACCEPTED,)),
    Scene(Step.PRIVATE, 14, 0, (Signal.BACK,)),
    Scene(Step.FAREWELL, 12),
)
LENGTH = timedelta(seconds=sum(scene.most for scene in SCRIPT))
TRIED = (Step.VOICE, Step.MICROPHONE, Step.CAMERA, Step.HAND, Step.CALL)
"""The steps that have a result."""
PRAISE_SECONDS = 2.0
"""A step that was done stays so long, for the word of thanks to be read."""
AWAY = timedelta(seconds=20)
"""Who is away for longer has left: a page is reloaded in less."""
_SCENES = {scene.step: scene for scene in SCRIPT}
_ORDER = tuple(Step)


@dataclass(frozen=True)
class Rehearsal:
    """Where a rehearsal is: ``met`` signals of the step came, the last of them at ``done_at``."""

    since: datetime
    step: Step = Step.WAITING
    met: int = 0
    done_at: datetime | None = None
    results: Mapping[Step, Result] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.step is Step.OVER

    def left(self, now: datetime, pace: float = 1.0) -> timedelta:
        """How long the step is still waited for."""
        if self.over:
            return timedelta()
        return max(timedelta(), self.since + timedelta(seconds=_SCENES[self.step].most * pace) - now)


def hear(known: Rehearsal, signal: Signal, now: datetime) -> Rehearsal:
    """What was noticed; what the step does not wait for changes nothing."""
    if known.over or known.done_at is not None:
        return known
    if known.step is Step.CALL and signal is Signal.DECLINED:
        return replace(known, done_at=now, results=_with(known, Result.DECLINED))
    awaits = _SCENES[known.step].awaits
    if not awaits or awaits[known.met] is not signal:
        return known
    met = known.met + 1
    if met < len(awaits):
        return replace(known, met=met)
    results = _with(known, Result.DONE) if known.step in TRIED else known.results
    return replace(known, met=met, done_at=now, results=results)


def tick(known: Rehearsal, now: datetime, pace: float = 1.0) -> Rehearsal:
    """The next step when the present one is done or has been waited for long enough."""
    if known.over:
        return known
    scene = _SCENES[known.step]
    passed = now - known.since
    if known.done_at is not None:
        # A call that was answered is answered: nobody waits for thanks.
        thanks = 0.0 if known.step in (Step.CALL, Step.PRIVATE) else PRAISE_SECONDS * pace
        if passed.total_seconds() < scene.least * pace or (now - known.done_at).total_seconds() < thanks:
            return known
    elif passed.total_seconds() < scene.most * pace:
        return known
    missed = known.step in TRIED and known.step not in known.results
    results = _with(known, Result.MISSED) if missed else known.results
    return Rehearsal(since=now, step=_after(known.step, results), results=results)


def end(known: Rehearsal, now: datetime) -> Rehearsal:
    """Over at once: the person left, or the server ends."""
    return known if known.over else replace(known, since=now, step=Step.OVER, met=0, done_at=None)


def admitted(step: Step) -> bool:
    """Whether the person has been called in."""
    return step not in (Step.WAITING, Step.OVER)


def _with(known: Rehearsal, result: Result) -> Mapping[Step, Result]:
    return MappingProxyType({**known.results, known.step: result})


def _after(step: Step, results: Mapping[Step, Result]) -> Step:
    if step is Step.CALL and results.get(Step.CALL) is not Result.DONE:
        return Step.FAREWELL
    return _ORDER[_ORDER.index(step) + 1]
