"""The taxonomy área → assunto → problema: its codes, and the groups of consumidor.gov.br it maps to.

A code is two letters for the area, two digits for the subject, two for the problem; it never changes its
meaning and is never used again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

AREA, SUBJECT, PROBLEM = 2, 4, 6
"""Characters of a code that name the area, the subject and the problem."""
CODE = re.compile(r"[A-Z]{2}[0-9]{4}")
MOST = 99


class Origin(StrEnum):
    """Who rules a problem: the program's file, or the coordination, which the file never overrides."""

    FILE = "file"
    EDITED = "edited"


class Change(StrEnum):
    """What was done to a code."""

    ADDED = "added"
    RENAMED = "renamed"
    CLOSED = "closed"
    REOPENED = "reopened"
    MAPPED = "mapped"


class GovGroup(StrEnum):
    """The groups of problems of consumidor.gov.br, as its open data name them."""

    SERVICE = "Atendimento / SAC"
    BILLING = "Cobrança / Contestação"
    CONTRACT = "Contrato / Oferta"
    PRIVACY = "Dados Pessoais e Privacidade"
    DELIVERY = "Entrega do Produto"
    INFORMATION = "Informação"
    SAFETY = "Saúde e Segurança"
    DEFECT = "Vício de Qualidade"


def new_area(name: str, taken: Collection[str]) -> str:
    """Two letters for a new area: its initials where they are free, else the first that are."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = [found[0] for found in re.finditer(r"[A-Z]+", plain)] or ["XX"]
    wishes: list[str] = ["".join(word[0] for word in words)[:2], words[0][:2]]
    letters = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    wishes += [words[0][0] + letter for letter in letters] + [a + b for a in letters for b in letters]
    return next(wish for wish in wishes if len(wish) == AREA and wish not in taken)


def next_code(prefix: str, codes: Collection[str]) -> str | None:
    """The next subject under an area, or problem under a subject; None when all numbers are used."""
    length = len(prefix) + 2
    used = {int(code[len(prefix) : length]) for code in codes if code.startswith(prefix)}
    number = max(used, default=0) + 1
    return f"{prefix}{number:02d}" if number <= MOST else None
