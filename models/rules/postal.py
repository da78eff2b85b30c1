"""A postal address in Brazil, and how it stands on an envelope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STATES = (
    *("AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA"),
    *("PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO"),
)
ADDRESS_FIELDS = ("cep", "street", "number", "complement", "district", "city", "uf")


@dataclass(frozen=True)
class PostalAddress:
    """A whole address: ``cep`` is eight digits, ``uf`` a state; only the complement may be empty."""

    cep: str
    street: str
    number: str
    complement: str
    district: str
    city: str
    uf: str

    @property
    def lines(self) -> tuple[str, ...]:
        """As the post reads it, without the addressee: street, district, then CEP and city."""
        street = ", ".join(part for part in (self.street, self.number, self.complement) if part)
        return street, self.district, f"{self.cep[:5]}-{self.cep[5:]} {self.city}/{self.uf}"

    def __str__(self) -> str:
        return "\n".join(self.lines)


def postal_address(row: Mapping[str, str]) -> PostalAddress | None:
    """The address in a row with the fields ``ADDRESS_FIELDS``; None when it is not known."""
    return PostalAddress(**{name: row[name] for name in ADDRESS_FIELDS}) if row["street"] else None
