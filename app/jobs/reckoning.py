"""The agency's day, as jobs count with it."""

from __future__ import annotations

from app.parts import Parts
from app.services import calendars
from app.services.duties import Reckoner


async def reckoner_of(parts: Parts) -> Reckoner:
    """What says who must act and until when, as of the clock's present day."""
    agency = parts.profile.agency
    today = parts.clock.now().astimezone(agency.zone).date()
    return Reckoner(parts.profile.terms, await calendars.current(parts.holidays, today), agency.zone, today)
