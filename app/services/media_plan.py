"""Who may hear and see whom in a hearing, derived anew from the database each time it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from models import CaseEvent, Hearing, Seat
from models.rules.hearing import (
    OVER,
    HearingState,
    SeatFacts,
    SeatRole,
    media_flows,
    seat_state,
    silenced,
)
from models.rules.room_messages import permitted


@dataclass(frozen=True)
class Standing:
    """What the media process is to know of a seat; ``flows``: its media reaches others and theirs it.

    ``circle`` is the private room that it is in, empty for the hearing itself: media passes within one
    circle, and only the hearing's is recorded.
    """

    seat: int
    generation: int
    connected: bool
    admitted: bool
    flows: bool
    muted: bool
    circle: str
    interpreter: bool


@dataclass(frozen=True)
class Plan:
    """The seats of a hearing as media may flow between them; ``over``: none may, ever again.

    ``captions``: what is said in it is to be made into text, or no more; None when it never was.
    """

    hearing: int
    over: bool
    seats: tuple[Standing, ...]
    captions: bool | None = None


async def plan(hearing_id: int) -> Plan:
    """The plan of a hearing as it stands now; an unknown one is over."""
    hearing = await Hearing.get_or_none(id=hearing_id)
    if hearing is None:
        return Plan(hearing_id, over=True, seats=())
    seats = await Seat.filter(hearing_id=hearing_id).order_by("id")
    standings = tuple(_standing(hearing.state, seat) for seat in seats)
    return Plan(hearing_id, hearing.state in OVER, standings, captions=await _captions(hearing))


async def _captions(hearing: Hearing) -> bool | None:
    begun = CaseEvent.filter(case_id=hearing.case_id, name="captions_started")
    return True if hearing.captions else False if await begun.exists() else None


def seat_facts(seat: Seat) -> SeatFacts:
    """What the rules ask about a seat."""
    private = seat.consultation_id is not None
    return SeatFacts(seat.admitted, seat.muted, seat.connected, seat.entered_at, private)


def circle_of(seat: Seat) -> str:
    """The name of the private room that somebody is in; empty for the hearing itself."""
    return "" if seat.consultation_id is None else f"private-{seat.consultation_id}"


def _standing(state: HearingState, seat: Seat) -> Standing:
    facts = seat_facts(seat)
    return Standing(
        seat=seat.id,
        generation=seat.generation,
        connected=seat.connected,
        admitted=seat.admitted,
        flows=media_flows(state, facts),
        muted=silenced(facts),
        circle=circle_of(seat),
        interpreter=seat.role is SeatRole.INTERPRETER,
    )


async def may_send(seat_id: int, generation: int, message: str) -> bool:
    """Whether this connection holds its seat and a message of it is permitted now."""
    held = Seat.filter(id=seat_id, generation=generation, connected=True).prefetch_related("hearing")
    seat = await held.first()
    if seat is None:
        return False
    return message in permitted(seat.hearing.state, seat_state(seat_facts(seat)), seat.role)
