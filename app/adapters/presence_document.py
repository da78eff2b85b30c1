"""The certificate of presence as its Typst template needs it (presenca.typ)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from app.adapters.document_words import day_words, hour_words, moment_words, second_words, template_data
from app.adapters.documents import Check, Letterhead, Parties
from app.adapters.qr import qr_svg


@dataclass(frozen=True, kw_only=True)
class PresenceLine:
    """A person: times aware (None: never came, there until the end), lengths in words.

    ``stays`` are (start, end, where) as fractions of the picture's width; ``text`` says them.
    """

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
    stays: tuple[tuple[float, float, str], ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class PresenceData:
    """Who was in a hearing, by measurement.

    ``until`` is its end, or when the certificate was asked for while it was not ``closed``. The picture goes
    from ``begins`` to ``ends``; ``ticks`` and ``marks`` are (place, label). ``last_seq`` and ``last_hash``
    are those of the last event of the case's record that was counted.
    """

    template: ClassVar[str] = "presenca.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    parties: Parties
    mediator_name: str
    starts_at: datetime
    tolerance_minutes: int
    opened_at: datetime | None
    until: datetime
    closed: bool
    outcome: str
    conclusions: tuple[str, ...]
    interruptions: tuple[str, ...]
    begins: datetime
    ends: datetime
    lines: tuple[PresenceLine, ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    failures: tuple[tuple[float, float], ...]
    skew: timedelta
    last_seq: int
    last_hash: str
    check: Check

    def to_json(self) -> bytes:
        """See Document.to_json."""
        zone = self.agency.zone
        return template_data(
            self,
            self.parties.shown()
            | {
                "title": "Certidão de presença em audiência",
                "description": "Presença na audiência de conciliação, apurada pelo servidor",
                "kind": "Audiência de conciliação",
                "mediator_name": self.mediator_name,
                "held_on": day_words(self.starts_at.astimezone(zone).date()),
                "starts_at": moment_words(self.starts_at, zone),
                "tolerance_minutes": self.tolerance_minutes,
                "opened_at": hour_words(self.opened_at, zone) if self.opened_at else "",
                "until": second_words(self.until, zone),
                "closed": self.closed,
                "outcome": self.outcome[:1].upper() + self.outcome[1:],
                "conclusions": self.conclusions,
                "interruptions": self.interruptions,
                "range": f"{hour_words(self.begins, zone)} a {hour_words(self.ends, zone)}",
                "lines": [_line(line, zone) for line in self.lines],
                "ticks": [{"at": at, "label": label} for at, label in self.ticks],
                "marks": [{"at": at, "label": label} for at, label in self.marks],
                "failures": self.failures,
                "skew": f"{self.skew.total_seconds():.1f}".replace(".", ","),
                "last_seq": self.last_seq,
                "last_hash": self.last_hash,
                "check": asdict(self.check),
                "qr": qr_svg(self.check.url),
            },
        )


def _line(line: PresenceLine, zone: ZoneInfo) -> dict[str, Any]:
    return asdict(line) | {
        "came": hour_words(line.came, zone) if line.came else "—",
        "went": hour_words(line.went, zone) if line.went else "até o fim" if line.came else "—",
        "stays": [{"start": start, "end": end, "where": where} for start, end, where in line.stays],
    }
