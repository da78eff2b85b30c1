"""A party's request for another day of its hearing, and the staff's answer, on the case's page."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import reschedule_requests
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.forms import form
from app.web.parts import parts
from app.web.scheduling import CONDUCT, hours
from app.web.today import now
from models import Hearing, RescheduleRequest
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.people import Role

blueprint = Blueprint("reschedule_requests", __name__)


@blueprint.post("/audiencias/<int:hearing_id>/outro-dia")
@requires(Role.CONSUMER, Role.COMPANY)
async def ask(hearing_id: int) -> ResponseReturnValue:
    """Ask for another day, with the reason and the uploaded papers."""
    typed = await form()
    policy = parts().profile.scheduling
    try:
        case_id = await reschedule_requests.ask(
            hearing_id, viewer(), typed.get("ask_reason", ""), policy=policy, now=now()
        )
    except (Invalid, Refused) as error:
        hearing = await Hearing.get_or_none(id=hearing_id)
        if hearing is None:
            raise NotFound from None
        return await refused(hearing.case_id, "ask", typed, error, {"reason": "ask_reason"})
    return back(case_id)


@blueprint.post("/audiencias/pedidos/<int:request_id>/conceder")
@requires(*CONDUCT)
async def grant(request_id: int) -> ResponseReturnValue:
    """Offer the consumer slots among which the hearing finds its other day."""
    typed = await form()
    try:
        case_id = await reschedule_requests.grant(
            request_id,
            viewer(),
            hold=bool(typed.get("hold")),
            now=now(),
            hours=await hours(),
            invite=parts().invite,
        )
    except (Refused, Conflict) as error:
        return await refused(
            await _case_of(request_id), "grant", {**typed, "request": str(request_id)}, error
        )
    return back(case_id)


@blueprint.post("/audiencias/pedidos/<int:request_id>/recusar")
@requires(*CONDUCT)
async def refuse(request_id: int) -> ResponseReturnValue:
    """Refuse, with the reason told to both parties."""
    typed = await form()
    try:
        case_id = await reschedule_requests.refuse(
            request_id, viewer(), typed.get("refuse_reason", ""), now=now(), invite=parts().invite
        )
    except (Invalid, Refused) as error:
        typed = {**typed, "request": str(request_id)}
        names = {"reason": "refuse_reason"}
        return await refused(await _case_of(request_id), "refuse_request", typed, error, names)
    return back(case_id)


async def _case_of(request_id: int) -> int:
    request = await RescheduleRequest.get_or_none(id=request_id).select_related("hearing")
    if request is None:
        raise NotFound
    return int(request.hearing.case_id)
