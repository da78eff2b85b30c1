"""The command centre: the hearings of a day, who is where in them, and the tasks that are open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.services import agenda, alerts, assistance, media_plan
from app.services.agenda import AgendaEntry
from app.services.assistance import HelpLine
from models import Alert, Hearing, Seat
from models.rules.alerts import AlertKind, Resolution
from models.rules.errors import Refused
from models.rules.hearing import OVER, HearingState, SeatMode, SeatRole, SeatState, seat_state
from models.rules.people import Role, Viewer

MOST_ALERTS = 200
URGENCY = {kind: place for place, kind in enumerate(AlertKind)}


@dataclass(frozen=True)
class SeatSeen:
    """Somebody in a hearing of the day."""

    seat: int
    name: str
    role: SeatRole
    state: SeatState
    mode: SeatMode
    muted: bool
    device_check: Mapping[str, Any] | None


@dataclass(frozen=True)
class HearingSeen:
    """A hearing of the day; ``opened_at`` and ``closed_at`` as it went."""

    entry: AgendaEntry
    opened_at: datetime | None
    closed_at: datetime | None
    conducts: bool
    seats: tuple[SeatSeen, ...] = field(default=())

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.entry.state in OVER


@dataclass(frozen=True)
class AlertSeen:
    """A task, with everything that somebody must know to take it."""

    id: int
    kind: AlertKind
    hearing: int
    protocol: str
    consumer: str
    company: str
    starts_at: datetime
    seat: int | None
    person: str
    role: SeatRole | None
    raised_at: datetime
    taken_by: str
    taken_at: datetime | None
    mine: bool
    resolved_at: datetime | None
    resolved_by: str
    resolution: Resolution | None
    note: str


@dataclass(frozen=True)
class Chat:
    """What is written with somebody, and whether one may write to them now."""

    seat: int
    person: str
    role: SeatRole
    hearing: int
    lines: tuple[HelpLine, ...]
    writable: bool


@dataclass(frozen=True)
class CentreView:
    """The whole page; hearings in the order of the day."""

    hearings: tuple[HearingSeen, ...]
    open: tuple[AlertSeen, ...]
    ended: tuple[AlertSeen, ...]
    chat: Chat | None

    def running(self) -> int:
        """How many hearings are open now."""
        going = (HearingState.IN_SESSION, HearingState.PAUSED, HearingState.SUSPENDED)
        return sum(one.entry.state in going for one in self.hearings)

    def waiting(self) -> int:
        """How many people are in a waiting room now."""
        return sum(seat.state is SeatState.AVAILABLE for one in self.hearings for seat in one.seats)

    def of_seat(self, seat: int) -> tuple[AlertSeen, ...]:
        """The open tasks about one person."""
        return tuple(alert for alert in self.open if alert.seat == seat)


async def view(viewer: Viewer, first: datetime, until: datetime, talk_to: int | None = None) -> CentreView:
    """The day from ``first`` until before ``until``; ``talk_to`` is the seat whose chat is open.

    Raises Refused("not_for_role"), and NotFound for a chat of a hearing that is not theirs to watch.
    """
    if viewer.role not in alerts.WATCHERS:
        raise Refused("not_for_role")
    return CentreView(
        hearings=tuple(await _hearings(viewer, first, until)),
        open=tuple(await _alerts(viewer, None)),
        ended=tuple(await _alerts(viewer, first)),
        chat=await _chat(talk_to, viewer) if talk_to is not None else None,
    )


async def _hearings(viewer: Viewer, first: datetime, until: datetime) -> list[HearingSeen]:
    entries = await agenda.agenda(viewer, first, until)
    rows = {row.id: row for row in await Hearing.filter(id__in=[entry.id for entry in entries])}
    seats: dict[int, list[SeatSeen]] = {}
    for seat in await Seat.filter(hearing_id__in=list(rows)).order_by("id").prefetch_related("user"):
        if seat.role is not SeatRole.MEDIATOR or _sits(seat, rows[seat.hearing_id]):
            seats.setdefault(seat.hearing_id, []).append(_seat(seat))
    return [
        HearingSeen(
            entry,
            rows[entry.id].opened_at,
            rows[entry.id].closed_at,
            conducts=viewer.role is Role.COORDINATOR or rows[entry.id].mediator_id == viewer.user_id,
            seats=tuple(seats.get(entry.id, ())),
        )
        for entry in entries
    ]


def _sits(seat: Seat, hearing: Hearing) -> bool:
    """Of the agency's people, who conducts the hearing and who else is in it now."""
    return seat.user_id == hearing.mediator_id or seat.connected


def _seat(seat: Seat) -> SeatSeen:
    state = seat_state(media_plan.seat_facts(seat))
    return SeatSeen(seat.id, seat.user.name, seat.role, state, seat.mode, seat.muted, seat.device_check)


async def _alerts(viewer: Viewer, ended_since: datetime | None) -> list[AlertSeen]:
    """The open ones, the most urgent first, or those that ended since a moment, the newest first."""
    if ended_since is None:
        wanted = Alert.filter(resolved_at=None).order_by("raised_at", "id")
    else:
        wanted = Alert.filter(resolved_at__gte=ended_since.astimezone(UTC)).order_by("-resolved_at", "-id")
    if viewer.role is Role.MEDIATOR:
        wanted = wanted.filter(hearing__mediator_id=viewer.user_id)
    rows = await wanted.limit(MOST_ALERTS).prefetch_related(
        "hearing__case__consumer", "hearing__case__company", "seat__user", "taken_by", "resolved_by"
    )
    found = [_alert(row, viewer) for row in rows]
    return found if ended_since is not None else sorted(found, key=lambda one: URGENCY[one.kind])


def _alert(row: Alert, viewer: Viewer) -> AlertSeen:
    case, seat = row.hearing.case, row.seat
    company = case.company
    return AlertSeen(
        id=row.id,
        kind=row.kind,
        hearing=row.hearing_id,
        protocol=case.protocol or "",
        consumer=case.consumer.name,
        company=(company.trade_name or company.legal_name) if company else case.company_name,
        starts_at=row.hearing.starts_at,
        seat=row.seat_id,
        person=seat.user.name if seat else "",
        role=seat.role if seat else None,
        raised_at=row.raised_at,
        taken_by=row.taken_by.name if row.taken_by else "",
        taken_at=row.taken_at,
        mine=row.taken_by_id == viewer.user_id,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by.name if row.resolved_by else "",
        resolution=row.resolution,
        note=row.note,
    )


async def _chat(seat_id: int, viewer: Viewer) -> Chat:
    seat = await assistance.watched_seat(seat_id, viewer)
    return Chat(
        seat=seat.id,
        person=seat.user.name,
        role=seat.role,
        hearing=seat.hearing_id,
        lines=tuple(await assistance.conversation(seat.id, viewer)),
        writable=seat.hearing.state not in OVER and viewer.role is not Role.AUDITOR,
    )


async def watchable(hearings: Collection[int], viewer: Viewer) -> Sequence[int]:
    """Those of the hearings that somebody may watch; Refused("not_for_role")."""
    if viewer.role not in alerts.WATCHERS:
        raise Refused("not_for_role")
    rows = await Hearing.filter(id__in=list(hearings))
    return [row.id for row in rows if alerts.may_watch(viewer, row)]
