"""One answer of a company to many complaints: each is answered by itself, and what failed is told by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.services import case_lists, casefile, negotiation
from app.services.case_lists import ListedCase, Wanted
from app.services.terms import TermRules
from models.rules.case_machine import State
from models.rules.errors import DomainError, Invalid, NotFound
from models.rules.people import Viewer

MOST = 50
"""Cases that are answered at once."""
WAITING = (State.NOTIFIED, State.ACKNOWLEDGED, State.UNANSWERED, State.OPENED)
PLACES = ("{protocolo}", "{consumidor}")
"""Places in the text that are filled in for each case."""


@dataclass(frozen=True)
class Answered:
    """What became of one case: ``error`` is the code of a refusal, empty when it was answered."""

    case_id: int
    protocol: str
    error: str = ""


async def waiting(viewer: Viewer) -> list[ListedCase]:
    """The cases of the viewer's companies that have no answer yet, by state, at most a page of each."""
    found: list[ListedCase] = []
    for state in WAITING:
        found += (await case_lists.for_viewer(viewer, Wanted(state))).cases
    return sorted(found, key=lambda case: (case.due_on is None, case.due_on, case.id))


async def answer(
    viewer: Viewer, chosen: Sequence[int], text: str, *, rules: TermRules, now: datetime
) -> list[Answered]:
    """Answer each chosen case with ``text``, its places filled in; Invalid when nothing can be begun.

    Every answer is a transaction of its own: one that is refused (answered meanwhile, not theirs) keeps
    the others from nothing.
    """
    wrong = {}
    if not chosen:
        wrong["cases"] = "choice_missing"
    if len(chosen) > MOST:
        wrong["cases"] = "too_many_cases"
    if not negotiation.ANSWER_MIN <= len(text.strip()) <= negotiation.TEXT_MAX:
        wrong["text"] = "answer_length"
    if wrong:
        raise Invalid(wrong, max=MOST)
    return [await _one(viewer, case_id, text, rules, now) for case_id in dict.fromkeys(chosen)]


async def _one(viewer: Viewer, case_id: int, text: str, rules: TermRules, now: datetime) -> Answered:
    try:
        case, _side = await casefile.view(case_id, viewer)
    except NotFound as error:
        return Answered(case_id, "", error.code)
    protocol = case.protocol or ""
    if case.state not in WAITING:
        return Answered(case_id, protocol, "answered_already")
    await case.fetch_related("consumer")
    try:
        said = filled(text, protocol, case.consumer.name)
        await negotiation.answer(case_id, viewer, said, rules=rules, now=now)
    except DomainError as error:
        return Answered(case_id, protocol, error.code)
    return Answered(case_id, protocol)


def filled(text: str, protocol: str, consumer: str) -> str:
    """The text with its places filled in."""
    return text.replace("{protocolo}", protocol).replace("{consumidor}", consumer)
