"""Slots for the consumer: staff offers them, the consumer picks one on the case's page."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import slot_offers
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.forms import form
from app.web.parts import parts
from app.web.scheduling import hours, number
from app.web.today import now
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("slots", __name__)


@blueprint.post("/casos/<int:case_id>/horarios")
@requires(Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR)
async def offer(case_id: int) -> ResponseReturnValue:
    """Offer slots to the consumer, in the place of those offered before."""
    typed = await form()
    hold = bool(typed.get("hold"))
    try:
        await slot_offers.offer(
            case_id, viewer(), hold=hold, now=now(), hours=await hours(), invite=parts().invite
        )
    except (Refused, Conflict) as error:
        return await refused(case_id, "slots", typed, error)
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/horario")
@requires(Role.CONSUMER)
async def pick(case_id: int) -> ResponseReturnValue:
    """Take one of the offered slots; who comes too late sees which are free."""
    typed = await form()
    try:
        await slot_offers.pick(
            case_id,
            viewer(),
            number(typed.get("slot", "")),
            now=now(),
            hours=await hours(),
            invite=parts().invite,
        )
    except (Conflict, Refused, Invalid) as error:
        return await refused(case_id, "slots", {}, error)
    return back(case_id)
