"""Documents shown to everybody in a hearing: opened, turned, put away, and their pages as pictures."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, Response, request
from quart.typing import ResponseReturnValue

from app.adapters.inspect import PREVIEW_MEDIA_TYPE
from app.services import documents, exhibits
from app.web.access import SIGNED_IN, requires, viewer
from app.web.documents import page_width
from app.web.forms import form, query
from app.web.parts import parts
from app.web.room_answer import done
from app.web.stored import kept
from app.web.today import now
from models.rules.errors import NotFound

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
    if not 1 <= page <= file.pages:
        raise NotFound
    width = page_width(query("largura"))
    tag = f"{file.sha256[:32]}-{page}-{width}"
    if tag in request.if_none_match:
        return kept(Response(status=304), tag)
    bound = parts()
    drawn = await documents.picture(file, page, width, storage=bound.storage, inspector=bound.inspector)
    return kept(Response(drawn, mimetype=PREVIEW_MEDIA_TYPE), tag)
