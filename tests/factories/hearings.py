"""A hearing with its three parties, in the room or on their way to it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import clauses, conduct, minutes, seats
from app.services.clauses import Proposal
from app.services.conduct import House
from models import Case, Company, Hearing, Paragraph, Seat, User
from models.rules.agreement import ClauseKind
from models.rules.case_machine import State
from models.rules.hearing import Conduct, HearingState, SeatRole
from models.rules.identity import protocol_number
from models.rules.people import Role, Viewer
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_agent, make_company, make_user, viewer_of

HOUSE = House(
    "Procon de Criciúma",
    "America/Sao_Paulo",
    opens_minutes=30,
    tolerance_minutes=15,
    texts=load_profile(PROFILES / "criciuma.toml").minutes,
)
REFUND = Proposal(ClauseKind.REFUND, SeatRole.COMPANY, "", 12_000, 1, date(2026, 12, 10))
_number = itertools.count(1)


@dataclass
class Table:
    """A hearing and who sits at its table."""

    hearing: Hearing
    case: Case
    company: Company
    consumer: Viewer
    agent: Viewer
    mediator: Viewer

    @property
    def id(self) -> int:
        """The hearing's id."""
        return int(self.hearing.id)

    async def seat(self, viewer: Viewer) -> Seat:
        """Somebody's seat as it is now."""
        return await Seat.get(hearing_id=self.hearing.id, user_id=viewer.user_id)

    async def now(self) -> Hearing:
        """The hearing as it is now."""
        return await Hearing.get(id=self.hearing.id)

    async def come(self, viewer: Viewer, at: datetime = NOW, **how: Any) -> seats.Entry:
        """Somebody enters."""
        known: dict[str, Any] = {"device": "Chrome, Linux", "held": None, "take_over": False}
        return await seats.enter(self.id, viewer, **(known | how), opens_minutes=30, now=at)

    async def in_session(self) -> Table:
        """Everybody is in and the hearing is open."""
        for viewer in (self.mediator, self.consumer, self.agent):
            await self.come(viewer)
        await seats.admit(self.id, self.mediator, None, now=NOW)
        await conduct.take(self.id, self.mediator, Conduct.OPEN, HOUSE, now=NOW)
        return self

    async def agreed(self) -> Table:
        """In session, with a clause that both parties accepted."""
        await self.in_session()
        number = await clauses.propose(self.id, self.agent, REFUND, today=NOW.date(), now=NOW)
        await clauses.accept(self.id, self.consumer, number, now=NOW)
        return self

    async def write(self, text: str) -> Paragraph:
        """The mediator types a paragraph of the minutes."""
        return await minutes.write(self.id, self.mediator, text, after=None, now=NOW)


async def make_table(*, starts_at: datetime = NOW + timedelta(minutes=5), may_settle: bool = True) -> Table:
    """A scheduled hearing with seats of consumer, company's agent and mediator."""
    consumer, mediator = await make_user(name="Ana Souza"), await make_user(Role.MEDIATOR, name="Rita Melo")
    company = await make_company(legal_name="Loja Boa Ltda.")
    agent = await make_agent(company, may_settle=may_settle)
    case = await make_case(
        State.HEARING_SCHEDULED,
        consumer,
        company=company,
        protocol=protocol_number(2026, next(_number)),
        notified_at=NOW,
    )
    hearing = await Hearing.create(
        case=case, mediator=mediator, starts_at=starts_at, minutes=40, state=HearingState.NOT_STARTED
    )
    for user, role, signs in (
        (consumer, SeatRole.CONSUMER, True),
        (agent, SeatRole.COMPANY, may_settle),
        (mediator, SeatRole.MEDIATOR, True),
    ):
        await Seat.create(hearing=hearing, user=user, role=role, may_sign=signs)
    return Table(hearing, case, company, viewer_of(consumer), viewer_of(agent, company), viewer_of(mediator))


async def colleague(table: Table, *, may_settle: bool) -> tuple[User, Viewer]:
    """Another person of the company, who had no seat when the hearing was scheduled."""
    user = await make_agent(table.company, may_settle=may_settle)
    return user, viewer_of(user, table.company)
