"""The addresses under /api/v1. Each asks one service, with the same permissions as the pages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import orjson
from quart import Blueprint, Response
from quart_schema import document_response, security_scheme, validate_querystring

from app.services import case_lists, casefile, companies, history, taxonomy
from app.services.wording import state_label
from app.web.access import PUBLIC, SIGNED_IN, requires, viewer
from app.web.api import shapes
from app.web.limits import limit
from app.web.parts import parts
from models import Case, Company
from models.rules.case_machine import allowed

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

EVENTS_PAGE = 200
COMPANIES_PAGE = 10
SESSION = "session"
signed_in = security_scheme([{SESSION: []}])


@dataclass
class After:
    """Where a page of cases begins."""

    after: str = ""


@dataclass
class AfterSeq:
    """The number of the last event already known."""

    after: int = 0


@dataclass
class Search:
    """Part of a name, or a CNPJ with or without its signs."""

    q: str = ""


@blueprint.get("/agency")
@requires(PUBLIC)
@document_response(shapes.Agency)
async def agency() -> Response:
    """The Procon that runs this installation."""
    return _json(shapes.Agency(**asdict(parts().profile.agency)))


@blueprint.get("/problems")
@requires(PUBLIC)
@document_response(shapes.ProblemList)
async def problems() -> Response:
    """The taxonomy of complaints valid today, in the order of its codes."""
    found = [
        shapes.Problem(leaf.code, area.name, subject.name, leaf.label)
        for area in await taxonomy.tree(_today())
        for subject in area.subjects
        for leaf in subject.problems
    ]
    return _json(shapes.ProblemList(found))


@blueprint.get("/me")
@requires(SIGNED_IN)
@signed_in
@document_response(shapes.Me)
@document_response(shapes.Fault, 401)
async def me() -> Response:
    """The signed-in person."""
    who = viewer()
    return _json(shapes.Me(who.user_id, who.role, who.name, who.email, who.company_ids))


@blueprint.get("/cases")
@requires(SIGNED_IN)
@signed_in
@validate_querystring(After)
@document_response(shapes.CaseList)
@document_response(shapes.Fault, 401)
async def cases(query_args: After) -> Response:
    """The cases that this person sees, newest change first, 50 at a time."""
    listing = await case_lists.for_viewer(viewer(), after=query_args.after)
    lines = [
        shapes.CaseLine(
            id=case.id,
            protocol=case.protocol,
            state=case.state,
            state_label=state_label(case.state),
            consumer=case.consumer,
            company=case.company,
            due_on=case.due_on,
            changed_at=case.changed_at,
        )
        for case in listing.cases
    ]
    return _json(shapes.CaseList(lines, listing.after))


@blueprint.get("/cases/<int:case_id>")
@requires(SIGNED_IN)
@signed_in
@document_response(shapes.CaseDetail)
@document_response(shapes.Fault, 401)
@document_response(shapes.Fault, 404)
async def case(case_id: int) -> Response:
    """One case."""
    found, side = await casefile.view(case_id, viewer())
    actions = allowed(found.state, side, viewer().role)
    return _json(
        shapes.CaseDetail(
            **{name: getattr(found, name) for name in _SAME},
            state_label=state_label(found.state),
            side=side,
            company=await _company_name(found),
            actions=actions,
        )
    )


@blueprint.get("/cases/<int:case_id>/events")
@requires(SIGNED_IN)
@signed_in
@validate_querystring(AfterSeq)
@document_response(shapes.EventList)
@document_response(shapes.Fault, 401)
@document_response(shapes.Fault, 404)
async def events(case_id: int, query_args: AfterSeq) -> Response:
    """What happened in a case after event number ``after``, 200 at a time.

    An event that this person may not know is there as a bare number, so that counting stays whole.
    """
    _, side = await casefile.view(case_id, viewer())
    found = await history.after_seq(case_id, query_args.after, EVENTS_PAGE + 1)
    items = [
        shapes.Event(one.seq, one.name, one.text, one.at, one.facts)
        if side in one.sides
        else shapes.Event(one.seq)
        for one in found[:EVENTS_PAGE]
    ]
    return _json(shapes.EventList(items, more=len(found) > EVENTS_PAGE))


@blueprint.get("/companies")
@requires(SIGNED_IN)
@signed_in
@validate_querystring(Search)
@document_response(shapes.CompanyList)
@document_response(shapes.Fault, 401)
@document_response(shapes.Fault, 429)
async def find_companies(query_args: Search) -> Response:
    """Companies by part of a name or by CNPJ, at most ten."""
    await limit("company_search", viewer().user_id)
    found = await companies.search(query_args.q, COMPANIES_PAGE)
    return _json(shapes.CompanyList([shapes.Company(hit.id, hit.name, hit.cnpj) for hit in found]))


_SAME = (
    *("id", "protocol", "state", "version", "facts", "request", "occurred_on", "amount_cents"),
    *("created_at", "submitted_at", "sent_at", "notified_at", "closed_at"),
    *("due_on", "due_explanation", "changed_at"),
)
"""Columns that the API shows as they are; none of them is for one side only."""


async def _company_name(found: Case) -> str:
    if found.company_id is None:
        return found.company_name
    company = await Company.get(id=found.company_id)
    return company.trade_name or company.legal_name


def _today() -> date:
    return parts().clock.now().astimezone(parts().profile.agency.zone).date()


def _json(content: Any) -> Response:
    """orjson writes dataclasses, dates and times (RFC 3339) itself."""
    return Response(orjson.dumps(content), mimetype="application/json")
