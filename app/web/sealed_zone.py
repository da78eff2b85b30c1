"""The sealed-zone test in the hearing room: what is typed here goes in, and never comes out again."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import sealed_zone
from app.web.access import requires, viewer
from app.web.forms import form
from app.web.parts import parts
from app.web.room_answer import done
from app.web.today import now
from models.rules.money import typed_cents
from models.rules.people import Role

blueprint = Blueprint("sealed_zone", __name__)

_ZONE = "/audiencias/<int:hearing_id>/reserva"
_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)


@blueprint.post(f"{_ZONE}/abrir")
@requires(*_CONDUCTS)
async def begin(hearing_id: int) -> ResponseReturnValue:
    """Ask both sides for their limits."""
    most = parts().profile.hearing.sealed_rounds
    await sealed_zone.open_round(hearing_id, viewer(), most=most, now=now())
    return done(hearing_id)


@blueprint.post(f"{_ZONE}/limite")
@requires(Role.CONSUMER, Role.COMPANY)
async def give(hearing_id: int) -> ResponseReturnValue:
    """Give one's limit."""
    cents = typed_cents((await form()).get("limit", ""))
    await sealed_zone.give(hearing_id, viewer(), cents, vault=parts().vault, now=now())
    return done(hearing_id)


@blueprint.post(f"{_ZONE}/encerrar")
@requires(*_CONDUCTS)
async def end(hearing_id: int) -> ResponseReturnValue:
    """End the round without an answer."""
    await sealed_zone.end(hearing_id, viewer(), now=now())
    return done(hearing_id)
