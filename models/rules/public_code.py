"""Codes that are printed, read aloud and typed: notices and documents that anybody may check.

Twelve characters without look-alikes (no I, O, 0, 1), sixty bits: not to be guessed at a door that
limits its tries.
"""

from __future__ import annotations

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12


def new_code() -> str:
    """A fresh code in its written form, ``ABCD-EFGH-JKLM``."""
    return _written("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def normal_code(typed: str) -> str | None:
    """The written form of what a person typed, or None when it cannot be a code."""
    text = re.sub(r"[\s.\-]", "", typed).upper()
    return _written(text) if re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", text) else None


def _written(text: str) -> str:
    return "-".join(text[at : at + 4] for at in range(0, LENGTH, 4))
