"""What a publisher is told of its way to us: what arrived and when, and how much its receivers can use."""

from collections.abc import Mapping

from hearings.bandwidth.arrivals import ArrivalReports
from hearings.forwarding import rtcp
from hearings.forwarding.leg import Leg
from hearings.forwarding.source import Source

FEEDBACK_S = 0.1
UNLIMITED = 8_000_000
"""More than a camera's layers and a screen are, in bit/s: a limit that limits nothing."""
SOONER = 0.95
"""A limit lower than this part of the last one is told at once, others each second."""


class Uplink:
    """One publish connection's. `limit` is what its browser is asked to keep to in bit/s, None: nothing."""

    def __init__(self, leg: Leg, sources: Mapping[str, Source]) -> None:
        self.limit: int | None = None
        self._leg = leg
        self._sources = sources
        self._reports = ArrivalReports()
        self._told_at = 0.0

    def tick(self, now: float) -> None:
        """Every 20 ms: feedback, when it is time."""
        if now - self._told_at < FEEDBACK_S:
            return
        self._told_at = now
        notes = self._leg.arrivals.take()
        ssrcs = self._ssrcs()
        if notes and ssrcs:
            for body in self._reports.feedback(notes):
                self._leg.send_rtcp(rtcp.transport_feedback(ssrcs[0], body))

    def allow(self, limit: int | None) -> None:
        """Ask the browser to send no more than `limit` bit/s in all."""
        sooner = limit is not None and limit < SOONER * (self.limit or UNLIMITED)
        self.limit = limit
        if sooner:
            self._leg.send_rtcp(self.limit_message())

    def limit_message(self) -> bytes:
        """The limit as REMB; without one it lifts an earlier one. Empty before anything has arrived."""
        ssrcs = self._ssrcs()
        return rtcp.bandwidth_limit(self.limit or UNLIMITED, ssrcs) if ssrcs else b""

    def _ssrcs(self) -> list[int]:
        return [layer.ssrc for s in self._sources.values() for layer in s.layers if layer.ssrc >= 0]
