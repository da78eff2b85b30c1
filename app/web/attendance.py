"""Attendances over HTTP: a citizen's questions and their answers, and what the agency makes of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quart import Blueprint, Response, redirect, url_for
from quart.typing import ResponseReturnValue

from app.i18n import N_
from app.i18n import gettext as _
from app.services import attendance_paper, attendance_view, attendances, taxonomy
from app.services.attendance_view import Shelf
from app.services.attendances import Person
from app.services.bodies import all_bodies
from app.web.access import requires, viewer
from app.web.errors import field_sentences, sentence, status_of
from app.web.forms import form, query
from app.web.lost import Lost, lost_from
from app.web.parts import parts
from app.web.render import render
from app.web.stored import attachment
from app.web.today import now, today
from models.rules.attendance import Act, Kind, Stage
from models.rules.errors import DomainError, Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("attendance", __name__)

_DESK = (Role.ATTENDANT, Role.COORDINATOR)
_READERS = (Role.CONSUMER, *_DESK, Role.MEDIATOR, Role.LEGAL, Role.AUDITOR)
LIST = "/atendimentos"

SHELVES = {
    "espera": (Shelf.WAITING, N_("Esperando")),
    "meus": (Shelf.MINE, N_("Comigo")),
    "revisao": (Shelf.REVIEW, N_("Revisão pedida")),
    "fiscalizacao": (Shelf.REFERRED, N_("Fiscalização e de ofício")),
    "todos": (Shelf.ALL, N_("Todos")),
}

KINDS = {
    Kind.TRIAGE: N_("Triagem"),
    Kind.CONSULTATION: N_("Simples consulta"),
    Kind.EXTRA_PROCON: N_("Extra-Procon"),
    Kind.PRELIMINARY: N_("Atendimento preliminar"),
    Kind.CALCULATION: N_("Cálculo"),
    Kind.CIP: N_("CIP"),
    Kind.DIRECT_OPENING: N_("Abertura direta"),
    Kind.EX_OFFICIO: N_("Reclamação de ofício"),
    Kind.INSPECTION: N_("Encaminhamento à fiscalização"),
    Kind.SMALL_CLAIMS: N_("Inicial do JEC"),
}

STAGES = {
    Stage.WAITING: (N_("Esperando resposta"), "info"),
    Stage.IN_HAND: (N_("Em atendimento"), "info"),
    Stage.ANSWERED: (N_("Respondido"), "success"),
    Stage.FORWARDED: (N_("Encaminhado a outro órgão"), "warning"),
    Stage.UNDER_REVIEW: (N_("Revisão pedida"), "warning"),
    Stage.REFERRED: (N_("Com a fiscalização ou o jurídico"), "info"),
    Stage.CLOSED: (N_("Encerrado"), "neutral"),
}

ACTS = {
    Act.TAKE: N_("Atendimento assumido"),
    Act.ANSWER: N_("Resposta enviada"),
    Act.FORWARD: N_("Encaminhado a outro órgão"),
    Act.REFER: N_("Encaminhado à fiscalização"),
    Act.OPEN_CASE: N_("Reclamação registrada"),
    Act.RATE: N_("Avaliação do cidadão"),
    Act.ASK_REVIEW: N_("Revisão pedida"),
    Act.KEEP: N_("Revisão decidida: mantido"),
    Act.CONCLUDE: N_("Resultado registrado"),
}

RATINGS = ((5, N_("5 — ajudou muito")), (4, "4"), (3, "3"), (2, "2"), (1, N_("1 — não ajudou")))


@blueprint.get("/atendimentos")
@requires(*_READERS)
async def index() -> str:
    """A citizen's own questions; for staff, shelf by shelf."""
    chosen = query("filtro") if query("filtro") in SHELVES else "espera"
    counts = await attendance_view.counts(viewer()) if viewer().is_staff else {}
    return render(
        "attendance/index.html",
        lines=await attendance_view.lines(viewer(), SHELVES[chosen][0]),
        shelves=[(_tab(name), _(label), counts[shelf]) for name, (shelf, label) in SHELVES.items() if counts],
        current=_tab(chosen),
        **_words(),
    )


@blueprint.get("/atendimentos/novo")
@requires(Role.CONSUMER, *_DESK)
async def new() -> str:
    """The form of a question, or for the counter of who asks and what."""
    return _new({}, {})


@blueprint.post("/atendimentos")
@requires(Role.CONSUMER, *_DESK)
async def create() -> ResponseReturnValue:
    """Ask, or begin an attendance of somebody who stands at the counter."""
    typed = await form()
    try:
        if viewer().role is Role.CONSUMER:
            problem = await taxonomy.problem(typed.get("problem", ""), today())
            about = problem.id if problem else None
            number = await attendances.ask(viewer(), typed.get("question", ""), problem_id=about, now=now())
        else:
            number = await attendances.begin(viewer(), _person(typed), typed.get("question", ""), now=now())
    except Invalid as error:
        return _new(typed, field_sentences(error)), 422
    return _back(number)


@blueprint.get("/atendimentos/de-oficio")
@requires(*_DESK)
async def ex_officio_page() -> str:
    """The form of a complaint that the agency makes itself."""
    return render("attendance/ex_officio.html", form={"values": {}, "errors": {}})


@blueprint.post("/atendimentos/de-oficio")
@requires(*_DESK)
async def ex_officio() -> ResponseReturnValue:
    """Enter a complaint of the agency's own."""
    typed = await form()
    try:
        number = await attendances.ex_officio(
            viewer(), typed.get("company_name", ""), typed.get("question", ""), now=now()
        )
    except Invalid as error:
        shown = {"values": typed, "errors": field_sentences(error)}
        return render("attendance/ex_officio.html", form=shown), 422
    return _back(number)


@blueprint.get("/atendimentos/<int:attendance_id>")
@requires(*_READERS)
async def show(attendance_id: int) -> str:
    """An attendance, and what may be done with it now."""
    return await _page(attendance_id, {})


@blueprint.get("/atendimentos/<int:attendance_id>/carta.pdf")
@requires(*_READERS)
async def letter(attendance_id: int) -> Response:
    """The attendance on paper: the question, and the answer or where to go."""
    page = await attendance_view.page(attendance_id, viewer())
    bound = parts()
    paper = await attendance_paper.letter(page, profile=bound.profile, site=bound.public_url, now=now())
    pdf = await bound.pdf.render(paper)
    name = attachment(f"atendimento-{attendance_id}.pdf")
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


@blueprint.post("/atendimentos/<int:attendance_id>/assumir")
@requires(*_DESK)
async def take(attendance_id: int) -> ResponseReturnValue:
    """Take it from the queue, or from a colleague."""
    await attendances.take(attendance_id, viewer(), now=now())
    return _back(attendance_id)


@blueprint.post("/atendimentos/<int:attendance_id>/responder")
@requires(*_DESK)
async def answer(attendance_id: int) -> ResponseReturnValue:
    """Answer: guidance without a case."""
    typed = await form()
    try:
        await attendances.answer(attendance_id, viewer(), typed.get("answer", ""), now=now())
    except (Invalid, Refused) as error:
        return await _refused(attendance_id, "answer", typed, error)
    return _back(attendance_id)


@blueprint.post("/atendimentos/<int:attendance_id>/encaminhar")
@requires(*_DESK)
async def forward(attendance_id: int) -> ResponseReturnValue:
    """To another body, with the reason."""
    typed = await form()
    body, reason = typed.get("body", ""), typed.get("reason", "")
    try:
        await attendances.forward(attendance_id, viewer(), body, reason, now=now())
    except (Invalid, Refused) as error:
        return await _refused(attendance_id, "forward", typed, error)
    return _back(attendance_id)


@blueprint.post("/atendimentos/<int:attendance_id>/fiscalizacao")
@requires(*_DESK)
async def refer(attendance_id: int) -> ResponseReturnValue:
    """To the inspection."""
    typed = await form()
    company, reason = typed.get("company_name", ""), typed.get("refer_reason", "")
    try:
        await attendances.refer(attendance_id, viewer(), company, reason, now=now())
    except (Invalid, Refused) as error:
        return await _refused(attendance_id, "refer", typed, error, {"reason": "refer_reason"})
    return _back(attendance_id)


@blueprint.post("/atendimentos/<int:attendance_id>/resultado")
@requires(Role.LEGAL, Role.COORDINATOR)
async def conclude(attendance_id: int) -> ResponseReturnValue:
    """What came of a referral."""
    typed = await form()
    try:
        await attendances.conclude(attendance_id, viewer(), typed.get("result", ""), now=now())
    except (Invalid, Refused) as error:
        return await _refused(attendance_id, "conclude", typed, error)
    return _back(attendance_id)


@blueprint.post("/atendimentos/<int:attendance_id>/revisao")
@requires(Role.CONSUMER)
async def ask_review(attendance_id: int) -> ResponseReturnValue:
    """The citizen asks for another look."""
    typed = await form()
    try:
        await attendances.ask_review(attendance_id, viewer(), typed.get("review", ""), now=now())
    except (Invalid, Refused) as error:
        return await _refused(attendance_id, "review", typed, error)
    return _back(attendance_id)


@blueprint.post("/atendimentos/<int:attendance_id>/manter")
@requires(*_DESK)
async def keep(attendance_id: int) -> ResponseReturnValue:
    """The review keeps the forwarding."""
    typed = await form()
    try:
        await attendances.keep(attendance_id, viewer(), typed.get("keep", ""), now=now())
    except (Invalid, Refused) as error:
        return await _refused(attendance_id, "keep", typed, error)
    return _back(attendance_id)


@blueprint.post("/atendimentos/<int:attendance_id>/avaliar")
@requires(Role.CONSUMER)
async def rate(attendance_id: int) -> ResponseReturnValue:
    """The citizen's rating."""
    typed = await form()
    stars, text = typed.get("rating", ""), typed.get("rating_text", "")
    try:
        await attendances.rate(attendance_id, viewer(), stars, text, now=now())
    except (Invalid, Refused) as error:
        return await _refused(attendance_id, "rate", typed, error)
    return _back(attendance_id)


def _person(typed: Mapping[str, str]) -> Person:
    return Person(typed.get("name", ""), typed.get("cpf", ""), typed.get("channel", ""))


def _tab(name: str) -> str:
    return LIST if name == "espera" else f"{LIST}?filtro={name}"


def _back(attendance_id: int) -> ResponseReturnValue:
    return redirect(url_for("attendance.show", attendance_id=attendance_id), 303)


def _words() -> dict[str, Any]:
    return {
        "kinds": {kind: _(label) for kind, label in KINDS.items()},
        "stages": {stage: (_(label), tone) for stage, (label, tone) in STAGES.items()},
    }


def _new(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render(
        "attendance/new.html",
        form={"values": {"channel": "counter", "problem": query("problema"), **values}, "errors": errors},
        limits=attendances.QUESTION,
    )


async def _page(attendance_id: int, forms: Mapping[str, Mapping[str, Any]], lost: Lost | None = None) -> str:
    page = await attendance_view.page(attendance_id, viewer())
    city = parts().profile.agency.city
    return render(
        "attendance/show.html",
        page=page,
        line=page.line,
        forms=forms,
        lost=lost,
        blank={"values": {}, "errors": {}},
        bodies=[(body.code, body.name) for body in all_bodies().values()],
        reach=page.body.reach.replace("{city}", city) if page.body else "",
        acts={act: _(label) for act, label in ACTS.items()},
        ratings=[(value, _(label)) for value, label in RATINGS],
        **_words(),
    )


async def _refused(
    attendance_id: int,
    name: str,
    typed: Mapping[str, str],
    error: DomainError,
    names: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """The page again, the form ``name`` with what was typed and why it was refused.

    When a colleague was quicker and the form is gone, the page says so, and what was typed.
    """
    if isinstance(error, Invalid):
        errors = {(names or {}).get(field, field): text for field, text in field_sentences(error).items()}
    else:
        errors = {"": sentence(error.code, error.facts)}
    forms = {name: {"values": dict(typed), "errors": errors}}
    page = await _page(attendance_id, forms)
    if lost := await lost_from(page, tuple(errors.values())):
        if lost.gone and isinstance(
            error, Invalid
        ):  # its form is gone: what was wrong in it does not matter any more
            error = Refused("attendance_not_now")
            lost = Lost((sentence(error.code),), lost.texts)
        page = await _page(attendance_id, forms, lost)
    return page, status_of(error)
