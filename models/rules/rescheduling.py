"""What the agency decides about its hearings' calendar, and why a hearing may be moved or cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.rules.case_machine import State
from models.rules.errors import Refused


@dataclass(frozen=True)
class SchedulingPolicy:
    """What a municipality decides about its hearings' calendar (profile, ``[scheduling]``).

    ``rooms`` are the names of the virtual rooms: as many hearings at once. Starts are ``step_minutes`` apart.
    A consumer is offered ``offers`` slots for ``offer_days``, without anybody's doing when the case is in one
    of ``offer_by_itself``. A party's justified absence moves a hearing ``party_reschedules`` times.
    ``board_masks``: the public board hides the middle of the protocol number.
    """

    rooms: tuple[str, ...] = ("Sala virtual 1", "Sala virtual 2", "Sala virtual 3")
    step_minutes: int = 20
    offers: int = 6
    offer_days: int = 5
    offer_by_itself: frozenset[State] = frozenset()
    party_reschedules: int = 1
    board_masks: bool = True

    def room_name(self, room: int) -> str:
        """The name of a room by its number, from 1; empty for a hearing without one."""
        return self.rooms[room - 1] if 0 < room <= len(self.rooms) else ""


def masked_protocol(protocol: str, *, masks: bool = True) -> str:
    """A protocol number as strangers see it: ``2026.000123-4`` becomes ``2026.***123-4``.

    Who knows the number finds the line; who does not cannot ask for the case by it.
    """
    year, dot, rest = protocol.partition(".")
    return f"{year}.***{rest[3:]}" if masks and dot and len(rest) > 5 else protocol


class Cause(StrEnum):
    """Why a hearing is moved or cancelled; the words are in ``app.services.scheduling_words``."""

    CONSUMER_JUSTIFIED = "consumer_justified"
    COMPANY_JUSTIFIED = "company_justified"
    MEDIATOR = "mediator"
    AGENCY = "agency"
    TECHNICAL = "technical"
    OTHER = "other"


BY_PARTY = frozenset({Cause.CONSUMER_JUSTIFIED, Cause.COMPANY_JUSTIFIED})
"""A party's justified absence: counted. What the agency or a fault causes never harms a party."""


def check_cause(cause: Cause, before: Iterable[Cause], allowed: int) -> None:
    """Refused("reschedule_used") when this party has had its ``allowed`` changes in this case already."""
    if cause in BY_PARTY and sum(one is cause for one in before) >= allowed:
        raise Refused("reschedule_used", allowed=allowed)
