"""How a person was connected to a hearing, for the page after its end: a line of a table and a plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.i18n import N_, ngettext
from app.i18n import gettext as _
from app.services import seat_quality
from app.services.room_view import Person
from app.services.wording import seat_role_label
from app.web.filters import number
from models.rules.connection_quality import Quality, Stretch

BAR, GAP, HEIGHT = 6, 2, 36
"""A minute's bar, the room beside it and the height of a full minute, in units of the plot."""
SHOWN = timedelta(hours=4)
"""Of a longer hearing so much is drawn, its end; the table counts all of it."""

WORDS = {
    Quality.GOOD: (N_("boa"), "success"),
    Quality.REGULAR: (N_("regular"), "warning"),
    Quality.BAD: (N_("ruim"), "danger"),
}


@dataclass(frozen=True)
class Bar:
    """A minute in the plot: as high as the person was connected."""

    x: int
    y: int
    height: int
    quality: Quality


@dataclass(frozen=True)
class Plot:
    """A bar for each minute from the first to the last; ``text`` says the same in words."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    begins: datetime
    ends: datetime
    text: str


@dataclass(frozen=True)
class Connection:
    """Everything shown of one person."""

    name: str
    role: str
    facts: tuple[str, ...]
    """Connected, heard, seen, rates, losses, round trip, freezes: as in ``COLUMNS``."""
    word: str
    tone: str
    plot: Plot


COLUMNS = (
    N_("Pessoa"),
    N_("Conectada"),
    N_("Ouvida"),
    N_("Vista"),
    N_("Enviou / recebeu"),
    N_("Perda"),
    N_("Ida e volta"),
    N_("Imagem parada"),
    N_("Conexão"),
)


def columns() -> list[str]:
    """The table's headings."""
    return [_(column) for column in COLUMNS]


def connection(person: Person, minutes: Sequence[tuple[datetime, Stretch]]) -> Connection:
    """A person's line and plot; there is at least one minute."""
    whole = seat_quality.summary(minutes)
    word, tone = WORDS[whole.quality]
    facts = (
        _minutes(whole.connected_s),
        _minutes(whole.heard_s),
        _minutes(whole.seen_s),
        f"{number(round(whole.kbps_in))} / {number(round(whole.kbps_out))} kbit/s",
        f"{_percent(whole.loss_in)} / {_percent(whole.loss_out)}",
        _("até %(time)s ms") % {"time": number(round(whole.rtt_ms))} if whole.rtt_ms is not None else "—",
        f"{whole.freezes}× · {number(round(whole.freeze_ms / 1000, 1))} s",
    )
    return Connection(person.name, seat_role_label(person.role), facts, _(word), tone, _plot(minutes))


def _plot(minutes: Sequence[tuple[datetime, Stretch]]) -> Plot:
    last = minutes[-1][0]
    shown = [(at, stretch) for at, stretch in minutes if at > last - SHOWN]
    begins = shown[0][0]
    bars = []
    for at, stretch in shown:
        place = int((at - begins).total_seconds() // 60)
        height = max(1, round(HEIGHT * min(60, stretch.connected_s) / 60))
        bars.append(Bar(place * (BAR + GAP), HEIGHT - height, height, stretch.quality))
    return Plot(
        tuple(bars), bars[-1].x + BAR, HEIGHT, begins, last + timedelta(minutes=1), _in_words(minutes)
    )


def _in_words(minutes: Sequence[tuple[datetime, Stretch]]) -> str:
    """How many minutes were of which quality, and how many there are none of."""
    counted = Counter(stretch.quality for _at, stretch in minutes)
    parts = [
        ngettext("%(num)s minuto com conexão %(word)s", "%(num)s minutos com conexão %(word)s", counted[one])
        % {"num": counted[one], "word": _(WORDS[one][0])}
        for one in Quality
        if counted[one]
    ]
    span = int((minutes[-1][0] - minutes[0][0]).total_seconds() // 60) + 1
    if missing := span - len(minutes):
        parts.append(ngettext("%(num)s minuto fora", "%(num)s minutos fora", missing) % {"num": missing})
    return ", ".join(parts) + "."


def _minutes(seconds: int) -> str:
    return _("%(minutes)s min %(seconds)s s") % {"minutes": seconds // 60, "seconds": f"{seconds % 60:02}"}


def _percent(fraction: float) -> str:
    return f"{number(round(100 * fraction, 1))} %"
