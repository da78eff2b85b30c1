"""The territorial link: residence, the purchase's place, or none that the rule admits."""

from __future__ import annotations

import pytest

from models.rules.territory import Link, Territory

CEPS = (("88800000", "88819999"),)
HERE, ELSEWHERE = "88801500", "88820000"
BOTH = frozenset(Link)


@pytest.mark.parametrize(
    ("links", "cep", "said", "link", "asks"),
    [
        (BOTH, HERE, None, Link.RESIDENCE, False),
        (BOTH, HERE, False, Link.RESIDENCE, False),
        (BOTH, ELSEWHERE, None, None, True),
        (BOTH, ELSEWHERE, True, Link.RELATION, True),
        (BOTH, ELSEWHERE, False, None, True),
        ({Link.RESIDENCE}, HERE, None, Link.RESIDENCE, False),
        ({Link.RESIDENCE}, ELSEWHERE, True, None, False),
        ({Link.RELATION}, HERE, None, None, True),
        ({Link.RELATION}, HERE, True, Link.RELATION, True),
    ],
)
def test_the_link_is_what_the_rule_admits(
    links: set[Link], cep: str, said: bool | None, link: Link | None, asks: bool
) -> None:
    territory = Territory(CEPS, frozenset(links), "Lei")
    assert territory.link(cep, said) is link
    assert territory.asks_relation(cep) is asks
