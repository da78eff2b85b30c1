"""What the agency decides about its hearings' calendar, and why a hearing may be moved or cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.case_machine import State
from models.rules.errors import Refused
from models.rules.people import Side


@dataclass(frozen=True)
class SchedulingPolicy:
    """What a municipality decides about its hearings' calendar (profile, ``[scheduling]``).

    ``rooms`` are the names of the virtual rooms: as many hearings at once. Starts are ``step_minutes`` apart.
    A consumer is offered ``offers`` slots for ``offer_days``, without anybody's doing when the case is in one
    of ``offer_by_itself`` (after a hearing that was not held, where it is set again). A party's justified
    absence moves a hearing ``party_reschedules`` times; the party asks for it until ``ask_hours`` before it.
    One that was not held for a party's excused reason is set again by itself while that party has caused
    fewer than ``not_held_reschedules`` changes.
    ``board_masks``: the public board hides the middle of the protocol number.
    """

    rooms: tuple[str, ...] = ("Sala virtual 1", "Sala virtual 2", "Sala virtual 3")
    step_minutes: int = 20
    offers: int = 6
    offer_days: int = 5
    offer_by_itself: frozenset[State] = frozenset()
    party_reschedules: int = 1
    not_held_reschedules: int = 1
    ask_hours: int = 1
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


JUSTIFIED_BY = {Side.CONSUMER: Cause.CONSUMER_JUSTIFIED, Side.COMPANY: Cause.COMPANY_JUSTIFIED}
"""Why a hearing is moved that this side cannot come to."""
BY_PARTY = frozenset(JUSTIFIED_BY.values())
"""A party's justified absence: counted. What the agency or a fault causes never harms a party."""


def check_cause(cause: Cause, before: Iterable[Cause], allowed: int) -> None:
    """Refused("reschedule_used") when this party has had its ``allowed`` changes in this case already."""
    if cause in BY_PARTY and sum(one is cause for one in before) >= allowed:
        raise Refused("reschedule_used", allowed=allowed)


class RequestState(StrEnum):
    """What became of a party's request for another day.

    OFFERED: it was granted and the consumer chooses among slots; nobody chose in time: it is OPEN again.
    LAPSED: the hearing was cancelled.
    """

    OPEN = "open"
    OFFERED = "offered"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


PENDING = (RequestState.OPEN, RequestState.OFFERED)


def check_request(
    side: Side, starts_at: datetime, before: Iterable[Cause], policy: SchedulingPolicy, *, now: datetime
) -> None:
    """Whether ``side`` may ask for another day of the hearing of ``starts_at``; Refused says why not.

    ``before`` are the causes of the case's changes so far.
    """
    if now > starts_at - timedelta(hours=policy.ask_hours):
        raise Refused("reschedule_late", hours=policy.ask_hours)
    check_cause(JUSTIFIED_BY[side], before, policy.party_reschedules)
