"""Setting and cancelling a hearing, with the seats of those who have a place in it and their invitations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from app.adapters import ics
from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, chat, consultations, letters, seat_links
from app.services.casefile import Opened
from app.services.letters import Text
from models import Case, CaseEvent, Hearing, Representation, Seat, User
from models.rules.case_machine import Action, State
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import HearingState, SeatRole
from models.rules.people import Role, Viewer
from models.rules.terms import Calendar, Term, due_date

Method = Literal["REQUEST", "CANCEL"]

MINUTES = (20, 180)
TYPING_TIME = timedelta(minutes=10)
"""A hearing "now" may have been typed some minutes ago."""
REASON_MAX = 2000
_OVER = (HearingState.CLOSED, HearingState.CANCELLED)
_MEDIATORS = (Role.MEDIATOR, Role.COORDINATOR)


@dataclass(frozen=True)
class Hours:
    """When hearings are held: from ``opens`` to ``closes`` on business days, after the notice term.

    ``holds``: a hearing holds itself when a party drops.
    """

    opens: time
    closes: time
    notice: Term
    calendar: Calendar
    holds: bool = True


@dataclass(frozen=True)
class Invite:
    """What an invitation says of the agency: its name, address, zone and the site's public address."""

    agency: str
    email: str
    zone: ZoneInfo
    site: str


@dataclass(frozen=True)
class Booking:
    """A hearing as a mediator sets it; ``starts_at`` is aware, in the agency's zone.

    ``short_notice``: the parties agree to less than the notice term. ``out_of_hours``: a special session
    outside the agency's hours or business days. Both are recorded in the event.
    """

    starts_at: datetime
    minutes: int
    mediator_id: int
    short_notice: bool = False
    out_of_hours: bool = False


@dataclass(frozen=True)
class SeatPlan:
    """A place to be made."""

    user_id: int
    role: SeatRole
    may_sign: bool


@dataclass(frozen=True)
class AgendaEntry:
    """One hearing in an agenda."""

    id: int
    case_id: int
    protocol: str
    consumer: str
    company: str
    mediator: str
    starts_at: datetime
    minutes: int
    state: HearingState


def earliest(today: date, hours: Hours) -> date:
    """The first day on which a hearing keeps the notice term."""
    return due_date(hours.notice, today, hours.calendar).due


async def mediators() -> list[tuple[int, str]]:
    """The accounts that may conduct a hearing, id and name."""
    found = await (
        User.filter(role__in=_MEDIATORS, disabled_at=None).order_by("name", "id").values_list("id", "name")
    )
    return [(int(number), str(name)) for number, name in found]


async def seats_for(case: Case, mediator_id: int, on: date) -> list[SeatPlan]:
    """Who has a place: the consumer, each person who speaks for the company on that day, the mediator.

    A company's person signs only with power to settle.
    """
    plans = [SeatPlan(case.consumer_id, SeatRole.CONSUMER, may_sign=True)]
    speakers = (
        await Representation.filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .filter(company_id=case.company_id, user__disabled_at=None)
        .order_by("id")
        .values("user_id", "may_settle")
    )
    plans += [
        SeatPlan(row["user_id"], SeatRole.COMPANY, may_sign=bool(row["may_settle"])) for row in speakers
    ]
    return [*plans, SeatPlan(mediator_id, SeatRole.MEDIATOR, may_sign=True)]


async def schedule(
    case_id: int, viewer: Viewer, booking: Booking, *, now: datetime, hours: Hours, invite: Invite
) -> int:
    """Set a hearing, with seats, event and invitations; answers its id.

    Invalid names what is wrong with the day, the time or the mediator; ``mediator_busy`` when the
    mediator has another hearing then.
    """
    _check_booking(viewer, booking, now, hours)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        before, to = file.case.state, file.step(Action.SCHEDULE_HEARING)
        await _check_mediator(booking)
        hearing = await Hearing.create(
            case_id=case_id,
            mediator_id=booking.mediator_id,
            starts_at=booking.starts_at.astimezone(UTC),
            minutes=booking.minutes,
            state=HearingState.NOT_STARTED,
            holds=hours.holds,
        )
        for plan in await seats_for(file.case, booking.mediator_id, booking.starts_at.date()):
            await Seat.create(
                hearing_id=hearing.id, user_id=plan.user_id, role=plan.role, may_sign=plan.may_sign
            )
        await casefile.record(
            file,
            "hearing_scheduled",
            now=now,
            to=to,
            facts={
                "hearing": hearing.id,
                "starts_at": booking.starts_at.isoformat(),
                "minutes": booking.minutes,
                "short_notice": booking.short_notice,
                "out_of_hours": booking.out_of_hours,
                "before": before,
            },
            due_on=None,
        )
        await _invite_all(file.case, hearing, now=now, invite=invite)
    return int(hearing.id)


async def cancel(hearing_id: int, viewer: Viewer, reason: str, *, now: datetime, invite: Invite) -> int:
    """Cancel a hearing that has not begun, with the reason told to all; answers the case's id.

    The case goes back to where it was when the hearing was set.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise Invalid({"reason": "reason_required" if not reason else "too_long"})
    known = await Hearing.get_or_none(id=hearing_id)
    if known is None:
        raise NotFound
    async with transaction():
        file = await casefile.opened(known.case_id, viewer)
        to = file.step(Action.CANCEL_HEARING)
        hearing = await Hearing.get(id=hearing_id)
        if hearing.state is not HearingState.NOT_STARTED:
            raise Refused("hearing_not_now")
        before = await _state_before(hearing)
        await _cancel(file, hearing, reason, now=now, invite=invite, to=before or to)
    return int(known.case_id)


async def drop_hearings(file: Opened, reason: str, *, now: datetime, invite: Invite) -> None:
    """Cancel a case's hearings that have not begun, inside the caller's transaction.

    The caller moves the case. Refused("hearing_running") when one is being held now.
    """
    for hearing in await Hearing.filter(case_id=file.case.id, state__not_in=_OVER):
        if hearing.state is not HearingState.NOT_STARTED:
            raise Refused("hearing_running")
        await _cancel(file, hearing, reason, now=now, invite=invite, to=None)


async def agenda(viewer: Viewer, first: datetime, until: datetime) -> list[AgendaEntry]:
    """Hearings from ``first`` until before ``until``: a mediator's own, a coordinator's all."""
    wanted = Hearing.filter(starts_at__gte=first.astimezone(UTC), starts_at__lt=until.astimezone(UTC))
    if viewer.role is Role.MEDIATOR:
        wanted = wanted.filter(mediator_id=viewer.user_id)
    found = await (
        wanted.exclude(state=HearingState.CANCELLED)
        .order_by("starts_at", "id")
        .limit(500)
        .values(
            "id",
            "case_id",
            "starts_at",
            "minutes",
            "state",
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
        id=row["id"],
        case_id=row["case_id"],
        protocol=row["protocol"] or "",
        consumer=row["consumer"],
        company=row["trade_name"] or row["legal_name"] or "",
        mediator=row["mediator"],
        starts_at=row["starts_at"],
        minutes=row["minutes"],
        state=HearingState(row["state"]),
    )


def _check_booking(viewer: Viewer, booking: Booking, now: datetime, hours: Hours) -> None:
    wrong: dict[str, str] = {}
    if not MINUTES[0] <= booking.minutes <= MINUTES[1]:
        wrong["minutes"] = "minutes_invalid"
    if viewer.role is Role.MEDIATOR and booking.mediator_id != viewer.user_id:
        wrong["mediator"] = "choice_invalid"
    if booking.starts_at < now - TYPING_TIME:
        wrong["time" if booking.starts_at.date() == _local(now, booking).date() else "date"] = "time_past"
    elif not booking.out_of_hours:
        wrong |= _outside(booking, hours)
    if (
        not wrong
        and not booking.short_notice
        and booking.starts_at.date() < earliest(_local(now, booking).date(), hours)
    ):
        wrong["short_notice"] = "notice_short"
    if wrong:
        raise Invalid(wrong)


def _local(now: datetime, booking: Booking) -> datetime:
    return now.astimezone(booking.starts_at.tzinfo)


def _outside(booking: Booking, hours: Hours) -> dict[str, str]:
    day = booking.starts_at.date()
    ends = booking.starts_at + timedelta(minutes=booking.minutes)
    wrong = {}
    if hours.calendar.closed(day):
        wrong["date"] = "not_business_day"
    if booking.starts_at.time() < hours.opens or ends.date() > day or ends.time() > hours.closes:
        wrong["time"] = "outside_hours"
    return wrong


async def _check_mediator(booking: Booking) -> None:
    """The mediator's row is locked, so two hearings of different cases cannot take one hour."""
    mediator = await User.filter(id=booking.mediator_id).select_for_update().get_or_none()
    if mediator is None or mediator.role not in _MEDIATORS or mediator.disabled_at is not None:
        raise Invalid({"mediator": "choice_invalid"})
    starts = booking.starts_at.astimezone(UTC)  # SQLite compares times as text: they are all in UTC
    near = await Hearing.filter(
        mediator_id=booking.mediator_id,
        state__not_in=_OVER,
        starts_at__lt=starts + timedelta(minutes=booking.minutes),
        starts_at__gt=starts - timedelta(minutes=MINUTES[1]),
    ).values("starts_at", "minutes")
    if any(row["starts_at"] + timedelta(minutes=row["minutes"]) > starts for row in near):
        raise Invalid({"time": "mediator_busy"})


async def _state_before(hearing: Hearing) -> State | None:
    """Where the case was when the hearing was set, from the record."""
    events = await CaseEvent.filter(case_id=hearing.case_id, name="hearing_scheduled").order_by("-seq")
    for event in events:
        if event.facts.get("hearing") == hearing.id and "before" in event.facts:
            return State(event.facts["before"])
    return None


async def _cancel(
    file: Opened, hearing: Hearing, reason: str, *, now: datetime, invite: Invite, to: State | None
) -> None:
    changed = await Hearing.filter(id=hearing.id, state=HearingState.NOT_STARTED).update(
        state=HearingState.CANCELLED, invitation=hearing.invitation + 1, closed_at=now
    )
    if not changed:
        raise Conflict("hearing_not_now")
    hearing.invitation += 1
    await consultations.finish(file, hearing.id, now=now)
    await chat.forget(hearing.id)
    await casefile.record(
        file, "hearing_cancelled", now=now, to=to, facts={"hearing": hearing.id, "reason": reason}
    )
    text = Text(
        subject=_("Audiência cancelada: reclamação %(protocol)s") % {"protocol": file.case.protocol},
        paragraphs=(
            _("A audiência de %(when)s foi cancelada.") % {"when": _when(hearing, invite)},
            _("Motivo: %(reason)s") % {"reason": reason},
        ),
        button=_("Abrir a reclamação"),
        path=f"/casos/{file.case.id}",
        case=file.case.id,
    )
    await _send(file.case, hearing, text, "CANCEL", now=now, invite=invite)


async def _invite_all(case: Case, hearing: Hearing, *, now: datetime, invite: Invite) -> None:
    text = Text(
        subject=_("Audiência por vídeo em %(when)s: reclamação %(protocol)s")
        % {"when": _when(hearing, invite), "protocol": case.protocol},
        paragraphs=(
            _("A audiência de conciliação foi marcada para %(when)s (duração prevista: %(minutes)s minutos).")
            % {"when": _when(hearing, invite), "minutes": hearing.minutes},
            _("É por vídeo: use um computador ou celular com câmera e microfone, em lugar calmo."),
            _("Abra a audiência antes do dia para testar seu aparelho, e tenha um documento com foto à mão."),
            _("O botão desta carta é pessoal e abre a audiência uma vez; depois, entre com a sua senha."),
            _("A sala de espera abre pouco antes do horário. Quem não puder vir deve avisar o Procon."),
        ),
        button=_("Testar o aparelho"),
        path=f"/audiencias/{hearing.id}/teste",
    )
    await _send(case, hearing, text, "REQUEST", now=now, invite=invite)


async def _send(
    case: Case, hearing: Hearing, text: Text, method: Method, *, now: datetime, invite: Invite
) -> None:
    """To each person with a seat; the entry names that person alone, so nobody's address is told."""
    key = f"hearing:{hearing.id}:{hearing.invitation}"
    for person in await User.filter(seats__hearing_id=hearing.id).order_by("id"):
        calendar = _calendar(case, hearing, person, method, now, invite)
        own = replace(text, calendar=calendar)
        if method == "REQUEST" and (token := await seat_links.issue(hearing, person.id)):
            own = replace(own, button=_("Abrir a audiência"), path=f"/audiencias/entrada/{token}")
        await letters.write([person], key, own, now=now)


def _when(hearing: Hearing, invite: Invite) -> str:
    return f"{hearing.starts_at.astimezone(invite.zone):%d/%m/%Y, %Hh%M}"


def _calendar(
    case: Case, hearing: Hearing, person: User, method: Method, now: datetime, invite: Invite
) -> str:
    url = f"{invite.site}/audiencias/{hearing.id}"
    return ics.invitation(
        uid=f"hearing-{hearing.id}@{invite.site.partition('://')[2].partition(':')[0]}",
        sequence=hearing.invitation,
        written_at=now,
        starts_at=hearing.starts_at.astimezone(invite.zone),
        minutes=hearing.minutes,
        summary=_("Audiência de conciliação %(protocol)s") % {"protocol": case.protocol},
        description=_("Audiência por vídeo do %(agency)s. Entre pelo endereço %(url)s")
        % {"agency": invite.agency, "url": url},
        location=url,
        url=url,
        organizer=ics.Person(invite.agency, invite.email),
        attendees=[ics.Person(person.name, person.email)],
        method=method,
    )
