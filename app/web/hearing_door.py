"""Before the room and at its door: the answer to the house rules, and the check of who is there."""

from __future__ import annotations

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.services import house_rules, identification
from app.web.access import SIGNED_IN, requires, viewer
from app.web.failures import wants_json
from app.web.parts import parts
from app.web.today import now
from models.rules.people import Role

blueprint = Blueprint("hearing_door", __name__)

_HEARING = "/audiencias/<int:hearing_id>"
_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)


@blueprint.post(f"{_HEARING}/regras/recusar")
@requires(SIGNED_IN)
async def refuse_rules(hearing_id: int) -> ResponseReturnValue:
    """Say that one does not accept the house rules."""
    version = parts().profile.house_rules.version
    await house_rules.refuse(hearing_id, viewer(), version, now=now())
    return _done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/identificar")
@requires(*_CONDUCTS)
async def identify(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Somebody's identity was checked."""
    await identification.mark(hearing_id, viewer(), seat_id, identified=True, now=now())
    return _done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/desfazer-identificacao")
@requires(*_CONDUCTS)
async def doubt(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Take back that somebody was identified."""
    await identification.mark(hearing_id, viewer(), seat_id, identified=False, now=now())
    return _done(hearing_id)


def _done(hearing_id: int) -> ResponseReturnValue:
    if wants_json():
        return "", 204
    return redirect(url_for("hearings.room", hearing_id=hearing_id), 303)
