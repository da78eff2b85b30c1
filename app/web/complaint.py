"""The complaint's form, for the citizen whose registration was accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import complaints
from app.web.access import requires, viewer
from app.web.documents import described
from app.web.errors import field_sentences
from app.web.forms import form
from app.web.registration import case_path
from app.web.render import render
from app.web.today import now, today
from models.rules.errors import Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("complaint", __name__)


@blueprint.get("/casos/<int:case_id>/reclamacao")
@requires(Role.CONSUMER)
async def complaint_page(case_id: int) -> ResponseReturnValue:
    """The form with what was typed so far; at another time, the case's page."""
    try:
        sheet = await complaints.sheet(case_id, viewer(), today())
    except Refused:
        return redirect(case_path(case_id), 303)
    return _page(sheet, sheet.draft.values, {})


@blueprint.post("/casos/<int:case_id>/reclamacao")
@requires(Role.CONSUMER)
async def send(case_id: int) -> ResponseReturnValue:
    """Send the complaint; the case's page then shows its protocol number."""
    typed = await form()
    try:
        await complaints.send(case_id, viewer(), typed, today=today(), now=now())
    except Invalid as error:
        sheet = await complaints.sheet(case_id, viewer(), today())
        return _page(sheet, typed, field_sentences(error)), 422
    return redirect(case_path(case_id), 303)


def _page(sheet: complaints.Sheet, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    return render(
        "complaint/form.html",
        sheet=sheet,
        exhibits=[described(file) for file in sheet.exhibits],
        wishes=[(name, _(label)) for name, label in complaints.WISHES.items()],
        form={"values": values, "errors": errors},
        today=today(),
        limits={"facts": complaints.FACTS, "wish_text": complaints.WISH_TEXT},
        draft={
            "url": f"{case_path(sheet.case_id)}/rascunho/complaint",
            "revision": sheet.draft.revision,
        },
    )
