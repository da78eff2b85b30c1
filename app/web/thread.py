"""The thread of a case over HTTP: a message is written, and what was read is marked."""

from __future__ import annotations

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from app.services import thread
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.forms import form
from app.web.limits import limit
from app.web.today import now
from models.rules.errors import Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("thread", __name__)

_WRITERS = (Role.CONSUMER, Role.COMPANY, Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR)


@blueprint.post("/casos/<int:case_id>/mensagens")
@requires(*_WRITERS)
async def write(case_id: int) -> ResponseReturnValue:
    """Write to the other two sides."""
    await limit("thread_message", viewer().user_id)
    typed = await form()
    try:
        await thread.write(case_id, viewer(), typed.get("message", ""), now=now())
    except (Invalid, Refused) as error:
        return await refused(case_id, "message", typed, error, {"text": "message"})
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/mensagens/lidas")
@requires(*_WRITERS)
async def mark_read(case_id: int) -> ResponseReturnValue:
    """Everything up to the message ``last`` has been on the person's screen."""
    sent = await request.get_json()
    last = sent.get("last") if isinstance(sent, dict) else None
    if not isinstance(last, int):
        raise Invalid({"last": "invalid"})
    await thread.mark_read(case_id, viewer(), last, now=now())
    return {"read": last}
