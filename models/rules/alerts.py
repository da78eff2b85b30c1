"""What the agency's people must be told of a hearing: conditions that stand, and what becomes of their tasks.

A condition is a fact of the hearing and stands or not; a task is what somebody makes of it. A task that was
resolved by hand does not come back while its condition still stands, only when it stands anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from models.rules.hearing import OVER, HearingState, SeatMode, SeatRole, SeatState
from models.rules.holding import OPENED

SILENT_SECONDS = 10
"""So long nothing arrives from who should be heard: longer than a page needs to mend it by itself."""
SOUND_SECONDS = 3


class AlertKind(StrEnum):
    """What is wrong, the most urgent first."""

    HELP_ASKED = "help_asked"
    DISCONNECTED = "disconnected"
    MEDIA_BLOCKED = "media_blocked"
    RECORDING_FAILED = "recording_failed"
    SUSPENDED = "suspended"


class Resolution(StrEnum):
    """How a task ended: by itself, by somebody's work, taken back by who asked, or with the hearing."""

    CLEARED = "cleared"
    HANDLED = "handled"
    WITHDRAWN = "withdrawn"
    OVER = "over"


class Condition(NamedTuple):
    """Something that stands in a hearing; ``seat`` None when it is about the hearing as a whole."""

    kind: AlertKind
    seat: int | None = None


@dataclass(frozen=True)
class SeatNow:
    """A seat as the alerts see it.

    ``conducts``: the hearing cannot go on without this person of the agency. ``check_failed``: the last
    test of the device found no camera or no microphone. ``silent``: no sound arrived when last measured; None
    is not known.
    """

    seat: int
    role: SeatRole
    state: SeatState
    conducts: bool = False
    admitted: bool = False
    flows: bool = False
    mode: SeatMode = SeatMode.VIDEO
    check_failed: bool = False
    silent: bool | None = None


@dataclass(frozen=True)
class HearingNow:
    """A hearing as the alerts see it; ``due``: its time has come; ``near``: it is about to come."""

    state: HearingState
    due: bool
    near: bool
    recording_fails: bool
    seats: tuple[SeatNow, ...]


def standing(hearing: HearingNow) -> frozenset[Condition]:
    """The conditions that stand now, but for help, which stands until somebody says otherwise."""
    found = {Condition(AlertKind.RECORDING_FAILED)} if hearing.recording_fails else set()
    if hearing.state in OVER:
        return frozenset(found)
    if hearing.state is HearingState.SUSPENDED:
        found.add(Condition(AlertKind.SUSPENDED))
    for seat in hearing.seats:
        if _lost(hearing, seat):
            found.add(Condition(AlertKind.DISCONNECTED, seat.seat))
        if _blocked(hearing, seat):
            found.add(Condition(AlertKind.MEDIA_BLOCKED, seat.seat))
    return frozenset(found)


def _lost(hearing: HearingNow, seat: SeatNow) -> bool:
    """Before its time people come and go; once it is open, who was let in belongs there."""
    if seat.state is not SeatState.DISCONNECTED or not _needed(seat):
        return False
    return seat.admitted if hearing.state in OPENED else hearing.due


def _needed(seat: SeatNow) -> bool:
    """Whether the hearing misses somebody: not who only looks on, nor a colleague who looked in."""
    return seat.role is not SeatRole.OBSERVER and (seat.role is not SeatRole.MEDIATOR or seat.conducts)


def _blocked(hearing: HearingNow, seat: SeatNow) -> bool:
    if seat.mode is SeatMode.TEXT or seat.state is SeatState.DISCONNECTED or not _needed(seat):
        return False
    if seat.silent is True and seat.flows:
        return True
    # Whose sound arrives needs no help, whatever an old test said.
    return seat.check_failed and seat.silent is not False and hearing.near


class Known(NamedTuple):
    """A task whose condition stood when last looked at; ``open`` while nobody has resolved it."""

    condition: Condition
    open: bool


class Changes(NamedTuple):
    """What to do: raise these, and of those their condition is gone; ``how`` open tasks end."""

    raised: frozenset[Condition]
    gone: frozenset[Condition]
    how: Resolution


def changes(hearing: HearingNow, known: Iterable[Known]) -> Changes:
    """From what is known to what stands; help is only ended here by the hearing's end."""
    stands, before = standing(hearing), {task.condition for task in known}
    over = hearing.state in OVER
    ended = {one for one in before - stands if over or one.kind is not AlertKind.HELP_ASKED}
    how = Resolution.OVER if over else Resolution.CLEARED
    return Changes(stands - before, frozenset(ended), how)


@dataclass(frozen=True)
class Listening:
    """What the last seconds of a seat's sound say."""

    silent: bool | None = None
    without: int = 0
    with_sound: int = 0


def listen(now: Listening, *, sound: bool) -> Listening:
    """After one more second, in which sound arrived or did not."""
    after = replace(
        now, without=0 if sound else now.without + 1, with_sound=now.with_sound + 1 if sound else 0
    )
    if after.without >= SILENT_SECONDS:
        return replace(after, silent=True)
    if after.with_sound >= SOUND_SECONDS:
        return replace(after, silent=False)
    return after
