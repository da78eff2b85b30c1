"""Inviting somebody to one hearing, and what the mediator does with an invitation."""

from __future__ import annotations

from collections.abc import Mapping

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import guests
from app.services.guests import Invitation
from app.web.access import requires, viewer
from app.web.errors import field_sentences, said_of, status_of
from app.web.failures import wants_json
from app.web.forms import form
from app.web.hearings import room_page
from app.web.limits import limit
from app.web.parts import parts
from app.web.room_answer import done
from app.web.today import now
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.hearing import SeatRole
from models.rules.people import Role

blueprint = Blueprint("guests", __name__)

_GUESTS = "/audiencias/<int:hearing_id>/convidados"
_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)
_OF_THE_FORM = ("guest_invited", "too_many_guests", "too_many")
"""Refusals of an invitation that another one, or another moment, may not meet."""


@blueprint.post(_GUESTS)
@requires(*_CONDUCTS)
async def add(hearing_id: int) -> ResponseReturnValue:
    """Invite somebody: name, e-mail and role. Without scripts a refusal keeps what was typed."""
    typed = await form()
    try:
        await _invite(hearing_id, typed)
    except (Invalid, Conflict, Refused) as error:
        if wants_json() or not (isinstance(error, Invalid) or error.code in _OF_THE_FORM):
            raise
        wrong = field_sentences(error) if isinstance(error, Invalid) else {"": said_of(error)}
        return await room_page(hearing_id, {"values": typed, "errors": wrong}), status_of(error)
    return done(hearing_id)


async def _invite(hearing_id: int, typed: Mapping[str, str]) -> None:
    role = typed.get("role", "")
    if role not in set(SeatRole):
        raise Invalid({"role": "choice_missing"})
    await limit("guest_letter", viewer().user_id)
    invitation = Invitation(typed.get("name", ""), typed.get("email", ""), SeatRole(role))
    await guests.invite(hearing_id, viewer(), invitation, parts().invite, now=now())


@blueprint.post(f"{_GUESTS}/<int:seat_id>/novo-endereco")
@requires(*_CONDUCTS)
async def send_again(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Send a guest another link."""
    await limit("guest_letter", viewer().user_id)
    await guests.send_again(hearing_id, viewer(), seat_id, parts().invite, now=now())
    return done(hearing_id)


@blueprint.post(f"{_GUESTS}/<int:seat_id>/retirar")
@requires(*_CONDUCTS)
async def withdraw(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    await guests.withdraw(hearing_id, viewer(), seat_id, now=now())
    return done(hearing_id)
