"""Private rooms within a hearing: who may call whom, and what becomes of a call.

A private room is of one side: of people of that side among themselves, or with the mediator. The two sides
are never in one private room, that is what the hearing is for. An interpreter goes with whoever calls, and
calls nobody; witnesses and observers are in no private room. Only the mediator calls somebody of the agency
into a room of a side; a party who wants the mediator raises a hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from models.rules.hearing import SeatRole

RING = timedelta(seconds=30)
"""So long a call rings before it is given up."""

_ASIDE = frozenset({SeatRole.WITNESS, SeatRole.OBSERVER})
"""Who is in no private room."""

_SIDES = {
    SeatRole.CONSUMER: SeatRole.CONSUMER,
    SeatRole.COUNSEL: SeatRole.CONSUMER,
    SeatRole.COMPANY: SeatRole.COMPANY,
}
"""The side of those who have one."""


class ConsultationState(StrEnum):
    """Where a private room is."""

    RINGING = "ringing"
    OPEN = "open"
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"


class CallAnswer(StrEnum):
    """What became of one person's call."""

    RINGING = "ringing"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


LIVING = (ConsultationState.RINGING, ConsultationState.OPEN)
"""States in which somebody may still come."""


def may_call(caller: SeatRole, called: SeatRole, company: Iterable[SeatRole] = ()) -> bool:
    """Whether one may call another into a room that ``company`` are in already, or are being called into."""
    if called is SeatRole.MEDIATOR or called in _ASIDE or caller in _ASIDE | {SeatRole.INTERPRETER}:
        return False
    sides = {_SIDES[role] for role in (caller, called, *company) if role in _SIDES}
    return len(sides) == 1


def after_answers(answers: Iterable[CallAnswer]) -> ConsultationState:
    """Where a room is by the answers of those who were called, before anybody has come.

    One who comes opens it; while one phone rings it rings; else the last word is how it ended.
    """
    found = set(answers)
    if CallAnswer.ACCEPTED in found:
        return ConsultationState.OPEN
    if CallAnswer.RINGING in found:
        return ConsultationState.RINGING
    declined = CallAnswer.DECLINED in found
    return ConsultationState.DECLINED if declined else ConsultationState.EXPIRED


def goes_on(inside: int) -> bool:
    """Whether a room with so many people in it goes on: nobody is left alone in a private room."""
    return inside > 1
