"""Which messages of the ``/hearings`` namespace a person's browser may send now.

The same states as those of the controls. What is not here is refused, whoever asks: media calls and the state
of one's devices are for people in the room, a seat is taken in a hearing that is not over.
"""

from __future__ import annotations

from models.rules.hearing import HearingState, SeatState

MEDIA = frozenset({"publish", "subscribe", "answer", "restart", "view", "report"})
SEATED = frozenset({"heartbeat", "leave", "ice"})

_OUTSIDE = (SeatState.NOT_SIGNED_IN, SeatState.DISCONNECTED)


def permitted(hearing: HearingState, seat: SeatState) -> frozenset[str]:
    """The names of the messages; who sits may ``enter`` again, which takes the seat over."""
    if hearing in (HearingState.CLOSED, HearingState.CANCELLED):
        return frozenset()
    if seat in _OUTSIDE:
        return frozenset({"enter"})
    found = SEATED | {"enter"}
    return found if seat is SeatState.AVAILABLE else found | MEDIA | {"devices", "point"}
