"""One answer to many complaints, for a company's person with much to answer."""

from __future__ import annotations

from collections.abc import Mapping

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import bulk_answers
from app.services.bulk_answers import Answered
from app.web.access import requires, viewer
from app.web.errors import field_sentences, sentence
from app.web.forms import choices, form
from app.web.render import render
from app.web.today import now, reckoner, term_rules
from models.rules.errors import Invalid
from models.rules.people import Role

blueprint = Blueprint("bulk_answers", __name__)


@blueprint.get("/empresa/respostas")
@requires(Role.COMPANY)
async def choose() -> str:
    """The cases that wait for an answer, to choose from."""
    return await _page({}, {}, ())


@blueprint.post("/empresa/respostas")
@requires(Role.COMPANY)
async def answer() -> ResponseReturnValue:
    """Answer the chosen ones; the page tells what became of each."""
    typed = await form()
    chosen = [int(one) for one in await choices("cases") if one.isascii() and one.isdigit() and len(one) < 10]
    kept = {**typed, "cases": [str(one) for one in chosen]}
    try:
        rules = await term_rules("consumer_reply")
        done = await bulk_answers.answer(viewer(), chosen, typed.get("answer", ""), rules=rules, now=now())
    except Invalid as error:
        sentences = field_sentences(error)
        if "text" in sentences:
            sentences["answer"] = sentences.pop("text")
        return await _page(kept, sentences, ()), 422
    failed = any(one.error for one in done)
    return await _page({"answer": typed["answer"]} if failed else {}, {}, tuple(done))


async def _page(typed: Mapping[str, object], errors: dict[str, str], done: tuple[Answered, ...]) -> str:
    return render(
        "companies/answers.html",
        waiting=await bulk_answers.waiting(viewer()),
        most=bulk_answers.MOST,
        places=bulk_answers.PLACES,
        form={"values": typed, "errors": errors},
        done=done,
        why=sentence,
        duties=await reckoner(),
    )
