"""Names of files that strangers chose, made harmless to show, to log and to save."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 160
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def clean_filename(given: str, extension: str) -> str:
    """The last part of ``given`` without control characters, with the extension that its content has.

    Bidirectional overrides go with the control characters: with them "fdp.exe" can be made to read as
    a PDF. A name of which nothing is left becomes "documento".
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    name = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    name = _FORBIDDEN.sub("", name)
    stem = re.sub(r"\.[A-Za-z][A-Za-z0-9]{0,4}$", "", name)
    stem = re.sub(r" +", " ", stem).strip(" .")[: MAX_CHARS - len(extension) - 1].rstrip(" .")
    return f"{stem or 'documento'}.{extension}"
