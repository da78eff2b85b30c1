"""The register of companies for staff, and the look-up for everybody who is signed in."""

from __future__ import annotations

from collections.abc import Mapping

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import companies, company_merging
from app.services.companies import CompanyForm, Invitation
from app.services.wording import state_label, state_tone
from app.web.access import SIGNED_IN, STAFF, requires, viewer
from app.web.cases import renamed
from app.web.company_addresses import STATE_OPTIONS
from app.web.errors import field_sentences
from app.web.forms import form, query
from app.web.limits import limit
from app.web.render import render
from app.web.today import now, today, typed_day
from models import Power
from models.rules.errors import Invalid
from models.rules.people import Role
from models.rules.postal import ADDRESS_FIELDS

blueprint = Blueprint("companies", __name__)

_KEEPERS = (Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR)


@blueprint.get("/empresas/busca")
@requires(SIGNED_IN)
async def search() -> dict[str, object]:
    """Companies by the beginning of the CNPJ or of words of the name, as JSON, at most ten."""
    await limit("company_search", viewer().user_id)
    hits = await companies.search(query("q")[:100])
    return {
        "companies": [
            {"id": hit.id, "name": hit.name, "legal_name": hit.legal_name, "cnpj": hit.cnpj} for hit in hits
        ]
    }


@blueprint.get("/empresas")
@requires(STAFF)
async def index() -> str:
    """The register in order of name."""
    wanted, after = query("busca")[:100], query("depois")[:160]
    hits = await companies.page(wanted, after)
    more = not wanted and len(hits) > companies.PAGE
    return render(
        "companies/index.html",
        hits=hits[: companies.PAGE],
        wanted=wanted,
        after=hits[companies.PAGE - 1].legal_name if more else None,
        first_page=not after,
    )


@blueprint.get("/empresas/nova")
@requires(*_KEEPERS)
async def new() -> str:
    """The form of a new company."""
    return _form_page({}, {})


@blueprint.post("/empresas")
@requires(*_KEEPERS)
async def create() -> ResponseReturnValue:
    """Enter a company."""
    typed = await form()
    try:
        number = await companies.create(viewer(), _company(typed), now=now())
    except Invalid as error:
        return _form_page(typed, field_sentences(error)), 422
    return redirect(url_for(".show", company_id=number), 303)


@blueprint.get("/empresas/<int:company_id>")
@requires(STAFF)
async def show(company_id: int) -> str:
    """A company, who speaks for it, and its newest cases."""
    return await _file_page(company_id, {})


@blueprint.post("/empresas/<int:company_id>")
@requires(*_KEEPERS)
async def change(company_id: int) -> ResponseReturnValue:
    """Correct a company's data."""
    typed = await form()
    try:
        await companies.change(company_id, viewer(), _company(typed))
    except Invalid as error:
        return await _file_page(company_id, {"company": _again(typed, error)}), 422
    return redirect(url_for(".show", company_id=company_id), 303)


@blueprint.post("/empresas/<int:company_id>/pessoas")
@requires(Role.COORDINATOR)
async def invite(company_id: int) -> ResponseReturnValue:
    """Let a person speak for the company."""
    typed = await form()
    until = typed.get("valid_until", "")
    try:
        if until and typed_day(until) is None:
            raise Invalid({"valid_until": "date_invalid"})
        invitation = Invitation(
            typed.get("person_name", ""),
            typed.get("person_email", ""),
            typed.get("power", ""),
            bool(typed.get("may_settle")),
            typed_day(until),
        )
        await companies.invite(company_id, viewer(), invitation, now=now(), today=today())
    except Invalid as error:
        again = _again(typed, renamed(error, {"name": "person_name", "email": "person_email"}))
        return await _file_page(company_id, {"invite": again}), 422
    return redirect(url_for(".show", company_id=company_id), 303)


@blueprint.post("/empresas/<int:company_id>/pessoas/<int:user_id>/desligar")
@requires(Role.COORDINATOR)
async def unlink(company_id: int, user_id: int) -> ResponseReturnValue:
    """End a person's link to the company."""
    await companies.unlink(company_id, user_id, viewer(), now=now())
    return redirect(url_for(".show", company_id=company_id), 303)


def _company(typed: Mapping[str, str]) -> CompanyForm:
    names = ("cnpj", "legal_name", "trade_name", "email", "phone", "other_names")
    address = {name: typed.get(name, "") for name in ADDRESS_FIELDS}
    return CompanyForm(**{name: typed.get(name, "") for name in names}, address=address)


def _again(typed: Mapping[str, str], error: Invalid) -> dict[str, Mapping[str, str]]:
    return {"values": typed, "errors": field_sentences(error)}


def _form_page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render("companies/new.html", states=STATE_OPTIONS, form={"values": typed, "errors": errors})


async def _file_page(company_id: int, forms: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    company = await companies.file(company_id)
    known = {
        "legal_name": company.legal_name,
        "trade_name": company.trade_name,
        "email": company.email,
        "phone": company.phone,
        "other_names": "\n".join(company.other_names),
        **({name: getattr(company.address, name) for name in ADDRESS_FIELDS} if company.address else {}),
    }
    return render(
        "companies/show.html",
        company=company,
        states=STATE_OPTIONS,
        branches=await company_merging.branches(company_id),
        may_merge=viewer().role is Role.COORDINATOR,
        form=forms.get("company", {"values": known, "errors": {}}),
        invitation=forms.get("invite", {"values": {}, "errors": {}}),
        powers=_powers(),
        may_edit=viewer().role in _KEEPERS,
        may_invite=viewer().role is Role.COORDINATOR,
        state_label=state_label,
        state_tone=state_tone,
        today=today(),
    )


def _powers() -> list[tuple[str, str]]:
    words = {
        Power.OWNER: _("Sócio ou titular"),
        Power.AGENT: _("Preposto (carta de preposição)"),
        Power.LAWYER: _("Advogado (procuração)"),
    }
    return [(power.value, words[power]) for power in Power]
