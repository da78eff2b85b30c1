"""Making two entries of one company one: looked at first, then done."""

from __future__ import annotations

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.services import companies, company_merging
from app.web.access import requires, viewer
from app.web.errors import field_sentences, sentence
from app.web.forms import form, query
from app.web.render import render
from app.web.today import now
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.identity import normal_cnpj
from models.rules.people import Role

blueprint = Blueprint("company_merging", __name__)


@blueprint.get("/empresas/<int:company_id>/unificar")
@requires(Role.COORDINATOR)
async def confirm(company_id: int) -> ResponseReturnValue:
    """What would move from the entry with the CNPJ ``repetido`` to this one."""
    return await _page(company_id, query("repetido")[:24], "")


@blueprint.post("/empresas/<int:company_id>/unificar")
@requires(Role.COORDINATOR)
async def merge(company_id: int) -> ResponseReturnValue:
    """Do it."""
    typed = await form()
    goes, cases = typed.get("goes", ""), typed.get("cases", "")
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in (goes, cases)):
        raise Invalid({"goes": "invalid"})
    try:
        await company_merging.merge(company_id, int(goes), viewer(), cases=int(cases), now=now())
    except (Refused, Conflict) as error:
        return await _page(company_id, typed.get("cnpj", ""), sentence(error.code)), 409
    return redirect(url_for("companies.show", company_id=company_id), 303)


async def _page(company_id: int, typed: str, problem: str) -> str:
    company = await companies.file(company_id)
    found, errors = None, {"": problem} if problem else {}
    cnpj = normal_cnpj(typed)
    known = await companies.by_cnpj(cnpj) if cnpj else None
    if cnpj is None:
        errors |= field_sentences(Invalid({"repetido": "cnpj_invalid"}))
    elif known is None or known.id == company_id:
        errors |= field_sentences(
            Invalid({"repetido": "company_unknown" if known is None else "same_company"})
        )
    else:
        found = await company_merging.proposed(company_id, known.id, viewer())
    return render(
        "companies/merge.html",
        company=company,
        found=found,
        form={"values": {"repetido": typed}, "errors": errors},
    )
