"""What was agreed, one by one: the creditor's word, the debtor's proof, and the letter's link."""

from __future__ import annotations

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.services import casefile, fulfilment, fulfilment_links
from app.services.fulfilment_links import Asked
from app.web.access import PUBLIC, requires, viewer
from app.web.cases import refused
from app.web.errors import sentence, status_of
from app.web.forms import form
from app.web.limits import limit
from app.web.parts import parts
from app.web.render import render
from app.web.today import now, today
from models.rules.errors import DomainError, Invalid, NotFound, Refused
from models.rules.fulfilment import ObligationState, Word, can_say
from models.rules.people import Role

blueprint = Blueprint("fulfilment", __name__)

_SAYERS = (Role.CONSUMER, Role.COMPANY, Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR)


@blueprint.post("/casos/<int:case_id>/obrigacoes/<int:obligation_id>/<word>")
@requires(*_SAYERS)
async def tell(case_id: int, obligation_id: int, word: str) -> ResponseReturnValue:
    """The creditor says whether an obligation was fulfilled ("kept", "broken")."""
    await casefile.view(case_id, viewer())
    typed = await form()
    try:
        said = _word(word)
        await fulfilment.word(obligation_id, viewer(), said, typed.get("note", ""), now=now(), today=today())
    except (Invalid, Refused) as error:
        return await refused(case_id, f"due{obligation_id}", typed, error)
    return redirect(url_for("cases.show", case_id=case_id, _anchor="obrigacoes"), 303)


@blueprint.post("/casos/<int:case_id>/obrigacoes/prova")
@requires(Role.CONSUMER, Role.COMPANY)
async def prove(case_id: int) -> ResponseReturnValue:
    """The debtor shows that one was fulfilled, with the files that were uploaded for it."""
    await casefile.view(case_id, viewer())
    typed = await form()
    chosen = typed.get("obligation", "")
    try:
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
            raise Invalid({"obligation": "choice_missing"})
        await fulfilment.prove(int(chosen), viewer(), now=now())
    except (Invalid, Refused) as error:
        return await refused(case_id, "prove", typed, error)
    return redirect(url_for("cases.show", case_id=case_id, _anchor="obrigacoes"), 303)


@blueprint.get("/acordo/<token>")
@requires(PUBLIC)
async def ask(token: str) -> ResponseReturnValue:
    """The question of a letter: one obligation and two buttons. To open it changes nothing."""
    await limit("seat_link_address", request.remote_addr or "")
    return _question(await fulfilment_links.find(token, parts().secret_key), token)


@blueprint.post("/acordo/<token>")
@requires(PUBLIC)
async def answer(token: str) -> ResponseReturnValue:
    """One tap: it was fulfilled, or it was not."""
    await limit("seat_link_address", request.remote_addr or "")
    asked = await fulfilment_links.find(token, parts().secret_key)
    typed = await form()
    note = typed.get("note", "")
    try:
        said = _word(typed.get("word", ""))
        await fulfilment.word(asked.obligation.id, asked.viewer, said, note, now=now(), today=today())
    except (Invalid, Refused) as error:
        return _question(asked, token, error, note), status_of(error)
    return redirect(url_for(".ask", token=token), 303)


def _word(typed: str) -> Word:
    if typed not in set(Word):
        raise NotFound
    return Word(typed)


def _question(asked: Asked, token: str, error: DomainError | None = None, note: str = "") -> str:
    obligation = asked.obligation
    return render(
        "fulfilment/question.html",
        obligation=obligation,
        case=obligation.case,
        name=asked.viewer.name,
        token=token,
        may_kept=can_say(obligation.state, Word.KEPT, obligation.due_on, today()),
        may_broken=can_say(obligation.state, Word.BROKEN, obligation.due_on, today()),
        told={
            ObligationState.KEPT: "kept",
            ObligationState.BROKEN: "broken",
            ObligationState.SILENT: "silent",
        }.get(obligation.state, ""),
        error=sentence(error.code, error.facts) if error else "",
        note=note,
    )
