"""Files as browsers send and see them: an upload as it arrives, a page of what is stored as a picture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote

from quart import Response, request

from app.adapters.inspect import PREVIEW_MEDIA_TYPE
from app.services import documents
from app.services.documents import Intake, Limits, Paged
from app.web.access import viewer
from app.web.body import body_chunks
from app.web.forms import query
from app.web.limits import limit
from app.web.parts import parts
from app.web.stored import kept

WIDTHS = (240, 480, 900, 1600, 2400)
"""The widths in pixels that pages are drawn in: a few, so that browsers meet their own copies again."""
THUMBNAIL = WIDTHS[0]
NAME_HEADER_MAX = 2000


@dataclass(frozen=True)
class Arriving:
    """An upload whose body is still to be read."""

    filename: str
    chunks: AsyncIterator[bytes]
    intake: Intake


async def arriving() -> Arriving:
    """The file that the request is: its body, and X-File-Name with its percent-encoded name.

    Refused("too_many") past the person's limit.
    """
    await limit("upload", viewer().user_id)
    bound = parts()
    limits = Limits(bound.profile.upload_max_bytes, bound.profile.upload_max_files)
    return Arriving(
        unquote(request.headers.get("X-File-Name", "")[:NAME_HEADER_MAX]),
        body_chunks(request, limits.max_bytes),
        Intake(bound.storage, bound.inspector, bound.scanner, limits),
    )


async def page_picture(file: Paged, page: int) -> Response:
    """A page as a picture at least ``largura`` pixels wide, of the widths drawn; NotFound past the last."""
    width = page_width(query("largura"))
    tag = f"{file.sha256[:32]}-{page}-{width}"
    if tag in request.if_none_match:
        return kept(Response(status=304), tag)
    bound = parts()
    drawn = await documents.picture(file, page, width, storage=bound.storage, inspector=bound.inspector)
    return kept(Response(drawn, mimetype=PREVIEW_MEDIA_TYPE), tag)


def page_width(asked: str) -> int:
    """The width to draw for one that was asked for."""
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 900
    return next((width for width in WIDTHS if width >= wanted), WIDTHS[-1])
