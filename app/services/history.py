"""Reading the record: what happened after a point, as each side may know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.services.event_words import event_text
from models import CaseEvent
from models.rules.people import Side

_COLUMNS = ("id", "case_id", "seq", "name", "sides", "actor_id", "facts", "at")


@dataclass(frozen=True)
class Happening:
    """A recorded event with what is needed to tell the right people; ``id`` orders all cases together."""

    id: int
    case_id: int
    seq: int
    name: str
    sides: frozenset[Side]
    facts: Mapping[str, Any]
    at: datetime
    consumer_id: int
    company_id: int | None

    @property
    def text(self) -> str:
        """The event's sentence in Portuguese."""
        return event_text(self.name, self.facts)


async def newest_id() -> int:
    """The id of the last committed event of all cases, 0 when there is none."""
    row = await CaseEvent.all().order_by("-id").first().values("id")
    return int(row["id"]) if row else 0


async def after_id(cursor: int, limit: int) -> list[Happening]:
    """Committed events of all cases after ``cursor``, oldest first."""
    found = await (
        CaseEvent.filter(id__gt=cursor)
        .order_by("id")
        .limit(limit)
        .values(*_COLUMNS, "case__consumer_id", "case__company_id")
    )
    return [_happening(row) for row in found]


async def after_seq(case_id: int, seq: int, limit: int) -> list[Happening]:
    """Events of one case after ``seq``, oldest first."""
    found = await (
        CaseEvent.filter(case_id=case_id, seq__gt=seq)
        .order_by("seq")
        .limit(limit)
        .values(*_COLUMNS, "case__consumer_id", "case__company_id")
    )
    return [_happening(row) for row in found]


def _happening(row: Mapping[str, Any]) -> Happening:
    return Happening(
        id=row["id"],
        case_id=row["case_id"],
        seq=row["seq"],
        name=row["name"],
        sides=frozenset(Side(side) for side in row["sides"].split(",")),
        facts=row["facts"],
        at=row["at"],
        consumer_id=row["case__consumer_id"],
        company_id=row["case__company_id"],
    )
