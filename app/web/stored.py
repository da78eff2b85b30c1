"""A stored file as an answer: whole, or the one range asked for (RFC 9110 section 14).

The tag of an answer is the digest of its content, so a copy in a browser is never out of date without being
known to be. What is stored never runs: it comes under a sandbox policy, with the type that we gave it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from quart import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from app.web.parts import parts

LONGEST_SECONDS = 6 * 3600
"""A video is read as slowly as it is watched, much longer than other answers may take."""


@dataclass(frozen=True)
class Stored:
    """What is sent: its key in the storage, size in bytes, SHA-256 in hex, type, and Content-Disposition."""

    key: str
    size: int
    sha256: str
    media_type: str
    disposition: str


async def sent(file: Stored) -> Response:
    """The file, or what was asked of it."""
    if file.sha256 in request.if_none_match:
        return kept(Response(status=304), file.sha256)
    asked = _range(file)
    start, end = asked or (0, file.size)
    body = b"" if request.method == "HEAD" else await _begun(file, start, end)
    response = kept(Response(body, mimetype=file.media_type), file.sha256)
    response.timeout = LONGEST_SECONDS
    response.content_length = end - start
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = file.disposition
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if asked is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return response


def attachment(filename: str) -> str:
    """The Content-Disposition of a download: the real name, and a plain one for old browsers (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode("ascii")
    plain = plain.replace('"', "").replace("\\", "")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def kept(response: Response, tag: str) -> Response:
    """Let the browser alone keep a copy, which it must ask about each time: permission is checked again."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _range(file: Stored) -> tuple[int, int] | None:
    """The bytes asked for; None: all, since the header is odd, asks for several ranges or is out of date."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    known = request.headers.get("If-Range")
    if known is not None and known != f'"{file.sha256}"':
        return None
    found = asked.range_for_length(file.size)
    if found is None:
        raise RequestedRangeNotSatisfiable(file.size)
    return found


async def _begun(file: Stored, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes with the first piece read already: a damaged object is an error, not half an answer."""
    pieces = parts().storage.read(file.key, start, end)
    first = await anext(pieces, b"")

    async def all_pieces() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_pieces()
