"""The demonstration's post: letters that would have been sent, so that one person can play every part.

Only in a demonstration, whose letters never leave the machine; elsewhere these pages do not exist.
"""

from __future__ import annotations

from urllib.parse import quote

from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from app.adapters.outbox import OutboxLetter, OutboxMail
from app.web.access import PUBLIC, requires
from app.web.parts import parts
from app.web.render import render
from models.rules.errors import NotFound

blueprint = Blueprint("development", __name__, url_prefix="/desenvolvimento")


@blueprint.get("/correio")
@requires(PUBLIC)
async def outbox_page() -> str:
    """The letters, newest first."""
    return render("development/outbox.html", letters=await _outbox().list())


@blueprint.get("/correio/<name>")
@requires(PUBLIC)
async def letter_page(name: str) -> str:
    """One letter: its text and what is attached."""
    return render("development/letter.html", letter=await _letter(name))


@blueprint.get("/correio/<name>/anexos/<int:number>")
@requires(PUBLIC)
async def attachment(name: str, number: int) -> ResponseReturnValue:
    """One attachment, to be kept and never shown in place."""
    attachments = (await _letter(name)).attachments
    if number >= len(attachments):
        raise NotFound
    found = attachments[number]
    return Response(
        found.content,
        mimetype="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.filename or 'anexo')}"},
    )


def _outbox() -> OutboxMail:
    mail = parts().mail
    if not parts().demo or not isinstance(mail, OutboxMail):
        raise NotFound
    return mail


async def _letter(name: str) -> OutboxLetter:
    try:
        return await _outbox().read(name)
    except FileNotFoundError:
        raise NotFound from None
