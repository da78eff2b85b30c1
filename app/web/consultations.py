"""Private rooms of a hearing: calling, answering, leaving and ending, each a POST of the room's scripts."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import consultations
from app.web.access import SIGNED_IN, requires, viewer
from app.web.room_answer import done
from app.web.today import now

blueprint = Blueprint("consultations", __name__)

_ROOMS = "/audiencias/<int:hearing_id>/reservadas"


@blueprint.post(f"{_ROOMS}/chamar/<int:seat_id>")
@requires(SIGNED_IN)
async def call(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Call somebody into a private room."""
    await consultations.call(hearing_id, viewer(), seat_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_ROOMS}/<int:consultation_id>/atender")
@requires(SIGNED_IN)
async def accept(hearing_id: int, consultation_id: int) -> ResponseReturnValue:
    """Come."""
    await consultations.accept(hearing_id, viewer(), consultation_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_ROOMS}/<int:consultation_id>/recusar")
@requires(SIGNED_IN)
async def decline(hearing_id: int, consultation_id: int) -> ResponseReturnValue:
    """Stay in the hearing."""
    await consultations.decline(hearing_id, viewer(), consultation_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_ROOMS}/<int:consultation_id>/encerrar")
@requires(SIGNED_IN)
async def end(hearing_id: int, consultation_id: int) -> ResponseReturnValue:
    """End it for all in it, or take a call back."""
    await consultations.end(hearing_id, viewer(), consultation_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_ROOMS}/sair")
@requires(SIGNED_IN)
async def leave(hearing_id: int) -> ResponseReturnValue:
    """Go back to the hearing."""
    await consultations.leave(hearing_id, viewer(), now=now())
    return done(hearing_id)
