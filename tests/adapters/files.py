"""Real files for the tests, made on the spot: PDF by Typst, encrypted by pyHanko, images by Pillow."""

from __future__ import annotations

import io
import struct
import zlib

import pillow_heif
import typst
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

ORIENTATION = 0x0112
MAKE = 0x010F


def pdf(pages: int = 1) -> bytes:
    """A PDF with that many pages."""
    return typst.compile(
        "#pagebreak()\n".join(f"Conta de luz, folha {n + 1}\n" for n in range(pages)).encode()
    )


def encrypted_pdf(user_password: str) -> bytes:
    """A PDF encrypted with AES-256; with an empty password any reader opens it without asking."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf())))
    writer.encrypt("owner", user_password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def photo(format_: str, size: tuple[int, int] = (80, 40), *, turned: bool = False) -> bytes:
    """A picture, red on its left half and blue on its right, with the camera's maker in its EXIF.

    ``turned`` says by EXIF that it must be shown a quarter clockwise: the red half is then on top.
    """
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[MAKE] = "Fabricante da camera"
    if turned:
        exif[ORIENTATION] = 6
    out = io.BytesIO()
    if format_ == "HEIF":
        pillow_heif.from_pillow(image).save(out, exif=exif.tobytes(), quality=90)
    else:
        image.save(out, format_, exif=exif)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that claims to be enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
