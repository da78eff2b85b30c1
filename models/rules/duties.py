"""Who must act now in a case and until when: a table by state, asked for each role.

What happens otherwise is said in ``app.services.duty_words``, a sentence for each cell. The table is checked
against the case machine: whoever must act has something to do there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.rules.case_machine import TABLE, Action, State
from models.rules.delivery import BEFORE_AWARENESS, REDELIVERY
from models.rules.people import Role, Side
from models.rules.terms import Calendar, DueDate, Term, due_date


class Until(StrEnum):
    """What sets the last day: the running term, a term of the profile, hearing, offer, slots, or nothing.

    A term of the profile (SERVICE) is booked in the case like any other (``app.services.terms``); in the
    minute before the agency's own is, it is counted from the state's first day, which is the same count.
    """

    TERM = "term"
    SERVICE = "service"
    HEARING = "hearing"
    OFFER = "offer"
    SLOTS = "slots"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Duty:
    """Who must act (roles), until when; ``key`` names its words, ``act`` the profile's term of SERVICE."""

    key: str
    who: frozenset[Role]
    until: Until = Until.NOTHING
    act: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a case stands: its state and since which day, its running term, its next hearing, an open offer.

    ``hearing_at`` is aware, in the agency's zone; ``offer`` is the side that offered, ``offer_until`` the
    last day on which it can be accepted; ``slots_until``, aware like ``hearing_at``, until when the consumer
    may choose among offered slots. ``act`` is the profile's term of which ``due_on`` is the last day, empty
    for a day that was agreed. A notified case whose ``act`` is none or the agency's (``BEFORE_AWARENESS``)
    waits for the company's awareness, which begins its term; ``since`` is then the day of the last attempt.
    ``passed``: the running term is over; ``explanation`` is how it was counted.
    """

    state: State
    since: date
    due_on: date | None = None
    hearing_at: datetime | None = None
    offer: Side | None = None
    offer_until: date | None = None
    slots_until: datetime | None = None
    act: str = ""
    explanation: str = ""
    passed: bool = False
    asked: bool = False

    @property
    def unaware(self) -> bool:
        """The notice is being served, and the company's term has not begun."""
        return self.state is State.NOTIFIED and (self.due_on is None or self.act in BEFORE_AWARENESS)


_TRIAGE = frozenset({Role.ATTENDANT, Role.COORDINATOR})
_CASEWORK = frozenset({Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR})
_HEARING = frozenset({Role.MEDIATOR, Role.COORDINATOR})
_LEAD = frozenset({Role.LEGAL, Role.COORDINATOR})
_CONSUMER = frozenset({Role.CONSUMER})
_COMPANY = frozenset({Role.COMPANY})
_NOBODY: frozenset[Role] = frozenset()

DUTIES: Mapping[State, Duty] = {
    State.DRAFT: Duty("draft", _CONSUMER),
    State.SUBMITTED: Duty("submitted", _TRIAGE, Until.SERVICE, "triage"),
    State.IN_TRIAGE: Duty("in_triage", _TRIAGE, Until.SERVICE, "triage"),
    State.WAITING_CONSUMER: Duty("waiting_consumer", _CONSUMER, Until.TERM),
    State.LAPSED: Duty("lapsed", _CONSUMER),
    State.REFUSED: Duty("refused", _CONSUMER),
    State.ACCEPTED: Duty("accepted", _CONSUMER),
    State.UNDER_ANALYSIS: Duty("under_analysis", _CASEWORK, Until.SERVICE, "analysis"),
    State.PRELIMINARY: Duty("preliminary", _CASEWORK, Until.SERVICE, "analysis"),
    State.NOTIFIED: Duty("notified", _COMPANY, Until.TERM),
    State.ACKNOWLEDGED: Duty("notified", _COMPANY, Until.TERM),
    State.ANSWERED: Duty("answered", _CONSUMER | _HEARING, Until.SERVICE, "consumer_reply"),
    State.UNANSWERED: Duty("unanswered", _HEARING, Until.SERVICE, "scheduling"),
    State.REPLIED: Duty("replied", _HEARING, Until.SERVICE, "scheduling"),
    State.OPENED: Duty("opened", _HEARING, Until.SERVICE, "scheduling"),
    State.HEARING_SCHEDULED: Duty("hearing_scheduled", _CONSUMER | _COMPANY | _HEARING, Until.HEARING),
    State.NO_AGREEMENT: Duty("no_agreement", _LEAD, Until.SERVICE, "decision"),
    State.HEARING_NOT_HELD: Duty("hearing_not_held", _HEARING | _LEAD, Until.SERVICE, "scheduling"),
    State.FULFILMENT: Duty("fulfilment", _CONSUMER | _COMPANY | _LEAD, Until.TERM),
    State.BREACHED: Duty("breached", _LEAD, Until.SERVICE, "decision"),
    State.ARCHIVED: Duty("archived", _NOBODY),
}
UNREAD = Duty("unread", _COMPANY)
UNAWARE = Duty("unaware", _CASEWORK, Until.SERVICE, "awareness")
UNDELIVERED = Duty("undelivered", _CASEWORK, Until.SERVICE, "redelivery")
"""The notice is on its way, or came back: no term runs before awareness (Decreto 2.181/1997, art. 42)."""
SILENT = Duty("silent", _CONSUMER | _TRIAGE, Until.TERM)
"""What the triage asked for did not come in its term: it may still come, and the triage may archive."""
ASKED = Duty("fulfilment_asked", _CONSUMER, Until.TERM)
"""A date of the agreement has passed, and the consumer is asked whether the company did its part."""
OFFERED = {
    Role.CONSUMER: Duty("offer_to_consumer", _CONSUMER, Until.OFFER),
    Role.COMPANY: Duty("offer_to_company", _COMPANY, Until.OFFER),
}
"""By who is to answer an open offer: for them it goes before what the state asks."""
SLOTS = Duty("slots_offered", _CONSUMER, Until.SLOTS)
"""The consumer is to choose the hearing's time among those offered: for them it goes before all else."""
PICKABLE = frozenset(state for state, action in TABLE if action is Action.PICK_SLOT)
NEGOTIABLE = frozenset(state for state, action in TABLE if action is Action.ACCEPT_OFFER)
_OFFERING = {Role.CONSUMER: Side.COMPANY, Role.COMPANY: Side.CONSUMER}


def duty(standing: Standing, role: Role) -> Duty:
    """What is to be done in a case, as it is told to a person of ``role``."""
    if standing.slots_until is not None and standing.state in PICKABLE and role is Role.CONSUMER:
        return SLOTS
    if standing.offer is not None and standing.state in NEGOTIABLE and _OFFERING.get(role) is standing.offer:
        return OFFERED[role]
    if standing.unaware:
        if role is Role.COMPANY:
            return UNREAD
        return UNDELIVERED if standing.act == REDELIVERY else UNAWARE
    if standing.state is State.WAITING_CONSUMER and standing.passed:
        return SILENT
    if standing.asked and standing.state is State.FULFILMENT:
        return ASKED
    return DUTIES[standing.state]


def booked(wanted: Duty, standing: Standing) -> bool:
    """Whether the case's running term is this duty's."""
    if wanted.until is Until.SERVICE:
        return standing.due_on is not None and standing.act == wanted.act
    return wanted.until is Until.TERM and standing.due_on is not None


def counted(
    wanted: Duty, standing: Standing, terms: Mapping[str, Term], calendar: Calendar
) -> DueDate | None:
    """How a duty's term of service is counted, from the state's first day; None for any other."""
    if wanted.until is not Until.SERVICE or wanted.act not in terms:
        return None
    return due_date(terms[wanted.act], standing.since, calendar)


def deadline(wanted: Duty, standing: Standing, terms: Mapping[str, Term], calendar: Calendar) -> date | None:
    """The last day of a duty, None when no term runs."""
    if booked(wanted, standing):
        return standing.due_on
    if wanted.until is Until.HEARING and standing.hearing_at is not None:
        return standing.hearing_at.date()
    if wanted.until is Until.SLOTS and standing.slots_until is not None:
        return standing.slots_until.date()
    if wanted.until is Until.OFFER:
        return standing.offer_until
    service = counted(wanted, standing, terms, calendar)
    return service.due if service else None
