"""Names of uploaded files."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.filenames import MAX_CHARS, clean_filename


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ("conta de luz.pdf", "conta de luz.pdf"),
        ("Comprovante de Residência - Março.PDF", "Comprovante de Residência - Março.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Maria\\conta.pdf", "conta.pdf"),
        ("fatura.exe", "fatura.pdf"),
        ("nota\r\nSet-Cookie: a=b.pdf", "nota Set-Cookie a=b.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("...", "documento.pdf"),
        ("", "documento.pdf"),
        (".pdf", "documento.pdf"),
        ("nota fiscal nº 12.345", "nota fiscal nº 12.345.pdf"),
    ],
)
def test_a_name_keeps_what_is_harmless(chosen: str, kept: str) -> None:
    assert clean_filename(chosen, "pdf") == kept


@given(st.text(max_size=400))
def test_no_name_is_long_or_hides_anything(chosen: str) -> None:
    name = clean_filename(chosen, "heic")

    assert len(name) <= MAX_CHARS
    assert name.endswith(".heic")
    assert not any(unicodedata.category(c).startswith("C") or c in '/\\"' for c in name)
    assert name == name.strip()
