"""Copies of a case: asked for on its page, made by a job, taken by who asked, each time with a log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.services import exports
from app.web.access import SIGNED_IN, requires, viewer
from app.web.limits import limit
from app.web.parts import parts
from app.web.stored import Stored, attachment, sent
from app.web.today import now

blueprint = Blueprint("exports", __name__)


@blueprint.post("/casos/<int:case_id>/copia")
@requires(SIGNED_IN)
async def ask(case_id: int) -> ResponseReturnValue:
    """Have a copy made."""
    await limit("case_copy", viewer().user_id)
    await exports.ask(case_id, viewer(), address=request.remote_addr or "", now=now())
    parts().wake.ring()
    return redirect(url_for("cases.show", case_id=case_id, _anchor="copia"), 303)


@blueprint.get("/copias/<uuid:export_id>/estado")
@requires(SIGNED_IN)
async def state(export_id: UUID) -> dict[str, Any]:
    """How far it is: {state, progress}."""
    copy = await exports.of_viewer(export_id, viewer())
    return {"state": copy.state, "progress": copy.progress}


@blueprint.get("/copias/<uuid:export_id>")
@requires(SIGNED_IN)
async def download(export_id: UUID) -> ResponseReturnValue:
    """The copy itself."""
    if request.method == "HEAD":
        copy = await exports.of_viewer(export_id, viewer())
    else:
        copy = await exports.taken(export_id, viewer(), address=request.remote_addr or "", now=now())
    name = attachment(f"caso-{copy.case_id}-{copy.asked_at:%Y%m%d-%H%M%S}.zip")
    return await sent(Stored(copy.storage_key, copy.size, copy.sha256, "application/zip", name))
