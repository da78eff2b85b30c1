"""What a person has typed so far in a form of a case, kept as typed.

Two browsers are told apart by ``revision``: whoever saves says on which revision they built, and the
one who comes second is handed the newer values instead of overwriting them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.db import transaction
from app.services import casefile
from models import Draft
from models.rules.case_machine import Action, allowed
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.people import Side, Viewer

MAX_CHARS = 20_000
"""Of one value as typed; the form's own, smaller limit is checked when it is sent."""


@dataclass(frozen=True)
class Form:
    """A form that drafts are kept for: the act it ends in and the names of its fields."""

    action: Action
    fields: frozenset[str]


FORMS = {
    "registration": Form(Action.SUBMIT, frozenset({"conflict", "relation_here"})),
    "supplement": Form(Action.SUPPLY_DOCUMENTS, frozenset({"text"})),
    "complaint": Form(
        Action.SEND_COMPLAINT,
        frozenset(
            {
                "company_name",
                "company_cnpj",
                "problem",
                "facts",
                "occurred_on",
                "amount",
                "wish",
                "wish_text",
            }
        ),
    ),
}


@dataclass(frozen=True)
class Saved:
    """A draft: revision 0 is one that was never saved."""

    revision: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    saved_at: datetime | None = None


async def load(case_id: int, form: str, viewer: Viewer) -> Saved:
    """The draft of a form; NotFound for everybody who may not send that form in this case."""
    case, side = await casefile.view(case_id, viewer)
    if side is not _writer(form):
        raise NotFound
    return _saved(await Draft.get_or_none(case_id=case.id, form=form))


async def save(
    case_id: int, form: str, viewer: Viewer, values: Mapping[str, Any], revision: int, now: datetime
) -> Saved:
    """Keep what was typed so far and answer the new revision.

    Raises Conflict("draft_changed") with ``revision`` and ``values`` as they are now, when ``revision``
    is not the last one; saving the same values again is no conflict, so a lost answer does no harm.
    Refused("not_now") when the form can no longer be sent. Names that the form lacks are dropped.
    """
    kept = _kept(form, values)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        if file.side is not _writer(form):
            raise NotFound
        if FORMS[form].action not in allowed(file.case.state, file.side, viewer.role):
            raise Refused("not_now", state=file.case.state)
        draft = await Draft.get_or_none(case_id=case_id, form=form)
        if draft is None:
            draft = Draft(case_id=case_id, form=form, revision=0, values={})
        if draft.revision and draft.values == kept:
            return _saved(draft)
        if draft.revision != revision:
            raise Conflict("draft_changed", revision=draft.revision, values=draft.values)
        draft.update_from_dict({"revision": revision + 1, "values": kept, "saved_at": now})
        await draft.save()
        return _saved(draft)


async def drop(case_id: int, form: str) -> None:
    """Forget a draft whose form was sent, inside the sender's transaction."""
    await Draft.filter(case_id=case_id, form=form).delete()


def _writer(form: str) -> Side:
    """The side that fills a form; every form so far is the consumer's."""
    if form not in FORMS:
        raise NotFound
    return Side.CONSUMER


def _kept(form: str, values: Mapping[str, Any]) -> dict[str, str]:
    if form not in FORMS:
        raise NotFound
    kept = {name: value for name, value in values.items() if name in FORMS[form].fields}
    wrong = {
        name: "text_too_long" if isinstance(value, str) else "value_wrong"
        for name, value in kept.items()
        if not isinstance(value, str) or len(value) > MAX_CHARS
    }
    if wrong:
        raise Invalid(wrong, max=MAX_CHARS)
    return {name: value.replace("\x00", "") for name, value in kept.items()}


def _saved(draft: Draft | None) -> Saved:
    return Saved() if draft is None else Saved(draft.revision, draft.values, draft.saved_at)
