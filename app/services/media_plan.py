"""Who may hear and see whom in a hearing, derived anew from the database each time it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.rooms import OVER
from models import Hearing, Seat
from models.rules.hearing import SeatFacts, media_flows


@dataclass(frozen=True)
class Standing:
    """What the media process is to know of a seat; ``flows``: its media reaches others and theirs it."""

    seat: int
    generation: int
    connected: bool
    admitted: bool
    flows: bool
    muted: bool


@dataclass(frozen=True)
class Plan:
    """The seats of a hearing as media may flow between them; ``over``: none may, ever again."""

    hearing: int
    over: bool
    seats: tuple[Standing, ...]


async def plan(hearing_id: int) -> Plan:
    """The plan of a hearing as it stands now; an unknown one is over."""
    hearing = await Hearing.get_or_none(id=hearing_id)
    if hearing is None:
        return Plan(hearing_id, over=True, seats=())
    seats = tuple(
        Standing(
            seat=seat.id,
            generation=seat.generation,
            connected=seat.connected,
            admitted=seat.admitted,
            flows=media_flows(
                hearing.state, SeatFacts(seat.admitted, seat.muted, seat.connected, seat.entered_at)
            ),
            muted=seat.muted,
        )
        for seat in await Seat.filter(hearing_id=hearing_id).order_by("id")
    )
    return Plan(hearing_id, hearing.state in OVER, seats)


async def may_signal(seat_id: int, generation: int) -> bool:
    """Whether this connection holds its seat and has been let into a room that is not over."""
    return await Seat.filter(
        id=seat_id, generation=generation, connected=True, admitted=True, hearing__state__not_in=list(OVER)
    ).exists()
