"""The counter: the page on which an attendant opens cases, with or without a line, and the way home by code.

The page, its worker and what they send are under ``/balcao/``: the worker serves that part without a line
(ADR 0072). What the browser kept comes as the same form, by its own key, and makes one case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

from quart import Blueprint, Response, current_app, redirect, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import attendance_paper, attendance_view, complaints, counter, taxonomy
from app.services.account_form import password_faults
from app.web.access import PUBLIC, requires, viewer
from app.web.accounts import remembering
from app.web.errors import field_sentences, sentence, status_of
from app.web.failures import wants_json
from app.web.forms import form, query
from app.web.limits import limit_address
from app.web.parts import parts
from app.web.render import render
from app.web.stored import attachment
from app.web.today import now, today
from models.rules.errors import Invalid, Refused
from models.rules.people import Role
from models.rules.postal import STATES

blueprint = Blueprint("counter", __name__)

_DESK = (Role.ATTENDANT, Role.COORDINATOR)


@blueprint.get("/balcao/atendimento")
@requires(*_DESK)
async def page() -> str:
    """The form of a case opened with the citizen in front, and what waits in this browser."""
    return await _page({}, {})


@blueprint.get("/balcao/trabalhador.js")
@requires(PUBLIC)
async def worker() -> ResponseReturnValue:
    """The worker that serves the counter without a line; it lives here, so that this is its scope."""
    static: Any = current_app.view_functions["static"]
    response: Response = await static("js/counter/worker.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/balcao/pessoa")
@requires(*_DESK)
async def find() -> ResponseReturnValue:
    """The citizen with a CPF, as JSON, to fill the form with; ``found`` is null when nobody is known."""
    known = await counter.find(query("cpf"))
    return {"found": {"values": known.values, "has_email": known.has_email} if known else None}


@blueprint.post("/balcao/atendimento")
@requires(*_DESK)
async def open_case() -> ResponseReturnValue:
    """Open the case; to the page's script as JSON, to a browser without scripts as the case's page."""
    typed = await form()
    try:
        made = await counter.open_case(
            viewer(), typed, territory=parts().profile.territory, today=today(), now=now()
        )
    except Invalid as error:
        if wants_json():
            raise
        return await _page(typed, field_sentences(error)), 422
    if not wants_json():
        return redirect(url_for("cases.show", case_id=made.case_id), 303)
    return {
        "case": made.case_id,
        "protocol": made.protocol,
        "case_url": url_for("cases.show", case_id=made.case_id),
        "papers_url": url_for("documents.upload", case_id=made.case_id),
        "receipt_url": url_for("counter.receipt", attendance_id=made.attendance_id),
    }


@blueprint.get("/balcao/recibo/<int:attendance_id>.pdf")
@requires(*_DESK)
async def receipt(attendance_id: int) -> Response:
    """The paper that the citizen takes home."""
    made = await counter.made(attendance_id)
    bound = parts()
    about = await attendance_view.page(attendance_id, viewer())
    paper = attendance_paper.receipt(
        made, about.line.name, profile=bound.profile, site=bound.public_url, now=now()
    )
    pdf = await bound.pdf.render(paper)
    name = attachment(f"recibo-{made.protocol}.pdf").replace("attachment", "inline", 1)
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


@blueprint.get("/continuar")
@requires(PUBLIC)
async def continue_page() -> ResponseReturnValue:
    """Where the code of a receipt is typed."""
    if code := query("codigo"):
        return redirect(url_for("counter.claim_page", code=code), 303)
    return render("counter/code.html", form={"values": {}, "errors": {}})


@blueprint.get("/continuar/<code>")
@requires(PUBLIC)
async def claim_page(code: str) -> ResponseReturnValue:
    """Where the citizen of a receipt chooses e-mail and password."""
    await limit_address("verify_address")
    return _claim(code, {}, {}, may=await counter.may_claim(code))


@blueprint.post("/continuar/<code>")
@requires(PUBLIC)
async def claim(code: str) -> ResponseReturnValue:
    """Give the account its e-mail and password; the e-mail is then confirmed by a code."""
    await limit_address("code_try_address")
    typed = await form()
    email, cpf = typed.get("email", ""), typed.get("cpf", "")
    if faults := password_faults(typed, personal=(email, cpf)):
        return _claim(code, typed, {name: sentence(fault) for name, fault in faults.items()}), 422
    hashed = await parts().passwords.hash(typed["password"])
    try:
        address = await counter.claim(code, cpf, email, hashed, secret=parts().secret_key, now=now())
    except Invalid as error:
        return _claim(code, typed, field_sentences(error)), 422
    except Refused as error:
        return _claim(code, typed, {"": sentence(error.code)}), status_of(error)
    return remembering(address, cast(Response, redirect(url_for("accounts.confirm_page"), 303)))


def _claim(code: str, values: Mapping[str, str], errors: Mapping[str, str], *, may: bool = True) -> str:
    return render("counter/claim.html", code=code, may=may, form={"values": values, "errors": errors})


async def _page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    agency = parts().profile.agency
    begun = {"city": agency.city, "uf": agency.state, "key": str(uuid4())}
    shown: dict[str, Any] = {"values": {**begun, **values}, "errors": errors}
    return render(
        "counter/page.html",
        form=shown,
        areas=await taxonomy.tree(today()),
        wishes=[(name, _(label)) for name, label in complaints.WISHES.items()],
        states=[(uf, uf) for uf in STATES],
        limits={"facts": complaints.FACTS, "wish_text": complaints.WISH_TEXT},
        today=today(),
    )
