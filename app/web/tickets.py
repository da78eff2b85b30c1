"""Tickets over HTTP: where numbers are taken, the desk that calls, and the screen that everybody watches."""

from __future__ import annotations

from typing import Any, cast

from quart import Blueprint, Response, make_response, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.i18n import N_
from app.i18n import gettext as _
from app.services import tickets
from app.services.tickets import Shown
from app.web import cookies
from app.web.access import STAFF, requires, viewer
from app.web.errors import field_sentences, sentence, status_of
from app.web.forms import form
from app.web.parts import parts
from app.web.render import render
from app.web.today import now, today
from models.rules.errors import Invalid, Refused
from models.rules.people import Role
from models.rules.tickets import Line

blueprint = Blueprint("tickets", __name__)

_DESK = (Role.ATTENDANT, Role.COORDINATOR)
_COOKIE = "procon_guiche"
YEAR_SECONDS = 31_536_000

LINES = (
    (Line.NORMAL, N_("Atendimento"), ""),
    (
        Line.PRIORITY,
        N_("Prioridade"),
        N_(
            "60 anos ou mais, pessoa com deficiência, autista, com obesidade ou mobilidade reduzida, "
            "gestante, lactante, com criança de colo, doador de sangue"
        ),
    ),
    (Line.OVER_80, N_("80 anos ou mais"), N_("Prioridade especial")),
)
"""Lei 10.048/2000, art. 1º (Lei 14.626/2023); Lei 10.741/2003, art. 3º, § 2º."""


@blueprint.get("/senhas")
@requires(*_DESK)
async def desk() -> str:
    """The desk: who is next, who is here, and how long people wait today."""
    return await _desk({})


@blueprint.post("/senhas/chamar")
@requires(*_DESK)
async def call() -> ResponseReturnValue:
    """Call who is next to this desk; the browser remembers the desk."""
    chosen = (await form()).get("desk", "")
    try:
        await tickets.call_next(viewer(), chosen, most=_most(), today=today(), now=now())
    except Invalid as error:
        return await _desk(field_sentences(error), chosen), 422
    except Refused as error:
        return await _desk({"": sentence(error.code)}, chosen), status_of(error)
    response = cast(Response, await make_response(redirect(url_for(".desk"), 303)))
    cookies.put(response, _COOKIE, chosen, path="/senhas", seconds=YEAR_SECONDS)
    return response


@blueprint.post("/senhas/<int:ticket_id>/<act>")
@requires(*_DESK)
async def act(ticket_id: int, act: str) -> ResponseReturnValue:
    """Recall, start, finish, note a no-show, or put back into the line."""
    await tickets.act(ticket_id, viewer(), act, today=today(), now=now())
    return redirect(url_for(".desk"), 303)


@blueprint.get("/senhas/retirar")
@requires(*_DESK)
async def take_page() -> str:
    """The buttons where numbers are taken: a tablet at the door, signed in by the agency."""
    return _take(None)


@blueprint.post("/senhas/retirar")
@requires(*_DESK)
async def take() -> ResponseReturnValue:
    """Give out a number and show it large, to be printed."""
    try:
        ticket = await tickets.issue((await form()).get("line", ""), today=today(), now=now())
    except Invalid as error:
        return _take(None, field_sentences(error)), 422
    return _take(ticket)


@blueprint.get("/senhas/painel")
@requires(STAFF)
async def screen() -> str:
    """The screen of the waiting room."""
    return render("tickets/screen.html", calls=await tickets.screen(today()), lines=_lines())


@blueprint.get("/senhas/painel/estado")
@requires(STAFF)
async def state() -> dict[str, Any]:
    """What the screen shows now, as JSON, newest call first."""
    calls = await tickets.screen(today())
    waiting = await tickets.waiting(today(), _most())
    return {
        "calls": [{"id": c.id, "number": c.written, "desk": c.desk, "calls": c.calls} for c in calls],
        "waiting": len(waiting),
    }


def _most() -> int:
    return parts().profile.counter.priorities_in_a_row


def _lines() -> list[tuple[str, str, str]]:
    return [(line.value, _(label), _(hint) if hint else "") for line, label, hint in LINES]


def _take(ticket: Shown | None, errors: dict[str, str] | None = None) -> str:
    return render(
        "tickets/take.html", ticket=ticket, lines=_lines(), form={"values": {}, "errors": errors or {}}
    )


async def _desk(errors: dict[str, str], chosen: str = "") -> str:
    day = today()
    return render(
        "tickets/desk.html",
        form={"values": {"desk": chosen or request.cookies.get(_COOKIE, "")}, "errors": errors},
        mine=await tickets.mine(viewer(), day),
        waiting=await tickets.waiting(day, _most()),
        absent=await tickets.absent(day),
        figures=await tickets.figures(day),
        most=_most(),
        labels={line: label for line, label, _hint in _lines()},
    )
