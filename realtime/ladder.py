"""From the figures of each second to the step of the ladder on which a seat takes part.

A seat is judged by the web process that has its socket. The step is in the database; here is only what the
last seconds said for another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from app.adapters.clock import Clock
from app.services import seat_modes
from app.services.history import Happening
from app.wake import Wake
from models.rules.errors import DomainError
from models.rules.ladder import Reading, Standing, step

log = structlog.get_logger(__name__)

MOST_SEATS = 1000


@dataclass
class Ladders:
    """The seats that are judged here; None for one whose person has chosen."""

    clock: Clock
    wake: Wake
    _standing: dict[int, Standing | None] = field(default_factory=dict)

    async def heard(self, seat: int, figures: Mapping[str, Any]) -> None:
        """One second of a seat; its step changes when enough of them say so."""
        measured = reading(figures)
        if measured is None:
            return
        try:
            await self._judge(seat, measured)
        except Exception:
            log.exception("ladder_failed", seat=seat)

    async def _judge(self, seat: int, measured: Reading) -> None:
        if seat not in self._standing:
            if len(self._standing) >= MOST_SEATS:
                self._standing.pop(next(iter(self._standing)))
            known = await seat_modes.standing(seat)
            self._standing[seat] = None if known is None else Standing(known)
        before = self._standing[seat]
        if before is None:
            return
        after = step(before, measured)
        self._standing[seat] = after
        if after.mode is not before.mode:
            await self._change(seat, after)

    async def _change(self, seat: int, after: Standing) -> None:
        try:
            changed = await seat_modes.adapt(seat, after.mode, now=self.clock.now())
        except DomainError:
            changed = False
        if changed:
            log.info("seat_mode_changed", seat=seat, mode=after.mode.value)
            self.wake.ring()
        else:
            self._standing.pop(seat, None)

    def relayed(self, happening: Happening) -> None:
        """A committed event: a choice made on a page, or a seat that was emptied."""
        seat = happening.facts.get("seat")
        if not isinstance(seat, int):
            return
        if happening.name == "seat_left":
            self._standing.pop(seat, None)
        elif happening.name == "seat_mode_changed":
            held = self._standing.get(seat)
            if held is None or happening.facts.get("chosen") or held.mode != happening.facts.get("mode"):
                self._standing.pop(seat, None)


def reading(figures: Mapping[str, Any]) -> Reading | None:
    """What a second says to the ladder; None of a seat that is not connected, which is another matter."""
    if figures.get("publish") != "connected" and figures.get("subscribe") != "connected":
        return None
    up, down = figures["up"], figures["down"]
    wanted = down.get("targets", {})
    paused = {name for name, layer in down.get("layers", {}).items() if layer is None}
    estimate = down.get("estimate_kbps")
    return Reading(
        loss=max(up["loss"], down["loss"]),
        rtt_ms=figures.get("rtt_ms"),
        estimate_kbps=int(estimate) if estimate is not None else None,
        held_back=any(wanted.get(name) is None for name in paused),
    )
