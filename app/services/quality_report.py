"""How each person was connected to a hearing, as numbers to plot and to read.

The agency sees everybody's, the parties their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.services import casefile, rooms, seat_quality
from app.services.seat_quality import Span
from models import Case, Hearing, Seat
from models.rules.connection_quality import Heard, Stretch
from models.rules.errors import NotFound
from models.rules.hearing import OVER, SeatRole
from models.rules.people import Side, Viewer

LONGEST = timedelta(hours=6)
"""Of a longer hearing so much is plotted, its end; the totals count all of it."""


@dataclass(frozen=True)
class Measured:
    """Somebody's hearing: the whole, and its spans, the oldest first."""

    seat: int
    name: str
    role: SeatRole
    mine: bool
    whole: Stretch
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Report:
    """A hearing's figures, as far as they are this person's to see."""

    hearing: Hearing
    protocol: str
    version: int
    whole: bool
    people: tuple[Measured, ...]
    names: Mapping[int, str]
    heard: Mapping[tuple[int, int], Heard]
    """By receiver and sender."""

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.hearing.state in OVER


async def report(hearing_id: int, viewer: Viewer) -> Report:
    """The report of a hearing; NotFound for who has no place in it."""
    hearing = await Hearing.get_or_none(id=hearing_id)
    if hearing is None:
        raise NotFound
    case, side = await _side(hearing, viewer)
    seats = await Seat.filter(hearing_id=hearing_id).order_by("id").prefetch_related("user")
    staff = side is Side.STAFF
    mine = {seat.id for seat in seats if seat.user_id == viewer.user_id}
    if not staff and not mine:
        raise NotFound
    spans = await seat_quality.of_hearing(hearing_id)
    shown = [seat for seat in seats if spans.get(seat.id) and (staff or seat.id in mine)]
    pairs = _heard(spans)
    return Report(
        hearing=hearing,
        protocol=case.protocol or "",
        version=case.version,
        whole=staff,
        people=tuple(_measured(seat, spans[seat.id], mine=seat.id in mine) for seat in shown),
        names={seat.id: seat.user.name for seat in seats if spans.get(seat.id)},
        heard={pair: value for pair, value in pairs.items() if staff or mine & set(pair)},
    )


async def _side(hearing: Hearing, viewer: Viewer) -> tuple[Case, Side]:
    if await rooms.invited(hearing.id, viewer) is not None:
        return await Case.get(id=hearing.case_id), Side.GUEST
    return await casefile.view(hearing.case_id, viewer)


def _measured(seat: Seat, spans: Sequence[Span], *, mine: bool) -> Measured:
    whole = seat_quality.summary(spans)
    kept = tuple(span for span in spans if span.at > spans[-1].at - LONGEST)
    return Measured(seat.id, seat.user.name, seat.role, mine, whole, kept)


def _heard(spans: Mapping[int, Sequence[Span]]) -> dict[tuple[int, int], Heard]:
    """Each receiver by each sender, from the receiver's first span to their last.

    While they were there, what was sent to them counts: nothing is during somebody's silence or in a private
    room. While they were away, what was sent to the others counts, and they heard nothing of it.
    """
    sent = _sent_to_anybody(spans)
    found = {}
    for receiver, measured in spans.items():
        here = {span.at: span.measured for span in measured if span.measured.connected_s}
        for sender in sent.keys() - {receiver}:
            whole = Heard()
            for at, most in sent[sender].items():
                if at in here:
                    whole += here[at].hears.get(sender, Heard())
                elif measured[0].at < at < measured[-1].at:
                    whole += Heard(of=most)
            found[receiver, sender] = whole
    return found


def _sent_to_anybody(spans: Mapping[int, Sequence[Span]]) -> dict[int, dict[datetime, int]]:
    """By sender, the seconds of each span in which their sound was sent to somebody."""
    found: dict[int, dict[datetime, int]] = {seat: {} for seat in spans}
    for measured in spans.values():
        for span in measured:
            for sender, heard in span.measured.hears.items():
                times = found.setdefault(sender, {})
                times[span.at] = max(times.get(span.at, 0), heard.of)
    return found


@dataclass(frozen=True)
class Series:
    """One person's columns, a value for each span from the first to the last, None where there was none.

    ``at`` are seconds since 1970, losses percent, rates kbit/s, ``frozen`` seconds of standing pictures.
    """

    at: list[float]
    loss_in: list[float | None]
    loss_out: list[float | None]
    kbps_in: list[float | None]
    kbps_out: list[float | None]
    layer: list[float | None]
    frozen: list[float | None]
    rtt_ms: list[float | None]


def series(spans: Sequence[Span]) -> Series:
    """The columns of a plot; a hole in the spans is a hole in the lines."""
    found = Series([], [], [], [], [], [], [], [])
    before: datetime | None = None
    for span in spans:
        if before is not None and span.at > before:
            _add(found, before, None)
        _add(found, span.at, span.measured if span.measured.connected_s else None)
        before = span.at + timedelta(seconds=span.seconds)
    return found


def _add(columns: Series, at: datetime, one: Stretch | None) -> None:
    columns.at.append(at.timestamp())
    columns.loss_in.append(None if one is None else round(100 * one.loss_in, 2))
    columns.loss_out.append(None if one is None else round(100 * one.loss_out, 2))
    columns.kbps_in.append(None if one is None else round(one.kbps_in, 1))
    columns.kbps_out.append(None if one is None else round(one.kbps_out, 1))
    columns.layer.append(None if one is None or not one.pictured_s else round(one.layer, 2))
    columns.frozen.append(None if one is None else round(one.freeze_ms / 1000, 2))
    columns.rtt_ms.append(None if one is None else one.rtt_ms)
