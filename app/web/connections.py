"""How people were connected to a hearing, for the page after its end: a table, and a plot of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.i18n import N_, ngettext
from app.i18n import gettext as _
from app.services import seat_quality
from app.services.room_view import Person
from app.services.wording import seat_role_label
from app.web.filters import NO_BREAK_SPACE, number
from models.rules.connection_quality import Quality, Stretch

BAR, GAP, HEIGHT = 12, 2, 36
"""A minute's bar, the room beside it and the height of a full minute, in units of the plot."""
SHOWN = timedelta(hours=4)
"""Of a longer hearing so much is drawn, its end; the table counts all of it."""
MINUTE = timedelta(minutes=1)

WORDS = {
    Quality.GOOD: (N_("boa"), "success"),
    Quality.REGULAR: (N_("regular"), "warning"),
    Quality.BAD: (N_("ruim"), "danger"),
}
FACTS = (
    N_("Conectada"),
    N_("Ouvida"),
    N_("Vista"),
    N_("Enviou"),
    N_("Recebeu"),
    N_("Ida e volta"),
    N_("Imagem parada"),
)


@dataclass(frozen=True)
class Bar:
    """A minute in the plot: as high as the person was connected. ``text`` says when that was, and how."""

    x: int
    y: int
    height: int
    quality: Quality
    at: datetime
    text: str


@dataclass(frozen=True)
class Line:
    """Everything shown of one person; ``facts`` as in ``FACTS``, ``text`` the plot in words."""

    name: str
    role: str
    facts: tuple[str, ...]
    word: str
    tone: str
    bars: tuple[Bar, ...]
    text: str


@dataclass(frozen=True)
class Connections:
    """What the page shows. All plots begin and end at the same times, so that they can be compared."""

    labels: tuple[str, ...]
    lines: tuple[Line, ...]
    begins: datetime
    ends: datetime
    width: int
    height: int = HEIGHT
    bar: int = BAR


Minutes = Sequence[tuple[datetime, Stretch]]


def connections(people: Sequence[Person], measured: Mapping[int, Minutes]) -> Connections | None:
    """The people of whom something was measured, by seat; None when that is nobody."""
    present = [person for person in people if measured.get(person.seat)]
    if not present:
        return None
    ends = max(measured[person.seat][-1][0] for person in present) + MINUTE
    begins = max(min(measured[person.seat][0][0] for person in present), ends - SHOWN)
    return Connections(
        labels=tuple(_(fact) for fact in FACTS),
        lines=tuple(_line(person, measured[person.seat], begins) for person in present),
        begins=begins,
        ends=ends,
        width=_place(ends, begins) - GAP,
    )


def _line(person: Person, minutes: Minutes, begins: datetime) -> Line:
    whole = seat_quality.summary(minutes)
    word, tone = WORDS[whole.quality]
    facts = (
        _duration(whole.connected_s),
        _duration(whole.heard_s),
        _duration(whole.seen_s),
        _way(whole.kbps_in, whole.loss_in),
        _way(whole.kbps_out, whole.loss_out),
        _("até %(time)s") % {"time": _unit(round(whole.rtt_ms), "ms")} if whole.rtt_ms is not None else "—",
        f"{whole.freezes}× · {_unit(round(whole.freeze_ms / 1000, 1), 's')}",
    )
    bars = tuple(_bar(at, stretch, begins) for at, stretch in minutes if at >= begins)
    role = seat_role_label(person.role)
    return Line(person.name, role, facts, _(word), tone, bars, _in_words(minutes))


def _place(at: datetime, begins: datetime) -> int:
    return int((at - begins) // MINUTE) * (BAR + GAP)


def _bar(at: datetime, stretch: Stretch, begins: datetime) -> Bar:
    connected = min(60, stretch.connected_s)
    height = max(1, round(HEIGHT * connected / 60))
    said = _("%(seconds)s conectada, conexão %(word)s")
    text = said % {"seconds": _unit(connected, "s"), "word": _(WORDS[stretch.quality][0])}
    return Bar(_place(at, begins), HEIGHT - height, height, stretch.quality, at, text)


def _in_words(minutes: Minutes) -> str:
    """How many minutes were of which quality, and how many there are none of."""
    counted = Counter(stretch.quality for _at, stretch in minutes)
    parts = [
        ngettext("%(num)s minuto com conexão %(word)s", "%(num)s minutos com conexão %(word)s", counted[one])
        % {"num": counted[one], "word": _(WORDS[one][0])}
        for one in Quality
        if counted[one]
    ]
    span = int((minutes[-1][0] - minutes[0][0]) // MINUTE) + 1
    if missing := span - len(minutes):
        parts.append(ngettext("%(num)s minuto fora", "%(num)s minutos fora", missing) % {"num": missing})
    return ", ".join(parts) + "."


def _unit(value: float, unit: str) -> str:
    return f"{number(value)}{NO_BREAK_SPACE}{unit}"


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{_unit(minutes, 'min')} {_unit(rest, 's')}"


def _way(kbps: float, loss: float) -> str:
    lost = _("%(share)s perdidos") % {"share": _unit(round(100 * loss, 1), "%")}
    return f"{_unit(round(kbps), 'kbit/s')}, {lost}"
