"""From the media processes' figures of each second to the spans of the hearing's record.

A seat is measured by the web process that has its socket, and by no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.adapters.clock import Clock
from app.services import seat_quality
from app.services.seat_quality import SPAN_SECONDS, Span, span_of
from models.rules.connection_quality import Heard, Stretch, layer_size

log = structlog.get_logger(__name__)

WRITE_SECONDS = 10.0
"""A process that is killed loses so much of the record."""
MOST_WAITING = 12_000
"""Spans that are kept while the database is away: those of twenty rooms for half an hour."""


@dataclass
class _Open:
    """A span that is being measured; ``continued`` once what its row had said before is counted in."""

    span: Span
    continued: bool = False
    dirty: bool = True


@dataclass
class _Frozen:
    """What a browser had counted when it last said so, since its page entered."""

    freezes: int
    milliseconds: int


@dataclass
class QualityRecord:
    """Collects seconds, writes spans."""

    clock: Clock
    _open: dict[tuple[int, datetime], _Open] = field(default_factory=dict)
    _frozen: dict[int, _Frozen | None] = field(default_factory=dict)
    """By seat; None while its browser has said nothing yet."""

    def heard(self, hearing: int, seat: int, figures: Mapping[str, Any]) -> None:
        """One second of a seat."""
        at = span_of(self.clock.now())
        opened = self._open.get((seat, at))
        if opened is None:
            if len(self._open) >= MOST_WAITING:
                self._open.pop(next(iter(self._open)))
            opened = self._open[seat, at] = _Open(Span(hearing, seat, at, Stretch()))
        freezes, freeze_ms = self._more_frozen(seat, figures)
        opened.span.measured.add(second(figures, freezes, freeze_ms))
        opened.dirty = True

    async def run(self) -> None:
        """Write every few seconds until cancelled, and then once more."""
        try:
            while True:
                await asyncio.sleep(WRITE_SECONDS)
                try:
                    await self.write()
                except Exception:
                    log.exception("quality_not_written", spans=len(self._open))
        finally:
            await self.write()

    async def write(self) -> None:
        """Bring the rows up to date; spans that are over are forgotten when they are written."""
        present = span_of(self.clock.now())
        writing = [opened for opened in self._open.values() if opened.dirty]
        for opened in writing:
            if not opened.continued:
                before = await seat_quality.written(opened.span.seat, opened.span.at)
                opened.continued = True
                if before is not None:
                    opened.span.measured.add(before)
        for opened in writing:
            opened.dirty = False
        try:
            await seat_quality.write([opened.span for opened in writing])
        except BaseException:
            for opened in writing:
                opened.dirty = True
            raise
        # One more is kept: what its browser had counted is needed for the first second of the next.
        kept = present - timedelta(seconds=SPAN_SECONDS)
        self._open = {key: one for key, one in self._open.items() if one.dirty or key[1] >= kept}
        self._frozen = {seat: self._frozen.get(seat) for seat, _ in self._open}

    def _more_frozen(self, seat: int, figures: Mapping[str, Any]) -> tuple[int, int]:
        """What the browser's counts have grown by. Counts that were there before us are not ours to add."""
        if figures.get("freezes") is None:
            self._frozen.setdefault(seat, None)
            return 0, 0
        now = _Frozen(int(figures["freezes"]), int(figures.get("freeze_ms") or 0))
        known = seat in self._frozen
        before = self._frozen.get(seat)
        self._frozen[seat] = now
        if not known:
            return 0, 0
        if before is None or now.freezes < before.freezes or now.milliseconds < before.milliseconds:
            return now.freezes, now.milliseconds  # a page that has just entered
        return now.freezes - before.freezes, now.milliseconds - before.milliseconds


def second(figures: Mapping[str, Any], freezes: int = 0, freeze_ms: int = 0) -> Stretch:
    """One second of a seat, as the media process tells it."""
    up, down = figures["up"], figures["down"]
    layers = [layer_size(name) for name in down.get("layers", {}).values()]
    return Stretch(
        connected_s=int("connected" in (figures.get("publish"), figures.get("subscribe"))),
        heard_s=int(figures.get("voice", "no_packets") != "no_packets"),
        seen_s=int(bool(figures.get("video")) or bool(figures.get("screen"))),
        kbps_in=sum(up["kbps"].values()),
        kbps_out=sum(down["kbps"].values()),
        loss_in=up["loss"],
        loss_out=down["loss"],
        jitter_ms=max(up["jitter_ms"], down["jitter_ms"]),
        rtt_ms=figures.get("rtt_ms"),
        freezes=freezes,
        freeze_ms=freeze_ms,
        pictured_s=int(bool(layers)),
        layer=sum(layers) / len(layers) if layers else 0.0,
        hears={int(seat): _heard(*counts) for seat, counts in down.get("hears", {}).items()},
    )


def _heard(sent: int, arrived: int) -> Heard:
    """A second in which less than half arrived was not heard."""
    return Heard(int(2 * arrived >= sent), 1, sent, arrived)
