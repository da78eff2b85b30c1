"""What an act in the hearing room asks of the person, the one place where that is refused.

An act is a POST of the room's page. It goes over HTTP, so it holds while the person's line to the room is
down: what counts is having been let in, not being connected.
"""

from __future__ import annotations

from enum import StrEnum

from models.rules.hearing import OVER, HearingState, SeatRole


class Asks(StrEnum):
    """What an act asks of who does it, from the least to the most."""

    PLACE = "place"
    INSIDE = "inside"
    CONDUCT = "conduct"


def refusal(hearing: HearingState, role: SeatRole, asks: Asks, *, admitted: bool) -> str | None:
    """The code of the reason why somebody may not act; None when they may.

    ``admitted``: they have been let in, which lasts until the mediator sends them back. Who conducts the
    hearing does so from the door as well: they are the one who lets people in.
    """
    if hearing in OVER:
        return "hearing_over"
    if asks is Asks.INSIDE and not admitted:
        return "not_admitted"
    if asks is Asks.CONDUCT and role is not SeatRole.MEDIATOR:
        return "not_yours"
    return None


def acts(hearing: HearingState, role: SeatRole, *, admitted: bool) -> frozenset[Asks]:
    """The kinds of acts that somebody may do now."""
    return frozenset(asks for asks in Asks if refusal(hearing, role, asks, admitted=admitted) is None)
