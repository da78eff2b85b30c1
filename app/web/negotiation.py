"""What the parties send from the page of a case: the answer, offers, and what becomes of them."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import negotiation, replies
from app.services.negotiation import OfferTerms
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.forms import form
from app.web.parts import parts
from app.web.today import now, today, typed_day
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.money import typed_cents
from models.rules.people import Role

blueprint = Blueprint("negotiation", __name__)

_WRONG_AMOUNT = -1
"""An amount that cannot be read: refused by the service together with the other fields."""


@blueprint.post("/casos/<int:case_id>/resposta")
@requires(Role.COMPANY)
async def answer(case_id: int) -> ResponseReturnValue:
    """The company's answer, with the files that it uploaded."""
    typed = await form()
    try:
        await negotiation.answer(case_id, viewer(), typed.get("answer", ""), now=now())
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


@blueprint.post("/casos/<int:case_id>/propostas")
@requires(Role.CONSUMER, Role.COMPANY)
async def offer(case_id: int) -> ResponseReturnValue:
    """An offer or a counter-offer."""
    typed = await form()
    try:
        await negotiation.offer(
            case_id, viewer(), _terms(typed), seen=_number(typed.get("seen", "")), now=now(), today=today()
        )
    except (Invalid, Refused, Conflict) as error:
        return await refused(case_id, "offer", typed, error, {"text": "offer"})
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/propostas/<int:offer_id>/aceitar")
@requires(Role.CONSUMER, Role.COMPANY)
async def accept(case_id: int, offer_id: int) -> ResponseReturnValue:
    """Accept the other side's offer."""
    try:
        await negotiation.accept(case_id, viewer(), offer_id, now=now(), invite=parts().invite)
    except (Refused, Conflict) as error:
        return await refused(case_id, "accept", {}, error)
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/propostas/<int:offer_id>/recusar")
@requires(Role.CONSUMER, Role.COMPANY)
async def refuse(case_id: int, offer_id: int) -> ResponseReturnValue:
    """Refuse the other side's offer, with the reason."""
    typed = await form()
    try:
        await negotiation.refuse(case_id, viewer(), offer_id, typed.get("reason", ""), now=now())
    except (Invalid, Refused, Conflict) as error:
        return await refused(case_id, "refuse", typed, error)
    return back(case_id)


def _terms(typed: dict[str, str]) -> OfferTerms:
    day, amount = typed.get("due_on", ""), typed.get("amount", "")
    if day and typed_day(day) is None:
        raise Invalid({"due_on": "date_invalid"})
    cents = typed_cents(amount) if amount else None
    return OfferTerms(
        text=typed.get("offer", ""),
        amount_cents=_WRONG_AMOUNT if amount and cents is None else cents,
        instalments=(_number(typed.get("instalments", "")) or 0) if typed.get("instalments") else 1,
        due_on=typed_day(day),
    )


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
