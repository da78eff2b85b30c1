"""One case as a person sees it: its data, its story and what they may do, all cut to their side.

A company sees the consumer's name, facts, request and exhibits; never CPF, address, the registration or
its documents (LGPD art. 6, III). What a side may not see is absent here, so a template cannot leak it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from app.db import day, moment, rows
from app.services import documents, obligations, offer_views, standing, thread
from app.services.case_story import Moment, OfferView, StatementView, moments
from app.services.documents import File
from app.services.obligations import Due
from app.services.thread import Message
from models import OfferState, StatementKind
from models.rules.case_machine import Action, State, allowed
from models.rules.errors import NotFound
from models.rules.hearing import HearingState, Outcome
from models.rules.people import Role, Side, Viewer, own_side_of


@dataclass(frozen=True)
class CaseData:
    """A case's fields; those that the viewer's side may not see are empty. Amounts in centavos."""

    id: int
    protocol: str | None
    state: State
    state_since: datetime | None
    changed_at: datetime
    version: int
    consumer: str
    company: str
    company_id: int | None
    handler: str
    area: str
    subject: str
    problem: str
    facts: str
    request: str
    occurred_on: date | None
    amount_cents: int | None
    created_at: datetime
    sent_at: datetime | None
    notified_at: datetime | None
    closed_at: datetime | None
    due_on: date | None
    due_explanation: str
    term_act: str
    term_start: date | None
    # The registration: consumer and staff only
    cpf: str
    email: str
    phone: str
    address: str
    cep: str
    conflict: str
    outside_territory: bool
    triage_note: str
    typed_company: str
    typed_cnpj: str


@dataclass(frozen=True)
class HearingView:
    """A hearing of the case."""

    id: int
    starts_at: datetime
    minutes: int
    state: HearingState
    outcome: Outcome | None
    mediator: str
    sealed_id: UUID | None


@dataclass(frozen=True)
class NoticeView:
    """The last notice to the company."""

    code: str
    channel: str
    sent_at: datetime
    opened_at: datetime | None
    due_on: date | None
    aware_at: datetime | None
    explanation: str
    opening: bool


@dataclass(frozen=True)
class CasePage:
    """All that the page of a case shows to one person.

    ``uploads`` are files of the viewer that wait for a form to be sent; ``may_settle`` says whether a
    company's person may offer and accept.
    """

    case: CaseData
    side: Side
    actions: tuple[Action, ...]
    timeline: tuple[Moment, ...]
    documents: tuple[File, ...]
    uploads: tuple[File, ...]
    statements: tuple[StatementView, ...]
    messages: tuple[Message, ...]
    dues: tuple[Due, ...]
    offers: tuple[OfferView, ...]
    hearings: tuple[HearingView, ...]
    notice: NoticeView | None
    may_settle: bool

    @property
    def open_offer(self) -> OfferView | None:
        """The offer that waits for an answer."""
        return next((offer for offer in reversed(self.offers) if offer.state is OfferState.OPEN), None)

    @property
    def conversation(self) -> list[tuple[str, Message | OfferView]]:
        """What the sides wrote and offered, in its order."""
        said: list[tuple[str, Message | OfferView]] = [("message", one) for one in self.messages]
        return sorted([*said, *(("offer", one) for one in self.offers)], key=lambda one: one[1].at)

    @property
    def next_hearing(self) -> HearingView | None:
        """The hearing that is to come or is being held."""
        over = (HearingState.CLOSED, HearingState.CANCELLED)
        return next((hearing for hearing in self.hearings if hearing.state not in over), None)

    @property
    def reviewed(self) -> bool:
        """Whether the citizen has asked for the review of a refusal."""
        return any(moment.name == "review_asked" for moment in self.timeline)

    def may(self, action: str) -> bool:
        """Whether the viewer may take an action now, by its name in the machine."""
        return action in self.actions


_CASE = """
SELECT c.*, u.name AS consumer, u.cpf, u.email, u.phone, co.legal_name, co.trade_name, h.name AS handler,
       p.area, p.subject, p.label AS problem
  FROM case_file c
  JOIN user_account u ON u.id = c.consumer_id
  LEFT JOIN company co ON co.id = c.company_id
  LEFT JOIN user_account h ON h.id = c.handler_id
  LEFT JOIN problem p ON p.id = c.problem_id
 WHERE c.id = $1
"""
_EVENTS = """
SELECT e.seq, e.name, e.sides, e.facts, e.at, u.name AS actor, u.role
  FROM case_event e LEFT JOIN user_account u ON u.id = e.actor_id WHERE e.case_id = $1 ORDER BY e.seq
"""
_STATEMENTS = """
SELECT s.id, s.kind, s.side, s.text, s.at, u.name AS author
  FROM statement s JOIN user_account u ON u.id = s.author_id WHERE s.case_id = $1 ORDER BY s.id
"""
_HEARINGS = """
SELECT a.id, a.starts_at, a.minutes, a.state, a.outcome, a.sealed_id, u.name AS mediator
  FROM hearing a JOIN user_account u ON u.id = a.mediator_id WHERE a.case_id = $1 ORDER BY a.id
"""
_NOTICE = """
SELECT code, channel, sent_at, opened_at, aware_at, due_on, explanation, opening
  FROM notice WHERE case_id = $1 ORDER BY id DESC LIMIT 1
"""


async def page(case_id: int, viewer: Viewer) -> CasePage:
    """The page of a case; NotFound when it is not theirs to see."""
    found = await rows(_CASE, [case_id])
    if not found:
        raise NotFound
    row = found[0]
    side = _side(row, viewer)
    data = _data(row, side)
    events = await _events(case_id, side)
    statements = await _statements(case_id, side)
    offers = await offer_views.of_case(case_id, side)
    files = await documents.of_case(case_id, side, viewer)
    return CasePage(
        case=data,
        side=side,
        actions=allowed(data.state, side, viewer.role),
        timeline=moments(events, statements, offers, side),
        documents=tuple(file for file in files if file.attached_at is not None),
        uploads=tuple(file for file in files if file.attached_at is None),
        statements=statements,
        messages=await thread.of_case(case_id, side, viewer, files),
        dues=await obligations.of_case(case_id),
        offers=offers,
        hearings=await _hearings(case_id),
        notice=await _notice(case_id),
        may_settle=await _may_settle(viewer, data.company_id),
    )


def _side(row: Mapping[str, Any], viewer: Viewer) -> Side:
    return own_side_of(
        viewer,
        case_id=row["id"],
        consumer_id=row["consumer_id"],
        company_id=row["company_id"],
        company_told=row["notified_at"] is not None,
        draft=row["state"] == State.DRAFT,
    )


def _data(row: Mapping[str, Any], side: Side) -> CaseData:
    private = side is not Side.COMPANY
    return CaseData(
        id=row["id"],
        protocol=row["protocol"],
        state=State(row["state"]),
        state_since=moment(row["state_since"]),
        changed_at=moment(row["changed_at"]),
        version=row["version"],
        consumer=row["consumer"],
        company=row["trade_name"] or row["legal_name"] or row["company_name"],
        company_id=row["company_id"],
        handler=(row["handler"] or "") if side is Side.STAFF else "",
        area=row["area"] or "",
        subject=row["subject"] or "",
        problem=row["problem"] or "",
        facts=row["facts"],
        request=row["request"],
        occurred_on=day(row["occurred_on"]),
        amount_cents=row["amount_cents"],
        created_at=moment(row["created_at"]),
        sent_at=moment(row["sent_at"]),
        notified_at=moment(row["notified_at"]),
        closed_at=moment(row["closed_at"]),
        due_on=day(row["due_on"]),
        due_explanation=row["due_explanation"],
        term_act=row["term_act"],
        term_start=day(row["term_start"]),
        cpf=(row["cpf"] or "") if private else "",
        email=(row["email"] or "") if private else "",
        phone=row["phone"] if private else "",
        address=row["address"] if private else "",
        cep=row["cep"] if private else "",
        conflict=row["conflict"] if private else "",
        outside_territory=bool(row["outside_territory"]) and private,
        triage_note=row["triage_note"] if private else "",
        typed_company=row["company_name"] if private else "",
        typed_cnpj=row["company_cnpj"] if private else "",
    )


async def _events(case_id: int, side: Side) -> list[Mapping[str, Any]]:
    return [
        {**row, "facts": orjson.loads(row["facts"]), "at": moment(row["at"])}
        for row in await rows(_EVENTS, [case_id])
        if side in row["sides"].split(",")
    ]


async def _statements(case_id: int, side: Side) -> tuple[StatementView, ...]:
    return tuple(
        StatementView(
            id=row["id"],
            kind=StatementKind(row["kind"]),
            side=Side(row["side"]),
            author=row["author"],
            text=row["text"],
            at=moment(row["at"]),
        )
        for row in await rows(_STATEMENTS, [case_id])
        if side is Side.STAFF or row["kind"] != StatementKind.NOTE
    )


async def _hearings(case_id: int) -> tuple[HearingView, ...]:
    return tuple(
        HearingView(
            id=row["id"],
            starts_at=moment(row["starts_at"]),
            minutes=row["minutes"],
            state=HearingState(row["state"]),
            outcome=Outcome(row["outcome"]) if row["outcome"] else None,
            mediator=row["mediator"],
            sealed_id=UUID(str(row["sealed_id"])) if row["sealed_id"] else None,
        )
        for row in await rows(_HEARINGS, [case_id])
    )


async def _notice(case_id: int) -> NoticeView | None:
    found = await rows(_NOTICE, [case_id])
    if not found:
        return None
    row = found[0]
    return NoticeView(
        code=row["code"],
        channel=row["channel"],
        sent_at=moment(row["sent_at"]),
        opened_at=moment(row["opened_at"]),
        aware_at=moment(row["aware_at"]),
        due_on=day(row["due_on"]),
        explanation=row["explanation"],
        opening=bool(row["opening"]),
    )


async def _may_settle(viewer: Viewer, company_id: int | None) -> bool:
    if viewer.role is not Role.COMPANY:
        return True
    return await standing.may_settle(company_id, viewer.user_id)
