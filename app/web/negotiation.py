"""What the parties send from the page of a case: the answer, and the consumer's word on it."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import negotiation, replies
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.forms import form
from app.web.today import now, term_rules
from models.rules.errors import Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("negotiation", __name__)


@blueprint.post("/casos/<int:case_id>/resposta")
@requires(Role.COMPANY)
async def answer(case_id: int) -> ResponseReturnValue:
    """The company's answer, with the files that it uploaded."""
    typed = await form()
    try:
        rules = await term_rules("consumer_reply")
        await negotiation.answer(case_id, viewer(), typed.get("answer", ""), rules=rules, now=now())
    except (Invalid, Refused) as error:
        return await refused(case_id, "answer", typed, error, {"text": "answer"})
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/replica")
@requires(Role.CONSUMER)
async def reply(case_id: int) -> ResponseReturnValue:
    """The consumer's word on the answer: solved, or not."""
    typed = await form()
    words = {"yes": replies.confirm_solved, "no": replies.reply}
    try:
        if typed.get("solved") not in words:
            raise Invalid({"solved": "choice_missing"})
        await words[typed["solved"]](case_id, viewer(), typed.get("reply", ""), now=now())
    except (Invalid, Refused) as error:
        return await refused(case_id, "reply", typed, error)
    return back(case_id)
