"""The people of a case that is under way, and what the services of its course are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from app.services.diary import Hours
from app.services.invitations import Invite
from app.services.terms import TermRules
from models import Case, Company
from models.rules.case_machine import State
from models.rules.people import Role, Viewer
from models.rules.terms import Calendar, Term
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_agent, make_company, make_user, viewer_of

ZONE = ZoneInfo("America/Sao_Paulo")
TODAY = NOW.astimezone(ZONE).date()
INVITE = Invite("Procon de Teste", "procon@exemplo.com", ZONE, "https://procon.exemplo.com")


class NoHolidays:
    """A country that never rests."""

    def holidays(self, years: Iterable[int]) -> Mapping[date, str]:
        """None."""
        return {}

    optional = holidays


OPEN_CALENDAR = Calendar({})
ANSWER_TERM = TermRules(
    Term("company_answer", 10, "calendar", "teste", trigger="notice_opened"), TODAY, OPEN_CALENDAR
)
REPLY_RULES = TermRules(
    Term("consumer_reply", 20, "calendar", "teste", trigger="company_answered"), TODAY, OPEN_CALENDAR
)
HOURS = Hours(time(8), time(18), Term("hearing_notice", 15, "calendar", "teste"), OPEN_CALENDAR)


@dataclass(frozen=True)
class Parties:
    """A case and who acts in it."""

    case: Case
    company: Company
    consumer: Viewer
    agent: Viewer
    attendant: Viewer
    mediator: Viewer
    coordinator: Viewer


async def make_parties(state: State = State.NOTIFIED, *, may_settle: bool = True) -> Parties:
    """A case in ``state`` whose company, with one representative, was notified when the state says so."""
    told = state not in (State.DRAFT, State.UNDER_ANALYSIS, State.ACCEPTED)
    company = await make_company()
    agent = await make_agent(company, may_settle=may_settle)
    consumer = await make_user()
    case = await make_case(
        state,
        consumer,
        protocol=f"2026.{consumer.id:06d}-0",
        company=company if told else None,
        notified_at=NOW if told else None,
        company_name="Loja do Bairro",
        facts="Comprei uma geladeira que nunca chegou.",
        request="Quero o dinheiro de volta.",
        address="Rua Secreta, 99",
        cep="88801500",
    )
    staff = [
        viewer_of(await make_user(role, cpf=None))
        for role in (Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR)
    ]
    return Parties(case, company, viewer_of(consumer), viewer_of(agent, company), *staff)
