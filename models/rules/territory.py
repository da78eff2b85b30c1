"""The territorial link: what ties a complaint to the municipality, and which ties its rule admits.

Residence is told by the CEP. Some municipalities also attend who lives elsewhere when the purchase, the
contract or the service was there; which links count is data of the profile, with the act that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.rules.identity import in_territory


class Link(StrEnum):
    """A tie to the municipality."""

    RESIDENCE = "residence"
    RELATION = "relation"
    """The purchase, the contract, the service or the supplier's place."""


@dataclass(frozen=True)
class Territory:
    """``cep_ranges``: normal CEPs, both ends included; ``links`` that the rule admits, by ``source``."""

    cep_ranges: tuple[tuple[str, str], ...]
    links: frozenset[Link] = frozenset({Link.RESIDENCE})
    source: str = ""

    def lives_here(self, cep: str) -> bool:
        """Whether a normal CEP is the municipality's."""
        return in_territory(cep, self.cep_ranges)

    def asks_relation(self, cep: str) -> bool:
        """Whether it matters where the purchase was: residence is not enough, and the rule admits it."""
        return Link.RELATION in self.links and not self.link(cep, None)

    def link(self, cep: str, relation_here: bool | None) -> Link | None:
        """What ties the complaint to the municipality, None when nothing that the rule admits does.

        ``relation_here`` is what the consumer said of the purchase's place, None when nobody asked.
        """
        if Link.RESIDENCE in self.links and self.lives_here(cep):
            return Link.RESIDENCE
        return Link.RELATION if Link.RELATION in self.links and relation_here else None
