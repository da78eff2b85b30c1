"""The hearing holds itself: while a party is away its text is neither frozen nor signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.rules.hearing import HearingState, SeatRole

PARTIES = (SeatRole.CONSUMER, SeatRole.COMPANY)
OPENED = (HearingState.IN_SESSION, HearingState.PAUSED, HearingState.SUSPENDED)


@dataclass(frozen=True)
class Presence:
    """A seat as the hold sees it."""

    role: SeatRole
    admitted: bool
    connected: bool


def away(state: HearingState, seats: Iterable[Presence], signed: Iterable[SeatRole]) -> tuple[SeatRole, ...]:
    """The parties for whom the hearing waits: they were let in, and nobody of theirs is there.

    Who has signed has said it all, and a party that never came is a matter of the outcome.
    """
    if state not in OPENED:
        return ()
    found, done = list(seats), set(signed)
    return tuple(
        role
        for role in PARTIES
        if role not in done
        and any(seat.role is role and seat.admitted for seat in found)
        and not any(seat.role is role and seat.admitted and seat.connected for seat in found)
    )
