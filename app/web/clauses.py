"""The clauses of the agreement in the hearing room, and how one would read while it is typed."""

from __future__ import annotations

from collections.abc import Mapping

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import clauses
from app.services.clauses import Proposal
from app.web.access import SIGNED_IN, requires, viewer
from app.web.errors import field_sentences
from app.web.forms import form
from app.web.limits import limit
from app.web.render import render
from app.web.room_answer import done
from app.web.today import now, today, typed_day
from models.rules.agreement import ClauseKind, Penalty, clause_text
from models.rules.errors import Invalid
from models.rules.hearing import SeatRole
from models.rules.money import typed_cents
from models.rules.people import Role

blueprint = Blueprint("clauses", __name__)

_CLAUSES = "/audiencias/<int:hearing_id>/clausulas"
_PARTIES = (SeatRole.CONSUMER, SeatRole.COMPANY)


@blueprint.post(_CLAUSES)
@requires(SIGNED_IN)
async def propose(hearing_id: int) -> ResponseReturnValue:
    """Propose a clause."""
    await clauses.propose(hearing_id, viewer(), proposal(await form()), today=today(), now=now())
    return done(hearing_id)


@blueprint.post(f"{_CLAUSES}/previa")
@requires(SIGNED_IN)
async def preview(hearing_id: int) -> ResponseReturnValue:
    """How the clause that is being typed would read, with its table, or what it lacks; nothing is kept."""
    await limit("clause_preview", viewer().user_id)
    typed = await form()
    try:
        terms = await clauses.preview(hearing_id, viewer(), proposal(typed), today=today())
    except Invalid as error:
        touched = {name: text for name, text in field_sentences(error).items() if typed.get(name)}
        return render("hearings/_clause_preview.html", terms=None, text="", wrong=touched)
    return render("hearings/_clause_preview.html", terms=terms, text=clause_text(terms), wrong={})


@blueprint.post(f"{_CLAUSES}/<int:clause_id>")
@requires(SIGNED_IN)
async def revise(hearing_id: int, clause_id: int) -> ResponseReturnValue:
    """Put another version in the place of a clause."""
    changed = proposal(await form())
    await clauses.revise(hearing_id, viewer(), clause_id, changed, today=today(), now=now())
    return done(hearing_id)


@blueprint.post(f"{_CLAUSES}/<int:clause_id>/aceitar")
@requires(Role.CONSUMER, Role.COMPANY)
async def accept(hearing_id: int, clause_id: int) -> ResponseReturnValue:
    """Accept a clause."""
    await clauses.accept(hearing_id, viewer(), clause_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_CLAUSES}/<int:clause_id>/retirar")
@requires(SIGNED_IN)
async def withdraw(hearing_id: int, clause_id: int) -> ResponseReturnValue:
    """Take a clause back."""
    await clauses.withdraw(hearing_id, viewer(), clause_id, now=now())
    return done(hearing_id)


def proposal(typed: Mapping[str, str]) -> Proposal:
    """A clause as it was typed; Invalid for what cannot be read."""
    wrong: dict[str, str] = {}
    kind, debtor, day = typed.get("kind", ""), typed.get("debtor", ""), typed.get("due_on", "")
    if kind not in set(ClauseKind):
        wrong["kind"] = "choice_invalid"
    if debtor not in _PARTIES:
        wrong["debtor"] = "choice_invalid"
    if day and typed_day(day) is None:
        wrong["due_on"] = "date_invalid"
    amount, fine = _cents(typed, "amount", wrong), _cents(typed, "fine", wrong)
    count = _number(typed, "instalments", "instalments_invalid", wrong)
    percent = _number(typed, "fine_percent", "fine_invalid", wrong)
    if wrong:
        raise Invalid(wrong)
    return Proposal(
        kind=ClauseKind(kind),
        debtor=SeatRole(debtor),
        text=typed.get("text", ""),
        amount_cents=amount,
        instalments=1 if count is None else count,
        due_on=typed_day(day),
        place=typed.get("place", ""),
        penalty=Penalty(percent, fine, accelerates=bool(typed.get("accelerates"))),
    )


def _cents(typed: Mapping[str, str], name: str, wrong: dict[str, str]) -> int | None:
    text = typed.get(name, "")
    cents = typed_cents(text) if text else None
    if text and cents is None:
        wrong[name] = "amount_invalid"
    return cents


def _number(typed: Mapping[str, str], name: str, code: str, wrong: dict[str, str]) -> int | None:
    text = typed.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        wrong[name] = code
        return None
    return int(text)
