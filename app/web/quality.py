"""The quality report of a hearing: plots, the same as a table, and who heard whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from quart import Blueprint

from app.i18n import N_, ngettext
from app.i18n import gettext as _
from app.services import quality_report
from app.services.quality_report import Measured
from app.services.seat_quality import Span
from app.services.wording import hearing_state_label, seat_role_label
from app.web import centre_words as words
from app.web.access import SIGNED_IN, requires, viewer
from app.web.forms import query
from app.web.render import render
from models.rules.connection_quality import Quality, Stretch, together

blueprint = Blueprint("quality", __name__)

ROW = timedelta(minutes=1)
FACTS = (
    N_("Conectada"),
    N_("Ouvida"),
    N_("Vista"),
    N_("Enviou"),
    N_("Recebeu"),
    N_("Imagens recebidas"),
    N_("Ida e volta"),
    N_("Imagem parada"),
)
COLUMNS = (
    N_("Minuto"),
    N_("Conexão"),
    N_("Conectada"),
    N_("Enviou"),
    N_("Recebeu"),
    N_("Imagens"),
    N_("Parada"),
    N_("Ida e volta"),
)


@dataclass(frozen=True)
class Line:
    """Everything shown of one person: ``facts`` as in FACTS, ``text`` the plot in words, ``rows`` a table."""

    seat: int
    name: str
    role: str
    mine: bool
    word: str
    tone: str
    facts: tuple[str, ...]
    text: str
    rows: tuple[tuple[datetime, tuple[str, str], tuple[str, ...]], ...]


@blueprint.get("/audiencias/<int:hearing_id>/qualidade")
@requires(SIGNED_IN)
async def show(hearing_id: int) -> str:
    """How each was connected: everybody to the agency, to the parties themselves."""
    report = await quality_report.report(hearing_id, viewer())
    return render(
        "hearings/quality.html",
        report=report,
        hearing=report.hearing,
        lines=[_line(person) for person in report.people],
        labels=[_(fact) for fact in FACTS],
        columns=[_(column) for column in COLUMNS],
        words=words,
        state=hearing_state_label(report.hearing.state),
    )


@blueprint.get("/audiencias/<int:hearing_id>/qualidade/dados")
@requires(SIGNED_IN)
async def data(hearing_id: int) -> dict[str, Any]:
    """The plots' columns: {over, seats: {seat: {at, loss_in, …}}}; see ``quality_report.Series``.

    ``desde``, in seconds since 1970, leaves out what is known already.
    """
    report = await quality_report.report(hearing_id, viewer())
    since = _since()
    seats = {
        str(person.seat): asdict(quality_report.series([span for span in person.spans if span.at >= since]))
        for person in report.people
    }
    return {"over": report.over, "seats": seats}


def _since() -> datetime:
    typed = query("desde")
    seconds = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 11 else 0
    return datetime.fromtimestamp(seconds, UTC)


def _line(person: Measured) -> Line:
    whole = person.whole
    word, tone = words.quality(whole.quality)
    minutes = _minutes(person.spans)
    facts = (
        words.duration(whole.connected_s),
        words.duration(whole.heard_s),
        words.duration(whole.seen_s),
        _way(whole.kbps_in, whole.loss_in),
        _way(whole.kbps_out, whole.loss_out),
        words.layer(whole.layer) if whole.pictured_s else "—",
        _("até %(time)s") % {"time": _milliseconds(whole)} if whole.rtt_ms is not None else "—",
        f"{whole.freezes}× · {words.unit(round(whole.freeze_ms / 1000, 1), 's')}",
    )
    return Line(
        seat=person.seat,
        name=person.name,
        role=seat_role_label(person.role),
        mine=person.mine,
        word=word,
        tone=tone,
        facts=facts,
        text=_in_words(minutes),
        rows=tuple((at, words.quality(one.quality), _row(one)) for at, one in minutes),
    )


def _minutes(spans: Sequence[Span]) -> list[tuple[datetime, Stretch]]:
    """The spans a minute at a time: what is read has fewer lines than what is plotted has points."""
    found: dict[datetime, list[Stretch]] = {}
    for span in spans:
        found.setdefault(span.at.replace(second=0), []).append(span.measured)
    return [(at, together(stretches)) for at, stretches in found.items()]


def _row(one: Stretch) -> tuple[str, ...]:
    return (
        words.unit(min(60, one.connected_s), "s"),
        _way(one.kbps_in, one.loss_in),
        _way(one.kbps_out, one.loss_out),
        words.layer(one.layer) if one.pictured_s else "—",
        words.unit(round(one.freeze_ms / 1000, 1), "s"),
        _milliseconds(one),
    )


def _milliseconds(one: Stretch) -> str:
    return words.unit(round(one.rtt_ms), "ms") if one.rtt_ms is not None else "—"


def _way(kbps: float, loss: float) -> str:
    lost = _("%(share)s perdidos") % {"share": words.unit(round(100 * loss, 1), "%")}
    return f"{words.unit(round(kbps), 'kbit/s')}, {lost}"


def _in_words(minutes: Sequence[tuple[datetime, Stretch]]) -> str:
    """How many minutes were of which quality, and how many there are none of."""
    counted = Counter(stretch.quality for _at, stretch in minutes)
    parts = [
        ngettext("%(num)s minuto com conexão %(word)s", "%(num)s minutos com conexão %(word)s", counted[one])
        % {"num": counted[one], "word": words.quality(one)[0]}
        for one in Quality
        if counted[one]
    ]
    span = int((minutes[-1][0] - minutes[0][0]) // ROW) + 1
    if missing := span - len(minutes):
        parts.append(ngettext("%(num)s minuto fora", "%(num)s minutos fora", missing) % {"num": missing})
    return ", ".join(parts) + "."
