"""Live captions of a hearing, turned on and off."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import captions
from app.web.access import requires, viewer
from app.web.parts import parts
from app.web.room_answer import done
from app.web.today import now
from models.rules.people import Role

blueprint = Blueprint("captions", __name__)

_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)


@blueprint.post("/audiencias/<int:hearing_id>/legendas/ligar")
@requires(*_CONDUCTS)
async def begin(hearing_id: int) -> ResponseReturnValue:
    """Make what is said into text for everybody."""
    await captions.turn(hearing_id, viewer(), on=True, offered=parts().captions, now=now())
    return done(hearing_id)


@blueprint.post("/audiencias/<int:hearing_id>/legendas/desligar")
@requires(*_CONDUCTS)
async def end(hearing_id: int) -> ResponseReturnValue:
    """No more."""
    await captions.turn(hearing_id, viewer(), on=False, offered=parts().captions, now=now())
    return done(hearing_id)
