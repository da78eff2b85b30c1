"""The words of the command centre and of the quality report."""

from __future__ import annotations

from app.i18n import N_
from app.i18n import gettext as _
from app.services.centre import AlertSeen
from app.services.wording import seat_role_label
from app.web.filters import NO_BREAK_SPACE, number
from models.rules.alerts import AlertKind, Resolution
from models.rules.connection_quality import Heard, Quality

KINDS: dict[AlertKind, tuple[str, str, str]] = {
    AlertKind.HELP_ASKED: (N_("Pediu ajuda"), "chat", "danger"),
    AlertKind.DISCONNECTED: (N_("Caiu da audiência"), "alert", "danger"),
    AlertKind.MEDIA_BLOCKED: (N_("Som ou imagem bloqueados"), "mic-off", "warning"),
    AlertKind.RECORDING_FAILED: (N_("A gravação falhou"), "error", "danger"),
    AlertKind.SUSPENDED: (N_("Suspensa por falha técnica"), "clock", "warning"),
}
"""Words, icon and tone of each kind of task."""

RESOLUTIONS = {
    Resolution.CLEARED: N_("resolvida sozinha"),
    Resolution.HANDLED: N_("resolvida por %(who)s"),
    Resolution.WITHDRAWN: N_("retirada por quem pediu"),
    Resolution.OVER: N_("terminou com a audiência"),
}

QUALITIES = {
    Quality.GOOD: (N_("boa"), "success"),
    Quality.REGULAR: (N_("regular"), "warning"),
    Quality.BAD: (N_("ruim"), "danger"),
}
WELL, HARDLY = 0.97, 0.85
"""From which share of the time on somebody was heard well, and below which hardly."""


def kind_label(kind: AlertKind) -> str:
    """What is wrong."""
    return _(KINDS[kind][0])


def kind_icon(kind: AlertKind) -> str:
    """Its picture."""
    return KINDS[kind][1]


def kind_tone(kind: AlertKind) -> str:
    """Its colour."""
    return KINDS[kind][2]


def about(alert: AlertSeen) -> str:
    """Who it is about, with their role; the two parties when it is the hearing as a whole."""
    if alert.role is None:
        return f"{alert.consumer} × {alert.company}"
    return f"{alert.person} ({seat_role_label(alert.role).lower()})"


def sentence(alert: AlertSeen) -> str:
    """The task in one line, as it is announced."""
    return f"{kind_label(alert.kind)}: {about(alert)}"


def ended(alert: AlertSeen) -> str:
    """How a task ended."""
    how = _(RESOLUTIONS[alert.resolution]) if alert.resolution is not None else ""
    return how % {"who": alert.resolved_by} if alert.resolution is Resolution.HANDLED else how


def quality(found: Quality) -> tuple[str, str]:
    """The word for a connection, and its tone."""
    word, tone = QUALITIES[found]
    return _(word), tone


def heard(found: Heard) -> tuple[str, str, str]:
    """Share of the time, in words below it, and the tone; a dash when there was nothing to hear."""
    if not found.of:
        return "—", _("nada a ouvir"), "neutral"
    share = found.seconds / found.of
    tone = "success" if share >= WELL else "danger" if share < HARDLY else "warning"
    packets = round(100 * found.arrived / found.sent, 1) if found.sent else 0
    text = _("%(time)s de %(of)s; %(packets)s dos pacotes") % {
        "time": duration(found.seconds),
        "of": duration(found.of),
        "packets": unit(packets, "%"),
    }
    return unit(round(100 * share, 1), "%"), text, tone


def unit(value: float, sign: str) -> str:
    """A number with its unit, kept on one line."""
    return f"{number(value)}{NO_BREAK_SPACE}{sign}"


def duration(seconds: int) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    return f"{unit(minutes, 'min')} {unit(rest, 's')}" if minutes else unit(rest, "s")


def layer(size: float) -> str:
    """How large the pictures were, on the mean."""
    names = (_("nenhuma"), _("baixa"), _("média"), _("alta"))
    return names[min(3, round(size))]
