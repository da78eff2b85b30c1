"""Notifying a company, and the page to which the code of its notice leads."""

from __future__ import annotations

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import cases, claims, companies, notices
from app.services.claims import ClaimForm
from app.services.companies import CompanyForm
from app.services.delivery_words import POWERS
from app.services.notices import Choice
from app.services.triage import REASON
from app.web.access import PUBLIC, current_viewer, requires, viewer
from app.web.cases import back
from app.web.company_addresses import STATE_OPTIONS
from app.web.errors import field_sentences, sentence, status_of
from app.web.forms import form, query
from app.web.limits import limit_address
from app.web.parts import parts
from app.web.render import render
from app.web.today import now, term_rules
from models.rules.case_machine import Action
from models.rules.errors import DomainError, Invalid, NotFound, Refused
from models.rules.people import Role
from models.rules.postal import ADDRESS_FIELDS
from models.rules.term_words import explain_pending

blueprint = Blueprint("notices", __name__)

_CASEWORK = (Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR)
_NEW = "new"


@blueprint.get("/casos/<int:case_id>/notificar")
@requires(*_CASEWORK)
async def choose(case_id: int) -> ResponseReturnValue:
    """Choose or confirm the company, and see until when it will have to answer."""
    page = await cases.page(case_id, viewer())
    if not page.may(Action.NOTIFY_COMPANY):
        return back(case_id)
    case = page.case
    typed = {"legal_name": case.typed_company, "cnpj": case.typed_cnpj}
    return await _choose_page(page, typed, {})


@blueprint.post("/casos/<int:case_id>/notificar")
@requires(*_CASEWORK)
async def notify(case_id: int) -> ResponseReturnValue:
    """Send the CIP, or the opening letter of a complaint that is opened directly."""
    typed = await form()
    try:
        await notices.notify(
            case_id,
            viewer(),
            _choice(typed),
            now=now(),
            rules=await term_rules("company_answer"),
            opening=_opening(typed),
        )
    except Invalid as error:
        return await _choose_page(await cases.page(case_id, viewer()), typed, field_sentences(error)), 422
    except Refused as error:
        if error.code == "not_now":
            raise  # somebody was quicker: the case as it is now says more than this form
        return await _refused(case_id, typed, error)
    return back(case_id)


async def _refused(case_id: int, typed: dict[str, str], error: DomainError) -> ResponseReturnValue:
    page = await cases.page(case_id, viewer())
    errors = {"": sentence(error.code, error.facts)}
    return await _choose_page(page, typed, errors), status_of(error)


def _opening(typed: dict[str, str]) -> str:
    """Why the complaint is opened without a CIP; empty for the CIP."""
    if typed.get("way") != "opening":
        return ""
    reason = typed.get("opening_reason", "")
    if not REASON[0] <= len(reason) <= REASON[1]:
        raise Invalid({"opening_reason": "text_length"}, min=REASON[0], max=REASON[1])
    return reason


def _choice(typed: dict[str, str]) -> Choice:
    chosen = typed.get("company", "")
    if chosen == _NEW:
        names = ("cnpj", "legal_name", "trade_name", "email", "phone")
        address = {name: typed.get(name, "") for name in ADDRESS_FIELDS}
        return Choice(new=CompanyForm(**{name: typed.get(name, "") for name in names}, address=address))
    return Choice(int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None)


async def _choose_page(page: cases.CasePage, typed: dict[str, str], errors: dict[str, str]) -> str:
    case, wanted = page.case, query("empresa")
    hits = await companies.search(wanted) if wanted else await _known(page)
    if "company" not in typed:
        typed = typed | {"company": str(hits[0].id) if len(hits) == 1 else "" if hits else _NEW}
    return render(
        "negotiation/notify.html",
        page=page,
        case=case,
        hits=hits,
        wanted=wanted,
        states=STATE_OPTIONS,
        form={"values": typed, "errors": errors},
        term=explain_pending((await term_rules("company_answer")).term),
    )


async def _known(page: cases.CasePage) -> list[companies.CompanyHit]:
    case = page.case
    if case.company_id is not None:
        known = await companies.file(case.company_id)
        return [companies.CompanyHit(known.id, known.name, known.legal_name, known.cnpj)]
    return await companies.candidates(case.typed_company, case.typed_cnpj)


@blueprint.get("/notificacao/<code>")
@requires(PUBLIC)
async def show(code: str) -> ResponseReturnValue:
    """What the notice's code tells without an account; its company's people go on to the case."""
    await limit_address("verify_address")
    notice = await notices.by_code(code)
    person = current_viewer()
    if person is not None and person.role is Role.COMPANY:
        try:
            if await notices.opened_by(
                notice.case_id, person, now=now(), rules=await term_rules("company_answer")
            ):
                parts().wake.ring()
                notice = await notices.by_code(code)
            await cases.page(notice.case_id, person)
            return back(notice.case_id)
        except NotFound:
            pass  # another company's person reads what everybody reads
    return _public_page(notice, {}, {})


def _public_page(notice: notices.PublicNotice, typed: dict[str, str], errors: dict[str, str]) -> str:
    return render(
        "negotiation/notice.html",
        notice=notice,
        powers=[(power.value, _(words)) for power, words in POWERS.items()],
        form={"values": typed, "errors": errors},
        sent=query("enviado"),
    )


@blueprint.post("/notificacao/<code>/assumir")
@requires(PUBLIC)
async def claim(code: str) -> ResponseReturnValue:
    """Take the case over for the company, by the notice's code and the CNPJ."""
    await limit_address("verify_address")
    await limit_address("register_address")
    notice = await notices.by_code(code)
    typed = await form()
    wanted = ClaimForm(**{name: typed.get(name, "") for name in ("cnpj", "name", "email", "power")})
    try:
        await claims.claim(code, wanted, rules=await term_rules("company_answer"), now=now())
    except Invalid as error:
        return _public_page(notice, typed, field_sentences(error)), 422
    return redirect(url_for(".show", code=notice.code, enviado="1"), 303)
