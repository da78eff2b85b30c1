"""A receiver's line: what it carries, what is planned on it, and the padding that finds out if it bears more.

What everything here decides with is pure and lies in `hearings.bandwidth`.
"""

from collections.abc import Iterable

from hearings.bandwidth import WIRE_OVERHEAD
from hearings.bandwidth.allocation import Key, Steadiness, Step, Want, allocate
from hearings.bandwidth.estimator import Estimator
from hearings.bandwidth.feedback import parse
from hearings.forwarding.leg import Leg
from hearings.forwarding.outgoing import OutgoingTrack

PLAN_S = 0.4
"""Plans are made so often when nothing has happened."""
REPAIRS = 0.5
"""Part of the line that repair may take: a line that loses a third of everything is mended with it."""
HURRY_S = 0.1
"""When more is planned than the line now carries, so soon."""


class Downlink:
    """One subscribe connection's."""

    def __init__(self, leg: Leg) -> None:
        self.estimator = Estimator(leg.departures)
        self._resends = leg.resends
        self._limit_repairs()
        self._steadiness = Steadiness()
        self._planned_at = float("-inf")
        self._spent = self._wanted = 0
        self.asked: dict[Key, int] = {}
        """Of pictures that can be had at any rate and did not get all that is of use: what they got."""

    def on_feedback(self, body: bytes, now: float) -> None:
        """Transport-wide feedback; raises ValueError when it is malformed."""
        self.estimator.on_feedback(parse(body), now)
        self._limit_repairs()

    def on_remb(self, bits_per_second: int) -> None:
        """The estimate of a receiver that makes its own."""
        self.estimator.on_remb(bits_per_second)
        self._limit_repairs()

    def due(self, now: float) -> bool:
        """Whether to plan again."""
        short = self._spent > self.estimator.bits_per_second
        return now - self._planned_at >= (HURRY_S if short else PLAN_S)

    def steady(self, key: Key, now: float) -> bool:
        """Whether the picture must not rise for now."""
        return self._steadiness.holds(key, now)

    def plan(self, wants: list[Want], sound: int, now: float) -> dict[Key, Step | None]:
        """Divide the line; `sound` is what the voices take, in bit/s."""
        # What is lost is asked for again, and takes its part of the line.
        budget = int(self.estimator.bits_per_second * (1 - min(self.estimator.loss, 0.25)))
        plan = allocate(budget, sound, wants)
        self._steadiness.note(wants, plan, now)
        self._planned_at = now
        self._spent = sound + sum(step.rate for step in plan.steps.values() if step)
        self._wanted = plan.wanted
        self.asked = {want.key: rate for want in wants if (rate := _asked(want, plan.steps[want.key]))}
        return plan.steps

    def probe(self, outs: Iterable[OutgoingTrack], now: float) -> None:
        """Called each 20 ms: send padding if that can tell something."""
        owed = self.estimator.probe(self._wanted, now)
        for out in outs if owed else ():
            while owed > 0 and (sent := out.pad(now)):
                owed -= sent + WIRE_OVERHEAD

    def _limit_repairs(self) -> None:
        """Who asks for more has a line too narrow for it: to answer all would keep it full of the past."""
        self._resends.rate = self.estimator.bits_per_second * REPAIRS


def _asked(want: Want, step: Step | None) -> int:
    """The rate that the picture's sender should keep to for this receiver, 0 for any."""
    elastic = len(want.steps) > 1 and want.steps[0].layer == want.steps[-1].layer
    return step.rate if elastic and step is not None and step is not want.useful[-1] else 0
