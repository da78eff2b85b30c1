"""The guided way in: from the first question to the problem that a registration begins with.

The tree of questions (``app/data/guide.toml``) says whether a matter is the agency's; the taxonomy's three
levels follow. A path is the codes of all answers, as they stand in the page's address: nothing is kept.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from app.i18n import N_
from app.i18n import gettext as _
from app.services import taxonomy
from app.services.taxonomy import Area, Leaf, Subject
from models.rules.errors import NotFound
from models.rules.guide import Ending, Guide, Option, Place, Question, UnknownAnswer, Verdict, faults
from models.rules.territory import Link

FILE = Path(__file__).parent.parent / "data" / "guide.toml"
AREA, SUBJECT = 2, 4
"""Characters of a problem's code that name its area and its subject."""


@dataclass(frozen=True)
class Choice:
    """Something to choose next: what it adds to the path, and its words."""

    code: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Said:
    """An answer already given; ``path`` leads back to its question."""

    question: str
    answer: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Stand:
    """Where a path leads: what was said, and either what to choose now or what to do.

    ``ending`` is there from the end of the tree on; ``problem``, and what to bring, when all was chosen.
    ``levels`` of the taxonomy were chosen after the tree.
    """

    path: tuple[str, ...]
    said: tuple[Said, ...]
    question: str
    hint: str
    choices: tuple[Choice, ...]
    ending: Ending | None
    problem: Leaf | None
    bring: tuple[str, ...]
    levels: int = 0


@dataclass(frozen=True)
class Data:
    """What the file says: the tree, and what to have at hand by the beginning of a problem's code."""

    guide: Guide
    bring: Mapping[str, tuple[str, ...]]

    def at_hand(self, code: str) -> tuple[str, ...]:
        """What to have at hand for a problem, the general first."""
        found = [items for start, items in sorted(self.bring.items()) if code.startswith(start)]
        return tuple(item for items in found for item in items)


class Unsound(Exception):
    """A tree that is not one; the message has a line for each fault."""


def read(file: Path = FILE) -> Data:
    """The file's tree; Unsound when it has a fault."""
    raw = tomllib.loads(file.read_text("utf-8"))
    questions = {name: _question(name, fields) for name, fields in raw["question"].items()}
    endings = {name: _ending(name, fields) for name, fields in raw["ending"].items()}
    guide = Guide(raw["start"], questions, endings)
    if wrong := faults(guide):
        raise Unsound("\n".join(wrong))
    return Data(guide, {start: tuple(items) for start, items in raw["bring"].items()})


data = cache(read)
"""The file, read once: it comes with the program."""


def _question(name: str, raw: dict[str, Any]) -> Question:
    options = tuple(
        Option(**{**option, "link": Link(option["link"]) if "link" in option else None})
        for option in raw["options"]
    )
    return Question(name, raw["text"], options, raw.get("hint", ""))


def _ending(name: str, raw: dict[str, Any]) -> Ending:
    return Ending(name, Verdict(raw["verdict"]), raw["title"], raw["why"], tuple(raw.get("todo", ())))


async def stand(path: Sequence[str], today: date, links: Collection[Link] = frozenset(Link)) -> Stand:
    """Where ``path`` leads on ``today``, with the ``links`` that the municipality admits; or NotFound."""
    known = data()
    answers, chosen = _split(path)
    try:
        place = known.guide.admitting(links).walk(answers)
    except UnknownAnswer:
        raise NotFound from None
    said = tuple(Said(one.question.text, one.option.label, one.path) for one in place.answered)
    if isinstance(place.here, Question):
        if chosen:
            raise NotFound
        choices = tuple(Choice(one.code, one.label, one.hint) for one in place.here.options)
        return Stand(tuple(answers), said, place.here.text, place.here.hint, choices, None, None, ())
    if place.here.verdict is Verdict.ELSEWHERE:
        if chosen:
            raise NotFound
        return Stand(tuple(answers), said, "", "", (), place.here, None, ())
    return await _classified(place, said, place.here, chosen, today)


def _split(path: Sequence[str]) -> tuple[list[str], list[str]]:
    """The answers to the tree, in small letters, and the taxonomy's codes, in capitals."""
    answers = [code for code in path if not code.isupper()]
    return answers, list(path[len(answers) :])


async def _classified(
    place: Place, said: tuple[Said, ...], ending: Ending, chosen: list[str], today: date
) -> Stand:
    """The taxonomy's levels after the tree: area, subject, problem."""
    level: tuple[Area, ...] | tuple[Subject, ...] | tuple[Leaf, ...] = await taxonomy.tree(today)
    path = place.path
    for code in chosen:
        found = next((one for one in level if _code(one) == code), None)
        if found is None:
            raise NotFound
        said = (*said, Said(_(QUESTIONS[type(found)]), _label(found), path))
        path = (*path, code)
        if isinstance(found, Leaf):
            if path != (*place.path, *chosen):
                raise NotFound
            return Stand(path, said, "", "", (), ending, found, data().at_hand(code), len(chosen))
        level = found.subjects if isinstance(found, Area) else found.problems
    choices = tuple(Choice(_code(one), _label(one)) for one in level)
    asked = _(QUESTIONS[type(level[0])]) if level else ""
    return Stand(path, said, asked, "", choices, ending, None, (), len(chosen))


QUESTIONS: Mapping[type, str] = {
    Area: N_("De que área é?"),
    Subject: N_("Qual é o assunto?"),
    Leaf: N_("Qual destes problemas é o seu?"),
}


def _code(one: Area | Subject | Leaf) -> str:
    match one:
        case Area():
            return one.subjects[0].problems[0].code[:AREA]
        case Subject():
            return one.problems[0].code[:SUBJECT]
        case Leaf():
            return one.code


def _label(one: Area | Subject | Leaf) -> str:
    return one.label if isinstance(one, Leaf) else one.name
