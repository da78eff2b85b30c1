"""Where a company is reached by post, written down by its own owner; staff keeps it with the other data."""

from __future__ import annotations

from collections.abc import Mapping

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.services import company_addresses
from app.services.company_addresses import CompanyAddress
from app.web.access import requires, viewer
from app.web.errors import field_sentences
from app.web.forms import form
from app.web.render import render
from app.web.today import today
from models.rules.errors import Invalid, Refused
from models.rules.people import Role
from models.rules.postal import ADDRESS_FIELDS, STATES

blueprint = Blueprint("company_addresses", __name__)

STATE_OPTIONS = [(uf, uf) for uf in STATES]


@blueprint.get("/empresas/<int:company_id>/endereco")
@requires(Role.COMPANY)
async def edit(company_id: int) -> str:
    """The address, to be corrected."""
    found = await _own(company_id)
    known = {name: getattr(found.address, name) for name in ADDRESS_FIELDS} if found.address else {}
    return _page(found, known, {})


@blueprint.post("/empresas/<int:company_id>/endereco")
@requires(Role.COMPANY)
async def change(company_id: int) -> ResponseReturnValue:
    """Write it down."""
    typed = await form()
    try:
        await company_addresses.change(company_id, viewer(), typed, today=today())
    except Invalid as error:
        return _page(await _own(company_id), typed, field_sentences(error)), 422
    return redirect(url_for("wallet.show", company_id=company_id) + "#endereco", 303)


async def _own(company_id: int) -> CompanyAddress:
    found = await company_addresses.of_company(company_id, viewer(), today=today())
    if not found.may_change:
        raise Refused("owner_only")
    return found


def _page(found: CompanyAddress, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    shown = {"values": typed, "errors": errors}
    return render("companies/address.html", company=found, states=STATE_OPTIONS, form=shown)
