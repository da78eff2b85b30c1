"""The published decree of an entry of the calendar: sent, read, taken away."""

from __future__ import annotations

from quart import Blueprint, url_for
from quart.typing import ResponseReturnValue

from app.services import decrees
from app.services.calendars import DecreeFile
from app.web.access import STAFF, requires, viewer
from app.web.files import arriving
from app.web.parts import parts
from app.web.stored import Stored, attachment, sent
from models.rules.people import Role

blueprint = Blueprint("decrees", __name__)


@blueprint.post("/calendario/<int:entry_id>/decreto")
@requires(Role.COORDINATOR)
async def attach(entry_id: int) -> ResponseReturnValue:
    """Take in the decree (the body itself)."""
    sent_file = await arriving()
    file = await decrees.attach(
        viewer(), entry_id, sent_file.filename, sent_file.chunks, intake=sent_file.intake
    )
    return described(file), 201


@blueprint.get("/calendario/<int:entry_id>/decreto")
@requires(STAFF)
async def download(entry_id: int) -> ResponseReturnValue:
    """The decree as it was sent."""
    file = await decrees.opened(entry_id)
    return await sent(Stored(file.key, file.size, file.sha256, file.media_type, attachment(file.filename)))


@blueprint.delete("/calendario/<int:entry_id>/decreto")
@requires(Role.COORDINATOR)
async def remove(entry_id: int) -> ResponseReturnValue:
    """Take the file away."""
    await decrees.remove(viewer(), entry_id, storage=parts().storage)
    return {"id": str(entry_id)}


def described(file: DecreeFile) -> dict[str, str | int]:
    """A decree as the upload component needs it."""
    return {
        "id": str(file.entry_id),
        "filename": file.filename,
        "size": file.size,
        "media_type": file.media_type,
        "url": url_for("decrees.download", entry_id=file.entry_id),
    }
