"""The countdown to the opening of a hearing."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import countdown
from app.web.access import requires, viewer
from app.web.parts import parts
from app.web.room_answer import done
from app.web.today import now
from models.rules.people import Role

blueprint = Blueprint("countdown", __name__)

_COUNT = "/audiencias/<int:hearing_id>/contagem"
_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)


@blueprint.post(f"{_COUNT}/iniciar")
@requires(*_CONDUCTS)
async def begin(hearing_id: int) -> ResponseReturnValue:
    """Count down to the opening."""
    await countdown.begin(hearing_id, viewer(), parts().house, now=now())
    return done(hearing_id)


@blueprint.post(f"{_COUNT}/cancelar")
@requires(*_CONDUCTS)
async def cancel(hearing_id: int) -> ResponseReturnValue:
    """Do not open after all."""
    await countdown.cancel(hearing_id, viewer(), now=now())
    return done(hearing_id)
