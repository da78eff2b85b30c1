"""Whatever happens in whatever order: nobody has media they may not have, or misses media they should have.

The real services act on the real table, and the media process's own rule says who receives whom, and whose
words may be made into captions; the web's own rule says who reads these. What should be is told by the record
of the case alone, event by event, which knows nothing of the tables. Guests of every kind take part.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services import captions, conduct, consultations, guests, media_plan, seats
from app.services.guests import Invitation
from app.services.invitations import Invite
from hearings.negotiation import AUDIO, VIDEO
from hearings.permission import Standing, may_flow, may_record
from models import CaseEvent, Consultation, Seat, User
from models.rules.consultation import CallAnswer
from models.rules.errors import DomainError
from models.rules.hearing import Conduct, SeatRole
from models.rules.people import Viewer
from realtime.telling import read_by
from tests.factories.hearings import HOUSE, Table, colleague, make_table
from tests.factories.people import NOW, viewer_of

pytestmark = pytest.mark.usefixtures("database")

GUESTS = {
    "interpreter": SeatRole.INTERPRETER,
    "counsel": SeatRole.COUNSEL,
    "witness": SeatRole.WITNESS,
    "observer": SeatRole.OBSERVER,
}
PEOPLE = ("mediator", "consumer", "agent", "lawyer", *GUESTS)
ACTS = (
    *("come", "drop", "go", "admit", "send back", "mute", "unmute", "call", "call", "accept", "accept"),
    *("decline", "leave", "end", "open", "pause", "suspend", "resume", "wait", "captions", "no captions"),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)),
    min_size=6,
    max_size=40,
)


@dataclass
class World:
    """A hearing and its people, and the time."""

    table: Table
    people: dict[str, Viewer]
    now: datetime = NOW
    taken: set[str] = field(default_factory=set)

    async def seat(self, who: str) -> Seat:
        return await self.table.seat(self.people[who])

    async def do(self, act: str, who: str, other: str) -> None:
        """Somebody does something; what the rules refuse changes nothing."""
        self.now += timedelta(seconds=1)
        before = await CaseEvent.filter(case_id=self.table.case.id).count()
        try:
            await self._acts()[act](who, other)
        except DomainError:
            assert await CaseEvent.filter(case_id=self.table.case.id).count() == before
        else:
            self.taken.add(act)

    def _acts(self) -> dict[str, Callable[[str, str], Awaitable[object]]]:
        conducts = {
            act.value: lambda who, other, act=act: conduct.take(
                self.table.id, self.people["mediator"], act, HOUSE, now=self.now
            )
            for act in (Conduct.OPEN, Conduct.PAUSE, Conduct.SUSPEND, Conduct.RESUME)
        }
        return {
            "come": self._come,
            "drop": lambda who, other: self._go(who, by_choice=False),
            "go": lambda who, other: self._go(who, by_choice=True),
            "admit": self._on_seat(seats.admit),
            "send back": self._on_seat(seats.send_back),
            "mute": lambda who, other: self._mute(who, True),
            "unmute": lambda who, other: self._mute(who, False),
            "call": self._call,
            "accept": self._answer(consultations.accept),
            "decline": self._answer(consultations.decline),
            "leave": lambda who, other: consultations.leave(self.table.id, self.people[who], now=self.now),
            "end": self._end,
            "wait": self._wait,
            "captions": lambda who, other: self._captions(who, True),
            "no captions": lambda who, other: self._captions(who, False),
            **conducts,
        }

    async def _come(self, who: str, other: str) -> None:
        seat = await Seat.get_or_none(hearing_id=self.table.id, user_id=self.people[who].user_id)
        await self.table.come(self.people[who], at=self.now, held=seat.generation if seat else None)

    async def _go(self, who: str, *, by_choice: bool) -> None:
        seat = await self.seat(who)
        await seats.leave(seat.id, seat.generation, now=self.now, by_choice=by_choice)

    def _on_seat(self, act: Callable[..., Awaitable[None]]) -> Callable[[str, str], Awaitable[None]]:
        async def on_seat(who: str, other: str) -> None:
            seat = (await self.seat(who)).id
            await act(self.table.id, self.people["mediator"], seat, now=self.now)

        return on_seat

    async def _mute(self, who: str, muted: bool) -> None:
        seat = (await self.seat(who)).id
        await seats.mute(self.table.id, self.people["mediator"], seat, muted=muted, now=self.now)

    async def _call(self, who: str, other: str) -> None:
        await consultations.call(self.table.id, self.people[who], (await self.seat(other)).id, now=self.now)

    def _answer(self, act: Callable[..., Awaitable[None]]) -> Callable[[str, str], Awaitable[None]]:
        async def answer(who: str, other: str) -> None:
            seat = await self.seat(who)
            rings = await Consultation.filter(members__seat_id=seat.id, members__answer=CallAnswer.RINGING)
            for consultation in rings:
                await act(self.table.id, self.people[who], consultation.id, now=self.now)

        return answer

    async def _end(self, who: str, other: str) -> None:
        consultation = await Consultation.filter(hearing_id=self.table.id).order_by("-id").first()
        if consultation is not None:
            await consultations.end(self.table.id, self.people[who], consultation.id, now=self.now)

    async def _captions(self, who: str, on: bool) -> None:
        await captions.turn(self.table.id, self.people[who], on=on, offered=True, now=self.now)

    async def _wait(self, who: str, other: str) -> None:
        self.now += timedelta(seconds=20)
        await consultations.sweep(now=self.now)


SETS = {
    "seat_entered": ("here", True),
    "seat_left": ("here", False),
    "participant_admitted": ("admitted", True),
    "participant_returned": ("admitted", False),
    "participant_muted": ("muted", True),
    "participant_unmuted": ("muted", False),
}
LIVE = {
    "hearing_opened": True,
    "hearing_resumed": True,
    "hearing_paused": False,
    "hearing_suspended": False,
}


@dataclass
class Told:
    """What the record says of the room."""

    live: bool = True
    captions: bool = False
    here: set[int] = field(default_factory=set)
    admitted: set[int] = field(default_factory=set)
    muted: set[int] = field(default_factory=set)
    private: dict[int, int] = field(default_factory=dict)

    def read(self, event: CaseEvent) -> None:
        """One event more."""
        seat, room = event.facts.get("seat", 0), event.facts.get("consultation", 0)
        if event.name in SETS:
            name, put = SETS[event.name]
            found: set[int] = getattr(self, name)
            (found.add if put else found.discard)(seat)
        if event.name == "seat_entered" and event.facts["role"] == SeatRole.MEDIATOR:
            self.admitted.add(seat)
        if event.name == "guest_invited" and event.facts["role"] == SeatRole.OBSERVER:
            self.muted.add(seat)
        if event.name in ("captions_started", "captions_stopped"):
            self.captions = event.name == "captions_started"
        if event.name in LIVE:
            self.live = LIVE[event.name]
        match event.name:
            case "consultation_joined":
                self.private[seat] = room
            case "consultation_left":
                del self.private[seat]
            case "consultation_ended":
                self.private = {one: its for one, its in self.private.items() if its != room}

    def flows(self, sender: int, receiver: int, media: str) -> bool:
        """Whether the receiver should have this of the sender."""
        if sender == receiver or not {sender, receiver} <= self.admitted:
            return False
        mine, theirs = self.private.get(receiver), self.private.get(sender)
        if mine != theirs:
            return False
        silent = media == AUDIO and sender in self.muted and mine is None
        return (mine is not None or self.live) and not silent

    def reads(self, speaker: int, reader: int) -> bool:
        """Whether the reader should have the words of the speaker, their own too."""
        if not (self.captions and self.live and {speaker, reader} <= self.admitted - self.private.keys()):
            return False
        return speaker not in self.muted


async def told(table: Table) -> Told:
    """The room by its record."""
    found = Told()
    for event in await CaseEvent.filter(case_id=table.case.id).order_by("seq"):
        found.read(event)
    return found


async def check(world: World) -> None:
    """What the media process does is what the record says, and a private room is of one side."""
    plan = await media_plan.plan(world.table.id)
    record = await told(world.table)
    present = [seat for seat in plan.seats if seat.connected]
    assert {seat.seat for seat in present} == record.here
    standing = {
        seat.seat: Standing(str(seat.seat), seat.flows, seat.muted, seat.circle, seat.interpreter)
        for seat in present
    }
    for (one, sender), (other, receiver) in itertools.product(standing.items(), repeat=2):
        for media in (AUDIO, VIDEO):
            flows = may_flow(receiver, sender, media)
            assert flows == record.flows(one, other, media), (one, other, media, world.taken)
    flowing = {seat.seat: seat.circle for seat in plan.seats if seat.flows}
    for speaker, theirs in standing.items():
        heard = plan.captions is True and may_record(theirs, AUDIO)
        readers = read_by(flowing, str(speaker), standing) if heard else []
        assert set(readers) == {one for one in standing if record.reads(speaker, one)}, world.taken
    for seat, mine in standing.items():
        assert may_record(mine, VIDEO) == (
            seat in record.admitted and seat not in record.private and record.live
        )
    await one_side_and_not_alone(world.table)


async def one_side_and_not_alone(table: Table) -> None:
    """The two sides are in no private room together; nobody is in one alone or without being let in."""
    inside = await Seat.filter(hearing_id=table.id, consultation_id__isnull=False)
    for room in {seat.consultation_id for seat in inside}:
        members = [seat for seat in inside if seat.consultation_id == room]
        assert len(members) > 1
        assert not {SeatRole.CONSUMER, SeatRole.COMPANY} <= {seat.role for seat in members}
        assert all(seat.admitted for seat in members)


async def invited(table: Table, name: str, role: SeatRole) -> Viewer:
    """A guest, known by the seat that the invitation made."""
    invitation = Invitation(f"Pessoa {name}", f"{name}@guests.example", role)
    words = Invite("Procon", "procon@example", ZoneInfo("America/Sao_Paulo"), "https://procon.example")
    seat = await Seat.get(id=await guests.invite(table.id, table.mediator, invitation, words, now=NOW))
    return viewer_of(await User.get(id=seat.user_id))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_media_follow_the_record_in_any_order(steps: list[tuple[str, str, str]]) -> None:
    table = await (await make_table()).in_session()
    _, lawyer = await colleague(table, may_settle=False)
    people = {
        "mediator": table.mediator,
        "consumer": table.consumer,
        "agent": table.agent,
        "lawyer": lawyer,
        **{name: await invited(table, name, role) for name, role in GUESTS.items()},
    }
    world = World(table, people)
    await world.do("come", "lawyer", "")
    for act, who, other in steps:
        await world.do(act, who, other)
        await check(world)
