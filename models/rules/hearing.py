"""Hearing rules: states of the room and of a seat, who may do what, and where media may flow.

The words are those of court practice (NotStarted, InSession, Paused, Suspended, Closed for a hearing;
NotSignedIn, Available, InHearing, InConsultation, Disconnected for a person). A seat's state is derived from
what is known about it, never stored, so that it cannot lie after a reconnection. Joining, the moment between
being let in and the first packet, is known to the person's own browser alone, which says it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.errors import Refused


class HearingState(StrEnum):
    """Where a hearing is."""

    NOT_STARTED = "not_started"
    IN_SESSION = "in_session"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OVER = frozenset({HearingState.CLOSED, HearingState.CANCELLED})
"""Where a hearing stays for good."""


class SeatRole(StrEnum):
    """What a person is in a hearing; counsel is the consumer's lawyer (a company's sits for the company)."""

    CONSUMER = "consumer"
    COMPANY = "company"
    MEDIATOR = "mediator"
    INTERPRETER = "interpreter"
    COUNSEL = "counsel"
    WITNESS = "witness"
    OBSERVER = "observer"


MOST_PEOPLE = 8
"""Places in a room, of who waits and who was let in: parties, their lawyers, mediator, interpreter, witness,
observer (ADR 0052)."""

INVITED = (SeatRole.INTERPRETER, SeatRole.COUNSEL, SeatRole.WITNESS, SeatRole.OBSERVER)
"""Who has a place because the mediator invited them to this one hearing; they know nothing else of a case."""


class SeatMode(StrEnum):
    """How a person takes part, from the best to the least that a line must bear."""

    VIDEO = "video"
    LOW_VIDEO = "low"
    AUDIO = "audio"
    TEXT = "text"


class Audience(StrEnum):
    """For whom a line of the chat is."""

    ALL = "all"
    MEDIATOR = "mediator"
    PRIVATE = "private"


class SeatState(StrEnum):
    """Where a person is, as the others see it."""

    NOT_SIGNED_IN = "not_signed_in"
    AVAILABLE = "available"
    IN_HEARING = "in_hearing"
    IN_CONSULTATION = "in_consultation"
    DISCONNECTED = "disconnected"


class Outcome(StrEnum):
    """How a hearing ended; the not-held classes carry their cause."""

    FULL_AGREEMENT = "full_agreement"
    PARTIAL_AGREEMENT = "partial_agreement"
    NO_AGREEMENT = "no_agreement"
    CONSUMER_ABSENT = "consumer_absent"
    COMPANY_ABSENT = "company_absent"
    BOTH_ABSENT = "both_absent"
    TECHNICAL_FAILURE = "technical_failure"


AGREEMENTS = frozenset({Outcome.FULL_AGREEMENT, Outcome.PARTIAL_AGREEMENT})
NOT_HELD = frozenset(
    {
        Outcome.CONSUMER_ABSENT,
        Outcome.COMPANY_ABSENT,
        Outcome.BOTH_ABSENT,
        Outcome.TECHNICAL_FAILURE,
    }
)


class Conduct(StrEnum):
    """What a mediator does to the hearing as a whole."""

    OPEN = "open"
    PAUSE = "pause"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"


CONDUCT: dict[tuple[HearingState, Conduct], HearingState] = {
    (HearingState.NOT_STARTED, Conduct.OPEN): HearingState.IN_SESSION,
    (HearingState.IN_SESSION, Conduct.PAUSE): HearingState.PAUSED,
    (HearingState.IN_SESSION, Conduct.SUSPEND): HearingState.SUSPENDED,
    (HearingState.PAUSED, Conduct.RESUME): HearingState.IN_SESSION,
    (HearingState.SUSPENDED, Conduct.RESUME): HearingState.IN_SESSION,
    (HearingState.IN_SESSION, Conduct.CLOSE): HearingState.CLOSED,
    (HearingState.NOT_STARTED, Conduct.CLOSE): HearingState.CLOSED,
    (HearingState.SUSPENDED, Conduct.CLOSE): HearingState.CLOSED,
}


def conduct(state: HearingState, act: Conduct) -> HearingState:
    """The hearing's state after ``act``; Refused("hearing_not_now") when the table has no such cell."""
    try:
        return CONDUCT[state, act]
    except KeyError:
        raise Refused("hearing_not_now", act=act, state=state) from None


def possible_conduct(state: HearingState) -> tuple[Conduct, ...]:
    """What a mediator may do now, in the order of the table."""
    return tuple(act for (at, act) in CONDUCT if at is state)


@dataclass(frozen=True)
class SeatFacts:
    """What is known about a seat; ``private``: the person is in a private room of the hearing."""

    admitted: bool
    muted: bool
    connected: bool
    entered_at: datetime | None
    private: bool = False


def seat_state(facts: SeatFacts) -> SeatState:
    """Where the person of a seat is."""
    if not facts.connected:
        return SeatState.NOT_SIGNED_IN if facts.entered_at is None else SeatState.DISCONNECTED
    if not facts.admitted:
        return SeatState.AVAILABLE
    return SeatState.IN_CONSULTATION if facts.private else SeatState.IN_HEARING


def media_flows(hearing: HearingState, seat: SeatFacts) -> bool:
    """Whether a seat's media may reach others of its circle and theirs may reach it.

    Only admitted people, and not during a break, a suspension or after the end; a private room goes on
    through a break, and through a suspension. This is the one place where that is decided; the media process
    obeys it packet by packet.
    """
    if seat.private:
        return seat.admitted and hearing not in OVER
    return seat.admitted and hearing in (HearingState.NOT_STARTED, HearingState.IN_SESSION)


def silenced(seat: SeatFacts) -> bool:
    """Whether nobody hears a seat: the mediator's silence is the hearing's, not that of a private room."""
    return seat.muted and not seat.private


def sign_in_open(starts_at: datetime, now: datetime, opens_minutes: int) -> bool:
    """Whether the door of the waiting room is open; it opens ``opens_minutes`` before the start."""
    return now >= starts_at - timedelta(minutes=opens_minutes)


def may_enter(hearing: HearingState, role: SeatRole, *, door_open: bool) -> bool:
    """Whether somebody with a place in the hearing may sit down; the mediator may at any time before."""
    return hearing not in OVER and (door_open or role is SeatRole.MEDIATOR)


def has_place(role: SeatRole, taken: Collection[SeatRole]) -> bool:
    """Whether there is a place for one more beside those of ``taken``; one is kept for who conducts."""
    conducted = role is SeatRole.MEDIATOR or SeatRole.MEDIATOR in taken
    return len(taken) < (MOST_PEOPLE if conducted else MOST_PEOPLE - 1)


def status_sentence(
    state: HearingState, seat: SeatState, role: SeatRole, *, door_open: bool, counting: bool = False
) -> str:
    """The key of the one status sentence that a person sees; the words are in ``app.services.wording``."""
    if state in OVER:
        return str(state)
    if seat is SeatState.IN_CONSULTATION:
        return "in_consultation"
    if state in (HearingState.PAUSED, HearingState.SUSPENDED):
        return str(state)
    if counting and seat is SeatState.IN_HEARING:
        return "counting"
    if not door_open and seat is not SeatState.IN_HEARING and role is not SeatRole.MEDIATOR:
        return "door_closed"
    if role is SeatRole.MEDIATOR:
        if seat is not SeatState.IN_HEARING:
            return "mediator_outside"
        return "mediator_in_session" if state is HearingState.IN_SESSION else "mediator_before"
    if seat in (SeatState.NOT_SIGNED_IN, SeatState.DISCONNECTED):
        return "outside_in_session" if state is HearingState.IN_SESSION else "door_open"
    if seat is SeatState.IN_HEARING:
        return "in_hearing" if state is HearingState.IN_SESSION else "admitted_before_start"
    return "waiting_in_session" if state is HearingState.IN_SESSION else "waiting"
