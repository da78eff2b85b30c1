"""Which controls a person has in the hearing room; pages draw exactly these, services check again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.rules.hearing import (
    INVITED,
    OVER,
    Conduct,
    HearingState,
    SeatRole,
    SeatState,
    may_enter,
    possible_conduct,
)
from models.rules.recording import Capture, possible


class Control(StrEnum):
    """One thing that a person can do in a room."""

    TEST = "test"
    ENTER = "enter"
    LEAVE = "leave"
    SAY = "say"
    ADMIT = "admit"
    START = "start"
    CANCEL_START = "cancel_start"
    OPEN = "open"
    PAUSE = "pause"
    SUSPEND = "suspend"
    RESUME = "resume"
    WRITE = "write"
    PROPOSE = "propose"
    FREEZE = "freeze"
    REOPEN = "reopen"
    SIGN = "sign"
    CLOSE = "close"
    HAND = "hand"
    FLOOR = "floor"
    SPOTLIGHT = "spotlight"
    MUTE_ALL = "mute_all"
    CALL = "call"
    LEAVE_PRIVATE = "leave_private"
    RECORD = "record"
    RECORD_PAUSE = "record_pause"
    RECORD_RESUME = "record_resume"
    RECORD_STOP = "record_stop"


@dataclass(frozen=True)
class Situation:
    """What the controls follow from.

    ``held``: the hearing has been opened at some time. ``frozen``: its final text is fixed. ``signs``: this
    person's signature on it is wanted and missing. ``complete``: no signature is missing. ``records``: this
    person may record in this house. ``agreed``: everybody who was let in has agreed to be recorded.
    ``counting``: the countdown to the opening runs.
    """

    hearing: HearingState
    seat: SeatState
    role: SeatRole
    door_open: bool = True
    held: bool = False
    frozen: bool = False
    signs: bool = False
    complete: bool = False
    records: bool = False
    agreed: bool = False
    capture: Capture = Capture.NONE
    counting: bool = False


def controls(now: Situation) -> frozenset[Control]:
    """What the person may do; nothing any more once the hearing is over."""
    if now.hearing in OVER:
        return frozenset()
    mediator = now.role is SeatRole.MEDIATOR
    found = {Control.TEST}
    if now.seat in (SeatState.NOT_SIGNED_IN, SeatState.DISCONNECTED):
        enters = may_enter(now.hearing, now.role, door_open=now.door_open)
        return frozenset(found | {Control.ENTER} if enters else found)
    found |= {Control.LEAVE}
    if now.seat is SeatState.AVAILABLE:
        return frozenset(found)
    found |= {Control.SAY} | _agreement(now)
    if now.role not in (SeatRole.INTERPRETER, SeatRole.WITNESS, SeatRole.OBSERVER):
        found.add(Control.CALL)
    if now.seat is SeatState.IN_CONSULTATION:
        found.add(Control.LEAVE_PRIVATE)
    elif not mediator:
        found.add(Control.HAND)
    if mediator:
        found |= _conduct(now) | _recording(now)
    return frozenset(found)


def _agreement(now: Situation) -> set[Control]:
    if now.role in INVITED:
        return set()
    if now.frozen:
        return {Control.SIGN} if now.signs else set()
    return {Control.PROPOSE} if now.held else set()


def _conduct(now: Situation) -> set[Control]:
    possible = set(possible_conduct(now.hearing))
    found = {Control(act) for act in possible - {Conduct.CLOSE}} | {Control.ADMIT}
    found |= {Control.FLOOR, Control.SPOTLIGHT, Control.MUTE_ALL}
    if Conduct.OPEN in possible:
        found -= {Control.OPEN}
        found |= {Control.OPEN, Control.CANCEL_START} if now.counting else {Control.START}
    if now.frozen:
        found.add(Control.REOPEN)
        if now.complete and Conduct.CLOSE in possible:
            found.add(Control.CLOSE)
    else:
        found.add(Control.WRITE)
        if Conduct.CLOSE in possible:
            found.add(Control.FREEZE)
    return found


def _recording(now: Situation) -> set[Control]:
    if not now.records:
        return set()
    return {Control(act) for act in possible(now.capture, now.hearing, agreed=now.agreed)}
