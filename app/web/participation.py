"""How people take part in a hearing, and whether it waits for a party that dropped."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import holding, seat_modes
from app.web.access import SIGNED_IN, requires, viewer
from app.web.forms import form
from app.web.room_answer import done
from app.web.today import now
from models.rules.errors import Invalid
from models.rules.hearing import SeatMode
from models.rules.people import Role

blueprint = Blueprint("participation", __name__)

_HEARING = "/audiencias/<int:hearing_id>"
_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)
AUTOMATIC = "auto"


@blueprint.post(f"{_HEARING}/participacao")
@requires(SIGNED_IN)
async def choose(hearing_id: int) -> ResponseReturnValue:
    """Take part by video, low video, sound or text, or as the line bears."""
    await seat_modes.choose(hearing_id, viewer(), await read_mode(), now=now())
    return done(hearing_id)


async def read_mode() -> SeatMode | None:
    """The way that the form chooses, None for as the line bears; Invalid for anything else."""
    wanted = (await form()).get("mode", "")
    if wanted != AUTOMATIC and wanted not in set(SeatMode):
        raise Invalid({"mode": "choice_missing"})
    return None if wanted == AUTOMATIC else SeatMode(wanted)


@blueprint.post(f"{_HEARING}/espera/liberar")
@requires(*_CONDUCTS)
async def release(hearing_id: int) -> ResponseReturnValue:
    """Go on without the party that is away, for a reason."""
    await holding.release(hearing_id, viewer(), (await form()).get("reason", ""), now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/espera/restaurar")
@requires(*_CONDUCTS)
async def restore(hearing_id: int) -> ResponseReturnValue:
    """Wait again for whoever drops."""
    await holding.restore(hearing_id, viewer(), now=now())
    return done(hearing_id)
