"""Lists of cases: the parties' own, the agency's with filters, and the counts of the staff's queues.

Each list is one query with its joins and no model objects; pages go on by key (last change, id), so the
hundredth page costs what the first one does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.db import day, dialect, moment, rows
from app.services.companies import fold
from models.rules.case_machine import State
from models.rules.people import Role, Side, Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One line of a list.

    ``hearing_at`` is the next hearing's start and ``open_offer`` the side whose offer waits for an answer,
    ``offer_until`` its last day; ``slots_until`` is until when its consumer may choose a slot.
    """

    id: int
    protocol: str | None
    state: State
    state_since: datetime | None
    consumer: str
    company: str
    handler: str
    due_on: date | None
    due_explanation: str
    term_act: str
    term_start: date | None
    changed_at: datetime
    outside_territory: bool
    hearing_at: datetime | None
    open_offer: Side | None
    offer_until: date | None
    slots_until: datetime | None


@dataclass(frozen=True)
class Listing:
    """One page of a list, newest change first; ``after`` leads to the next page, or is None."""

    cases: tuple[ListedCase, ...]
    after: str | None


@dataclass(frozen=True)
class Wanted:
    """What staff looks for: a state, words (protocol, name, company), only what is theirs."""

    state: State | None = None
    text: str = ""
    mine: bool = False


_COLUMNS = """
SELECT c.id, c.protocol, c.state, c.state_since, c.due_on, c.due_explanation, c.term_act,
       c.term_start, c.changed_at, c.outside_territory,
       COALESCE(NULLIF(co.trade_name, ''), co.legal_name, c.company_name) AS company,
       u.name AS consumer, h.name AS handler,
       (SELECT MIN(a.starts_at) FROM hearing a
         WHERE a.case_id = c.id AND a.state NOT IN ('closed', 'cancelled')) AS hearing_at,
       (SELECT MAX(o.side) FROM offer o WHERE o.case_id = c.id AND o.state = 'open') AS open_offer,
       (SELECT MAX(o.expires_on) FROM offer o WHERE o.case_id = c.id AND o.state = 'open') AS offer_until,
       (SELECT MIN(s.expires_at) FROM offered_slot s
         WHERE s.case_id = c.id AND s.state = 'open') AS slots_until
"""
_TABLES = """
  FROM case_file c
  JOIN user_account u ON u.id = c.consumer_id
  LEFT JOIN company co ON co.id = c.company_id
  LEFT JOIN user_account h ON h.id = c.handler_id
"""
_ORDER = " ORDER BY c.changed_at DESC, c.id DESC LIMIT "


class _Where:
    """Conditions joined by AND, with their numbered parameters."""

    def __init__(self) -> None:
        self.params: list[Any] = []
        self._conditions: list[str] = []

    def add(self, condition: str, *values: Any) -> None:
        """A condition in which each ``?`` is the next value."""
        for value in values:
            self.params.append(value)
            condition = condition.replace("?", f"${len(self.params)}", 1)
        self._conditions.append(condition)

    def __str__(self) -> str:
        return " WHERE " + " AND ".join(self._conditions)


async def for_viewer(viewer: Viewer, wanted: Wanted | None = None, after: str = "") -> Listing:
    """The cases that a person sees: a consumer's own, a company's notified ones, for staff all sent ones.

    A guest of a hearing sees none, here or elsewhere: they know the hearing, not the case.
    ``wanted`` narrows the staff's list and, by state and words, a company's.
    """
    where = _Where()
    if viewer.role is Role.CONSUMER:
        where.add("c.consumer_id = ?", viewer.user_id)
    elif viewer.role is Role.COMPANY:
        if not viewer.company_ids and not viewer.case_ids:
            return Listing((), None)
        where.add(
            f"(c.company_id IN ({_marks(viewer.company_ids)}) OR c.id IN ({_marks(viewer.case_ids)}))",
            *viewer.company_ids,
            *viewer.case_ids,
        )
        where.add("c.notified_at IS NOT NULL")
    elif viewer.is_staff:
        where.add("c.state <> ?", State.DRAFT.value)
    else:
        return Listing((), None)
    _narrow(where, viewer, wanted or Wanted())
    return await _page(where, after)


async def open_cases() -> tuple[ListedCase, ...]:
    """Every case that is under way, as the agency sees it: what the board of late cases looks through."""
    where = _Where()
    over = (State.DRAFT, State.LAPSED, State.REFUSED, State.ARCHIVED)
    where.add(f"c.state NOT IN ({_marks(over)})", *over)
    return tuple(
        _listed(row) for row in await rows(f"{_COLUMNS}{_TABLES}{where} ORDER BY c.id", where.params)
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values) or "NULL"


def _narrow(where: _Where, viewer: Viewer, wanted: Wanted) -> None:
    if wanted.state is not None:
        where.add("c.state = ?", wanted.state.value)
    if wanted.mine and viewer.is_staff:
        where.add(
            "(c.handler_id = ?"
            " OR EXISTS (SELECT 1 FROM hearing m WHERE m.case_id = c.id AND m.mediator_id = ?))",
            viewer.user_id,
            viewer.user_id,
        )
    if wanted.text:
        typed = _like(wanted.text.lower())
        folded = _like(fold(wanted.text)) if fold(wanted.text) else typed
        where.add(
            "(c.protocol LIKE ? ESCAPE '!' OR LOWER(u.name) LIKE ? ESCAPE '!'"
            " OR ' ' || co.search LIKE ? ESCAPE '!'"
            " OR LOWER(c.company_name) LIKE ? ESCAPE '!')",
            f"{typed}%",
            f"%{typed}%",
            f"% {folded}%",
            f"%{typed}%",
        )


def _like(text: str) -> str:
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return text


async def _page(where: _Where, after: str) -> Listing:
    if key := _read_key(after):
        where.add("(c.changed_at, c.id) < (?, ?)", _moment_param(key[0]), key[1])
    found = await rows(f"{_COLUMNS}{_TABLES}{where}{_ORDER}{PAGE + 1}", where.params)
    cases = tuple(_listed(row) for row in found[:PAGE])
    last = cases[-1] if len(found) > PAGE else None
    return Listing(cases, f"{last.changed_at.isoformat()}~{last.id}" if last else None)


def _listed(row: Mapping[str, Any]) -> ListedCase:
    offer = row["open_offer"]
    return ListedCase(
        id=row["id"],
        protocol=row["protocol"],
        state=State(row["state"]),
        state_since=moment(row["state_since"]),
        consumer=row["consumer"],
        company=row["company"] or "",
        handler=row["handler"] or "",
        due_on=day(row["due_on"]),
        due_explanation=row["due_explanation"],
        term_act=row["term_act"],
        term_start=day(row["term_start"]),
        changed_at=moment(row["changed_at"]),
        outside_territory=bool(row["outside_territory"]),
        hearing_at=moment(row["hearing_at"]),
        open_offer=Side(offer) if offer else None,
        offer_until=day(row["offer_until"]),
        slots_until=moment(row["slots_until"]),
    )


def _moment_param(at: datetime) -> Any:
    return at if dialect() == "postgres" else str(at)


def _read_key(after: str) -> tuple[datetime, int] | None:
    typed, _, number = after.partition("~")
    try:
        parsed = datetime.fromisoformat(typed)
        return (parsed, int(number)) if parsed.tzinfo is not None else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Queues:
    """How many cases wait in each state, for staff."""

    counts: Mapping[State, int]

    def of(self, *states: State) -> int:
        """The sum over some states."""
        return sum(self.counts.get(state, 0) for state in states)


async def queues() -> Queues:
    """The counts of all states but drafts and archived ones."""
    found = await rows(
        "SELECT state, COUNT(*) AS n FROM case_file WHERE state NOT IN ($1, $2) GROUP BY state",
        [State.DRAFT.value, State.ARCHIVED.value],
    )
    return Queues({State(row["state"]): int(row["n"]) for row in found})
