"""Amounts typed by people: Brazilian notation in, whole centavos out."""

from __future__ import annotations

import re

MAX_CENTS = 10**13
"""A hundred thousand million reais: more is a slip of the finger."""

_TYPED = re.compile(r"(?:R\$)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]{1,2}))?", re.IGNORECASE)


def typed_cents(typed: str) -> int | None:
    """Centavos of "1.234,56", "R$ 1234,5" or "1234"; None when it is not an amount so written.

    "12.50" is refused rather than guessed: it may mean twelve reais or twelve hundred and fifty.
    """
    match = _TYPED.fullmatch(typed.replace("\u00a0", " ").strip())
    if match is None:
        return None
    reais, centavos = match[1].replace(".", ""), (match[2] or "").ljust(2, "0")
    cents = int(reais + centavos)
    return cents if cents <= MAX_CENTS else None


def written_cents(cents: int) -> str:
    """The notation that ``typed_cents`` reads: 123456 → "1.234,56"."""
    reais, rest = divmod(cents, 100)
    return f"{reais:,}".replace(",", ".") + f",{rest:02d}"
