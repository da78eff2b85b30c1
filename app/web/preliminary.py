"""The preliminary attendance on the page of a case: calls on the record, and closing what a call solved."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import preliminary
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.forms import form
from app.web.today import now
from models.rules.errors import Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("preliminary", __name__)

_CASEWORK = (Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR)


@blueprint.post("/casos/<int:case_id>/ligacoes")
@requires(*_CASEWORK)
async def call(case_id: int) -> ResponseReturnValue:
    """Put a call to the company on the record."""
    typed = await form()
    try:
        await preliminary.call(case_id, viewer(), typed, now=now())
    except (Invalid, Refused) as error:
        return await refused(case_id, "call", typed, error)
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/resolvida")
@requires(*_CASEWORK)
async def close_solved(case_id: int) -> ResponseReturnValue:
    """Close a case that a call solved."""
    typed = await form()
    try:
        await preliminary.close_solved(case_id, viewer(), typed.get("solution", ""), now=now())
    except (Invalid, Refused) as error:
        return await refused(case_id, "solved", typed, error)
    return back(case_id)
