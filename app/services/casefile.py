"""The write side of a case: lock it, ask the machine, change the row and record the event.

Every act on a case is one transaction: the case's row is locked first, so acts on one case follow one
another; the row change and its ``CaseEvent`` are written together, so the record has no gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db import dialect, rows
from models import Case, CaseEvent, Claim, Representation, User
from models.rules.case_machine import Action, State, step
from models.rules.chain import GENESIS, Link, link_hash
from models.rules.errors import NotFound
from models.rules.events import EVENTS
from models.rules.people import Side, Viewer, own_side_of

NO_TERM: Mapping[str, Any] = {
    "due_on": None,
    "due_explanation": "",
    "term_act": "",
    "term_start": None,
    "term_trigger": "",
    "term_how": "",
    "term_calendar": "",
}
"""Columns of a case in which no term runs."""
_EVENT_ORDER_LOCK = 7_021_884_001
"""Key of the advisory lock that makes event ids commit in order on PostgreSQL (ADR 0020)."""


@dataclass
class Opened:
    """A case locked for writing, and the side on which the person who acts stands."""

    case: Case
    side: Side
    viewer: Viewer | None

    def step(self, action: Action) -> State:
        """The state after ``action``; Refused when the machine has no such cell for this person."""
        return step(self.case.state, action, self.side, self.viewer.role if self.viewer else None)


def side_in(case: Case, viewer: Viewer) -> Side:
    """The side of ``viewer`` in ``case``; NotFound, or Refused("power_ended")."""
    return own_side_of(
        viewer,
        case_id=case.id,
        consumer_id=case.consumer_id,
        company_id=case.company_id,
        company_told=case.notified_at is not None,
        draft=case.state is State.DRAFT,
    )


async def view(case_id: int, viewer: Viewer) -> tuple[Case, Side]:
    """A case for reading, and the viewer's side; NotFound when it is not theirs to see."""
    case = await Case.get_or_none(id=case_id)
    if case is None:
        raise NotFound
    return case, side_in(case, viewer)


async def opened(case_id: int, viewer: Viewer | None, *, guest: bool = False) -> Opened:
    """Lock a case for writing, inside a transaction; ``viewer`` None is the system itself.

    ``guest``: the caller has seen that the viewer is invited to a hearing of it.
    """
    case = await Case.filter(id=case_id).select_for_update().get_or_none()
    if case is None:
        raise NotFound
    if guest:
        return Opened(case, Side.GUEST, viewer)
    side = Side.SYSTEM if viewer is None else side_in(case, viewer)
    return Opened(case, side, viewer)


async def record(
    file: Opened,
    name: str,
    *,
    now: datetime,
    to: State | None = None,
    facts: Mapping[str, Any] | None = None,
    sides: tuple[Side, ...] | None = None,
    **changes: Any,
) -> CaseEvent:
    """Write one event and the row changes that belong to it, inside the caller's transaction.

    ``sides`` narrows who may know (default: the catalogue's); ``facts`` are JSON values that may be
    shown to all of those sides; ``changes`` are columns of the case. A term ends with the state in which it
    ran: the next state's is among the changes, or is booked from its first day (``app.services.terms``).
    """
    case = file.case
    case.version += 1
    if to is not None and to is not case.state:
        case.state, case.state_since = to, now
        case.update_from_dict(dict(NO_TERM))
    case.update_from_dict({**changes, "changed_at": now})
    await case.save()
    return await _append(case, name, file, now, facts or {}, sides or EVENTS[name])


async def _append(
    case: Case,
    name: str,
    file: Opened,
    now: datetime,
    facts: Mapping[str, Any],
    sides: tuple[Side, ...],
) -> CaseEvent:
    if dialect() == "postgres":
        await rows("SELECT pg_advisory_xact_lock($1)", [_EVENT_ORDER_LOCK])
    last = await CaseEvent.filter(case_id=case.id).order_by("-seq").first()
    previous = last.hash if last else GENESIS
    link = Link(
        case_id=case.id,
        seq=case.version,
        name=name,
        sides=",".join(sides),
        actor_id=file.viewer.user_id if file.viewer else None,
        facts={**facts, "state": case.state},
        at=now,
    )
    return await CaseEvent.create(
        case_id=link.case_id,
        seq=link.seq,
        name=link.name,
        sides=link.sides,
        actor_id=link.actor_id,
        facts=dict(link.facts),
        at=now,
        previous=previous,
        hash=link_hash(previous, link),
    )


async def chain(case_id: int) -> list[tuple[Link, str, str]]:
    """The stored chain of a case, for ``models.rules.chain.first_broken``."""
    return [
        (
            Link(e.case_id, e.seq, e.name, e.sides, e.actor_id, e.facts, e.at),
            e.previous,
            e.hash,
        )
        for e in await CaseEvent.filter(case_id=case_id).order_by("seq")
    ]


async def people_of(case: Case) -> dict[Side, list[User]]:
    """The accounts to write to: the consumer, and once it was told who speaks for the company."""
    people: dict[Side, list[User]] = {Side.CONSUMER: [await User.get(id=case.consumer_id)]}
    if case.company_id is not None and case.notified_at is not None:
        speak = Representation.filter(company_id=case.company_id, ended_at=None)
        claim = Claim.filter(case_id=case.id, decided_at=None)
        ids = [*await speak.values_list("user_id", flat=True), *await claim.values_list("user_id", flat=True)]
        people[Side.COMPANY] = await User.filter(id__in=ids, disabled_at=None).order_by("id")
    return people
