"""The citizen's registration: begin, fill in, send, answer the triage; and the autosave of every form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from quart import Blueprint, Response, redirect, request
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from app.i18n import gettext as _
from app.services import drafts, registrations, reviews, taxonomy, triage
from app.services.drafts import Saved
from app.services.registrations import CONFLICT, REQUIRED, SUPPLEMENT_MAX, SUPPLIED
from app.web import cookies
from app.web.access import requires, viewer
from app.web.cases import refused
from app.web.documents import described
from app.web.errors import field_sentences, sentence
from app.web.forms import form
from app.web.guidance import PROBLEM_COOKIE
from app.web.parts import parts
from app.web.render import render
from app.web.today import now, today
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("registration", __name__)


def case_path(case_id: int) -> str:
    """The address of a case's page."""
    return f"/casos/{case_id}"


@blueprint.post("/casos/novo")
@requires(Role.CONSUMER)
async def begin() -> ResponseReturnValue:
    """A new registration for the signed-in citizen, about the problem that the guided way found, if any."""
    problem = (await form()).get("problem") or request.cookies.get(PROBLEM_COOKIE, "")
    case_id = await registrations.begin(viewer(), now(), await taxonomy.problem(problem, today()))
    response = cast(Response, redirect(f"{case_path(case_id)}/cadastro", 303))
    cookies.drop(response, PROBLEM_COOKIE)
    return response


@blueprint.get("/casos/<int:case_id>/cadastro")
@requires(Role.CONSUMER)
async def registration_page(case_id: int) -> ResponseReturnValue:
    """The registration form with what was typed so far; once it is sent, the case's page."""
    try:
        sheet = await registrations.sheet(case_id, viewer())
    except Refused:
        return redirect(case_path(case_id), 303)
    return _registration(sheet, sheet.draft.values, {})


@blueprint.post("/casos/<int:case_id>/cadastro")
@requires(Role.CONSUMER)
async def submit(case_id: int) -> ResponseReturnValue:
    """Send the registration to the triage."""
    typed = await form()
    try:
        await registrations.submit(
            case_id,
            viewer(),
            typed.get("conflict", ""),
            territory=parts().profile.territory,
            relation_here={"sim": True, "nao": False}.get(typed.get("relation_here", "")),
            now=now(),
        )
    except Invalid as error:
        sheet = await registrations.sheet(case_id, viewer())
        return _registration(sheet, typed, field_sentences(error)), 422
    return redirect(case_path(case_id), 303)


@blueprint.post("/casos/<int:case_id>/descartar")
@requires(Role.CONSUMER)
async def discard(case_id: int) -> ResponseReturnValue:
    """Throw away a registration that was never sent."""
    await registrations.discard(case_id, viewer(), storage=parts().storage)
    return redirect("/painel", 303)


@blueprint.post("/casos/<int:case_id>/revisao")
@requires(Role.CONSUMER)
async def ask_review(case_id: int) -> ResponseReturnValue:
    """Ask for the review of a refusal."""
    typed = await form()
    try:
        await reviews.ask(case_id, viewer(), typed.get("review_text", ""), now=now())
    except Invalid as error:
        return await refused(case_id, "review", typed, error, {"text": "review_text"})
    return redirect(case_path(case_id), 303)


@blueprint.get("/casos/<int:case_id>/complemento")
@requires(Role.CONSUMER)
async def supplement_page(case_id: int) -> ResponseReturnValue:
    """The form that answers the triage; when nothing is asked, the case's page."""
    try:
        supplement = await registrations.supplement(case_id, viewer())
    except Refused:
        return redirect(case_path(case_id), 303)
    return _supplement(case_id, supplement, supplement.draft.values, {})


@blueprint.post("/casos/<int:case_id>/complemento")
@requires(Role.CONSUMER)
async def supply(case_id: int) -> ResponseReturnValue:
    """Send what the triage asked for."""
    typed = await form()
    try:
        await registrations.supply(case_id, viewer(), typed.get("text", ""), now=now())
    except Invalid as error:
        supplement = await registrations.supplement(case_id, viewer())
        return _supplement(case_id, supplement, typed, field_sentences(error)), 422
    return redirect(case_path(case_id), 303)


@blueprint.put("/casos/<int:case_id>/rascunho/<name>")
@requires(Role.CONSUMER)
async def save_draft(case_id: int, name: str) -> ResponseReturnValue:
    """Autosave: ``{revision, values}`` → ``{revision, saved_at}``, or 409 with the newer ``values``."""
    sent = await request.get_json()
    if not isinstance(sent, dict):
        raise BadRequest
    revision, values = sent.get("revision"), sent.get("values")
    if type(revision) is not int or not isinstance(values, dict):
        raise BadRequest
    try:
        saved = await drafts.save(case_id, name, viewer(), values, revision, now())
    except Conflict as error:
        return {"error": error.code, "message": sentence(error.code), **error.facts}, 409
    return {"revision": saved.revision, "saved_at": saved.saved_at.isoformat() if saved.saved_at else None}


def _registration(sheet: registrations.Sheet, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    return render(
        "registration/form.html",
        sheet=sheet,
        files={kind: [described(file) for file in sheet.of_kind(kind)] for kind in REQUIRED},
        territory=parts().profile.territory,
        form={"values": values, "errors": errors},
        limits=CONFLICT,
        draft=_draft(sheet.case_id, "registration", sheet.draft),
    )


def _supplement(
    case_id: int, supplement: registrations.Supplement, values: Mapping[str, Any], errors: Mapping[str, str]
) -> str:
    return render(
        "registration/supplement.html",
        case_id=case_id,
        asked=supplement.asked,
        missing=[_(triage.MISSING[name]) for name in supplement.asked.missing],
        files={kind: [described(file) for file in supplement.of_kind(kind)] for kind in SUPPLIED},
        form={"values": values, "errors": errors},
        most=SUPPLEMENT_MAX,
        draft=_draft(case_id, "supplement", supplement.draft),
    )


def _draft(case_id: int, name: str, saved: Saved) -> dict[str, Any]:
    return {"url": f"{case_path(case_id)}/rascunho/{name}", "revision": saved.revision}
