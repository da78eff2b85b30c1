"""The rehearsal room: a hearing's own page and acts, with scripted people, open at any time (ADR 0046)."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import rehearsal_view, rehearsal_words
from app.services.rehearsals import Rehearsals
from app.services.room_view import RoomView
from app.services.wording import hearing_status
from app.web.access import SIGNED_IN, requires, viewer
from app.web.failures import wants_json
from app.web.forms import form
from app.web.hearings import room_context, room_truth
from app.web.participation import read_mode
from app.web.parts import parts
from app.web.render import render
from app.web.today import now
from models.rules.hearing import HearingState
from models.rules.rehearsal import Step

blueprint = Blueprint("rehearsal", __name__)

_ROOM = "/audiencias/ensaio"
STEPS = tuple(step for step in Step if step is not Step.OVER)


def _view() -> RoomView:
    known = _rehearsals()
    rules = parts().profile.house_rules.version
    return rehearsal_view.view(known.of(viewer()), viewer(), rules=rules, pace=known.pace, now=now())


def _rehearsals() -> Rehearsals:
    return parts().rehearsals


def address(endpoint: str, /, **values: Any) -> str:
    """``url_for`` of the room's templates in a rehearsal: what belongs to a hearing is this room's own.

    An act of the room that has none here raises BuildError: its button must not be drawn.
    """
    if "hearing_id" not in values:
        return url_for(endpoint, **values)
    return url_for(f"rehearsal.{endpoint.rpartition('.')[2]}")


@blueprint.get(_ROOM)
@requires(SIGNED_IN)
async def room() -> str:
    """The room: before, during, and what came of it."""
    view, run = _view(), _rehearsals().of(viewer())
    lines = rehearsal_view.scripted_lines(run) if run is not None else []
    return render(
        "hearings/rehearsal.html",
        **{**room_context(view, _status(view)), "status": _status(view)},
        papers={},
        connections=None,
        url_for=address,
        rehearsal=run,
        line=lines[-1][1] if lines else "",
        step=STEPS.index(run.state.step) if run is not None and not run.state.over else 0,
        steps=len(STEPS) - 1,
        outcomes=rehearsal_words.outcomes(run.state.results) if run is not None else (),
    )


@blueprint.get(f"{_ROOM}/estado")
@requires(SIGNED_IN)
async def truth() -> dict[str, Any]:
    """What the room's scripts obey, in the shape of a hearing's."""
    view = _view()
    return room_truth(view, _status(view))


@blueprint.post(f"{_ROOM}/mao/levantar")
@requires(SIGNED_IN)
async def raise_hand() -> ResponseReturnValue:
    """Ask for the word."""
    _rehearsals().raise_hand(viewer(), raised=True, now=now())
    return _done()


@blueprint.post(f"{_ROOM}/mao/baixar")
@requires(SIGNED_IN)
async def lower_hand() -> ResponseReturnValue:
    """Ask no more."""
    _rehearsals().raise_hand(viewer(), raised=False, now=now())
    return _done()


@blueprint.post(f"{_ROOM}/reservada/atender")
@requires(SIGNED_IN)
async def accept() -> ResponseReturnValue:
    """Go into the private room."""
    _rehearsals().answer(viewer(), accepts=True, now=now())
    return _done()


@blueprint.post(f"{_ROOM}/reservada/recusar")
@requires(SIGNED_IN)
async def decline() -> ResponseReturnValue:
    """Stay where one is."""
    _rehearsals().answer(viewer(), accepts=False, now=now())
    return _done()


@blueprint.post(f"{_ROOM}/reservada/sair")
@requires(SIGNED_IN)
async def leave() -> ResponseReturnValue:
    """Out of the private room."""
    _rehearsals().come_back(viewer(), now=now())
    return _done()


@blueprint.post(f"{_ROOM}/conversa")
@requires(SIGNED_IN)
async def say() -> ResponseReturnValue:
    """A line in the chat."""
    _rehearsals().say(viewer(), (await form()).get("text", ""), now=now())
    return _done()


@blueprint.post(f"{_ROOM}/participacao")
@requires(SIGNED_IN)
async def choose() -> ResponseReturnValue:
    """Take part by video, sound or text."""
    _rehearsals().choose(viewer(), await read_mode())
    return _done()


@blueprint.get(f"{_ROOM}/documento")
@requires(SIGNED_IN)
async def picture() -> ResponseReturnValue:
    """The page that the scripted mediator shows."""
    return redirect("/static/img/nota-de-ensaio.svg", 302)


@blueprint.post(f"{_ROOM}/de-novo")
@requires(SIGNED_IN)
async def again() -> ResponseReturnValue:
    """Rehearse once more."""
    _rehearsals().forget(viewer())
    return _done()


def _status(view: RoomView) -> str:
    over = view.hearing.state is HearingState.CLOSED
    return _("O ensaio terminou.") if over else hearing_status(view.status)


def _done() -> ResponseReturnValue:
    if wants_json():
        return "", 204
    return redirect(url_for("rehearsal.room"), 303)
