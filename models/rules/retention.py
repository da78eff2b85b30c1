"""For how long a personal paper is kept that proved something once: by law no longer than its purpose lasts.

LGPD arts. 15 and 16: what has served its purpose is deleted, whatever the law does not want kept. A proof of
residence serves the triage, an identity document the whole case. What a party or the agency proves something
with in the case itself is its evidence and is not deleted here, whatever a profile says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models.rules.case_machine import State


class After(StrEnum):
    """When the time of keeping begins."""

    TRIAGE = "triage"
    """The registration was decided: what the triage looked at has served its purpose."""
    CLOSING = "closing"
    """The case is over."""


ERASABLE = ("residence", "identity")
"""Kinds of documents whose bytes may be deleted; the hash, the decision and its reasons stay."""
UNDECIDED = frozenset({State.DRAFT, State.SUBMITTED, State.IN_TRIAGE, State.WAITING_CONSUMER})
OVER = frozenset({State.REFUSED, State.LAPSED, State.ARCHIVED})


@dataclass(frozen=True)
class KeepRule:
    """Days after ``after`` that a kind of paper is kept, and where that is written."""

    days: int
    after: After
    source: str


KeepRules = Mapping[str, KeepRule]
"""By the kind of the document."""


@dataclass(frozen=True)
class Kept:
    """A paper as the rule sees it; the days are those of the agency's zone.

    ``decided_on`` is when its registration was decided last, ``closed_on`` when its case ended.
    """

    state: State
    attached_on: date
    decided_on: date | None
    closed_on: date | None


def kept_until(paper: Kept, rule: KeepRule) -> date | None:
    """The last day on which it is kept; None while its time has not begun."""
    if paper.state in UNDECIDED:
        return None
    over = paper.closed_on if paper.state in OVER else None
    begins = (paper.decided_on or over) if rule.after is After.TRIAGE else over
    return max(begins, paper.attached_on) + timedelta(days=rule.days) if begins else None
