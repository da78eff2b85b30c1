"""A finding of presence in words and as a picture, the same on the page and in the certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.i18n import N_, ngettext
from app.i18n import gettext as _
from app.services.wording import seat_role_label
from models.rules.hearing import SeatRole
from models.rules.presence import PARTIES, Cause, Presence
from models.rules.presence_record import Attendance, Person, Span, Where

STEPS = (5, 10, 15, 30, 60, 120)
"""Minutes between two times on the scale: the first of which no more than so many are needed."""
MOST_TICKS = 8
_ORDER = {role: place for place, role in enumerate((SeatRole.CONSUMER, SeatRole.COMPANY, SeatRole.MEDIATOR))}
"""Guests come after them."""
SHORTEST = 0.004
"""A stay is drawn at least so long, as a fraction of the picture."""

WHERE = {
    Where.WAITING: N_("na sala de espera"),
    Where.ROOM: N_("na sala de audiência"),
    Where.PRIVATE: N_("em sala reservada"),
}
ATTENDANCE = {
    Attendance.PRESENT: N_("presente até o fim"),
    Attendance.CUT_OFF: N_("caiu e não voltou"),
    Attendance.TRIED: N_("testou o aparelho e não entrou"),
    Attendance.LEFT: N_("saiu antes do fim"),
    Attendance.ABSENT: N_("não entrou"),
}


@dataclass(frozen=True)
class Bar:
    """A stay in the picture, from ``start`` to ``end`` as fractions of its width."""

    start: float
    end: float
    where: Where
    text: str


@dataclass(frozen=True)
class Mark:
    """A moment in the picture."""

    at: float
    label: str


@dataclass(frozen=True)
class Row:
    """A person: what the table says of them, and their bars."""

    name: str
    role: str
    state: str
    came: datetime | None
    went: datetime | None
    late: bool
    connected: str
    inside: str
    drops: int
    heard: str
    seen: str
    loss: str
    bars: tuple[Bar, ...]
    text: str


@dataclass(frozen=True)
class Shown:
    """Everything that is shown of a finding; ``interruptions`` are failures of the Procon and suspensions."""

    found: Presence
    begins: datetime
    ends: datetime
    rows: tuple[Row, ...]
    ticks: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    failures: tuple[tuple[float, float], ...]
    conclusions: tuple[str, ...]
    interruptions: tuple[str, ...]


def shown(found: Presence, names: Mapping[int, str], zone: ZoneInfo) -> Shown:
    """A finding with the names of its seats, its times in ``zone``."""
    firsts = [person.stays[0].begins for person in found.people if person.stays]
    begins = min([found.plan.starts_at, *firsts])
    ends = max(found.until, begins + timedelta(minutes=5))
    scale = _Scale(begins, ends, zone)
    return Shown(
        found=found,
        begins=begins,
        ends=ends,
        rows=tuple(
            _row(found, person, names.get(person.seat, ""), scale) for person in _listed(found.people)
        ),
        ticks=scale.ticks(),
        marks=_marks(found, scale),
        failures=tuple((scale.at(span.begins), scale.at(span.ends)) for span in found.outages),
        conclusions=tuple(_conclusion(found, role, scale) for role in PARTIES),
        interruptions=tuple(
            [
                _interruption(span, _("serviço de vídeo do Procon interrompido"), scale)
                for span in found.outages
            ]
            + [
                _interruption(span, _("audiência suspensa pelo conciliador"), scale)
                for span in found.suspensions
            ]
        ),
    )


def duration(length: timedelta) -> str:
    """1 h 04 min, 12 min 30 s, 45 s."""
    seconds = round(length.total_seconds())
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


@dataclass(frozen=True)
class _Scale:
    """Where a moment is in the picture."""

    begins: datetime
    ends: datetime
    zone: ZoneInfo

    def at(self, moment: datetime) -> float:
        share = (moment - self.begins) / (self.ends - self.begins)
        return round(min(1.0, max(0.0, share)), 4)

    def clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%H:%M}"

    def ticks(self) -> tuple[Mark, ...]:
        length = self.ends - self.begins
        minutes = next((one for one in STEPS if length / timedelta(minutes=one) <= MOST_TICKS), STEPS[-1])
        step = timedelta(minutes=minutes)
        midnight = self.begins.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight + -(-(self.begins - midnight) // step) * step
        count = max(0, (self.ends - first) // step + 1)
        moments = [first + number * step for number in range(count)]
        return tuple(Mark(self.at(moment), self.clock(moment)) for moment in moments)


def _listed(people: Sequence[Person]) -> list[Person]:
    """Who is shown: all who came, and of a party of whom nobody came, those who were called."""
    came = {person.role for person in people if person.stays}
    listed = [
        person for person in people if person.stays or (person.role in PARTIES and person.role not in came)
    ]
    return sorted(listed, key=lambda person: (_ORDER.get(person.role, len(_ORDER)), person.seat))


def _row(found: Presence, person: Person, name: str, scale: _Scale) -> Row:
    measured = person.measured
    bars = tuple(_bar(stay.begins, stay.ends, stay.where, scale) for stay in person.stays)
    return Row(
        name=name,
        role=seat_role_label(person.role),
        state=_(ATTENDANCE[person.attendance]),
        came=person.stays[0].begins if person.stays else None,
        went=person.stays[-1].ends if person.stays and person.attendance is not Attendance.PRESENT else None,
        late=bool(person.stays) and not found.on_time(person),
        connected=duration(person.connected),
        inside=duration(person.inside),
        drops=person.drops,
        heard=duration(timedelta(seconds=measured.heard_s)) if measured else "",
        seen=duration(timedelta(seconds=measured.seen_s)) if measured else "",
        loss=_loss(measured.loss_in, measured.loss_out) if measured else "",
        bars=bars,
        text="; ".join(bar.text for bar in bars) or _(ATTENDANCE[person.attendance]),
    )


def _loss(sent: float, received: float) -> str:
    """Both ways, in per cent."""
    return " / ".join(f"{100 * share:.1f}".replace(".", ",") + " %" for share in (sent, received))


def _bar(begins: datetime, ends: datetime, where: Where, scale: _Scale) -> Bar:
    start = scale.at(begins)
    text = _("%(begins)s a %(ends)s %(where)s") % {
        "begins": scale.clock(begins),
        "ends": scale.clock(ends),
        "where": _(WHERE[where]),
    }
    return Bar(start, min(1.0, max(scale.at(ends), start + SHORTEST)), where, text)


def _marks(found: Presence, scale: _Scale) -> tuple[Mark, ...]:
    moments = [(found.plan.starts_at, _("marcada")), (found.tolerance_ends, _("tolerância"))]
    if found.opened_at:
        moments.append((found.opened_at, _("abertura")))
    return tuple(
        Mark(scale.at(at), f"{label} {scale.clock(at)}")
        for at, label in moments
        if scale.begins <= at <= scale.ends
    )


def _interruption(span: Span, what: str, scale: _Scale) -> str:
    return _("%(what)s das %(begins)s às %(ends)s (%(length)s)") % {
        "what": what,
        "begins": scale.clock(span.begins),
        "ends": scale.clock(span.ends),
        "length": duration(span.length),
    }


_CONCLUSIONS = {
    Cause.PRESENT: N_("%(party)s: presente. Entrou às %(came)s%(late)s e estava na sala virtual no fim."),
    Cause.NO_SHOW: N_(
        "%(party)s: não compareceu. Ninguém por esta parte entrou na sala virtual, que esteve aberta e em "
        "funcionamento por %(waited)s a partir da hora marcada (tolerância: %(tolerance)s)."
    ),
    Cause.LEFT: N_("%(party)s: entrou às %(came)s%(late)s e saiu por decisão própria às %(went)s."),
}
_CUT_OFF = N_(
    "%(party)s: falha técnica da parte. Entrou às %(came)s%(late)s; a conexão caiu às %(went)s e não voltou. "
    "Falha técnica não é ausência."
)
_TRIED = N_(
    "%(party)s: falha técnica da parte. Testou o aparelho perto da hora marcada e não conseguiu entrar. "
    "Falha técnica não é ausência."
)
_OURS = N_(
    "%(party)s: falha técnica do Procon. O serviço não funcionou ou ninguém do Procon estava na sala; isso "
    "não pesa contra a parte."
)


def _conclusion(found: Presence, role: SeatRole, scale: _Scale) -> str:
    people = [person for person in found.people if person.role is role]
    came = [person for person in people if person.stays]
    first = min((person.stays[0].begins for person in came), default=found.plan.starts_at)
    last = max((person.stays[-1].ends for person in came), default=found.until)
    words = _(_sentence(found.causes[role], tried=not came))
    minutes = round(found.plan.tolerance / timedelta(minutes=1))
    on_time = not came or any(found.on_time(person) for person in came)
    return words % {
        "party": seat_role_label(role),
        "came": scale.clock(first),
        "late": "" if on_time else _(", depois da tolerância,"),
        "went": scale.clock(last),
        "waited": duration(found.waited),
        "tolerance": ngettext("%(num)s minuto", "%(num)s minutos", minutes) % {"num": minutes},
    }


def _sentence(cause: Cause, *, tried: bool) -> str:
    if cause is Cause.PARTY_FAILURE:
        return _TRIED if tried else _CUT_OFF
    return _CONCLUSIONS.get(cause, _OURS)
