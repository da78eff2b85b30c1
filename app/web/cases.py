"""The page of a case, the list of cases, and what staff does beside a case's course.

Forms of other blueprints stand on the page of a case as panels; one that was refused is shown again
there by ``refused``, with what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import (
    case_lists,
    cases,
    casework,
    exports,
    notices,
    playback,
    preliminary,
    reschedule_requests,
    slot_offers,
)
from app.services.case_lists import Wanted
from app.services.duties import Told
from app.services.event_words import recording_cause
from app.services.scheduling_words import CAUSES, cause_label
from app.services.slot_offers import Offered
from app.services.wording import seat_role_label, state_label, state_tone
from app.web.access import SIGNED_IN, STAFF, requires, viewer
from app.web.errors import field_sentences, said_of, sentence, status_of
from app.web.failures import domain_error, wants_json
from app.web.forms import form, query, typed_texts
from app.web.lost import Lost, lost_from
from app.web.offer_words import state_words
from app.web.parts import parts
from app.web.render import render
from app.web.today import now, reckoner, term_rules, today
from models.rules.case_machine import State
from models.rules.errors import DomainError, Invalid, Refused
from models.rules.people import Role, Side

blueprint = Blueprint("cases", __name__)

_TOO_LATE = frozenset({"not_now", "answered_already", "claim_decided", "delivery_over"})
"""Refusals after which the case's own page says more than an error does."""

_STEP = {
    State.DRAFT: 1,
    State.SUBMITTED: 2,
    State.IN_TRIAGE: 2,
    State.WAITING_CONSUMER: 2,
    State.LAPSED: 2,
    State.REFUSED: 2,
    State.ACCEPTED: 3,
    State.UNDER_ANALYSIS: 3,
    State.PRELIMINARY: 4,
    State.NOTIFIED: 4,
    State.ACKNOWLEDGED: 4,
    State.OPENED: 4,
    State.REPLIED: 4,
    State.ANSWERED: 4,
    State.UNANSWERED: 4,
    State.HEARING_SCHEDULED: 5,
    State.HEARING_NOT_HELD: 5,
    State.NO_AGREEMENT: 6,
    State.FULFILMENT: 6,
    State.BREACHED: 6,
    State.ARCHIVED: 7,
}


@blueprint.get("/casos")
@requires(SIGNED_IN)
async def index() -> ResponseReturnValue:
    """All cases that the person sees, newest change first; staff and companies may narrow it."""
    if viewer().role is Role.CONSUMER:
        return redirect(url_for("panel.show"), 303)
    wanted = Wanted(_state(query("situacao")), query("busca")[:100], query("meus") == "1")
    listing = await case_lists.for_viewer(viewer(), wanted, query("depois"))
    return render(
        "cases/index.html",
        listing=listing,
        wanted=wanted,
        filters=_filters(wanted),
        duties=await reckoner(),
        first_page=not query("depois"),
        states=[(state, state_label(state)) for state in State if state is not State.DRAFT],
        state_label=state_label,
        state_tone=state_tone,
    )


def _state(typed: str) -> State | None:
    return State(typed) if typed in set(State) else None


def _filters(wanted: Wanted) -> dict[str, str]:
    """The filter as it stands in the address."""
    given = {"situacao": wanted.state or "", "busca": wanted.text, "meus": "1" if wanted.mine else ""}
    return {name: str(value) for name, value in given.items() if value}


@blueprint.get("/casos/<int:case_id>")
@requires(SIGNED_IN)
async def show(case_id: int) -> ResponseReturnValue:
    """A case. The first look of its company is the proof that the notice was opened."""
    if viewer().role is Role.COMPANY and await notices.opened_by(
        case_id, viewer(), now=now(), rules=await term_rules("company_answer")
    ):
        parts().wake.ring()
    return await _page(case_id, {})


@blueprint.post("/casos/<int:case_id>/anotacoes")
@requires(STAFF)
async def add_note(case_id: int) -> ResponseReturnValue:
    """An internal note."""
    typed = await form()
    try:
        await casework.add_note(case_id, viewer(), typed.get("note", ""), now=now())
    except Invalid as error:
        return await refused(case_id, "note", typed, error)
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/arquivar")
@requires(Role.LEGAL, Role.COORDINATOR)
async def archive(case_id: int) -> ResponseReturnValue:
    """Archive a case, with the reason."""
    typed = await form()
    try:
        await casework.archive(case_id, viewer(), typed.get("archive_reason", ""), now=now())
    except Invalid as error:
        return await refused(case_id, "archive", typed, error, {"reason": "archive_reason"})
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/reabrir")
@requires(Role.LEGAL, Role.COORDINATOR)
async def reopen(case_id: int) -> ResponseReturnValue:
    """Reopen a case, with the reason."""
    typed = await form()
    try:
        await casework.reopen(case_id, viewer(), typed.get("reopen_reason", ""), now=now())
    except Invalid as error:
        return await refused(case_id, "reopen", typed, error, {"reason": "reopen_reason"})
    return back(case_id)


def back(case_id: int) -> ResponseReturnValue:
    """To the case, after a successful POST."""
    return redirect(url_for("cases.show", case_id=case_id), 303)


def renamed(error: Invalid, names: Mapping[str, str]) -> Invalid:
    """The same error with the fields called as the page's form calls them: no two on a page share a name."""
    return Invalid({names.get(field, field): code for field, code in error.fields.items()}, **error.facts)


async def refused(
    case_id: int,
    name: str,
    typed: Mapping[str, str],
    error: DomainError,
    names: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """The page of the case again, the form ``name`` with what was typed and why it was refused.

    When the case has moved on, the page may have no such form any more: then it says at its top why, what
    changed, what is possible now, and what was typed. ``names`` maps a service's field to the form's name for
    it, where they differ.
    """
    if isinstance(error, Invalid):
        error = renamed(error, names or {})
    errors = field_sentences(error) if isinstance(error, Invalid) else {"": said_of(error)}
    forms = {name: {"values": dict(typed), "errors": errors}}
    page = await _page(case_id, forms)
    lost = await lost_from(page, tuple(errors.values()))
    if (
        lost and lost.gone and isinstance(error, Invalid)
    ):  # its form is gone: what was wrong in it does not matter any more
        error = Refused("not_now", state=(await cases.page(case_id, viewer())).case.state)
        lost = Lost((said_of(error),), lost.texts)
    if lost:
        page = await _page(case_id, forms, lost)
    return page, status_of(error)


@blueprint.app_errorhandler(Refused)
async def out_of_order(error: Refused) -> ResponseReturnValue:
    """An act on a case that the rules refuse, from a page that was out of date: the case as it is now.

    It says what changed and what is possible, and holds what was typed. Whoever may not see the case,
    scripts, and other addresses get the page of errors.
    """
    case_id = (request.view_args or {}).get("case_id")
    if error.code not in _TOO_LATE or case_id is None or request.method != "POST" or wants_json():
        return await domain_error(error)
    lost = Lost((said_of(error),), tuple(await typed_texts()))
    return await _page(case_id, {}, lost), status_of(error)


async def _page(case_id: int, forms: Mapping[str, Mapping[str, Any]], lost: Lost | None = None) -> str:
    page = await cases.page(case_id, viewer())
    case = page.case
    recorded = await playback.of_case(case_id, page.side, viewer()) if page.hearings else {}
    offered = await slot_offers.offered(case_id, now=now()) if page.side is not Side.COMPANY else []
    policy = parts().profile.scheduling
    asking = await reschedule_requests.of_case(case_id, page.side, viewer(), policy=policy, now=now())
    from app.web.deliveries import panel

    return render(
        "cases/show.html",
        **await panel(page),
        page=page,
        recorded=recorded,
        calls=await preliminary.calls_of(case_id, page.side),
        call_results={result: _(label) for result, label in preliminary.RESULTS.items()},
        recording_cause=recording_cause,
        offered=offered,
        asking=asking,
        asking_refused=sentence(asking.refused.code, asking.refused.facts) if asking.refused else "",
        causes=[(cause.value, cause_label(cause)) for cause in CAUSES],
        case=case,
        side=page.side,
        actions=page.actions,
        forms=forms,
        lost=lost,
        blank={"values": {}, "errors": {}},
        title=_title(page),
        step=_STEP[case.state],
        told=await _told(page, offered),
        state_label=state_label(case.state),
        state_tone=state_tone(case.state),
        today=today(),
        file_url=file_url,
        role_label=seat_role_label,
        copy=await exports.newest(case_id, viewer()),
        copy_url=copy_url,
        state_words=state_words(),
    )


async def _told(page: cases.CasePage, offered: Sequence[Offered]) -> Told:
    """Who must act now, until when, and what happens if not."""
    duties = await reckoner()
    hearing, offer = page.next_hearing, page.open_offer
    standing = duties.standing(
        page.case,
        hearing_at=hearing.starts_at if hearing else None,
        offer=offer.side if offer else None,
        offer_until=offer.expires_on if offer else None,
        slots_until=offered[0].expires_at if offered else None,
    )
    return duties.told(standing, viewer().role)


def _title(page: cases.CasePage) -> str:
    case = page.case
    if page.side is Side.CONSUMER:
        return case.company or _("Meu cadastro")
    if page.side is Side.COMPANY:
        return case.consumer
    return f"{case.consumer} × {case.company}" if case.company else case.consumer


def copy_url(export_id: UUID) -> str:
    """The address of a copy of a case."""
    return f"/copias/{export_id}"


def file_url(document_id: UUID) -> str:
    """The address of a document's bytes."""
    return f"/documentos/{document_id}"
