"""The queries of the peer's case pages: model instances with their relations, as Tortoise is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q
from tortoise.query_utils import Prefetch

from app.services import clauses
from app.services.case_lists import PAGE, ListedCase, Listing
from app.services.case_story import Moment, OfferView, StatementView, moments
from app.services.cases import CaseData, HearingView, NoticeView
from models import (
    Case,
    CaseEvent,
    Document,
    Hearing,
    Notice,
    Offer,
    OfferState,
    Statement,
    User,
)
from models.rules.case_machine import Action, State, allowed
from models.rules.hearing import HearingState
from models.rules.people import STAFF, Side


async def list_cases(user: User, state: State | None, text: str, mine: bool, after: str) -> Listing:
    """A page of the staff's list, newest change first."""
    query = Case.exclude(state=State.DRAFT)
    if state is not None:
        query = query.filter(state=state)
    if mine:
        query = query.filter(Q(handler=user) | Q(hearings__mediator=user)).distinct()
    if text:
        query = query.filter(
            Q(protocol__startswith=text)
            | Q(consumer__name__icontains=text)
            | Q(company__search__contains=text.lower())
            | Q(company_name__icontains=text)
        )
    if after:
        moment, _, number = after.partition("~")
        changed_at = datetime.fromisoformat(moment)
        query = query.filter(Q(changed_at__lt=changed_at) | Q(changed_at=changed_at, id__lt=int(number)))
    cases = await (
        query.order_by("-changed_at", "-id")
        .limit(PAGE + 1)
        # a query for each relation is quicker than one join: fifty cases have few handlers and companies
        .prefetch_related("consumer", "company", "handler")
    )
    last = cases[PAGE - 1] if len(cases) > PAGE else None
    return Listing(
        tuple(_listed(case) for case in cases[:PAGE]),
        f"{last.changed_at.isoformat()}~{last.id}" if last else None,
    )


def _listed(case: Case) -> ListedCase:
    return ListedCase(
        id=case.id,
        protocol=case.protocol,
        state=case.state,
        state_since=case.state_since,
        consumer=case.consumer.name,
        company=_company(case),
        handler=case.handler.name if case.handler else "",
        due_on=case.due_on,
        due_explanation=case.due_explanation,
        term_act=case.term_act,
        term_start=case.term_start,
        changed_at=case.changed_at,
        outside_territory=case.outside_territory,
        hearing_at=None,
        open_offer=None,
        offer_until=None,
        slots_until=None,
    )


def _company(case: Case) -> str:
    if case.company is None:
        return case.company_name
    return case.company.trade_name or case.company.legal_name


@dataclass
class CaseView:
    """What the template of a case needs."""

    case: CaseData
    side: Side
    actions: tuple[Action, ...]
    timeline: tuple[Moment, ...]
    documents: list[Document]
    uploads: list[Document]
    statements: tuple[StatementView, ...]
    offers: tuple[OfferView, ...]
    hearings: list[HearingView]
    notice: NoticeView | None
    may_settle: bool = True

    @property
    def open_offer(self) -> OfferView | None:
        """The offer that waits for an answer."""
        return next((offer for offer in reversed(self.offers) if offer.state is OfferState.OPEN), None)

    @property
    def next_hearing(self) -> HearingView | None:
        """The hearing that is to come or is being held."""
        over = (HearingState.CLOSED, HearingState.CANCELLED)
        return next((hearing for hearing in self.hearings if hearing.state not in over), None)

    def may(self, action: str) -> bool:
        """Whether the person may take an action now."""
        return action in self.actions


async def load_case(case_id: int, user: User) -> CaseView | None:
    """A case with everything around it, or None when the person may not see it."""
    case: Any = await (
        Case.get_or_none(id=case_id)
        .select_related("consumer", "company", "handler", "problem")
        .prefetch_related(
            Prefetch("events", CaseEvent.all().order_by("seq").prefetch_related("actor")),
            Prefetch("statements", Statement.all().order_by("id").select_related("author")),
            Prefetch(
                "offers", Offer.all().order_by("id").select_related("author").prefetch_related("clauses")
            ),
            Prefetch("documents", Document.all().order_by("at", "id")),
            Prefetch("hearings", Hearing.all().order_by("id").select_related("mediator")),
            Prefetch("notices", Notice.all().order_by("-id")),
        )
    )
    if case is None or user.role not in STAFF or case.state is State.DRAFT:
        return None
    side = Side.STAFF
    statements = tuple(
        StatementView(said.id, said.kind, said.side, said.author.name, said.text, said.at)
        for said in case.statements
    )
    offers = tuple(_offer(offer, side) for offer in case.offers)
    documents = [file for file in case.documents if side in file.sides.split(",")]
    events = [_event(event) for event in case.events if side in event.sides.split(",")]
    return CaseView(
        case=_data(case),
        side=side,
        actions=allowed(case.state, side, user.role),
        timeline=moments(events, statements, offers, side),
        documents=[file for file in documents if file.attached_at is not None],
        uploads=[file for file in documents if file.attached_at is None],
        statements=statements,
        offers=offers,
        hearings=[_hearing(hearing) for hearing in case.hearings],
        notice=_notice(case.notices[0]) if case.notices else None,
    )


def _event(event: CaseEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "name": event.name,
        "facts": event.facts,
        "at": event.at,
        "actor": event.actor.name if event.actor else None,
        "role": event.actor.role if event.actor else None,
    }


def _offer(offer: Offer, side: Side) -> OfferView:
    return OfferView(
        id=offer.id,
        side=offer.side,
        author=offer.author.name,
        version=offer.version,
        terms=tuple(clauses.terms(one, number) for number, one in enumerate(offer.clauses, start=1)),
        note=offer.text,
        state=offer.state,
        at=offer.at,
        expires_on=offer.expires_on,
        decided_at=offer.decided_at,
        mine=offer.side is side,
        changes=(),
    )


def _hearing(hearing: Hearing) -> HearingView:
    return HearingView(
        id=hearing.id,
        starts_at=hearing.starts_at,
        minutes=hearing.minutes,
        state=hearing.state,
        outcome=hearing.outcome,
        mediator=hearing.mediator.name,
        sealed_id=hearing.sealed_id,
    )


def _notice(notice: Notice) -> NoticeView:
    return NoticeView(
        code=notice.code,
        channel=notice.channel,
        sent_at=notice.sent_at,
        opened_at=notice.opened_at,
        due_on=notice.due_on,
        explanation=notice.explanation,
    )


def _data(case: Case) -> CaseData:
    problem, consumer = case.problem, case.consumer
    return CaseData(
        id=case.id,
        protocol=case.protocol,
        state=case.state,
        version=case.version,
        consumer=consumer.name,
        company=_company(case),
        company_id=case.company_id,
        handler=case.handler.name if case.handler else "",
        area=problem.area if problem else "",
        subject=problem.subject if problem else "",
        problem=problem.label if problem else "",
        facts=case.facts,
        request=case.request,
        occurred_on=case.occurred_on,
        amount_cents=case.amount_cents,
        created_at=case.created_at,
        sent_at=case.sent_at,
        notified_at=case.notified_at,
        closed_at=case.closed_at,
        due_on=case.due_on,
        due_explanation=case.due_explanation,
        cpf=consumer.cpf or "",
        email=consumer.email,
        phone=consumer.phone,
        address=case.address,
        cep=case.cep,
        conflict=case.conflict,
        outside_territory=case.outside_territory,
        triage_note=case.triage_note,
        typed_company=case.company_name,
        typed_cnpj=case.company_cnpj,
    )
