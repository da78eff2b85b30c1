"""Roles of accounts, sides of a case, and who stands on which side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.rules.errors import NotFound, Refused


class Role(StrEnum):
    """What an account is (procedure: people and roles)."""

    CONSUMER = "consumer"
    COMPANY = "company"
    ATTENDANT = "attendant"
    MEDIATOR = "mediator"
    LEGAL = "legal"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    GUEST = "guest"


STAFF = frozenset({Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR, Role.AUDITOR})


class Side(StrEnum):
    """Where a person stands in one case; SYSTEM acts by itself (terms that pass).

    GUEST knows one hearing of the case and nothing else of it (ADR 0050): no document and no event is of it.
    """

    CONSUMER = "consumer"
    COMPANY = "company"
    STAFF = "staff"
    SYSTEM = "system"
    GUEST = "guest"


@dataclass(frozen=True)
class Viewer:
    """A signed-in person as the rules see them: account, role and the companies they speak for.

    ``case_ids`` are single cases taken over with a notice's code, the representation not yet checked.
    ``ended_ids`` are companies for which they spoke until their power ended.
    """

    user_id: int
    role: Role
    name: str
    email: str
    company_ids: tuple[int, ...] = ()
    case_ids: tuple[int, ...] = ()
    ended_ids: tuple[int, ...] = ()

    @property
    def is_staff(self) -> bool:
        """Whether the account belongs to the agency."""
        return self.role in STAFF


def side_of(
    viewer: Viewer,
    *,
    case_id: int,
    consumer_id: int,
    company_id: int | None,
    company_told: bool,
    draft: bool = False,
) -> Side | None:
    """The side on which ``viewer`` stands in a case, or None: then the case does not exist for them.

    A company sees a case only once it has been notified (``company_told``); staff never sees a
    registration that its citizen has not sent (``draft``).
    """
    if viewer.role is Role.CONSUMER and viewer.user_id == consumer_id:
        return Side.CONSUMER
    speaks = company_id in viewer.company_ids or case_id in viewer.case_ids
    if viewer.role is Role.COMPANY and company_told and speaks:
        return Side.COMPANY
    if viewer.is_staff and not draft:
        return Side.STAFF
    return None


def own_side_of(
    viewer: Viewer,
    *,
    case_id: int,
    consumer_id: int,
    company_id: int | None,
    company_told: bool,
    draft: bool = False,
) -> Side:
    """The same for who acts: someone else's case is NotFound, never "forbidden".

    Who spoke for its company until their power ended is told so: Refused("power_ended").
    """
    side = side_of(
        viewer,
        case_id=case_id,
        consumer_id=consumer_id,
        company_id=company_id,
        company_told=company_told,
        draft=draft,
    )
    if side is not None:
        return side
    if viewer.role is Role.COMPANY and company_told and company_id in viewer.ended_ids:
        raise Refused("power_ended")
    raise NotFound
