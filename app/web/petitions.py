"""The petition for the small-claims court over HTTP: a form filled from the case, and the PDF in it."""

from __future__ import annotations

from collections.abc import Mapping

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import petitions
from app.web.access import requires, viewer
from app.web.cases import back
from app.web.errors import field_sentences
from app.web.forms import form
from app.web.parts import parts
from app.web.render import render
from app.web.today import now
from models.rules.errors import Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("petitions", __name__)

_WRITERS = (Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR)


@blueprint.get("/casos/<int:case_id>/inicial")
@requires(*_WRITERS)
async def page(case_id: int) -> ResponseReturnValue:
    """The petition as it may begin; before there is a complaint, the case."""
    try:
        sheet = await petitions.sheet(case_id, viewer())
    except Refused:
        return back(case_id)
    return _page(case_id, sheet.protocol, sheet.values, {})


@blueprint.post("/casos/<int:case_id>/inicial")
@requires(*_WRITERS)
async def make(case_id: int) -> ResponseReturnValue:
    """Print the petition into the case."""
    typed, bound = await form(), parts()
    try:
        await petitions.make(
            case_id,
            viewer(),
            typed,
            profile=bound.profile,
            pdf=bound.pdf,
            storage=bound.storage,
            now=now(),
        )
    except Invalid as error:
        return _page(case_id, "", typed, field_sentences(error)), 422
    return back(case_id)


def _page(case_id: int, protocol: str, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    shown = {"values": values, "errors": errors}
    return render("petitions/form.html", case_id=case_id, protocol=protocol, form=shown)
