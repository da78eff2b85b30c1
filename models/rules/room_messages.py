"""Which messages of the ``/hearings`` namespace a person's browser may send now.

The same states as those of the controls. What is not here is refused, whoever asks: a seat is taken in a
hearing that is not over, media calls and the state of one's devices are for people in the room, and one
points only for those whom one hears and sees.
"""

from __future__ import annotations

from models.rules.hearing import (
    OVER,
    HearingState,
    SeatFacts,
    SeatRole,
    SeatState,
    may_enter,
    media_flows,
)

ANYBODY = frozenset({"echo", "echo_call", "echo_end", "heartbeat", "leave"})
"""The test of one's own network, and what changes nothing for who holds no seat."""
SEATED = frozenset({"ice"})
MEDIA = frozenset({"publish", "subscribe", "answer", "restart", "view", "report"})

_OUTSIDE = (SeatState.NOT_SIGNED_IN, SeatState.DISCONNECTED)


def permitted(
    hearing: HearingState, seat: SeatState, role: SeatRole, *, door_open: bool = True
) -> frozenset[str]:
    """The names of the messages; who sits may ``enter`` again, which takes the seat over."""
    found = set(ANYBODY)
    if may_enter(hearing, role, door_open=door_open):
        found.add("enter")
    if hearing in OVER or seat in _OUTSIDE:
        return frozenset(found)
    found |= SEATED
    if seat is SeatState.AVAILABLE:
        return frozenset(found)
    found |= MEDIA | {"devices"}
    facts = SeatFacts(True, False, True, None, private=seat is SeatState.IN_CONSULTATION)
    if media_flows(hearing, facts):
        found.add("point")
    return frozenset(found)
