"""The board of what is late, for those who run the agency."""

from __future__ import annotations

from quart import Blueprint

from app.services import late
from app.services.duty_words import term_names
from app.services.wording import state_label, state_tone
from app.web.access import STAFF, requires
from app.web.forms import query
from app.web.render import render
from app.web.today import reckoner

blueprint = Blueprint("late", __name__)


@blueprint.get("/atrasos")
@requires(STAFF)
async def show() -> str:
    """What is late and what ends soon; ``responsavel`` and ``prazo`` narrow the lines."""
    person, term = query("responsavel")[:160], query("prazo")[:40]
    return render(
        "terms/late.html",
        board=await late.board(await reckoner(), person=person, term=term, most=late.SHOWN),
        words=term_names(),
        person=person,
        term=term,
        state_label=state_label,
        state_tone=state_tone,
    )
