"""Documents shown to everybody in a hearing: opened, turned, put away, and their pages as pictures."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from app.services import exhibits
from app.web.access import SIGNED_IN, requires, viewer
from app.web.files import page_picture
from app.web.forms import form
from app.web.room_answer import done
from app.web.today import now

blueprint = Blueprint("exhibits", __name__)

_SHOWN = "/audiencias/<int:hearing_id>/documento"


@blueprint.post(f"{_SHOWN}/<uuid:document_id>")
@requires(SIGNED_IN)
async def show(hearing_id: int, document_id: UUID) -> ResponseReturnValue:
    """Open a document for everybody."""
    await exhibits.show(hearing_id, viewer(), document_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_SHOWN}/pagina")
@requires(SIGNED_IN)
async def turn(hearing_id: int) -> ResponseReturnValue:
    """Turn to a page for everybody."""
    typed = (await form()).get("page", "")
    page = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    await exhibits.turn(hearing_id, viewer(), page, now=now())
    return done(hearing_id)


@blueprint.post(f"{_SHOWN}/fechar")
@requires(SIGNED_IN)
async def put_away(hearing_id: int) -> ResponseReturnValue:
    """Show nothing any more."""
    await exhibits.put_away(hearing_id, viewer(), now=now())
    return done(hearing_id)


@blueprint.get(f"{_SHOWN}/<uuid:document_id>/<int:page>")
@requires(SIGNED_IN)
async def picture(hearing_id: int, document_id: UUID, page: int) -> ResponseReturnValue:
    """A page of the open document as a picture at least ``largura`` pixels wide."""
    address = request.remote_addr or ""
    file = await exhibits.page_of(hearing_id, viewer(), document_id, address=address, now=now())
    return await page_picture(file, page)
