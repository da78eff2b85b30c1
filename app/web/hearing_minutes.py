"""The minutes in the hearing room: paragraphs that the mediator writes, and the parties' remarks on them."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response, request
from quart.typing import ResponseReturnValue

from app.services import minutes, remarks, sealing
from app.services.letterhead import letterhead
from app.web.access import SIGNED_IN, requires, viewer
from app.web.errors import sentence
from app.web.forms import form
from app.web.limits import limit
from app.web.parts import parts
from app.web.room_answer import done
from app.web.today import now
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.hearing import Outcome
from models.rules.minutes import RemarkState
from models.rules.people import Role

blueprint = Blueprint("hearing_minutes", __name__)

_MINUTES = "/audiencias/<int:hearing_id>/ata"
_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)
_VERDICTS = {
    "aceitar": RemarkState.ACCEPTED,
    "responder": RemarkState.ANSWERED,
    "deixar": RemarkState.LEFT,
}


@blueprint.get(f"{_MINUTES}/minuta.pdf")
@requires(*_CONDUCTS)
async def draft(hearing_id: int) -> Response:
    """The term as it would be now, as the PDF that it will become, marked as a draft."""
    bound = parts()
    paper = await sealing.draft(hearing_id, viewer(), letterhead(bound.profile), now=now())
    headers = {"Content-Disposition": "inline", "Cache-Control": "no-store"}
    return Response(await bound.pdf.render(paper), mimetype="application/pdf", headers=headers)


@blueprint.post(f"{_MINUTES}/paragrafos")
@requires(*_CONDUCTS)
async def write(hearing_id: int) -> ResponseReturnValue:
    """A new paragraph, as JSON: {text, after: id or null} → {paragraph, revision}."""
    sent = await _sent()
    after = sent.get("after")
    if after is not None and type(after) is not int:
        raise Invalid({"text": "value_wrong"})
    written = await minutes.write(hearing_id, viewer(), sent["text"], after=after, now=now())
    return {"paragraph": written.id, "revision": written.revision}, 201


@blueprint.put(f"{_MINUTES}/paragrafos/<int:paragraph_id>")
@requires(*_CONDUCTS)
async def change(hearing_id: int, paragraph_id: int) -> ResponseReturnValue:
    """A paragraph as typed: {text, revision} → {revision}, or 409 {revision, text, by}."""
    sent = await _sent()
    if type(sent.get("revision")) is not int:
        raise Invalid({"text": "value_wrong"})
    try:
        revision = await minutes.change(
            hearing_id, viewer(), paragraph_id, sent["text"], sent["revision"], now=now()
        )
    except Conflict as error:
        return {"error": error.code, "message": sentence(error.code), **error.facts}, 409
    return {"revision": revision}


async def _sent() -> dict[str, Any]:
    sent = await request.get_json()
    if not isinstance(sent, dict) or not isinstance(sent.get("text"), str):
        raise Invalid({"text": "required"})
    return sent


@blueprint.post(f"{_MINUTES}/paragrafos/<int:paragraph_id>/remover")
@requires(*_CONDUCTS)
async def remove(hearing_id: int, paragraph_id: int) -> ResponseReturnValue:
    """Take a paragraph out, as it was read (``revision``)."""
    revision = (await form()).get("revision", "")
    if not revision.isdecimal():
        raise Invalid({"": "value_wrong"})
    await minutes.remove(hearing_id, viewer(), paragraph_id, int(revision[:9]), now=now())
    return done(hearing_id)


@blueprint.post(f"{_MINUTES}/modelo")
@requires(*_CONDUCTS)
async def apply(hearing_id: int) -> ResponseReturnValue:
    """Add the profile's text for an outcome."""
    name = (await form()).get("template", "")
    house = parts().house
    if name not in set(Outcome) or name not in house.texts:
        raise Invalid({"template": "choice_missing"})
    await minutes.apply(hearing_id, viewer(), Outcome(name), house.texts, house.values, now=now())
    return done(hearing_id)


@blueprint.post(f"{_MINUTES}/paragrafos/<int:paragraph_id>/observacoes")
@requires(SIGNED_IN)
async def remark(hearing_id: int, paragraph_id: int) -> ResponseReturnValue:
    """A party proposes a remark on a paragraph."""
    await limit("hearing_message", viewer().user_id)
    text = (await form()).get("text", "")
    await remarks.make(hearing_id, viewer(), paragraph_id, text, now=now())
    return done(hearing_id)


@blueprint.post(f"{_MINUTES}/observacoes/<int:remark_id>/<verdict>")
@requires(*_CONDUCTS)
async def answer(hearing_id: int, remark_id: int, verdict: str) -> ResponseReturnValue:
    """What the mediator does with a remark: ``aceitar``, ``responder`` (with a text) or ``deixar``."""
    if verdict not in _VERDICTS:
        raise NotFound
    text = (await form()).get("text", "")
    await remarks.answer(hearing_id, viewer(), remark_id, _VERDICTS[verdict], text, now=now())
    return done(hearing_id)
