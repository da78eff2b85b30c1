"""The sealed-zone test: do the private limits of both sides overlap? Yes or no, and nothing else.

A round asks each side for one number before it answers, so nobody chooses theirs knowing the answer to it;
only the mediator begins another, and a hearing has few that are answered. So a side that tries to find the
other's limit learns one bit a round: three rounds tell one of eight stretches, never the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LIMIT_BYTES = 8
"""A limit is written in so many bytes whatever it is, so that its length tells nothing."""


@dataclass(frozen=True)
class Round:
    """What may be known of a round: who has given a limit, and the answer; never a limit."""

    number: int
    consumer_given: bool
    company_given: bool
    ended: bool
    overlaps: bool | None


def overlaps(consumer_least: int, company_most: int) -> bool:
    """Whether there is an amount that both would take; centavos."""
    return company_most >= consumer_least


def written(cents: int) -> bytes:
    """A limit as it is encrypted."""
    return cents.to_bytes(LIMIT_BYTES, "big")


def read(value: bytes) -> int:
    """The limit of ``written``."""
    return int.from_bytes(value, "big")


def rounds_left(rounds: Sequence[Round], most: int) -> int:
    """How many more questions the hearing may have answered."""
    return max(0, most - sum(one.overlaps is not None for one in rounds))


def may_open(rounds: Sequence[Round], most: int) -> bool:
    """Whether the mediator may begin a round: none is open, and not all are used up."""
    return rounds_left(rounds, most) > 0 and all(one.ended for one in rounds)
