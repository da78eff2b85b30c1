"""When tasks of the command centre are looked at anew: after each event that may raise or clear one, and when
somebody's sound stops or comes back.

What stands is in the database; here is only what the last seconds of a seat's sound say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from app.adapters.clock import Clock
from app.services import alerts
from app.services.history import Happening
from app.wake import Wake
from models.rules.alerts import Listening, listen
from models.rules.events import HEARING_EVENTS

log = structlog.get_logger(__name__)

MOST_SEATS = 1000
OWN = frozenset({"help_asked", "help_said", "help_over", "alert_raised", "alert_taken", "alert_resolved"})
TALK = frozenset({"message_said", "minutes_changed", "exhibit_shown", "exhibit_turned", "exhibit_put_away"})
LOOKED_AT = (HEARING_EVENTS | {"hearing_cancelled"}) - OWN - TALK
"""Events that may change what stands."""
SOUNDLESS = "no_packets"


@dataclass
class Alerts:
    """Reviews hearings, and listens to the seats whose sockets this process has."""

    clock: Clock
    wake: Wake
    _heard: dict[int, Listening] = field(default_factory=dict)

    async def relayed(self, happening: Happening) -> None:
        """A committed event (from the relay)."""
        hearing, seat = happening.facts.get("hearing"), happening.facts.get("seat")
        if happening.name in ("seat_entered", "seat_left") and isinstance(seat, int):
            self._heard.pop(seat, None)
        if happening.name not in LOOKED_AT or not isinstance(hearing, int):
            return
        if await alerts.review(hearing, now=self.clock.now()):
            self.wake.ring()

    async def heard(self, seat: int, figures: Mapping[str, Any]) -> None:
        """One second of a seat whose sound the others should hear."""
        try:
            await self._listen(seat, sound=figures.get("voice", SOUNDLESS) != SOUNDLESS)
        except Exception:
            log.exception("alert_not_noted", seat=seat)

    async def _listen(self, seat: int, *, sound: bool) -> None:
        if seat not in self._heard:
            if len(self._heard) >= MOST_SEATS:
                self._heard.pop(next(iter(self._heard)))
            self._heard[seat] = Listening(await alerts.heard_of(seat))
        before = self._heard[seat]
        after = self._heard[seat] = listen(before, sound=sound)
        if after.silent is None or after.silent is before.silent:
            return
        if await alerts.noted(seat, silent=after.silent, now=self.clock.now()):
            self.wake.ring()
