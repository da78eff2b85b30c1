"""The petition for the small-claims court (inicial do Juizado Especial Cível) on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from app.adapters.document_words import day_words, template_data
from app.adapters.documents import Letterhead
from models.rules.agreement import money
from models.rules.identity import written_cnpj, written_cpf


@dataclass(frozen=True, kw_only=True)
class Petition:
    """A petition (inicial.typ): Lei 9.099/1995, art. 14, § 1º asks for parties, facts, request and value.

    ``value_cents`` is the value of the cause, None where none was said; ``lead`` are the paragraphs after the
    facts, ``closing`` those beneath the signature.
    """

    template: ClassVar[str] = "inicial.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    city: str
    author: str
    author_cpf: str
    author_address: str
    author_contact: str
    company: str
    company_cnpj: str
    occurred_on: date | None
    facts: str
    basis: str
    requests: tuple[str, ...]
    value_cents: int | None
    documents: tuple[str, ...]
    lead: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """See Document.to_json."""
        names = (
            "city",
            "author",
            "author_cpf",
            "author_address",
            "author_contact",
            "company",
            "company_cnpj",
            "facts",
            "basis",
            "requests",
            "documents",
            "lead",
            "closing",
        )
        values = {name: getattr(self, name) for name in names}
        return template_data(
            self,
            {
                **values,
                "author_cpf": written_cpf(self.author_cpf),
                "company_cnpj": written_cnpj(self.company_cnpj),
                "title": "Pedido ao Juizado Especial Cível",
                "description": "Petição inicial feita a pedido do consumidor",
                "kind": "Reclamação",
                "occurred_on": day_words(self.occurred_on) if self.occurred_on else "",
                "value": money(self.value_cents) if self.value_cents else "",
            },
        )
