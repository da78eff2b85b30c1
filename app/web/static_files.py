"""Browser files under ``/static``: read once, kept compressed, sent with addresses that never go stale.

``/static/<version>/js/core/live.js`` carries a hash of all files, so it may be cached for ever, and so may
whatever a module or a stylesheet asks for by a relative address, since the version stands in the path and
not in a query. ``/static/js/core/live.js`` is the same file, checked again by its ETag at each use.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quart import Quart, Response, abort, request

FOR_EVER = "public, max-age=31536000, immutable"
CHECK_AGAIN = "no-cache"
COMPRESSED = {".css", ".js", ".svg", ".json", ".txt", ".webmanifest"}
# The registry of the operating system may lack these or, on some, name them wrongly.
MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent; ``packed`` is its gzip form, or None where that gains nothing."""

    content: bytes
    packed: bytes | None
    media_type: str
    etag: str


@dataclass(frozen=True)
class StaticFiles:
    """Every file under a folder at one moment, by its path with forward slashes."""

    files: Mapping[str, StaticFile]
    version: str

    @classmethod
    def read(cls, root: Path) -> StaticFiles:
        """Read the folder; hidden files stay out."""
        found = sorted(path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
        files = {path.relative_to(root).as_posix(): _read(path) for path in found}
        digest = hashlib.sha256()
        for name, file in files.items():
            digest.update(f"{name}\0{file.etag}\n".encode())
        return cls(files, digest.hexdigest()[:12])

    def url(self, name: str) -> str:
        """The lasting address of a file; a name that does not exist raises KeyError while rendering."""
        if name not in self.files:
            raise KeyError(f"static/{name}")
        return f"/static/{self.version}/{name}"


@dataclass(frozen=True)
class LiveFolder:
    """The folder itself, read again at every request: for development, where files change underfoot."""

    root: Path

    def url(self, name: str) -> str:
        """The plain address, which browsers check again at each use."""
        if not (self.root / name).is_file():
            raise KeyError(f"static/{name}")
        return f"/static/{name}"


def install(app: Quart, root: Path, *, reload: bool = False) -> StaticFiles | LiveFolder:
    """Serve ``root`` under /static; Quart's own static route must be off (``static_folder=None``)."""
    kept = StaticFiles.read(root)

    async def send(name: str) -> Response:
        files = StaticFiles.read(root) if reload else kept
        version, _, rest = name.partition("/")
        lasting = version == files.version and rest in files.files
        file = files.files.get(rest if lasting else name)
        if file is None:
            abort(404)
        return _answer(file, FOR_EVER if lasting else CHECK_AGAIN)

    app.add_url_rule("/static/<path:name>", endpoint="static", view_func=send, methods=["GET"])
    return LiveFolder(root) if reload else kept


def _answer(file: StaticFile, caching: str) -> Response:
    packed = file.packed if request.accept_encodings.quality("gzip") > 0 else None
    response = Response(packed or file.content, content_type=file.media_type)
    if packed:
        response.content_encoding = "gzip"
    if file.packed:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = caching
    # Weak, since the packed and the plain form of a file are one and the same to a cache.
    response.set_etag(file.etag, weak=True)
    if request.if_none_match.contains_weak(file.etag):
        response.status_code = 304
        response.set_data(b"")
    return response


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0) if path.suffix in COMPRESSED else None
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(
        content=content,
        packed=packed if packed and len(packed) < len(content) else None,
        media_type=MEDIA_TYPES.get(path.suffix, guessed),
        etag=hashlib.sha256(content).hexdigest()[:16],
    )
