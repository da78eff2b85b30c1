"""The command centre of the day's hearings: who is where, what is wrong, and help for who is stuck."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.services import alerts, assistance, centre
from app.services.wording import hearing_state_label, seat_role_label, seat_state_label
from app.web import centre_words
from app.web import hearings_words as words
from app.web.access import requires, viewer
from app.web.failures import wants_json
from app.web.forms import form, query
from app.web.limits import limit
from app.web.render import render
from app.web.today import here, today
from app.web.today import now as clock
from models.rules.connection_quality import BOUNDS
from models.rules.people import Role

blueprint = Blueprint("centre", __name__)

_HELPERS = (Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR)
ONE_DAY = timedelta(days=1)


@blueprint.get("/audiencias/central")
@requires(*alerts.WATCHERS)
async def show() -> str:
    """Today's hearings, the tasks, and with ``conversa`` the chat with somebody."""
    begins = datetime.combine(today(), time(), here().tzinfo)
    seat = query("conversa")
    talk_to = int(seat) if seat.isascii() and seat.isdigit() and len(seat) < 10 else None
    return render(
        "hearings/centre.html",
        view=await centre.view(viewer(), begins, begins + ONE_DAY, talk_to),
        helps=viewer().role in _HELPERS,
        words=words,
        centre_words=centre_words,
        quality_bounds=BOUNDS,
        state_label=hearing_state_label,
        seat_label=seat_state_label,
        role_label=seat_role_label,
        today=today(),
    )


@blueprint.post("/audiencias/central/tarefas/<int:alert_id>/assumir")
@requires(*_HELPERS)
async def take(alert_id: int) -> ResponseReturnValue:
    """Take a task; with ``anyway`` from a colleague."""
    await alerts.take(alert_id, viewer(), anyway=bool((await form()).get("anyway")), now=clock())
    return _done()


@blueprint.post("/audiencias/central/tarefas/<int:alert_id>/resolver")
@requires(*_HELPERS)
async def resolve(alert_id: int) -> ResponseReturnValue:
    """End a task, with a word on how."""
    await alerts.resolve(alert_id, viewer(), (await form()).get("note", ""), now=clock())
    return _done()


@blueprint.post("/audiencias/central/conversas/<int:seat_id>")
@requires(*_HELPERS)
async def answer(seat_id: int) -> ResponseReturnValue:
    """A line to somebody who is stuck."""
    await limit("hearing_message", viewer().user_id)
    await assistance.answer(seat_id, viewer(), (await form()).get("text", ""), now=clock())
    return _done(seat_id)


def _done(seat_id: int | None = None) -> ResponseReturnValue:
    """204 to the page's scripts, which hear of it; without scripts the page again."""
    if wants_json():
        return "", 204
    talking = seat_id if seat_id is not None else request.args.get("conversa")
    return redirect(url_for("centre.show", conversa=talking), 303)
