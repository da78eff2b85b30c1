"""What follows a hearing in its case, by the rule and by how often it was set again, and for whose reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.i18n import gettext as _
from models import Case, CaseEvent, Hearing
from models.rules.case_machine import State
from models.rules.errors import Refused
from models.rules.hearing import HearingState, Outcome
from models.rules.outcomes import Cause as NotHeld
from models.rules.outcomes import FollowUp, caused_by, follow_up, outcome_text, uses_rescheduling
from models.rules.people import Role, Viewer
from models.rules.rescheduling import JUSTIFIED_BY, Cause, SchedulingPolicy

OFFER_AGAIN_JOB = "offer_again"
"""Offers slots in the place of a hearing that was not held and is set again by the rule."""


@dataclass(frozen=True)
class SetAgain:
    """The hearing that was not held, in the place of which another one is set."""

    hearing_id: int
    outcome: Outcome
    cause: NotHeld | None

    def facts(self) -> dict[str, Any]:
        """As the event of the new hearing carries it: how the last one ended, and for whose reason."""
        sides = sorted(caused_by(self.outcome, self.cause))
        return {"hearing": self.hearing_id, "outcome": self.outcome, "cause": self.cause, "by": sides}

    def told(self) -> str:
        """The same in a sentence."""
        return _("A audiência anterior foi %(outcome)s.") % {
            "outcome": outcome_text(self.outcome, self.cause)
        }


async def set_again(case: Case) -> SetAgain | None:
    """The hearing after which this case waits for another one; None when it waits for its first."""
    if case.state is not State.HEARING_NOT_HELD:
        return None
    last = await Hearing.filter(case_id=case.id, state=HearingState.CLOSED).order_by("-id").first()
    return SetAgain(last.id, last.outcome, last.cause) if last and last.outcome else None


async def of_hearing(hearing: Hearing) -> FollowUp:
    """What follows a closed hearing, as it was decided and told when it closed.

    A profile that changes later changes nothing about it. What closed before that was kept is decided anew.
    """
    closed = CaseEvent.filter(case_id=hearing.case_id, name="hearing_closed").order_by("-seq")
    for facts in [row["facts"] for row in await closed.values("facts")]:
        if facts.get("hearing") == hearing.id and "follow_up" in facts:
            return FollowUp(facts["follow_up"])
    return await decide(hearing, SchedulingPolicy().not_held_reschedules)


async def decide(hearing: Hearing, allowed: int) -> FollowUp:
    """What follows a hearing that has its outcome; ``allowed`` reschedulings by the profile."""
    assert hearing.outcome is not None  # noqa: S101  the caller closes it, or it was closed
    causes = _justified(hearing.outcome, hearing.cause)
    before = await changes(hearing.case_id, before=hearing.id)
    return follow_up(hearing.outcome, hearing.cause, sum(one in causes for one in before), allowed)


async def changes(case_id: int, *, before: int | None = None) -> list[Cause]:
    """Why this case's hearings were moved, cancelled or not held so far, in no order.

    ``before``: what happened to the hearings up to this one, without how it ended.
    """
    events = CaseEvent.filter(case_id=case_id, name__in=["hearing_moved", "hearing_cancelled"])
    found = [
        Cause(facts["cause"])
        for facts in [row["facts"] for row in await events.values("facts")]
        if "cause" in facts and _counts(facts, before)
    ]
    ended = Hearing.filter(case_id=case_id, state=HearingState.CLOSED, outcome__isnull=False)
    for hearing in await (ended.filter(id__lt=before) if before else ended):
        if hearing.outcome and uses_rescheduling(hearing.outcome, hearing.cause):
            found += _justified(hearing.outcome, hearing.cause)
    return found


def _counts(facts: Mapping[str, Any], before: int | None) -> bool:
    return before is None or facts.get("hearing", 0) <= before


def _justified(outcome: Outcome, cause: NotHeld | None) -> list[Cause]:
    """What a hearing that was not held used up, by the parties for whose reason."""
    return [JUSTIFIED_BY[side] for side in sorted(caused_by(outcome, cause)) if side in JUSTIFIED_BY]


async def check_rescheduling(case_id: int, viewer: Viewer) -> None:
    """Refused("no_rescheduling") when the last hearing was not held in a way that is set again by itself.

    The coordination decides otherwise by setting it again.
    """
    last = await Hearing.filter(case_id=case_id, state=HearingState.CLOSED).order_by("-id").first()
    if last is None or last.outcome is None or viewer.role is Role.COORDINATOR:
        return
    if await of_hearing(last) is not FollowUp.RESCHEDULE:
        raise Refused("no_rescheduling")
