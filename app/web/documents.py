"""Files of a case over HTTP: uploads as raw bodies, downloads with ranges, pages as pictures.

A file is never served so that it could run: its type is the one that our inspection found, it comes as an
attachment under a sandbox policy, and what a page shows are pictures that we drew (ADR 0011).
"""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, request, url_for
from quart.typing import ResponseReturnValue

from app.services import documents
from app.services.documents import File
from app.web.access import SIGNED_IN, requires, viewer
from app.web.files import THUMBNAIL, arriving, page_picture
from app.web.forms import clean, query
from app.web.parts import parts
from app.web.stored import Stored, attachment, sent
from app.web.today import now
from models import DocumentKind
from models.rules.errors import NotFound
from models.rules.people import Role

blueprint = Blueprint("documents", __name__)

_WRITERS = (Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR)


@blueprint.post("/casos/<int:case_id>/documentos")
@requires(Role.CONSUMER, Role.COMPANY, *_WRITERS)
async def upload(case_id: int) -> ResponseReturnValue:
    """Take in one file (the body itself) of the kind ``tipo``."""
    sent_file = await arriving()
    file = await documents.receive(
        case_id,
        viewer(),
        _kind(query("tipo")),
        sent_file.filename,
        sent_file.chunks,
        intake=sent_file.intake,
        now=now(),
    )
    return described(file), 201


@blueprint.delete("/documentos/<uuid:document_id>")
@requires(Role.CONSUMER, Role.COMPANY, *_WRITERS)
async def take_back(document_id: UUID) -> ResponseReturnValue:
    """Remove an upload whose form was not sent yet."""
    await documents.take_back(document_id, viewer(), storage=parts().storage)
    return {"id": str(document_id)}


@blueprint.get("/documentos/<uuid:document_id>")
@requires(SIGNED_IN)
async def download(document_id: UUID) -> ResponseReturnValue:
    """The file as it was uploaded, whole or the one range asked for (RFC 9110 section 14)."""
    file = await _opened(document_id)
    name = attachment(file.filename)
    return await sent(Stored(file.storage_key, file.size, file.sha256, file.media_type, name))


@blueprint.get("/documentos/<uuid:document_id>/paginas/<int:page>")
@requires(SIGNED_IN)
async def picture(document_id: UUID, page: int) -> ResponseReturnValue:
    """A page as a picture at least ``largura`` pixels wide, of the widths drawn."""
    return await page_picture(await _opened(document_id), page)


def described(file: File) -> dict[str, str | int]:
    """A file as the upload component and pages need it, with its addresses."""
    return {
        "id": str(file.id),
        "filename": file.filename,
        "size": file.size,
        "media_type": file.media_type,
        "pages": file.pages,
        "url": url_for("documents.download", document_id=file.id),
        "preview": url_for("documents.picture", document_id=file.id, page=1, largura=THUMBNAIL),
    }


async def _opened(document_id: UUID) -> File:
    return await documents.opened(document_id, viewer(), address=request.remote_addr or "", now=now())


def _kind(name: str) -> DocumentKind:
    try:
        return DocumentKind(clean(name))
    except ValueError:
        raise NotFound from None
