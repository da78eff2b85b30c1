"""The moment and the day, as handlers hand them to services: the clock's, in the agency's zone."""

from __future__ import annotations

from datetime import date, datetime

from app.services import calendars
from app.services.duties import Reckoner
from app.services.terms import TermRules
from app.web.parts import parts
from models.rules.terms import Calendar


def now() -> datetime:
    """The present moment, in UTC."""
    return parts().clock.now()


def here() -> datetime:
    """The present moment on the agency's wall clock."""
    return now().astimezone(parts().profile.agency.zone)


def today() -> date:
    """The agency's date."""
    return here().date()


async def calendar() -> Calendar:
    """The agency's calendar as it stands."""
    return await calendars.current(parts().holidays, today())


async def reckoner() -> Reckoner:
    """What says who must act now and until when, as of today."""
    profile = parts().profile
    return Reckoner(profile.terms, await calendar(), profile.agency.zone, today())


async def term_rules(act: str) -> TermRules:
    """How the profile's term of ``act`` is counted if it begins today."""
    return TermRules(parts().profile.terms[act], today(), await calendar())


def typed_day(typed: str) -> date | None:
    """A date as a browser's date field sends it, None when it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
