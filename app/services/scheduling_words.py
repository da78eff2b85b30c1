"""What the calendar says in Portuguese: causes, absences, a slot as a line, and what clashes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from app.i18n import N_
from app.i18n import gettext as _
from models import AbsenceKind
from models.rules.rescheduling import Cause

CAUSES = {
    Cause.CONSUMER_JUSTIFIED: N_("O consumidor justificou que não pode"),
    Cause.COMPANY_JUSTIFIED: N_("A empresa justificou que não pode"),
    Cause.MEDIATOR: N_("O conciliador não pode"),
    Cause.AGENCY: N_("Organização da pauta do Procon"),
    Cause.TECHNICAL: N_("Falha técnica"),
    Cause.OTHER: N_("Outro motivo"),
}
ABSENCES = {
    AbsenceKind.VACATION: N_("Férias"),
    AbsenceKind.LEAVE: N_("Licença"),
    AbsenceKind.TRAINING: N_("Curso ou serviço externo"),
    AbsenceKind.OTHER: N_("Outro"),
}
WEEKDAYS = (
    N_("segunda-feira"),
    N_("terça-feira"),
    N_("quarta-feira"),
    N_("quinta-feira"),
    N_("sexta-feira"),
    N_("sábado"),
    N_("domingo"),
)


def cause_label(cause: Cause) -> str:
    """Why a hearing was moved or cancelled."""
    return _(CAUSES[cause])


def absence_label(kind: AbsenceKind) -> str:
    """Why somebody is away."""
    return _(ABSENCES[kind])


def weekday_label(weekday: int) -> str:
    """The name of a day of the week; Monday is 0."""
    return _(WEEKDAYS[weekday])


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A hearing's time in a sentence: ``14/12/2026, 14h00``."""
    return f"{at.astimezone(zone):%d/%m/%Y, %Hh%M}"


def line(at: datetime, zone: ZoneInfo) -> str:
    """A slot as one reads it in a list: ``segunda-feira, 14/12, às 14h00``."""
    there = at.astimezone(zone)
    return _("%(weekday)s, %(day)s, às %(time)s") % {
        "weekday": weekday_label(there.weekday()),
        "day": f"{there:%d/%m}",
        "time": f"{there:%Hh%M}",
    }


def listed(moments: Iterable[datetime], zone: ZoneInfo) -> str:
    """Slots in one sentence, separated by semicolons."""
    return "; ".join(line(at, zone) for at in moments)
