"""The mediator's conduct of a hearing as a whole: open, pause, suspend, resume, and close for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.db import transaction
from app.services import (
    carried_terms,
    chat,
    clauses,
    consultations,
    follow_up,
    minutes,
    obligations,
    queue,
    recordings,
    rooms,
    sealed_zone,
    signatures,
)
from app.services.follow_up import OFFER_AGAIN_JOB
from models import Hearing
from models.rules.case_machine import Action
from models.rules.errors import Refused
from models.rules.hearing import (
    AGREEMENTS,
    NOT_HELD,
    Conduct,
    Outcome,
    conduct,
    sign_in_open,
)
from models.rules.outcomes import FollowUp
from models.rules.people import Viewer

SEAL_JOB = "seal_minutes"
PRESENCE_JOB = "seal_presence"

_EVENTS = {
    Conduct.PAUSE: "hearing_paused",
    Conduct.SUSPEND: "hearing_suspended",
    Conduct.RESUME: "hearing_resumed",
}


@dataclass(frozen=True)
class House:
    """What the room needs to know of the agency: its name and time zone, and when its door opens.

    ``texts`` are those of its minutes, ``sealed_rounds`` how many sealed-zone tests a hearing may have,
    ``not_held_reschedules`` how often one that was not held is set again for a party's reason.
    """

    agency: str
    timezone: str
    opens_minutes: int
    tolerance_minutes: int
    texts: minutes.Texts = field(default_factory=dict)
    sealed_rounds: int = 3
    not_held_reschedules: int = 1

    @property
    def values(self) -> Mapping[str, str]:
        """What the texts of the minutes name of the agency."""
        return {
            "agency": self.agency,
            "timezone": self.timezone,
            "tolerance": str(self.tolerance_minutes),
        }

    def day(self, now: datetime) -> date:
        """The day it is where the agency is: in the evening it is tomorrow in UTC."""
        return now.astimezone(ZoneInfo(self.timezone)).date()


async def take(hearing_id: int, viewer: Viewer, act: Conduct, house: House, *, now: datetime) -> None:
    """Open at once, pause, suspend or resume a hearing; ``countdown.begin`` opens after a count.

    A recording is paused with it; only ``recordings.act`` makes it go on.
    Raises Refused("hearing_not_now") when its state does not admit the act, and Refused("door_closed")
    before the door opens. Closing is ``close``.
    """
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        if act is Conduct.OPEN:
            check_opening(room.hearing, house, now=now)
            await open_session(room, house, now=now)
            return
        room.hearing.state = conduct(room.hearing.state, act)
        await room.hearing.save()
        await room.record(_EVENTS[act], now=now)
        await recordings.follow(room, now=now)


def check_opening(hearing: Hearing, house: House, *, now: datetime) -> None:
    """Refused("hearing_not_now") or Refused("door_closed") when a hearing cannot be opened."""
    conduct(hearing.state, Conduct.OPEN)
    if not sign_in_open(hearing.starts_at, now, house.opens_minutes):
        raise Refused("door_closed")


async def open_session(room: rooms.Room, house: House, *, now: datetime) -> None:
    """Open a hearing that may be, inside the caller's transaction; an empty record starts the minutes."""
    hearing = room.hearing
    hearing.state = conduct(hearing.state, Conduct.OPEN)
    hearing.opened_at, hearing.counting_from = now, None
    await hearing.save()
    await minutes.begin(room, house.texts, house.values, now=now)
    await room.record("hearing_opened", now=now)
    await carried_terms.carry(room, now=now)
    await recordings.follow(room, now=now)


def closing_action(outcome: Outcome) -> Action:
    """What closing with ``outcome`` does to the case."""
    if outcome in AGREEMENTS:
        return Action.CLOSE_WITH_AGREEMENT
    return Action.CLOSE_NOT_HELD if outcome in NOT_HELD else Action.CLOSE_WITHOUT_AGREEMENT


async def close(hearing_id: int, viewer: Viewer, house: House, *, now: datetime) -> None:
    """End a hearing for good: the case moves by its outcome, its obligations are entered with their dates,
    what follows is told, and the sealing of the minutes is queued.

    Raises Refused("text_not_frozen"), Refused("signatures_missing") or Refused("hearing_not_now").
    """
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        hearing = room.hearing
        if hearing.frozen_at is None or hearing.outcome is None:
            raise Refused("text_not_frozen")
        if await signatures.missing(hearing):
            raise Refused("signatures_missing")
        hearing.state = conduct(hearing.state, Conduct.CLOSE)
        hearing.closed_at, hearing.counting_from = now, None
        await hearing.save()
        await consultations.finish(room.file, hearing_id, now=now)
        await chat.forget(hearing_id)
        await recordings.follow(room, now=now)
        await sealed_zone.finish(room, now=now)
        to = room.file.step(closing_action(hearing.outcome))
        follows = await follow_up.decide(hearing, house.not_held_reschedules)
        facts = {"outcome": hearing.outcome, "cause": hearing.cause, "follow_up": follows}
        # The case's next date is the first that the agreement sets.
        first = await obligations.book(await clauses.live(hearing.id), room.file.case, house.day(now))
        dates = {"due_on": first, "due_explanation": obligations.explained(first)}
        await room.record("hearing_closed", now=now, to=to, facts=facts, **dates)
        if follows is FollowUp.RESCHEDULE:
            about = {"hearing": hearing.id}
            await queue.enqueue(OFFER_AGAIN_JOB, f"{OFFER_AGAIN_JOB}:{hearing.id}", about, now=now)
        await queue.enqueue(SEAL_JOB, f"{SEAL_JOB}:{hearing.id}", {"hearing": hearing.id}, now=now)
        await queue.enqueue(PRESENCE_JOB, f"{PRESENCE_JOB}:{hearing.id}", {"hearing": hearing.id}, now=now)
