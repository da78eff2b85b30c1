"""What a person sees of a hearing: read in a few queries, the case's number first.

The number is read before everything else, so a page never claims to know more than it shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from app.services import (
    agreement_view,
    consultation_view,
    exhibits,
    follow_up,
    holding,
    media_plan,
    recording_view,
    rooms,
    sealed_zone,
    second_factor,
    signatures,
)
from app.services.agreement_view import ClauseSeen, ParagraphSeen, Sealed, Signed, Who
from app.services.consultation_view import PrivateSeen
from app.services.exhibits import Exhibit, Showable
from app.services.recording_view import RecordingSeen
from app.services.sealed_zone import ZoneSeen
from app.services.standing import may_settle
from models import Case, Hearing, HearingMessage, Seat, User
from models.rules import countdown
from models.rules.agreement import required_signers
from models.rules.errors import NotFound
from models.rules.hearing import (
    INVITED,
    OVER,
    Audience,
    HearingState,
    SeatFacts,
    SeatMode,
    SeatRole,
    SeatState,
    media_flows,
    seat_state,
    sign_in_open,
    status_sentence,
)
from models.rules.outcomes import FollowUp
from models.rules.people import Viewer
from models.rules.recording import RecordingPolicy
from models.rules.room_controls import Control, Situation, controls

NEWEST_MESSAGES = 200


@dataclass(frozen=True)
class Person:
    """Somebody with a place in the room; ``seat`` is 0 for who never came near it.

    ``circle`` names the private room they are in, ``hand`` is their place among the raised hands, from 1.
    ``rules`` is the seat's word about the house rules (``models.rules.house_rules``).
    """

    seat: int
    user_id: int
    name: str
    role: SeatRole
    state: SeatState
    admitted: bool
    muted: bool
    connected: bool
    may_sign: bool
    device_check: Mapping[str, Any] | None
    mine: bool
    circle: str = ""
    hand: int = 0
    identified: bool = False
    rules: str = ""
    mode: SeatMode = SeatMode.VIDEO
    mode_chosen: bool = False


@dataclass(frozen=True)
class Said:
    """A line of the chat."""

    id: int
    author: str
    role: SeatRole
    text: str
    at: datetime
    mine: bool
    audience: Audience


@dataclass(frozen=True)
class RoomView:
    """Everything the room's page shows to one person.

    ``factor``: they sign with the second factor of their account; ``follow_up`` is known of a closed hearing.
    """

    hearing: Hearing
    case_id: int
    version: int
    protocol: str
    consumer: str
    company: str
    mediator: str
    me: Person
    people: tuple[Person, ...]
    status: str
    door_open: bool
    media: bool
    controls: frozenset[Control]
    messages: tuple[Said, ...]
    clauses: tuple[ClauseSeen, ...]
    signatures: tuple[Signed, ...]
    missing: frozenset[SeatRole]
    sealed: Sealed | None
    recording: RecordingSeen
    private: PrivateSeen | None
    callable: frozenset[int]
    exhibit: Exhibit | None
    showable: tuple[Showable, ...]
    away: tuple[SeatRole, ...]
    counting: timedelta | None
    why_not_sign: str = ""
    minutes: tuple[ParagraphSeen, ...] = ()
    zone: ZoneSeen | None = None
    factor: bool = False
    follow_up: FollowUp | None = None

    @property
    def guest(self) -> bool:
        """Whether the person who looks was invited to the hearing and knows nothing else of the case."""
        return self.me.role in INVITED

    @property
    def reads(self) -> bool:
        """Whether they read agreement, minutes and chat: guests only while they are let in."""
        return not self.guest or self.me.admitted

    @property
    def others(self) -> tuple[Person, ...]:
        """Everybody but the person who looks."""
        return tuple(person for person in self.people if not person.mine)


async def view(
    hearing_id: int,
    viewer: Viewer,
    *,
    opens_minutes: int,
    recording: RecordingPolicy,
    sealed_rounds: int = 3,
    now: datetime,
) -> RoomView:
    """The room as ``viewer`` sees it; NotFound for who has no place in it."""
    known = await Hearing.get_or_none(id=hearing_id)
    if known is None:
        raise NotFound
    case, role = await rooms.place(known, viewer)
    hearing = await Hearing.get(id=hearing_id).prefetch_related("mediator")
    seats = await Seat.filter(hearing_id=hearing_id).order_by("id").prefetch_related("user")
    mine = next((seat for seat in seats if seat.user_id == viewer.user_id), None)
    people = _people(seats, viewer)
    me = next((person for person in people if person.mine), None) or await _newcomer(case, role, viewer)
    door_open = sign_in_open(hearing.starts_at, now, opens_minutes)
    missing = await signatures.missing(hearing)
    counting = countdown.left(hearing.state, hearing.counting_from, now)
    tape = await recording_view.seen(hearing, viewer, me, people, recording)
    reads = role not in INVITED or me.admitted
    return RoomView(
        hearing=hearing,
        case_id=case.id,
        version=case.version,
        protocol=case.protocol or "",
        consumer=(await User.get(id=case.consumer_id)).name,
        company=await _company(case),
        mediator=hearing.mediator.name,
        me=me,
        people=people,
        status=status_sentence(
            hearing.state, me.state, role, door_open=door_open, counting=counting is not None
        ),
        door_open=door_open,
        media=me.connected and media_flows(hearing.state, _facts(me)),
        controls=controls(_situation(hearing, me, door_open, missing, tape, counting=counting is not None)),
        messages=await _messages(hearing_id, viewer, mine, people) if reads else (),
        clauses=await agreement_view.clauses_of(hearing, Who(role, me.admitted, me.may_sign))
        if reads
        else (),
        signatures=await agreement_view.signed(hearing) if reads else (),
        missing=missing,
        sealed=None if role in INVITED else await agreement_view.sealed(hearing.sealed_id),
        recording=tape,
        private=await consultation_view.seen(seats, mine, now=now),
        callable=await consultation_view.callable_seats(seats, mine),
        exhibit=await exhibits.seen(hearing, role, admitted=me.admitted),
        showable=await exhibits.showable(hearing, role, admitted=me.admitted),
        away=await holding.away(hearing),
        counting=counting,
        why_not_sign=_why_not(hearing, me),
        minutes=await agreement_view.paragraphs(hearing_id, viewer) if reads else (),
        zone=None
        if role in INVITED
        else await sealed_zone.seen(
            hearing, role, most=sealed_rounds, inside=_negotiating(hearing, me), may_sign=me.may_sign
        ),
        factor=await second_factor.enrolled(viewer.user_id),
        follow_up=await follow_up.of_hearing(hearing) if hearing.state is HearingState.CLOSED else None,
    )


def _negotiating(hearing: Hearing, me: Person) -> bool:
    open_now = hearing.opened_at is not None and hearing.frozen_at is None and hearing.state not in OVER
    return me.admitted and open_now


def _facts(person: Person) -> SeatFacts:
    return SeatFacts(person.admitted, person.muted, person.connected, None, bool(person.circle))


def _situation(
    hearing: Hearing,
    me: Person,
    door_open: bool,
    missing: frozenset[SeatRole],
    tape: RecordingSeen,
    *,
    counting: bool,
) -> Situation:
    return Situation(
        hearing=hearing.state,
        seat=me.state,
        role=me.role,
        door_open=door_open,
        held=hearing.opened_at is not None,
        frozen=hearing.frozen_at is not None,
        signs=me.role in missing and me.may_sign,
        complete=hearing.frozen_at is not None and not missing,
        records=tape.records,
        agreed=tape.agreed,
        capture=tape.capture,
        counting=counting,
    )


def _why_not(hearing: Hearing, me: Person) -> str:
    """The code of the reason why a frozen text is not this person's to sign; empty when there is none."""
    if hearing.outcome is None:
        return ""
    if me.role not in required_signers(hearing.outcome):
        return "not_required"
    return "" if me.may_sign else "no_power_to_settle"


def _people(found: Sequence[Seat], viewer: Viewer) -> tuple[Person, ...]:
    raised = sorted((seat.hand_raised_at, seat.id) for seat in found if seat.hand_raised_at)
    hands = {seat: place for place, (_, seat) in enumerate(raised, start=1)}
    return tuple(
        Person(
            seat=seat.id,
            user_id=seat.user_id,
            name=seat.user.name,
            role=seat.role,
            state=seat_state(media_plan.seat_facts(seat)),
            admitted=seat.admitted,
            muted=seat.muted,
            connected=seat.connected,
            may_sign=seat.may_sign,
            device_check=seat.device_check,
            mine=seat.user_id == viewer.user_id,
            circle=media_plan.circle_of(seat),
            hand=hands.get(seat.id, 0),
            identified=seat.identified_at is not None,
            rules=seat.rules_version,
            mode=seat.mode,
            mode_chosen=seat.mode_chosen,
        )
        for seat in found
    )


async def _newcomer(case: Case, role: SeatRole, viewer: Viewer) -> Person:
    """The person who looks, before their first act makes their seat."""
    signs = role is not SeatRole.COMPANY or await may_settle(case.company_id, viewer.user_id)
    return Person(
        seat=0,
        user_id=viewer.user_id,
        name=viewer.name,
        role=role,
        state=SeatState.NOT_SIGNED_IN,
        admitted=False,
        muted=False,
        connected=False,
        may_sign=signs,
        device_check=None,
        mine=True,
    )


async def _company(case: Case) -> str:
    await case.fetch_related("company")
    company = case.company
    return (company.trade_name or company.legal_name) if company else case.company_name


async def _messages(
    hearing_id: int, viewer: Viewer, mine: Seat | None, people: tuple[Person, ...]
) -> tuple[Said, ...]:
    """The newest lines that this person may read: those of private rooms only while they are in them."""
    roles = {person.user_id: person.role for person in people}
    readable = Q(audience=Audience.ALL) | Q(audience=Audience.MEDIATOR, author_id=viewer.user_id)
    if mine is not None and mine.role is SeatRole.MEDIATOR:
        readable |= Q(audience=Audience.MEDIATOR)
    if mine is not None and mine.consultation_id is not None:
        readable |= Q(audience=Audience.PRIVATE, consultation_id=mine.consultation_id)
    found = await (
        HearingMessage.filter(readable, hearing_id=hearing_id)
        .exclude(text="")
        .order_by("-id")
        .limit(NEWEST_MESSAGES)
        .values("id", "author_id", "text", "at", "audience", author="author__name")
    )
    return tuple(
        Said(
            row["id"],
            row["author"],
            roles.get(row["author_id"], SeatRole.MEDIATOR),
            row["text"],
            row["at"],
            row["author_id"] == viewer.user_id,
            Audience(row["audience"]),
        )
        for row in reversed(found)
    )
