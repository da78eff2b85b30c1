"""The triage over HTTP: the queue, one registration on the desk, the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from app.i18n import N_, ngettext
from app.i18n import gettext as _
from app.services import triage
from app.services.triage import Shelf
from app.services.wording import state_label, state_tone
from app.web.access import STAFF, requires, viewer
from app.web.documents import described
from app.web.errors import field_sentences
from app.web.forms import choices, form, query
from app.web.parts import parts
from app.web.render import render
from app.web.today import calendar, now, today
from models import DocumentKind
from models.rules.errors import Invalid
from models.rules.people import Role

blueprint = Blueprint("triage", __name__)

QUEUE = "/triagem"
SHELVES = {
    "novos": (Shelf.NEW, N_("Novos")),
    "meus": (Shelf.MINE, N_("Comigo")),
    "aguardando": (Shelf.WAITING, N_("Aguardando o cidadão")),
    "todos": (Shelf.ALL, N_("Todos em triagem")),
}
"""The queue's tabs, by their name in the address."""

KINDS = {
    DocumentKind.RESIDENCE: N_("Comprovante de residência"),
    DocumentKind.IDENTITY: N_("Documento de identidade"),
    DocumentKind.EXHIBIT: N_("Outro documento"),
}


@blueprint.get("/triagem")
@requires(STAFF)
async def queue_page() -> ResponseReturnValue:
    """The registrations that wait, oldest first."""
    chosen = query("filtro") if query("filtro") in SHELVES else "novos"
    counts = await triage.counts(viewer())
    return render(
        "triage/queue.html",
        rows=await triage.queue(SHELVES[chosen][0], viewer()),
        shelves=[(_tab(name), _(label), counts[shelf]) for name, (shelf, label) in SHELVES.items()],
        current=_tab(chosen),
        page_size=triage.PAGE,
        waited=lambda since: waited(now() - since),
    )


@blueprint.get("/casos/<int:case_id>/triagem")
@requires(STAFF)
async def desk_page(case_id: int) -> ResponseReturnValue:
    """One registration: its documents beside its data."""
    return await _desk(case_id, {}, {})


@blueprint.post("/casos/<int:case_id>/triagem/assumir")
@requires(Role.ATTENDANT, Role.COORDINATOR)
async def start(case_id: int) -> ResponseReturnValue:
    """Take a registration from the queue."""
    await triage.start(case_id, viewer(), now=now())
    return redirect(f"/casos/{case_id}/triagem", 303)


@blueprint.post("/casos/<int:case_id>/triagem/aceitar")
@requires(Role.ATTENDANT, Role.COORDINATOR)
async def accept(case_id: int) -> ResponseReturnValue:
    """Accept a registration."""
    checked = await choices("checked")
    try:
        await triage.accept(case_id, viewer(), checked, now=now())
    except Invalid as error:
        return await _desk(case_id, {"checked": checked}, field_sentences(error)), 422
    return redirect(QUEUE, 303)


@blueprint.post("/casos/<int:case_id>/triagem/pedir")
@requires(Role.ATTENDANT, Role.COORDINATOR)
async def ask(case_id: int) -> ResponseReturnValue:
    """Ask the citizen for what is missing."""
    missing, reason = await choices("missing"), (await form()).get("ask_reason", "")
    bound = parts()
    try:
        await triage.ask(
            case_id,
            viewer(),
            missing,
            reason,
            term=bound.profile.terms["consumer_documents"],
            today=today(),
            calendar=await calendar(),
            now=now(),
        )
    except Invalid as error:
        values = {"missing": missing, "ask_reason": reason}
        return await _desk(case_id, values, _renamed(error, "ask_reason")), 422
    return redirect(QUEUE, 303)


@blueprint.post("/casos/<int:case_id>/triagem/recusar")
@requires(Role.ATTENDANT, Role.COORDINATOR)
async def refuse(case_id: int) -> ResponseReturnValue:
    """Refuse a registration, with its cause and the reason in words."""
    typed = await form()
    cause, reason = typed.get("cause", ""), typed.get("refuse_reason", "")
    try:
        await triage.refuse(case_id, viewer(), cause, reason, now=now())
    except Invalid as error:
        values = {"cause": cause, "refuse_reason": reason}
        return await _desk(case_id, values, _renamed(error, "refuse_reason")), 422
    return redirect(QUEUE, 303)


@blueprint.post("/casos/<int:case_id>/triagem/arquivar")
@requires(Role.ATTENDANT, Role.COORDINATOR)
async def lapse(case_id: int) -> ResponseReturnValue:
    """Archive a registration whose consumer let the term pass."""
    await triage.lapse(case_id, viewer(), today=today(), now=now())
    return redirect(QUEUE, 303)


def waited(time: timedelta) -> str:
    """How long somebody has been waiting, in the one unit that matters: "há 3 dias"."""
    minutes = max(int(time.total_seconds()) // 60, 0)
    if minutes == 0:
        return _("agora")
    if minutes < 60:
        return ngettext("há %(num)s minuto", "há %(num)s minutos", minutes) % {"num": minutes}
    if minutes < 48 * 60:
        return ngettext("há %(num)s hora", "há %(num)s horas", minutes // 60) % {"num": minutes // 60}
    return _("há %(num)s dias") % {"num": minutes // (24 * 60)}


def _tab(name: str) -> str:
    return QUEUE if name == "novos" else f"{QUEUE}?filtro={name}"


def _renamed(error: Invalid, reason: str) -> dict[str, str]:
    """The sentences, with "reason" under the name that it has in this form."""
    return {reason if name == "reason" else name: text for name, text in field_sentences(error).items()}


async def _desk(case_id: int, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    desk = await triage.desk(case_id, viewer())
    return render(
        "triage/desk.html",
        desk=desk,
        case=desk.case,
        files=[(file, described(file)) for file in reversed(desk.files) if file.erased_at is None],
        erased=[file for file in desk.files if file.erased_at],
        form={"values": values, "errors": errors},
        missing=[(name, _(label)) for name, label in triage.MISSING.items()],
        territory=parts().profile.territory,
        checks=[(name, _(label)) for name, label in desk.checks.items()],
        causes=[(name, _(label)) for name, label in triage.CAUSES.items()],
        kinds={kind: _(label) for kind, label in KINDS.items()},
        labels={name: _(label) for name, label in triage.MISSING.items()},
        state_label=state_label(desk.case.state),
        state_tone=state_tone(desk.case.state),
        today=today(),
    )
