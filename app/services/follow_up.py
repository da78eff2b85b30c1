"""What follows a hearing in its case, by the rule and by how often it was set again."""

from __future__ import annotations

from models import Hearing
from models.rules.errors import Refused
from models.rules.hearing import HearingState
from models.rules.outcomes import FollowUp, follow_up, uses_rescheduling
from models.rules.people import Role, Viewer


async def of_hearing(hearing: Hearing) -> FollowUp:
    """What follows a hearing that has its outcome."""
    assert hearing.outcome is not None  # noqa: S101  the caller closes it, or it was closed
    earlier = await Hearing.filter(
        case_id=hearing.case_id, state=HearingState.CLOSED, id__lt=hearing.id, outcome__isnull=False
    )
    used = sum(uses_rescheduling(one.outcome, one.cause) for one in earlier if one.outcome)
    return follow_up(hearing.outcome, hearing.cause, used)


async def check_rescheduling(case_id: int, viewer: Viewer) -> None:
    """Refused("no_rescheduling") when the last hearing was not held in a way that is set again by itself.

    The coordination decides otherwise by setting it again.
    """
    last = await Hearing.filter(case_id=case_id, state=HearingState.CLOSED).order_by("-id").first()
    if last is None or last.outcome is None or viewer.role is Role.COORDINATOR:
        return
    if await of_hearing(last) is not FollowUp.RESCHEDULE:
        raise Refused("no_rescheduling")
