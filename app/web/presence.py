"""Who was in a hearing, on its page, and the certificate of it for whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import presence, presence_paper
from app.services.presence_words import Shown, shown
from app.services.room_view import RoomView
from app.web.access import SIGNED_IN, requires, viewer
from app.web.limits import limit
from app.web.parts import parts
from app.web.room_answer import done
from app.web.today import now
from models.rules.hearing import HearingState, SeatRole

blueprint = Blueprint("presence", __name__)


@dataclass(frozen=True)
class PresencePart:
    """What the page shows: the finding, and document and code of the newest certificate, if there is one."""

    shown: Shown
    document: UUID | None
    code: str


@blueprint.post("/audiencias/<int:hearing_id>/presenca")
@requires(SIGNED_IN)
async def certify(hearing_id: int) -> ResponseReturnValue:
    """Have the certificate made: of a closed hearing, or until now while it goes on."""
    await limit("presence", viewer().user_id)
    opens = parts().profile.hearing.sign_in_opens_minutes
    await presence_paper.ask(hearing_id, viewer(), opens_minutes=opens, now=now())
    return done(hearing_id)


async def part(view: RoomView) -> PresencePart | None:
    """For everybody after the end; before that for who conducts, who has to judge an absence."""
    hearing = view.hearing
    if hearing.state is HearingState.CANCELLED:
        return None
    if hearing.state is not HearingState.CLOSED and (
        view.me.role is not SeatRole.MEDIATOR or not view.door_open
    ):
        return None
    profile = parts().profile
    found = await presence.of_hearing(hearing, tolerance_minutes=profile.hearing.tolerance_minutes, now=now())
    newest = await presence_paper.newest(hearing)
    names = {person.seat: person.name for person in view.people}
    document, code = newest or (None, "")
    return PresencePart(shown(found, names, profile.agency.zone), document, code)
