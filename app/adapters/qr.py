"""QR codes, for documents and pages."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str) -> str:
    """``text`` as an SVG picture with its quiet zone, medium error correction, black on white."""
    code = segno.make(text, error="m", micro=False)
    out = io.BytesIO()
    code.save(out, kind="svg", scale=4, border=4, light="#fff", xmldecl=False, nl=False)
    return out.getvalue().decode()
