"""The countdown to the opening of a hearing: begun by the mediator, held by the server, told to everybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.rules.hearing import HearingState

LENGTH = timedelta(seconds=5)


def left(state: HearingState, counting_from: datetime | None, now: datetime) -> timedelta | None:
    """How long it still runs, nothing at its end; None while there is no countdown."""
    if counting_from is None or state is not HearingState.NOT_STARTED:
        return None
    return max(counting_from + LENGTH - now, timedelta())
