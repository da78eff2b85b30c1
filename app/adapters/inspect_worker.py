"""Opens one hostile file in a process of its own and says what it is, or draws one page of it.

Run by ``app.adapters.inspect`` in the cage, with the file on standard input. It imports nothing of the
system, and answers one line of JSON followed, when drawing, by the picture. Anything else (a crash,
silence) counts as an unreadable file.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MAX_PIXELS = 64_000_000
MAX_PAGES = 200
MAX_DRAWN_PIXELS = 16_000_000
WEBP_QUALITY = 82

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png", HEIC: "heic"}
PILLOW_FORMATS = {JPEG: "JPEG", PNG: "PNG", HEIC: "HEIF"}
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
LEADING_JUNK = b"\xef\xbb\xbf \t\r\n"


class Refused(Exception):
    """The file is not accepted; the first argument is the code."""


def media_type(data: bytes) -> str:
    """What the first bytes say, of the four kinds accepted; names and declared types are not asked."""
    if data[:64].lstrip(LEADING_JUNK).startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[4:8] == b"ftyp" and HEIC_BRANDS & set(_brands(data)):
        return HEIC
    raise Refused("wrong_type")


def _brands(data: bytes) -> Iterator[bytes]:
    """Major and compatible brands of an ISO media file (ISO/IEC 14496-12 section 4.3)."""
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    yield box[:4]
    for at in range(8, len(box) - 3, 4):
        yield box[at : at + 4]


def inspect(data: bytes) -> dict[str, Any]:
    """Open the file whole and answer its type, pages and extension."""
    if not data:
        raise Refused("empty")
    kind = media_type(data)
    pages = 1
    if kind == PDF:
        pages = _pdf_pages(data)
    else:
        with _image(data, kind) as image:
            image.verify()  # the checksums of a PNG, which load() does not look at
        with _image(data, kind) as image:
            image.load()
    return {"media_type": kind, "pages": pages, "extension": EXTENSIONS[kind]}


def draw(data: bytes, page: int, width: int) -> bytes:
    """One page, the first being 1, as a WebP at most ``width`` pixels wide, without any metadata."""
    kind = media_type(data)
    picture = _draw_pdf(data, page, width) if kind == PDF else _draw_image(data, kind, page, width)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=WEBP_QUALITY, method=2)
    return out.getvalue()


@contextmanager
def _pdf(data: bytes) -> Iterator[Any]:
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == FPDF_ERR_PASSWORD
        raise Refused("pdf_encrypted" if locked else "unreadable") from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise Refused("unreadable") from error
    finally:
        document.close()


def _pdf_pages(data: bytes) -> int:
    with _pdf(data) as document:
        pages = len(document)
        if pages == 0:
            raise Refused("unreadable")
        if pages > MAX_PAGES:
            raise Refused("too_many_pages")
        for number in range(pages):
            document[number].close()
        return pages


def _draw_pdf(data: bytes, page: int, width: int) -> Any:
    with _pdf(data) as document:
        if page > len(document):
            raise Refused("no_such_page")
        document.init_forms()
        sheet = document[page - 1]
        points_wide, points_high = sheet.get_size()
        if points_wide <= 0 or points_high <= 0:
            raise Refused("unreadable")
        scale = min(width / points_wide, (MAX_DRAWN_PIXELS / (points_wide * points_high)) ** 0.5)
        return sheet.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")


@contextmanager
def _image(data: bytes, kind: str) -> Iterator[Any]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the cap is ours, below, and refuses instead of warning
    if kind == HEIC:
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        with Image.open(io.BytesIO(data), formats=[PILLOW_FORMATS[kind]]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("too_many_pixels")
            yield image
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError) as error:
        raise Refused("unreadable") from error


def _draw_image(data: bytes, kind: str, page: int, width: int) -> Any:
    from PIL import Image, ImageOps

    if page != 1:
        raise Refused("no_such_page")
    with _image(data, kind) as image:
        if kind == JPEG:
            image.draft("RGB", (2 * width, 2 * width))
        upright = _in_srgb(ImageOps.exif_transpose(image))
        height = max(1, round(upright.height * width / upright.width))
        if width < upright.width:
            upright = upright.resize((width, height), Image.Resampling.LANCZOS)
        page_ = Image.new("RGB", upright.size, "white")
        page_.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
        return page_


def _in_srgb(image: Any) -> Any:
    """The picture in sRGB, since the profile that says how to read its colours is not kept."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    plain = image.convert("RGBA" if transparent else "RGB")
    if not profile or image.mode not in ("RGB", "RGBA"):
        return plain
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return plain


def main(arguments: list[str]) -> None:
    """``inspect`` or ``draw PAGE WIDTH``, with the file on standard input."""
    data = sys.stdin.buffer.read()
    body = b""
    try:
        if arguments[0] == "draw":
            answer: dict[str, Any] = {}
            body = draw(data, int(arguments[1]), int(arguments[2]))
        else:
            answer = inspect(data)
    except Refused as refused:
        answer = {"refused": refused.args[0]}
    except MemoryError:
        answer = {"refused": "unreadable"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


if __name__ == "__main__":
    main(sys.argv[1:])
