"""The calendar that staff looks at: a span's hearings, and the board of a day for staff and the public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models import Hearing
from models.rules.hearing import HearingState
from models.rules.people import Role, Viewer
from models.rules.rescheduling import SchedulingPolicy, masked_protocol

MOST = 500


@dataclass(frozen=True)
class AgendaEntry:
    """One hearing in an agenda."""

    id: int
    case_id: int
    protocol: str
    consumer: str
    company: str
    mediator: str
    mediator_id: int
    starts_at: datetime
    minutes: int
    room: int
    block_id: int | None
    state: HearingState


@dataclass(frozen=True)
class BoardLine:
    """One hearing on the board in the lobby: a number, no names."""

    starts_at: datetime
    number: str
    room: str
    state: HearingState


_FIELDS = ("id", "case_id", "mediator_id", "starts_at", "minutes", "room", "block_id", "state")


async def agenda(
    viewer: Viewer, first: datetime, until: datetime, mediator: int | None = None
) -> list[AgendaEntry]:
    """Hearings from ``first`` until before ``until``: a mediator's own; a coordinator's all, or of one."""
    wanted = Hearing.filter(starts_at__gte=first.astimezone(UTC), starts_at__lt=until.astimezone(UTC))
    whose = viewer.user_id if viewer.role is Role.MEDIATOR else mediator
    if whose is not None:
        wanted = wanted.filter(mediator_id=whose)
    return await _entries(wanted.exclude(state=HearingState.CANCELLED))


async def day(first: datetime, until: datetime) -> list[AgendaEntry]:
    """Every hearing of a day for the staff's board."""
    return await _entries(
        Hearing.filter(starts_at__gte=first.astimezone(UTC), starts_at__lt=until.astimezone(UTC))
    )


async def public_day(first: datetime, until: datetime, policy: SchedulingPolicy) -> list[BoardLine]:
    """The same as strangers may read it. What they do not get is not here, so no template can tell it."""
    return [
        BoardLine(
            entry.starts_at,
            masked_protocol(entry.protocol, masks=policy.board_masks),
            policy.room_name(entry.room),
            entry.state,
        )
        for entry in await day(first, until)
    ]


async def _entries(wanted: Any) -> list[AgendaEntry]:
    found = await (
        wanted.order_by("starts_at", "id")
        .limit(MOST)
        .values(
            *_FIELDS,
            protocol="case__protocol",
            consumer="case__consumer__name",
            legal_name="case__company__legal_name",
            trade_name="case__company__trade_name",
            mediator="mediator__name",
        )
    )
    return [_entry(row) for row in found]


def _entry(row: dict[str, Any]) -> AgendaEntry:
    return AgendaEntry(
        **{name: row[name] for name in _FIELDS if name != "state"},
        protocol=row["protocol"] or "",
        consumer=row["consumer"],
        company=row["trade_name"] or row["legal_name"] or "",
        mediator=row["mediator"],
        state=HearingState(row["state"]),
    )
