"""Asking the agency for help: at the door, in the device test and in the room, also when no media works."""

from __future__ import annotations

from typing import Any, cast

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.services import assistance, room_view, seats
from app.services.seats import CheckResult
from app.web.access import SIGNED_IN, requires, viewer
from app.web.failures import wants_json
from app.web.forms import form
from app.web.limits import limit
from app.web.parts import parts
from app.web.render import render
from app.web.today import now
from models.rules.errors import Invalid

blueprint = Blueprint("assistance", __name__)

_HELP = "/audiencias/<int:hearing_id>/ajuda"
_RESULTS = ("ok", "failed", "skipped")


@blueprint.get(_HELP)
@requires(SIGNED_IN)
async def show(hearing_id: int) -> str:
    """The page of one's request: the chat with the agency, which needs neither media nor scripts."""
    view = await room_view.view(
        hearing_id,
        viewer(),
        opens_minutes=parts().profile.hearing.sign_in_opens_minutes,
        recording=parts().profile.recording,
        now=now(),
    )
    helping = await assistance.seen(hearing_id, viewer())
    return render("hearings/help.html", view=view, hearing=view.hearing, helping=helping)


@blueprint.post(_HELP)
@requires(SIGNED_IN)
async def ask(hearing_id: int) -> ResponseReturnValue:
    """Ask for help, or add words to it."""
    await limit("hearing_message", viewer().user_id)
    await assistance.ask(hearing_id, viewer(), (await form()).get("text", ""), now=now())
    return _done(hearing_id)


@blueprint.post(f"{_HELP}/encerrar")
@requires(SIGNED_IN)
async def withdraw(hearing_id: int) -> ResponseReturnValue:
    """Say that no help is needed any more."""
    await assistance.withdraw(hearing_id, viewer(), now=now())
    return _done(hearing_id)


@blueprint.post("/audiencias/<int:hearing_id>/aparelho")
@requires(SIGNED_IN)
async def devices(hearing_id: int) -> ResponseReturnValue:
    """What the browser could open when its person entered: {camera, microphone}."""
    sent = await request.get_json()
    found: dict[str, Any] = sent if isinstance(sent, dict) else {}
    wrong = {name: "choice_invalid" for name in ("camera", "microphone") if found.get(name) not in _RESULTS}
    if wrong:
        raise Invalid(wrong)
    camera, microphone = (cast(CheckResult, found[name]) for name in ("camera", "microphone"))
    await seats.opened_devices(hearing_id, viewer(), camera=camera, microphone=microphone, now=now())
    return "", 204


def _done(hearing_id: int) -> ResponseReturnValue:
    if wants_json():
        return "", 204
    return redirect(url_for("assistance.show", hearing_id=hearing_id), 303)
